"""The call forest of some spans, in arrays: depth, reading order, own time, critical path."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from traversion_engine.causality.fan import sorted_distinct
from traversion_engine.causality.preorder import Preorder, read_families

NO_PARENT = -1


@dataclass(frozen=True)
class Forest:
    """Spans and their callers. All arrays are of one length; times are ns.

    parents: index of the caller, `NO_PARENT` for roots; free of cycles. ends: not before starts.
    """

    parents: np.ndarray
    starts: np.ndarray
    ends: np.ndarray

    @cached_property
    def depths(self) -> np.ndarray:
        """Callers above each span."""
        return self.reading.above(np.ones(len(self.parents), dtype=bool))

    @cached_property
    def reading(self) -> Preorder:
        """Spans as a waterfall is read: callers before callees, siblings by their start."""
        return read_families(self.parents, self._families)

    @cached_property
    def self_times(self) -> np.ndarray:
        """Duration less the union of the callees' time, each clipped to its caller's."""
        own: np.ndarray = self.ends - self.starts
        callees = self._families[np.count_nonzero(self.parents < 0) :]
        callers = self.parents[callees]
        starts = np.maximum(self.starts[callees], self.starts[callers])
        ends = np.minimum(self.ends[callees], self.ends[callers])
        new = np.maximum(ends - np.maximum(starts, _reached_before(callers, ends)), 0)
        np.subtract.at(own, callers, np.where(ends > starts, new, 0))
        return own

    @cached_property
    def critical(self) -> np.ndarray:
        """Which spans decide when the whole ended.

        From its end backwards a span waits for the callee that ended last before, that one's start
        is the next point to look back from, and so on; roots are taken as callees of the whole. A
        callee that runs on after its caller counts up to the caller's end; one that starts after
        it is not waited for.
        """
        spans = np.arange(len(self.parents))
        ends = np.minimum(self.ends, self._limit(self.ends))
        members = np.flatnonzero((self.parents < 0) | (self.starts < self._limit(self.ends)))
        if not len(members):
            return np.zeros(len(spans), dtype=bool)
        moments = sorted_distinct(np.concatenate([ends, self.starts, self.ends]))
        width = len(moments)
        keys = (self.parents[members] + 1) * width + np.searchsorted(moments, ends[members])
        order = np.lexsort((members, self.starts[members], keys))
        members, keys = members[order], keys[order]
        rank = np.full(len(spans), len(members))
        rank[members] = np.arange(len(members))

        def last_of(caller: np.ndarray, moment: np.ndarray, below: np.ndarray) -> np.ndarray:
            owner = caller + 1
            key = owner * width + np.searchsorted(moments, moment)
            at = np.minimum(np.searchsorted(keys, key, "right"), below) - 1
            found = (at >= 0) & (keys[at] // width == owner)
            return np.where(found, members[at], len(spans))

        chained = np.zeros(len(spans) + 1, dtype=bool)
        chained[last_of(spans, self.ends, np.array(len(members)))] = True
        chained[last_of(np.array([NO_PARENT]), moments[-1:], np.array(len(members)))] = True
        step = np.append(last_of(self.parents, self.starts, rank), len(spans))
        while True:
            reached = chained.copy()
            reached[step[chained]] = True
            if np.array_equal(reached, chained):
                return self._all_above(chained[:-1])
            chained, step = reached, step[step]

    def _limit(self, of: np.ndarray) -> np.ndarray:
        """A value of each span's caller, the span's own for roots."""
        limit: np.ndarray = of[self._loops]
        return limit

    @cached_property
    def _loops(self) -> np.ndarray:
        return np.where(self.parents >= 0, self.parents, np.arange(len(self.parents)))

    @cached_property
    def _families(self) -> np.ndarray:
        """Spans sorted by their caller, roots first, and then by their start."""
        return np.lexsort((self.starts, self.parents))

    def _all_above(self, marked: np.ndarray) -> np.ndarray:
        """Which spans are marked together with all their callers."""
        kept: np.ndarray = marked & (self.reading.above(~marked) == 0)
        return kept


def _reached_before(callers: np.ndarray, ends: np.ndarray) -> np.ndarray:
    """For each callee the latest end of those before it under one caller, else the least int64.

    Ends are ranked, and ranks of later callers lie above all earlier ones, so that one running
    maximum serves them all.
    """
    reached = np.full(len(ends), np.iinfo(np.int64).min)
    follows = np.flatnonzero(callers[1:] == callers[:-1]) + 1
    if not len(follows):
        return reached
    shared = np.zeros(len(ends), dtype=bool)
    shared[follows] = shared[follows - 1] = True
    distinct = sorted_distinct(ends[shared])
    width = len(distinct) + 1
    keys = callers[shared] * width + np.searchsorted(distinct, ends[shared])
    highest = distinct[np.maximum.accumulate(keys) % width]
    before = np.empty(len(ends), dtype=np.int64)
    before[shared] = highest
    reached[follows] = before[follows - 1]
    return reached
