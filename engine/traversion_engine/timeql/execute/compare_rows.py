"""The events that COMPARE looks at: those that became known in either window."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl

from traversion_data import schema
from traversion_data.store.known import KnownOrder
from traversion_engine.diagnose.compare.filled import Filled, filled
from traversion_engine.diagnose.compare.measure import How
from traversion_engine.diagnose.compare.sample import Sample
from traversion_engine.timeql.bound import DERIVED_PREFIX, Column, Origin, Test, columns_of
from traversion_engine.timeql.execute.derived import with_derived
from traversion_engine.timeql.execute.run import Run
from traversion_engine.timeql.expressions import column_expr, passing
from traversion_engine.timeql.plan_compare import Compare, Compared

POSITION: Final = " position"
_WINDOW: Final = " window"
_KNOWN: Final = " known"
_OF_DERIVED: Final = frozenset({schema.TIME, schema.END_TIME, schema.SERVICE})


@dataclass(frozen=True)
class Rows:
    """Events of window a, then of window b, as they became known, and the sample of the same."""

    events: pl.DataFrame
    sample: Sample


@dataclass(frozen=True)
class Picked:
    """Positions of the events of both windows and when they became known; in_a: how many of a."""

    positions: np.ndarray
    known: np.ndarray
    in_a: int


def picked(run: Run, plan: Compare) -> Picked:
    """The events that became known in either window, in that order."""
    known = run.view.kept(KnownOrder.build)
    return _between(known.times, known.positions, plan)


def rows_of(run: Run, plan: Compare, found: Picked, measures: tuple[Compared, ...]) -> Rows:
    """Those of some events of both windows that pass WHERE, with what measures read.

    An event without the key of BY takes no part, which is noted.
    """
    needed, derived = _needed(plan, measures)
    names = [name for name in run.view.events.columns if name in needed]
    second = np.arange(len(found.positions)) >= found.in_a
    events = run.view.events.select(names)[found.positions].with_columns(
        pl.Series(POSITION, found.positions),
        pl.Series(_WINDOW, second),
        pl.Series(_KNOWN, found.known),
    )
    events = passing(events, [part.test for part in plan.where if not _derives(part.test)])
    run.check()
    events = with_derived(run.view, events, derived, plan.over)
    events = passing(events, [part.test for part in plan.where if _derives(part.test)])
    groups = events.select(column_expr(plan.by).alias("group")).to_series()
    if groups.null_count():
        run.note(f"{groups.null_count():,} events have no {plan.by.label} and take no part.")
        events, groups = events.filter(groups.is_not_null()), groups.drop_nulls()
    in_b = int(events[_WINDOW].sum())
    sample = Sample.of(
        groups,
        events[schema.INSTANCE],
        events[_KNOWN].to_numpy(),
        (events.height - in_b, in_b),
        (plan.a, plan.b),
    )
    return Rows(events, sample)


def sparse_rows(run: Run, plan: Compare, one: Compared) -> Rows | None:
    """Only the events in which a measure's column is filled, where these are few; else None."""
    column = one.value
    if plan.where or not plan.by_service or one.measure.how is How.COUNT:
        return None
    if not isinstance(column, Column) or column.origin is not Origin.RECORDED or column.path:
        return None
    index: Filled | None = filled(run.view, column.name)
    if index is None:
        return None
    return rows_of(run, plan, _between(index.times, index.positions, plan), (one,))


def _between(times: np.ndarray, positions: np.ndarray, plan: Compare) -> Picked:
    a, b = (
        slice(*np.searchsorted(times, (window.start, window.end)).tolist())
        for window in (plan.a, plan.b)
    )
    return Picked(
        np.concatenate([positions[a], positions[b]]),
        np.concatenate([times[a], times[b]]),
        a.stop - a.start,
    )


def _needed(plan: Compare, measures: tuple[Compared, ...]) -> tuple[set[str], tuple[str, ...]]:
    read = [one for part in plan.where for one in columns_of(part.test)]
    for one in measures:
        for node in (one.value, one.test):
            read += () if node is None else columns_of(node)
    names = {column.name for column in (*read, plan.by)}
    derived = [name for name in sorted(names) if name.startswith(DERIVED_PREFIX)]
    if derived:
        names |= _OF_DERIVED
    return {schema.INSTANCE, *names}, tuple(n.removeprefix(DERIVED_PREFIX) for n in derived)


def _derives(test: Test) -> bool:
    return any(column.origin is Origin.DERIVED for column in columns_of(test))
