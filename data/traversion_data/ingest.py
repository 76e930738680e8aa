"""From sources to a head: read, decode, complete, account, and show what is there so far."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from threading import Event
from time import monotonic

from traversion_data.errors import InputError
from traversion_data.keep import Keep, KeepNothing
from traversion_data.model import Gap, SourceInfo
from traversion_data.options import LoadOptions
from traversion_data.pace import Pace
from traversion_data.reading import Reading
from traversion_data.safe import printable
from traversion_data.source.base import START, Place, Source
from traversion_data.store.head import Head
from traversion_data.store.room import MemoryFullError
from traversion_data.store.view import StoreView

__all__ = ["LoadOptions", "Loader", "Progress"]


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a load is, over all sources; `bytes_total` is None where a size is not known.

    done: all there is has been read. trouble: sentences on what cannot be read or kept just now.
    """

    bytes_read: int
    bytes_total: int | None
    rows: int
    seconds: float
    done: bool
    trouble: tuple[str, ...] = ()


class Loader:
    """Reads sources into a head, one after another, blocking the thread that calls `run`."""

    def __init__(
        self,
        sources: Sequence[Source],
        head: Head,
        options: LoadOptions | None = None,
        on_progress: Callable[[Progress], None] | None = None,
        on_snapshot: Callable[[StoreView], None] | None = None,
        *,
        keep: Keep | None = None,
        first: int = 0,
        begun: Mapping[int, tuple[SourceInfo, Place]] | None = None,
    ) -> None:
        """`first` is the ordinal of the first source.

        begun: by ordinal the accounting of what the head has of a source already, and where that
        source's first byte stands.
        """
        self._begun = dict(begun or {})
        self._keep: Keep = keep or KeepNothing()
        self._first = first
        self._sources = tuple(sources)
        self._head = head
        self._options = options or LoadOptions()
        self._on_progress = on_progress or (lambda _: None)
        self._on_snapshot = on_snapshot or (lambda _: None)
        self._cancelled = Event()
        self._started = 0.0
        self._rows = 0
        self._total: int | None = None
        self._behind = 0
        self._current: Source | None = None

    def cancel(self) -> None:
        """Stop after the chunk in work, keeping what was read; any thread may call this."""
        self._cancelled.set()

    def run(self) -> StoreView:
        """Read all sources and return the last snapshot.

        A source that fails is noted in its `SourceInfo` as long as another one gives events.

        Raises:
            InputError: if no source gave any event, with the first source's reason.
        """
        self._started = monotonic()
        pace = Pace(self._started)

        def show() -> None:
            self._publish()
            pace.shown(self._rows)

        def catch_up() -> None:
            self._keep.settle()
            if self._total is None and pace.behind(self._rows):
                show()

        errors: list[InputError] = []
        sizes = [source.size for source in self._sources]
        self._total = None if None in sizes else sum(size or 0 for size in sizes)
        for ordinal, (source, size) in enumerate(
            zip(self._sources, sizes, strict=True), self._first
        ):
            if ordinal not in self._begun:
                self._head.describe(SourceInfo(ordinal, source.name, "", bytes_total=size))
        for ordinal, source in enumerate(self._sources, self._first):
            if self._cancelled.is_set():
                break
            self._current = source
            reading = self._reading(ordinal, source)
            try:
                for stored in reading.batches(self._cancelled.is_set, catch_up):
                    self._rows += stored
                    self._report(done=False)
                    if pace.due(self._rows, self._share()):
                        show()
            except MemoryFullError as error:
                reading.fail(error)
                self._say_unread(ordinal, str(error))
                break
            except InputError as error:
                errors.append(_naming(source, error))
                reading.fail(error)
            self._behind, self._current = self._position(), None
        if errors and not self._rows and not self._cancelled.is_set():
            raise errors[0]
        view = self._publish()
        self._report(done=True)
        return view

    def _reading(self, ordinal: int, source: Source) -> Reading:
        new = SourceInfo(ordinal, source.name, "")
        info, at = self._begun.get(ordinal, (new, START))
        info = replace(info, bytes_total=source.size)
        return Reading(source, info, self._head, self._options, at=at, keep=self._keep)

    def _say_unread(self, ordinal: int, why: str) -> None:
        """Say that the rest of a source and those behind it were not read."""
        behind = self._sources[ordinal - self._first + 1 :]
        sizes = [None, *(source.size for source in behind)]
        last = self._head.last_time
        gaps = [Gap(at, last, None, why, size) for at, size in enumerate(sizes, ordinal)]
        self._head.set_gaps([*self._head.gaps, *gaps])

    def _publish(self) -> StoreView:
        view = self._head.snapshot()
        self._on_snapshot(view)
        return view

    def _share(self) -> float:
        """How much of all input is read, 0 where that is not known."""
        return self._position() / self._total if self._total else 0.0

    def _position(self) -> int:
        return self._behind + (self._current.position if self._current else 0)

    def _report(self, *, done: bool) -> None:
        seconds = monotonic() - self._started
        self._on_progress(Progress(self._position(), self._total, self._rows, seconds, done))


def _naming(source: Source, error: InputError) -> InputError:
    """An error whose sentence names the source, as some do by themselves."""
    name = printable(source.name)
    return error if name in str(error) else InputError(f"{name}: {error}")
