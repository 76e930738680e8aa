"""Rows made durable in step with the places in their sources, often enough and not too often."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from time import monotonic, sleep, time_ns
from typing import Final, Protocol

from traversion_data.decode.base import Batch
from traversion_data.model import Gap, Nanos
from traversion_data.store.errors import StoreError, StoreFullError, StoreWaitsError
from traversion_data.store.manifest import SourceEntry
from traversion_data.store.plans import GROUP
from traversion_data.store.position import SourceMark
from traversion_data.store.steady import SteadyWriter

SECONDS: Final = 0.25
ROWS: Final = 5_000
"""A commit is due after so long, or for so many rows."""
RETRY: Final = 1.0
"""Seconds between two tries while there is no room."""
LOOK: Final = 10.0
"""Seconds between two looks at whether the store has outgrown its limits."""


@dataclass(frozen=True, slots=True)
class Retention:
    """What a store is held to: bytes on disk, and the age of events in ns."""

    max_bytes: int | None = None
    max_age: Nanos | None = None


NO_LIMITS: Final = Retention()


class Keep(Protocol):
    """What is told of every batch, with the place in its source that it ends at."""

    @property
    def full(self) -> str | None:
        """Why nothing can be kept just now: reading should wait."""
        ...

    def append(self, batch: Batch, mark: SourceMark) -> None:
        """Take rows with the accounting and position that include them."""
        ...

    def describe(self, mark: SourceMark) -> None:
        """Take what is known of a source."""
        ...

    @property
    def missed(self) -> tuple[Gap, ...]:
        """What earlier runs know to be missing of their sources."""
        ...

    def miss(self, gaps: Sequence[Gap]) -> None:
        """Take all that is known to be missing of the sources."""
        ...

    def settle(self) -> None:
        """Make durable what is due."""
        ...

    def close(self) -> None:
        """Make all of it durable."""
        ...


class KeepNothing:
    """Rows live as long as the process."""

    full: str | None = None
    missed: tuple[Gap, ...] = ()

    def append(self, batch: Batch, mark: SourceMark) -> None:
        """Nothing is kept."""

    def describe(self, mark: SourceMark) -> None:
        """Nothing is kept."""

    def miss(self, gaps: Sequence[Gap]) -> None:
        """Nothing is kept."""

    def settle(self) -> None:
        """Nothing is due."""

    def close(self) -> None:
        """Nothing is open."""


class KeepInStore:
    """Rows go to a store; one that is full is tried again until there is room."""

    def __init__(
        self,
        writer: SteadyWriter,
        retention: Retention = NO_LIMITS,
        on_dropped: Callable[[tuple[SourceEntry, ...]], None] = lambda _: None,
        together: int = GROUP,
    ) -> None:
        """`on_dropped` is told of the sources whenever retention has dropped rows of some.

        together: weight of small segments (`plans.weight`) that may be in memory to become one.
        """
        self._writer = writer
        self._retention = retention
        self._on_dropped = on_dropped
        self._together = together
        self._last = monotonic()
        self._looked = -math.inf
        self.full: str | None = None
        self.missed = writer.missed

    def append(self, batch: Batch, mark: SourceMark) -> None:
        """Take rows for the next commit."""
        self._writer.append(batch, mark)

    def describe(self, mark: SourceMark) -> None:
        """Take what is known of a source for the next commit."""
        self._writer.describe(mark)

    def miss(self, gaps: Sequence[Gap]) -> None:
        """Take all gaps for the next commit."""
        self._writer.set_missed(gaps)

    def settle(self) -> None:
        """Commit where that is due.

        Raises:
            StoreError: nothing more can be kept until the store is opened again.
        """
        waited = monotonic() - self._last
        due = waited >= (RETRY if self.full else SECONDS)
        if due or (self._writer.pending_rows >= ROWS and not self.full):
            self._commit()
            if not self.full and self._writer.wants_compaction:
                self._writer.compact(self._together)
            if not self.full and monotonic() - self._looked >= LOOK:
                self._retain()

    def close(self) -> None:
        """Commit what is left and give the store back.

        Raises:
            StoreError: there is no room for it, or the disk has failed too often.
        """
        try:
            while not self._committed():
                sleep(RETRY)
            self._retain()
        finally:
            self._writer.close()

    def _committed(self) -> bool:
        """Whether the last commit was taken; it is not tried for ever, as nobody would see why."""
        try:
            self._writer.commit()
        except StoreFullError:
            raise
        except StoreWaitsError:
            return False
        return True

    def _commit(self) -> None:
        try:
            self._writer.commit()
            self.full = None
        except StoreWaitsError as error:
            self.full = str(error)
        finally:
            self._last = monotonic()

    def _retain(self) -> None:
        self._looked = monotonic()
        limits = self._retention
        if self._writer.retain(limits.max_bytes, limits.max_age, time_ns()):
            self._on_dropped(self._writer.sources)


__all__ = ["Keep", "KeepInStore", "KeepNothing", "StoreError"]
