"""Sorted arrays that answer where and how many by binary search (performance.md G10, G12)."""

from __future__ import annotations

from dataclasses import dataclass

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


@dataclass(frozen=True)
class Density:
    """Event times per severity, each sorted: a bucket's exact count is two binary searches."""

    times: tuple[np.ndarray, ...]
    """One sorted int64 array for each `Severity`, in order; an event without one counts as INFO."""

    @classmethod
    def build(cls, events: pl.DataFrame, allocate: Allocate = in_heap) -> Density:
        """From an event frame sorted by time."""
        levels = len(Severity)
        cells = events.select(schema.TIME, pl.col(schema.SEVERITY).fill_null(int(Severity.INFO)))
        parts = [cells[part] for part in ranges(cells.height)]
        counts = np.zeros(levels, dtype=np.int64)
        for part in parts:
            counts += np.bincount(part[schema.SEVERITY].to_numpy(), minlength=levels)
        times = scattered(
            ((part[schema.SEVERITY].to_numpy(), part[schema.TIME].to_numpy()) for part in parts),
            counts,
            allocate(cells.height, np.int64),
        )
        return cls(tuple(np.split(times, np.cumsum(counts)[:-1])))

    def grown(
        self, gone: pl.DataFrame, come: pl.DataFrame, allocate: Allocate = in_heap
    ) -> Density:
        """With the last events of the frame this was built from replaced by others, no earlier."""
        left, added = Density.build(gone), Density.build(come)
        return Density(
            tuple(
                joined([times[: len(times) - len(less)], more], allocate)
                for times, less, more in zip(self.times, left.times, added.times, strict=True)
            )
        )

    def counts(self, edges: np.ndarray) -> np.ndarray:
        """Counts in the buckets between consecutive `edges` (int64 ns, ascending).

        Returns int64 of shape `(len(Severity), len(edges) - 1)`; buckets are half-open.
        """
        return np.stack([np.diff(np.searchsorted(times, edges)) for times in self.times])

    def next_at_least(self, level: Severity, after: Nanos) -> Nanos | None:
        """Time of the first event strictly after `after` that is at least as bad as `level`."""
        found = [
            int(times[at])
            for times in self.times[int(level) :]
            if (at := int(np.searchsorted(times, after, side="right"))) < len(times)
        ]
        return min(found, default=None)

    def previous_at_least(self, level: Severity, before: Nanos) -> Nanos | None:
        """Time of the last event strictly before `before` that is at least as bad as `level`."""
        found = [
            int(times[at - 1])
            for times in self.times[int(level) :]
            if (at := int(np.searchsorted(times, before, side="left"))) > 0
        ]
        return max(found, default=None)


@dataclass(frozen=True)
class SeqIndex:
    """Event numbers in ascending order with the position (uint32) of each."""

    seqs: np.ndarray
    positions: np.ndarray

    @classmethod
    def build(cls, events: pl.DataFrame, allocate: Allocate = in_heap) -> SeqIndex:
        """From an event frame in position order."""
        seqs = of_column(events[schema.SEQ], allocate)
        order = np.argsort(seqs, kind="stable")
        positions = laid([order], allocate(len(order), np.uint32))
        return cls(taken(seqs, order, allocate), positions)

    def grown(self, first: int, come: pl.DataFrame, allocate: Allocate = in_heap) -> SeqIndex:
        """With the events from position `first` on replaced by others."""
        stay = slice(None) if first == len(self.seqs) else self.positions < first
        added = SeqIndex.build(come)
        seqs = joined([self.seqs[stay], added.seqs], allocate)
        positions = joined([self.positions[stay], added.positions + np.uint32(first)], allocate)
        joint = len(seqs) - len(added.seqs)
        if not 0 < joint < len(seqs) or seqs[joint - 1] <= seqs[joint]:
            return SeqIndex(seqs, positions)
        order = np.argsort(seqs, kind="stable")
        return SeqIndex(taken(seqs, order, allocate), taken(positions, order, allocate))

    def position(self, seq: int) -> int | None:
        """The position of one event, or None where no such event is stored."""
        at = int(np.searchsorted(self.seqs, seq))
        return int(self.positions[at]) if at < len(self.seqs) and self.seqs[at] == seq else None

    def positions_of(self, seqs: np.ndarray) -> np.ndarray:
        """Positions of many events that all are stored; shape kept."""
        found = self.positions[np.searchsorted(self.seqs, seqs)]
        return np.asarray(found, dtype=np.int64)


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
