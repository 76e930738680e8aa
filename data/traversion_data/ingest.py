"""From sources to a head: read, decode, complete, account, and show what is there so far."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from threading import Event
from time import monotonic
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import polars as pl

from traversion_data import schema
from traversion_data.ahead import ahead
from traversion_data.decode.base import Batch
from traversion_data.decode.json import Cells, JsonDecoder
from traversion_data.errors import InputError
from traversion_data.model import FieldMap, Nanos, SourceInfo
from traversion_data.outcome import mark_errors
from traversion_data.pace import Pace
from traversion_data.safe import printable
from traversion_data.source.base import Source
from traversion_data.store.head import Head
from traversion_data.store.view import StoreView

Step = Callable[[pl.DataFrame], pl.DataFrame]

STEPS: Final[tuple[Step, ...]] = (mark_errors,)
"""What every batch of events passes between its decoder and the store."""

_GIVE_UP_BYTES: Final = 4 * 1024 * 1024
"""A source that has given no event within so many bytes is not one this version reads."""


@dataclass(frozen=True, slots=True)
class LoadOptions:
    """How to read: field map, the zone of times without one, and `[since, until)` in ns UTC."""

    field_map: FieldMap = field(default_factory=FieldMap)
    tz: str = "UTC"
    since: Nanos | None = None
    until: Nanos | None = None

    def __post_init__(self) -> None:
        try:
            ZoneInfo(self.tz)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise InputError(f"there is no time zone {printable(self.tz)}") from None


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a load is, over all sources; `bytes_total` is None where a size is not known."""

    bytes_read: int
    bytes_total: int | None
    rows: int
    seconds: float
    done: bool


class Loader:
    """Reads sources into a head, one after another, blocking the thread that calls `run`."""

    def __init__(
        self,
        sources: Sequence[Source],
        head: Head,
        options: LoadOptions | None = None,
        on_progress: Callable[[Progress], None] | None = None,
        on_snapshot: Callable[[StoreView], None] | None = None,
    ) -> None:
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
            if self._total is None and pace.behind(self._rows):
                show()

        errors: list[InputError] = []
        sizes = [source.size for source in self._sources]
        self._total = None if None in sizes else sum(size or 0 for size in sizes)
        for ordinal, (source, size) in enumerate(zip(self._sources, sizes, strict=True)):
            self._head.describe(SourceInfo(ordinal, source.name, "", bytes_total=size))
        for ordinal, source in enumerate(self._sources):
            if self._cancelled.is_set():
                break
            self._current = source
            reading = _Reading(source, ordinal, self._head, self._options)
            try:
                for stored in reading.batches(self._cancelled.is_set, catch_up):
                    self._rows += stored
                    self._report(done=False)
                    if pace.due(self._rows, self._share()):
                        show()
            except InputError as error:
                errors.append(error)
                reading.fail(error)
            self._behind, self._current = self._position(), None
        if errors and not self._rows and not self._cancelled.is_set():
            raise errors[0]
        view = self._publish()
        self._report(done=True)
        return view

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


class _Reading:
    """One source on its way into the head, with its accounting."""

    def __init__(self, source: Source, ordinal: int, head: Head, options: LoadOptions) -> None:
        self._source = source
        self._head = head
        self._options = options
        self._decoder = JsonDecoder(source.name, options.field_map, options.tz)
        self._info = SourceInfo(
            ordinal, source.name, self._decoder.format, zone=options.tz, bytes_total=source.size
        )
        self._outside = 0
        self._first_reason = ""

    def batches(self, cancelled: Callable[[], bool], idle: Callable[[], None]) -> Iterator[int]:
        """Decode to the end or until cancelled, yielding the rows each chunk stored.

        The next chunk is read and parsed in a second thread while this one is completed; `idle` is
        called while the source has nothing to give.
        """
        ended = False
        for cells in ahead(self._cells(), cancelled, idle):
            if cells is None:
                ended = True
                break
            yield self._store(self._decoder.shape(cells))
            if self._hopeless():
                break
        if ended or self._hopeless():
            self._finish(complete=ended)
        else:
            self._note("loading was stopped here; the rest of the source was not read")

    def _cells(self) -> Iterator[Cells | None]:
        """The source's chunks, parsed, and None for its end."""
        for chunk in self._source.chunks(self._info.ordinal):
            yield self._decoder.read(chunk)
        yield None

    def _store(self, batch: Batch) -> int:
        done = complete(batch)
        kept = self._within(done)
        self._count(done, kept)
        self._head.append(kept, self._info)
        return kept.events.height

    def _hopeless(self) -> bool:
        """Whether so much was read without one event that none is to be expected."""
        return (
            not self._info.stored and not self._outside and (self._info.bytes_read > _GIVE_UP_BYTES)
        )

    def fail(self, error: InputError) -> None:
        """Record why reading ended early."""
        self._note(str(error))

    def _within(self, batch: Batch) -> Batch:
        """Only events in `[since, until)`."""
        since, until = self._options.since, self._options.until
        if since is None and until is None:
            return batch
        time = pl.col(schema.TIME)
        inside = (time >= (since if since is not None else -(2**63))) & (
            time < until if until is not None else pl.lit(value=True)
        )
        return replace(batch, events=batch.events.filter(inside))

    def _count(self, batch: Batch, kept: Batch) -> None:
        info = self._info
        outside = batch.events.height - kept.events.height
        self._outside += outside
        if not self._first_reason and batch.aside.height:
            self._first_reason = batch.aside["reason"][0]
        self._info = replace(
            info,
            read=info.read + batch.lines - outside,
            stored=info.stored + kept.events.height,
            set_aside=info.set_aside + batch.aside.height,
            blank=info.blank + batch.blank,
            bytes_read=self._source.position,
            recognised=self._decoder.recognised,
        )

    def _finish(self, *, complete: bool) -> None:
        self._info = replace(
            self._info,
            complete=complete,
            bytes_read=self._source.position,
            notes=(*self._info.notes, *self._source.notes),
        )
        if not self._info.stored and not self._outside:
            raise InputError(_nothing(self._source.name, self._info, self._first_reason))
        notes = [
            f"no line has the key {printable(k)} that --map names" for k in self._decoder.unmet
        ]
        if self._outside:
            notes.append(f"{self._outside} events lie outside --since and --until")
        self._info = replace(self._info, notes=(*self._info.notes, *notes))
        self._head.describe(self._info)

    def _note(self, sentence: str) -> None:
        self._info = replace(self._info, notes=(*self._info.notes, sentence))
        self._head.describe(self._info)


def complete(batch: Batch) -> Batch:
    """The batch with its events passed through `STEPS`."""
    events = batch.events
    for step in STEPS:
        events = step(events)
    return replace(batch, events=events)


def _nothing(source: str, info: SourceInfo, first_reason: str) -> str:
    name = printable(source)
    if not info.read:
        return f"{name} is empty"
    if info.read == info.blank:
        return f"{name} holds only blank lines"
    return f"{name} holds no events that this version can read (its first line: {first_reason})"
