"""Sorted arrays that answer where and how many by binary search (performance.md G10, G12)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final

import numpy as np
import polars as pl

from traversion_data import schema
from traversion_data.model import Nanos, Severity
from traversion_data.store.arrays import (
    Allocate,
    in_heap,
    joined,
    laid,
    of_column,
    ranges,
    scattered,
    taken,
)
from traversion_data.store.ascending import Ascending

_RECENT: Final = 1 << 15
"""Times of one severity that are copied with every snapshot at most, half of them at least."""


@dataclass(frozen=True)
class Density:
    """Event times per severity, each sorted: a bucket's exact count is two binary searches.

    The last ones, among which late events come, are apart from those that snapshots share.
    """

    _settled: tuple[Ascending, ...]
    _recent: tuple[np.ndarray, ...]

    @classmethod
    def build(cls, events: pl.DataFrame, allocate: Allocate = in_heap) -> Density:
        """From an event frame sorted by time."""
        times = tuple(Ascending.of(part) for part in _by_severity(events, allocate))
        return cls(times, tuple(part.values[:0] for part in times))

    @cached_property
    def times(self) -> tuple[np.ndarray, ...]:
        """One sorted int64 array for each `Severity`, in order; an event without one is INFO."""
        return tuple(
            joined([settled.values, recent]) if len(recent) else settled.values
            for settled, recent in zip(self._settled, self._recent, strict=True)
        )

    def grown(
        self, gone: pl.DataFrame, come: pl.DataFrame, allocate: Allocate = in_heap
    ) -> Density:
        """With the last events of the frame this was built from replaced by others, no earlier."""
        left = _counts(gone[schema.SEVERITY])
        grown = [
            _grown(settled, recent, less, more, allocate)
            for settled, recent, less, more in zip(
                self._settled, self._recent, left.tolist(), _by_severity(come), strict=True
            )
        ]
        return Density(tuple(settled for settled, _ in grown), tuple(recent for _, recent in grown))

    def counts(self, edges: np.ndarray) -> np.ndarray:
        """Counts in the buckets between consecutive `edges` (int64 ns, ascending).

        Returns int64 of shape `(len(Severity), len(edges) - 1)`; buckets are half-open.
        """
        before = np.zeros((len(Severity), len(edges)), dtype=np.int64)
        for level, (settled, recent) in enumerate(zip(self._settled, self._recent, strict=True)):
            if len(settled.values):
                before[level] += settled.below(edges)
            if len(recent):
                before[level] += recent.searchsorted(edges)
        return np.asarray(before[:, 1:] - before[:, :-1])

    def next_at_least(self, level: Severity, after: Nanos) -> Nanos | None:
        """Time of the first event strictly after `after` that is at least as bad as `level`."""
        found = [
            int(times[at])
            for times in self._at_least(level)
            if (at := int(np.searchsorted(times, after, side="right"))) < len(times)
        ]
        return min(found, default=None)

    def previous_at_least(self, level: Severity, before: Nanos) -> Nanos | None:
        """Time of the last event strictly before `before` that is at least as bad as `level`."""
        found = [
            int(times[at - 1])
            for times in self._at_least(level)
            if (at := int(np.searchsorted(times, before, side="left"))) > 0
        ]
        return max(found, default=None)

    def _at_least(self, level: Severity) -> Iterator[np.ndarray]:
        yield from (settled.values for settled in self._settled[int(level) :])
        yield from self._recent[int(level) :]


_NONE: Final = np.zeros(len(Severity), dtype=np.int64)


def _grown(
    settled: Ascending, recent: np.ndarray, less: int, more: np.ndarray, allocate: Allocate
) -> tuple[Ascending, np.ndarray]:
    """The times of one severity without the last ones, with more behind; settled, and recent."""
    if less > len(recent):
        settled, recent = settled.cut(len(settled.values) + len(recent) - less), recent[:0]
    else:
        recent = recent[: len(recent) - less]
    recent = joined([recent, more])
    if len(recent) <= _RECENT:
        return settled, recent
    old = len(recent) - _RECENT // 2
    return settled.followed_by(recent[:old], allocate), recent[old:].copy()


def _by_severity(events: pl.DataFrame, allocate: Allocate = in_heap) -> list[np.ndarray]:
    """The times of a frame for each `Severity`."""
    levels, times = events[schema.SEVERITY], events[schema.TIME]
    counts = _counts(levels)
    parts = ((_severities(levels[at]), times[at].to_numpy()) for at in ranges(len(times)))
    laid_out = scattered(parts, counts, allocate(len(times), np.int64))
    return np.split(laid_out, np.cumsum(counts)[:-1])


def _counts(levels: pl.Series) -> np.ndarray:
    """How many events there are of each `Severity`."""
    parts = (_severities(levels[at]) for at in ranges(len(levels)))
    return sum((np.bincount(part, minlength=len(Severity)) for part in parts), _NONE)


def _severities(levels: pl.Series) -> np.ndarray:
    """int8; INFO where there is none."""
    return (levels.fill_null(int(Severity.INFO)) if levels.null_count() else levels).to_numpy()


@dataclass(frozen=True)
class _Block:
    """The events at positions `[start, end)` by ascending number; entries behind `end` are void."""

    seqs: np.ndarray
    positions: np.ndarray
    start: int
    end: int

    @classmethod
    def build(cls, seqs: pl.Series, start: int, allocate: Allocate) -> _Block:
        """From the numbers of events in position order, the first of which stands at `start`."""
        numbers = of_column(seqs, allocate)
        order, end = np.argsort(numbers, kind="stable"), start + len(numbers)
        positions = laid([order], allocate(len(order), np.uint32))
        positions += np.uint32(start)
        return cls(taken(numbers, order, allocate), positions, start, end)

    def until(self, end: int) -> _Block:
        """Without the events from a position on."""
        return replace(self, end=min(self.end, end))

    def followed_by(self, other: _Block, allocate: Allocate) -> _Block:
        """Together with the events that stand behind them."""
        here, there = self._held(), other._held()
        seqs = joined([here.seqs, there.seqs], allocate)
        positions = joined([here.positions, there.positions], allocate)
        at = len(here.seqs)
        if 0 < at < len(seqs) and seqs[at - 1] > seqs[at]:
            order = np.argsort(seqs, kind="stable")
            seqs, positions = taken(seqs, order, allocate), taken(positions, order, allocate)
        return _Block(seqs, positions, self.start, other.end)

    def _held(self) -> _Block:
        if len(self.seqs) == self.end - self.start:
            return self
        held = self.positions < self.end
        return replace(self, seqs=self.seqs[held], positions=self.positions[held])

    def find(self, seqs: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Which of some event numbers are here, and the positions of those."""
        at = np.searchsorted(self.seqs, seqs)
        at[at == len(self.seqs)] = 0
        positions = self.positions[at]
        here = (self.seqs[at] == seqs) & (positions < self.end)
        return here, positions[here]


