"""Edges grouped by the event they leave from, each at its moment: all that a walk needs.

A walk stands at an event *as of a moment*. Backward it looks at what came to the event up to that
moment, forward at what went out from that moment on. Both are one question if the clock of the
forward walk runs negative: which edges of this event have a moment in `(low, high]`? Edges that do
not depend on the moment stand at `ALWAYS`, before all others, so a first visit (`low` = `NEVER`)
finds them and a second does not.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
import polars as pl

from traversion_engine.causality.evidence import EdgeRole, Rule

NEVER: Final = -(2**63) + 1
ALWAYS: Final = NEVER + 1
OPEN: Final = 2**63 - 1
"""The moment of an event that is looked at as a whole, by its end."""


def sorted_distinct(values: np.ndarray) -> np.ndarray:
    """The different values, ascending; on moments, which come in runs, far faster than `unique`."""
    ordered = np.sort(values, kind="stable")
    new = np.ones(len(ordered), dtype=bool)
    new[1:] = ordered[1:] != ordered[:-1]
    kept: np.ndarray = ordered[new]
    return kept


@dataclass(frozen=True)
class Fan:
    """The edges of one direction, sorted by owner and moment.

    edges: EDGE columns and `effect, cause, owner, other, moment, enter, group`. The walk goes from
    `owner` to `other`, stands there as of `enter`; `group` sorts siblings by the kind of step.
    """

    edges: pl.DataFrame
    owners: np.ndarray
    others: np.ndarray
    moments: np.ndarray
    enters: np.ndarray
    lags: np.ndarray
    groups: np.ndarray
    _moments: np.ndarray
    _keys: np.ndarray

    @classmethod
    def build(cls, edges: pl.DataFrame) -> Fan:
        """From edges with the columns named above, in any order."""
        edges = edges.sort("owner", "moment", "other", maintain_order=True)
        moments = edges["moment"].to_numpy()
        distinct = sorted_distinct(moments)
        owners = edges["owner"].to_numpy().astype(np.int64)
        keys = owners * (len(distinct) + 1) + np.searchsorted(distinct, moments)
        return cls(
            edges,
            owners,
            edges["other"].to_numpy().astype(np.int64),
            moments,
            edges["enter"].to_numpy(),
            edges["lag_ns"].to_numpy(),
            edges["group"].to_numpy(),
            distinct,
            keys,
        )

    @cached_property
    def outcomes(self) -> np.ndarray:
        """For each edge whether how the event it leads to came out belongs to the story.

        It does not for callers and writers that are walked up to: these came out later.
        """
        later = (
            (pl.col("other") == pl.col("cause"))
            & pl.col("role").is_in([EdgeRole.CALL, EdgeRole.EMIT])
            & ~pl.col("rule").is_in([Rule.LOGGED, Rule.REMARK]).fill_null(value=False)
        )
        return self.edges.select(~later).to_series().to_numpy()

    def leaving(
        self, rows: np.ndarray, low: np.ndarray, high: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """Edges of each row with a moment in its `(low, high]`.

        Returns the index into `rows` and the edge, for every edge found, in order.
        """
        base = rows * (len(self._moments) + 1)
        first = np.searchsorted(self._keys, base + np.searchsorted(self._moments, low, "right"))
        last = np.searchsorted(self._keys, base + np.searchsorted(self._moments, high, "right"))
        counts = np.maximum(last - first, 0)
        owner = np.repeat(np.arange(len(rows)), counts)
        within = np.arange(len(owner)) - np.repeat(np.cumsum(counts) - counts, counts)
        return owner, np.repeat(first, counts) + within
