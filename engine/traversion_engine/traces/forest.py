"""The call forest of some spans, in arrays: depth, reading order, own time, critical path."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import polars as pl

from traversion_engine.causality.fan import sorted_distinct
from traversion_engine.causality.preorder import Preorder, preorder

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
        depth: np.ndarray = (self.parents >= 0).astype(np.int64)
        up = self._loops
        while True:
            further = depth + depth[up]
            if np.array_equal(further, depth):
                return depth
            depth, up = further, up[up]

    @cached_property
    def reading(self) -> Preorder:
        """Spans as a waterfall is read: callers before callees, siblings by their start."""
        return preorder(self.parents, (np.arange(len(self.parents)), self.starts))

    @cached_property
    def self_times(self) -> np.ndarray:
        """Duration less the union of the callees' time, each clipped to its caller's."""
        frame = pl.DataFrame(
            {
                "parent": self.parents,
                "start": np.maximum(self.starts, self._limit(self.starts)),
                "end": np.minimum(self.ends, self._limit(self.ends)),
            }
        )
        covered = (
            frame.filter((pl.col("parent") >= 0) & (pl.col("end") > pl.col("start")))
            .sort("parent", "start")
            .with_columns(reached=pl.col("end").cum_max().shift(1).over("parent"))
            .select(
                "parent",
                new=pl.col("end") - pl.max_horizontal("start", "reached"),
            )
            .filter(pl.col("new") > 0)
            .group_by("parent")
            .agg(pl.col("new").sum())
        )
        own: np.ndarray = self.ends - self.starts
        own[covered["parent"].to_numpy()] -= covered["new"].to_numpy()
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

    def _all_above(self, marked: np.ndarray) -> np.ndarray:
        """Which spans are marked together with all their callers."""
        kept, up = marked.copy(), self._loops
        while True:
            further = kept & kept[up]
            if np.array_equal(further, kept):
                return kept
            kept, up = further, up[up]
