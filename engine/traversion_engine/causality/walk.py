"""The walk itself, level by level in arrays: breadth first, no recursion, no row in Python.

| the walk stands at | as of | and goes backward to |
|---|---|---|
| a span, by its end: the start of the walk, a callee that returned | its end | callees that ended · complaints it logged · links · its caller |
| a span, by a moment: from a callee it made, a log it wrote | that moment | callees that ended before · complaints before · links · its caller |
| a log or any other point | its time | its span as of then, else the event before it in the trace · links |

| the walk stands at | as of | and goes forward to |
|---|---|---|
| a span, by its start: the start of the walk, a callee | its start | its caller, as of its end · callees · its logs · links |
| a span, by a moment: a callee returned, it wrote a log | that moment | its caller · callees and logs that start after · links |
| a log or any other point | its time | its span as of then (on from a start or a complaint only) · what follows it in the trace · links |

An event is expanded once for each moment: met again it is a reference, under which only what lies
between the two moments follows. The step straight back to where the walk came from is left out.
Coming from an error or a delay, returns stand before calls, otherwise behind them.
"""  # noqa: E501 - a table's rows cannot be broken

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import polars as pl

from traversion_engine.causality.evidence import EdgeRole
from traversion_engine.causality.fan import NEVER, OPEN, Fan, sorted_distinct
from traversion_engine.causality.ways import CALLS, LOGS, RETURNS

NO_EDGE = -1


@dataclass(frozen=True, slots=True)
class Walk:
    """The tree of a walk; entry 0 is the start. All arrays are of one length.

    rows: row of the event. parents: entry it was reached from (-1). edges: row of `Fan.edges`
    (`NO_EDGE` for the start). lags: ns. references: met before, at entry `first` of the
    event. matched: UNTIL holds. groups: sort key of the kind of step. levels: where each depth
    starts, with the end behind. unexpanded: entries that the depth kept from going on.
    """

    rows: np.ndarray
    parents: np.ndarray
    edges: np.ndarray
    lags: np.ndarray
    references: np.ndarray
    matched: np.ndarray
    groups: np.ndarray
    levels: np.ndarray
    unexpanded: int

    @property
    def depths(self) -> np.ndarray:
        """Steps from the start to each entry."""
        return np.repeat(np.arange(len(self.levels) - 1), np.diff(self.levels))


@dataclass
class _Level:
    """Where the walk stands, one entry an element."""

    rows: np.ndarray
    low: np.ndarray
    high: np.ndarray
    entry: np.ndarray
    came_from: np.ndarray
    returns_first: np.ndarray


def walk(
    fan: Fan,
    start: int,
    *,
    allowed: np.ndarray,
    until: np.ndarray,
    depth: int,
    returns_first: bool,
    check: Callable[[], None],
) -> Walk:
    """Walk from a row over the allowed edges.

    Args:
        fan: the edges of one direction.
        start: the row to start from.
        allowed: for each edge of the fan whether it may be taken.
        until: for each row whether a branch ends there; not asked of the start.
        depth: steps at most.
        returns_first: whether the start is an error or a delay.
        check: called once a level; raises to end the walk.
    """
    high = np.full(len(until), NEVER, dtype=np.int64)
    high[start] = OPEN
    level = _Level(
        np.array([start]), np.array([NEVER]), np.array([OPEN]), np.array([0]),
        np.array([-1]), np.array([returns_first]),
    )  # fmt: skip
    parts: list[tuple[np.ndarray, ...]] = [
        (level.rows, np.array([-1]), np.array([NO_EDGE]), np.array([0]), np.array([False]),
         np.array([False]), np.array([0]))
    ]  # fmt: skip
    levels = [0, 1]
    roles = fan.edges["role"]
    hands_on = roles.is_in([EdgeRole.EMIT, EdgeRole.LAG]).to_numpy()
    unexpanded = 0
    while len(level.rows):
        check()
        at, edge = fan.leaving(level.rows, level.low, level.high)
        good = allowed[edge] & (fan.others[edge] != level.came_from[at])
        at, edge = at[good], edge[good]
        if len(levels) > depth + 1:
            unexpanded = len(sorted_distinct(at))
            break
        rows = fan.others[edge]
        group = fan.groups[edge]
        group = np.where(~level.returns_first[at] & (group == CALLS), -1, group)
        below, fresh = _reached(high, rows, fan.enters[edge])
        matched = until[rows]
        onward = (fan.enters[edge] > below) & ~matched
        entry = levels[-1] + np.arange(len(rows))
        parts.append(
            (rows, level.entry[at], edge, _lags(fan, edge, level.high[at]), ~fresh,
             matched & fresh, group)
        )  # fmt: skip
        levels.append(levels[-1] + len(rows))
        kind = fan.groups[edge]
        back = (kind == RETURNS) | (kind == LOGS) | (hands_on[edge] & level.returns_first[at])
        level = _Level(
            rows[onward], below[onward], fan.enters[edge][onward], entry[onward],
            level.rows[at][onward], back[onward],
        )  # fmt: skip
    rows, parents, edges, lags, references, matched, groups = (
        np.concatenate(column) for column in zip(*parts, strict=True)
    )
    return Walk(
        rows, parents, edges, lags, references, matched, groups, np.array(levels), unexpanded
    )


def _reached(
    high: np.ndarray, rows: np.ndarray, enters: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Up to which moment each row was known before, in order, and whether it is new; notes both."""
    below = high[rows]
    fresh = below == NEVER
    if len(sorted_distinct(rows)) < len(rows):
        seen = (
            pl.DataFrame({"row": rows, "enter": enters, "below": below})
            .with_columns(
                before=pl.col("enter").cum_max().shift(1).over("row"),
                first=pl.int_range(pl.len()).over("row") == 0,
            )
            .select(pl.max_horizontal("below", "before").alias("below"), "first")
        )
        below = seen["below"].to_numpy()
        fresh = fresh & seen["first"].to_numpy()
    np.maximum.at(high, rows, enters)
    return below, fresh


def _lags(fan: Fan, edge: np.ndarray, high: np.ndarray) -> np.ndarray:
    timed = (high != OPEN) & (fan.moments[edge] > NEVER + 1)
    return np.where(timed, high - np.where(timed, fan.moments[edge], 0), fan.lags[edge])
