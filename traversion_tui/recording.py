"""What the console needs of an opened recording."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Protocol

from traversion_data.ingest import Progress
from traversion_data.store.view import StoreView
from traversion_engine.session import Session

OnProgress = Callable[[Progress], None]
OnSnapshot = Callable[[StoreView], None]


@dataclass(frozen=True, slots=True)
class Terms:
    """On what terms a recording is open.

    grows: whether its files are followed. kept: whether what is read is there when the console is
    left. redacted: whether secrets are replaced.
    """

    grows: bool = False
    kept: bool = True
    redacted: bool = True


USUAL: Final = Terms()


class Recording(Protocol):
    """Sources on their way into a store, and the engine that answers about them."""

    @property
    def name(self) -> str:
        """What a person calls it: the file's or scenario's name."""
        ...

    @property
    def zone(self) -> str:
        """The IANA zone in which its times are shown."""
        ...

    @property
    def terms(self) -> Terms:
        """On what terms it is open."""
        ...

    @property
    def session(self) -> Session:
        """Asks of the newest snapshot."""
        ...

    @property
    def view(self) -> StoreView:
        """The newest snapshot."""
        ...

    def load(self, on_progress: OnProgress, on_snapshot: OnSnapshot) -> None:
        """Read all sources, in the thread that calls; snapshots come as they are ready.

        Raises:
            InputError: no source gave any event.
        """
        ...

    def cancel(self) -> None:
        """Stop the load, keeping what was read; any thread may call this."""
        ...