@dataclass(frozen=True)
class SeqIndex:
    """From event number to position, in blocks of which those at the end are small.

    Late events take the places of the last ones: then the blocks before stay as they are.
    """

    _blocks: tuple[_Block, ...]

    @classmethod
    def build(cls, events: pl.DataFrame, allocate: Allocate = in_heap) -> SeqIndex:
        """From an event frame in position order."""
        return cls((_Block.build(events[schema.SEQ], 0, allocate),))

    def grown(self, first: int, come: pl.DataFrame, allocate: Allocate = in_heap) -> SeqIndex:
        """With the events from position `first` on replaced by others."""
        blocks = [block.until(first) for block in self._blocks if block.start < first]
        if blocks and not come.height:
            return SeqIndex(tuple(blocks))
        last = _Block.build(come[schema.SEQ], first, allocate)
        while blocks and blocks[-1].end - blocks[-1].start <= last.end - last.start:
            last = blocks.pop().followed_by(last, allocate)
        return SeqIndex((*blocks, last))

    @property
    def seqs(self) -> np.ndarray:
        """Event numbers in ascending order."""
        return self._whole.seqs

    @property
    def positions(self) -> np.ndarray:
        """The position (uint32) of each of `seqs`."""
        return self._whole.positions

    @cached_property
    def _whole(self) -> _Block:
        whole, *others = reversed(self._blocks)
        for block in others:
            whole = block.followed_by(whole, in_heap)
        return whole

    def position(self, seq: int) -> int | None:
        """The position of one event, or None where no such event is stored."""
        found = self.positions_of(np.array([seq], dtype=np.int64))
        return int(found[0]) if found[0] >= 0 else None

    def positions_of(self, seqs: np.ndarray) -> np.ndarray:
        """Positions (int64) of many events, -1 where one is not stored; shape kept."""
        found = np.full(seqs.shape, -1, dtype=np.int64)
        for block in self._blocks:
            if len(block.seqs):
                here, positions = block.find(seqs)
                found[here] = positions
        return found


@dataclass(frozen=True)
class TraceIndex:
    """Positions (uint32) grouped by the hash of the trace id, in time order inside a trace."""

    hashes: np.ndarray
    positions: np.ndarray
    ids: pl.Series

    @classmethod
    def build(cls, events: pl.DataFrame, allocate: Allocate = in_heap) -> TraceIndex:
        """From an event frame in position order; events without a trace id take no part."""
        ids = events[schema.TRACE_ID]
        filled = len(ids) - ids.null_count()
        hashes, positions = allocate(filled, np.uint64), allocate(filled, np.uint32)
        at = 0
        for part in ranges(len(ids)):
            cells = ids[part]
            there = np.flatnonzero(cells.is_not_null().to_numpy())
            end = at + len(there)
            hashes[at:end] = cells.gather(there).hash().to_numpy()
            positions[at:end] = there + part.start
            at = end
        order = np.argsort(hashes, kind="stable")
        return cls(taken(hashes, order, allocate), taken(positions, order, allocate), ids)

    def positions_of(self, trace_id: str) -> np.ndarray:
        """Positions of a trace's events in time order; empty where it is not recorded."""
        key = pl.Series([trace_id], dtype=pl.String).hash()[0]
        lo, hi = (
            np.searchsorted(self.hashes, key, "left"),
            np.searchsorted(self.hashes, key, "right"),
        )
        candidates = self.positions[lo:hi]
        meant = candidates[(self.ids.gather(candidates) == trace_id).to_numpy()]
        return np.asarray(meant, dtype=np.int64)
