"""The fourth seam: an immutable, time-sorted snapshot of a recording."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import accumulate
from time import time_ns
from typing import Any, Final, TypeVar, cast

import numpy as np
import polars as pl

from traversion_data import schema
from traversion_data.model import DAY, Gap, Nanos, SourceInfo, TimeRange
from traversion_data.store.arrays import Allocate, Prefix, in_heap, of_column
from traversion_data.store.index import Density, SeqIndex, TraceIndex

T = TypeVar("T")

_NONE: Final = np.empty(0, dtype=np.int64)


@dataclass(frozen=True)
class StoreView:
    """All events known at one generation, sorted by `(time, seq)`; never changes.

    A *position* is a row's index in that order. Indexes are built at first use and kept with the
    snapshot; building one twice from two threads is wasteful, never wrong.
    """

    events: pl.DataFrame
    aside: pl.DataFrame = field(default_factory=schema.empty_aside)
    sources: tuple[SourceInfo, ...] = ()
    generation: int = 0
    gaps: tuple[Gap, ...] = ()
    allocate: Allocate = field(default=in_heap, repr=False, compare=False)
    """Where the long arrays of indexes over it are laid."""
    _kept: dict[Callable[..., Any], Any] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def kept(self, build: Callable[[StoreView], T]) -> T:
        """`build(self)`, made at first use and kept with the snapshot.

        For what other layers compute once from a snapshot's events (a catalogue, an edge table).
        """
        if build not in self._kept:
            self._kept.setdefault(build, build(self))
        return cast("T", self._kept[build])

    def with_accounts(
        self, aside: pl.DataFrame, sources: tuple[SourceInfo, ...], gaps: tuple[Gap, ...] = ()
    ) -> StoreView:
        """The next snapshot with the same events; all indexes over them are shared."""
        view = replace(
            self, aside=aside, sources=sources, generation=self.generation + 1, gaps=gaps
        )
        fields = self.__dataclass_fields__
        view.__dict__.update({k: v for k, v in self.__dict__.items() if k not in fields})
        view._kept.update(self._kept)  # noqa: SLF001 of the same class
        return view

    @property
    def height(self) -> int:
        """Number of events."""
        return self.events.height

    @property
    def complete(self) -> bool:
        """Whether every source has been read to its end."""
        return all(source.complete for source in self.sources)

    @cached_property
    def times(self) -> np.ndarray:
        """Event times in order, int64 ns, one per position."""
        return self._clock.values

    @cached_property
    def _clock(self) -> Prefix:
        return Prefix.of(of_column(self.events[schema.TIME], self.allocate))

    @cached_property
    def bounds(self) -> TimeRange:
        """From the first event to 1 ns after the last event or span end; empty without events."""
        return bounds_of(self.events)

    @cached_property
    def ahead_of_clock(self) -> int:
        """Number of events that start more than a day after this machine's clock."""
        return self.height - self.position(time_ns() + DAY)

    @cached_property
    def charted(self) -> TimeRange:
        """`bounds` without events ahead of the clock, where others are left: what is drawn.

        One wrong clock does not make a timeline ten years long.
        """
        known = self.height - self.ahead_of_clock
        if not self.ahead_of_clock or not known:
            return self.bounds
        ends = self.events[schema.END_TIME].head(known)
        last = ends.filter(ends < time_ns() + DAY).max()
        times = self.events[schema.TIME]
        start, end = int(times[0]), int(times[known - 1])
        return TimeRange(start, max(end, last if isinstance(last, int) else end) + 1)

    @cached_property
    def time_digits(self) -> int:
        """Fraction digits that the finest source writes: what exports of times show."""
        digits = self.events[schema.TIME_DIGITS].max()
        return int(digits) if digits is not None else 0  # type: ignore[arg-type]

    def time_at(self, position: int) -> Nanos:
        """The time of the event at a position; `times` may have to be joined for it."""
        return int(self.events[schema.TIME][int(position)])

    def position(self, time: Nanos) -> int:
        """Number of events before `time`: the position of the first event at or after it."""
        at = max(bisect_left(self._begins, time) - 1, 0)
        start, times = self._chunks[at]
        return start + int(np.searchsorted(times, time, side="left"))

    @cached_property
    def _chunks(self) -> list[tuple[int, np.ndarray]]:
        """The event times chunk by chunk, not copied, with the position of each one's first."""
        pieces = [chunk.to_numpy() for chunk in self.events[schema.TIME].get_chunks()]
        starts = accumulate((len(piece) for piece in pieces), initial=0)
        return [(at, it) for at, it in zip(starts, pieces, strict=False) if len(it)] or [(0, _NONE)]

    @cached_property
    def _begins(self) -> list[int]:
        return [int(times[0]) for _, times in self._chunks if len(times)]

    def span(self, scope: TimeRange) -> tuple[int, int]:
        """First position and one past the last of the events that start in `scope`."""
        return self.position(scope.start), self.position(scope.end)

    def page(self, start: int, length: int, columns: list[str] | None = None) -> pl.DataFrame:
        """Rows at positions `[start, start + length)`, clipped; the one read a screen needs."""
        frame = self.events.slice(max(start, 0), max(length, 0))
        return frame if columns is None else frame[columns]

    def within(self, scope: TimeRange) -> pl.DataFrame:
        """All rows that start in `scope`, in order (a slice, not a copy)."""
        first, last = self.span(scope)
        return self.events.slice(first, last - first)

    @cached_property
    def density(self) -> Density:
        """Exact counts per bucket and severity."""
        return Density.build(self.events, self.allocate)

    @cached_property
    def seqs(self) -> SeqIndex:
        """From event number to position."""
        return SeqIndex.build(self.events, self.allocate)

    @cached_property
    def traces(self) -> TraceIndex:
        """From trace id to positions."""
        return TraceIndex.build(self.events, self.allocate)

    @cached_property
    def errors(self) -> np.ndarray:
        """Positions of the events in which an error occurred, ascending."""
        return np.flatnonzero(self.events[schema.ERROR_OCCURRED].fill_null(value=False).to_numpy())

    def row(self, seq: int) -> int | None:
        """The position of an event by its number."""
        return self.seqs.position(seq)

    def rows(self, positions: np.ndarray) -> pl.DataFrame:
        """Rows at the given positions, in the order given."""
        return self.events[positions]


def bounds_of(events: pl.DataFrame) -> TimeRange:
    """From the first of sorted events to 1 ns after the last one or span end; empty without any."""
    if not events.height:
        return TimeRange(0, 0)
    times, ended = events[schema.TIME], events[schema.END_TIME].max()
    last = int(times[-1])
    return TimeRange(int(times[0]), (max(last, ended) if isinstance(ended, int) else last) + 1)
