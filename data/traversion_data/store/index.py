"""Sorted arrays that answer where and how many by binary search (performance.md G10, G12)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from traversion_data import schema
from traversion_data.model import Nanos, Severity


@dataclass(frozen=True)
class Density:
    """Event times per severity, each sorted: a bucket's exact count is two binary searches."""

    times: tuple[np.ndarray, ...]
    """One sorted int64 array for each `Severity`, in order; an event without one counts as INFO."""

    @classmethod
    def build(cls, events: pl.DataFrame) -> Density:
        """From an event frame sorted by time."""
        times = events[schema.TIME].to_numpy()
        severity = events[schema.SEVERITY].fill_null(int(Severity.INFO)).to_numpy()
        return cls(tuple(times[severity == int(level)] for level in Severity))

    def grown(self, gone: pl.DataFrame, come: pl.DataFrame) -> Density:
        """With the last events of the frame this was built from replaced by others, no earlier."""
        left, added = Density.build(gone), Density.build(come)
        return Density(
            tuple(
                np.concatenate([times[: len(times) - len(less)], more])
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
    """Event numbers in ascending order with the position of each."""

    seqs: np.ndarray
    positions: np.ndarray

    @classmethod
    def build(cls, events: pl.DataFrame) -> SeqIndex:
        """From an event frame in position order."""
        seqs = events[schema.SEQ].to_numpy()
        order = np.argsort(seqs, kind="stable")
        return cls(seqs[order], order)

    def grown(self, first: int, come: pl.DataFrame) -> SeqIndex:
        """With the events from position `first` on replaced by others."""
        stay = slice(None) if first == len(self.seqs) else self.positions < first
        added = SeqIndex.build(come)
        seqs = np.concatenate([self.seqs[stay], added.seqs])
        positions = np.concatenate([self.positions[stay], added.positions + first])
        joint = len(seqs) - len(added.seqs)
        if not 0 < joint < len(seqs) or seqs[joint - 1] <= seqs[joint]:
            return SeqIndex(seqs, positions)
        order = np.argsort(seqs, kind="stable")
        return SeqIndex(seqs[order], positions[order])

    def position(self, seq: int) -> int | None:
        """The position of one event, or None where no such event is stored."""
        at = int(np.searchsorted(self.seqs, seq))
        return int(self.positions[at]) if at < len(self.seqs) and self.seqs[at] == seq else None

    def positions_of(self, seqs: np.ndarray) -> np.ndarray:
        """Positions of many events that all are stored; shape kept."""
        return np.asarray(self.positions[np.searchsorted(self.seqs, seqs)])


@dataclass(frozen=True)
class TraceIndex:
    """Positions grouped by the hash of the trace id, time order kept inside a trace."""

    hashes: np.ndarray
    positions: np.ndarray
    ids: pl.Series

    @classmethod
    def build(cls, events: pl.DataFrame) -> TraceIndex:
        """From an event frame in position order; events without a trace id take no part."""
        ids = events[schema.TRACE_ID]
        positions = np.flatnonzero(ids.is_not_null().to_numpy())
        hashes = ids.gather(positions).hash().to_numpy()
        order = np.argsort(hashes, kind="stable")
        return cls(hashes[order], positions[order], ids)

    def positions_of(self, trace_id: str) -> np.ndarray:
        """Positions of a trace's events in time order; empty where it is not recorded."""
        key = pl.Series([trace_id], dtype=pl.String).hash()[0]
        lo, hi = (
            np.searchsorted(self.hashes, key, "left"),
            np.searchsorted(self.hashes, key, "right"),
        )
        candidates = self.positions[lo:hi]
        return np.asarray(candidates[(self.ids.gather(candidates) == trace_id).to_numpy()])
