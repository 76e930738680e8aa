"""COMPARE: the events of both windows, each measure of them, and one table of all."""

from __future__ import annotations

from typing import Final

import numpy as np
import polars as pl

from traversion_data import schema
from traversion_data.model import Severity, SpanStatus
from traversion_data.store.known import KnownOrder
from traversion_engine.catalogue import DERIVED
from traversion_engine.diagnose.compare.calls import calls
from traversion_engine.diagnose.compare.counters import counter
from traversion_engine.diagnose.compare.counts import counted, different
from traversion_engine.diagnose.compare.effects import Effects
from traversion_engine.diagnose.compare.ends import end_values
from traversion_engine.diagnose.compare.levels import level, total
from traversion_engine.diagnose.compare.measure import How, Measure
from traversion_engine.diagnose.compare.moments import moments
from traversion_engine.diagnose.compare.requests import are_requests, basis_before
from traversion_engine.diagnose.compare.sample import Sample
from traversion_engine.diagnose.compare.shares import share, values
from traversion_engine.diagnose.compare.significance import LEVEL
from traversion_engine.diagnose.compare.table import as_asked, most_changed_first, rows
from traversion_engine.state.requests import Basis
from traversion_engine.timeql.bound import DERIVED_PREFIX, Kind, Origin, columns_of, kind_of
from traversion_engine.timeql.execute.derived import with_derived
from traversion_engine.timeql.execute.run import Answer, Run
from traversion_engine.timeql.execute.scan import note_absent_values
from traversion_engine.timeql.expressions import column_expr, passing, test_expr, value_expr
from traversion_engine.timeql.plan_compare import Compare, Compared

_POSITION: Final = " position"
_WINDOW: Final = " window"
_WORDS: Final[dict[Kind | None, dict[int, str]]] = {
    Kind.SEVERITY: {int(level): level.word for level in Severity},
    Kind.STATUS: {int(status): status.name.lower() for status in SpanStatus},
}
_Found = list[tuple[str, pl.Series, Effects]]


def execute(run: Run, plan: Compare) -> Answer:
    """By service and in the order asked for; without FOR the most changed first."""
    events = _events(run, plan)
    run.check()
    groups = events.select(column_expr(plan.by).alias("group")).to_series()
    there = groups.is_not_null()
    if not there.all():
        missing = len(groups) - int(there.sum())
        run.note(f"{missing:,} events have no {plan.by.label} and take no part.")
        events, groups = events.filter(there), groups.filter(there)
    sample = _sample(events, groups, plan)
    basis = basis_before(run.view, plan.scope.end)
    if any(one.measure.of_requests for one in plan.measures):
        run.meta["requests"] = str(basis)
        requests = are_requests(run.view, events[_POSITION].to_numpy(), basis)
    else:
        requests = np.zeros(events.height, dtype=bool)
    found: _Found = []
    for one in plan.measures:
        run.check()
        if one.measure.how is How.MOMENT:
            found += _moment(run, plan, one.measure, sample.groups)
            continue
        kept = requests if one.measure.of_requests else np.ones(events.height, dtype=bool)
        effects = _measured(sample, events, one, kept, basis, whole=plan.whole)
        if effects is not None:
            found.append((one.measure.label, sample.groups, effects))
    if plan.whole and plan.by.name == schema.SERVICE:
        run.check()
        callers, effects = calls(run.view, sample, events[_POSITION].to_numpy())
        found.append(("calls", callers, effects))
    table = rows(found)
    run.meta["false_discovery_rate"] = LEVEL
    run.meta["tests"] = table.height - table["p_value"].null_count()
    table = most_changed_first(table) if plan.whole else as_asked(table)
    _explain(run, plan, events, table, found)
    return run.cut(table.select(column.name for column in plan.columns))


def _events(run: Run, plan: Compare) -> pl.DataFrame:
    """What was known in window a, then in window b, in the order in which it was."""
    known = run.view.kept(KnownOrder.build)
    picked = []
    for window in (plan.a, plan.b):
        first, last = np.searchsorted(known.times, (window.start, window.end))
        picked.append(known.positions[first:last])
    positions = np.concatenate(picked).astype(np.int64)
    run.scanned += len(positions)
    needed, derived = _needed(plan)
    names = [name for name in run.view.events.columns if name in needed]
    events = run.view.events.select(names)[positions].with_columns(
        pl.Series(_POSITION, positions),
        pl.Series(_WINDOW, np.repeat(np.array([0, 1], np.int8), [len(part) for part in picked])),
    )
    cheap = [part.test for part in plan.where if not _derives(part.test)]
    events = passing(events, cheap)
    run.check()
    events = with_derived(run.view, events, derived, plan.over)
    return passing(events, [part.test for part in plan.where if _derives(part.test)])


def _derives(test: object) -> bool:
    return any(column.origin is Origin.DERIVED for column in columns_of(test))  # type: ignore[arg-type]


def _needed(plan: Compare) -> tuple[set[str], tuple[str, ...]]:
    read = [one for part in plan.where for one in columns_of(part.test)]
    for one in plan.measures:
        for node in (one.value, one.test):
            read += () if node is None else columns_of(node)
    names = {column.name for column in (*read, plan.by)}
    derived = {name for name in names if name.startswith(DERIVED_PREFIX)}
    needed = {schema.TIME, schema.END_TIME, schema.INSTANCE, schema.SERVICE}
    if any(one.measure.of_requests for one in plan.measures):
        needed |= {schema.DURATION, schema.ERROR_OCCURRED}
    return needed | names, tuple(sorted(name.removeprefix(DERIVED_PREFIX) for name in derived))


def _sample(events: pl.DataFrame, groups: pl.Series, plan: Compare) -> Sample:
    second = int(events[_WINDOW].sum())
    return Sample.of(
        groups,
        events[schema.INSTANCE],
        events[schema.END_TIME].to_numpy(),
        (events.height - second, second),
        (plan.a, plan.b),
    )


def _measured(
    sample: Sample,
    events: pl.DataFrame,
    one: Compared,
    kept: np.ndarray,
    basis: Basis,
    *,
    whole: bool,
) -> Effects | None:
    measure = one.measure
    if measure.how in {How.COUNT, How.RATE}:
        return counted(sample, kept & _passes(events, one), measure)
    column = events.select(_expression(one).alias("value")).to_series()
    if measure.of_requests and measure.how is How.QUANTILE and basis is Basis.EVENTS:
        return None
    there = kept & column.is_not_null().to_numpy()
    if measure.how in {How.SHARE, How.VALUES, How.DISTINCT}:
        sample, column = sample.where(there), column.filter(pl.Series(there))
        if measure.how is How.SHARE:
            return share(sample, column.to_numpy())
        if measure.how is How.DISTINCT:
            return different(sample, column)
        return values(sample, column, measure.label, new_and_gone=whole)
    numbers = column.cast(pl.Float64).to_numpy()
    there &= np.isfinite(numbers)
    return _of_numbers(sample.where(there), numbers[there], measure)


def _of_numbers(sample: Sample, numbers: np.ndarray, measure: Measure) -> Effects:
    match measure.how:
        case How.SUM:
            return total(sample, numbers)
        case How.COUNTER:
            return counter(sample, numbers, measure)
        case How.FIRST | How.LAST:
            return end_values(sample, numbers, measure)
        case _:
            return level(sample, numbers, measure)


def _passes(events: pl.DataFrame, one: Compared) -> np.ndarray:
    if one.test is None:
        return np.ones(events.height, dtype=bool)
    test = test_expr(one.test).cast(pl.Boolean).fill_null(value=False)
    return events.select(pl.col(_WINDOW), passes=test)["passes"].to_numpy()


def _expression(one: Compared) -> pl.Expr:
    """What is measured, in each row; of requests whether they failed, or how many ms they took."""
    if one.measure.of_requests:
        if one.measure.how is How.SHARE:
            return pl.col(schema.ERROR_OCCURRED)
        lasted = pl.col(schema.END_TIME) - pl.col(schema.TIME)
        return pl.coalesce(schema.DURATION, lasted).clip(0) / 1e6
    if one.test is not None:
        return test_expr(one.test).cast(pl.Boolean)
    assert one.value is not None
    value = value_expr(one.value)
    if one.measure.how is not How.VALUES:
        return value
    words = _WORDS.get(kind_of(one.value))
    if words is not None:
        return value.replace_strict(words, default=None, return_dtype=pl.String)
    return value.cast(pl.String)


def _moment(run: Run, plan: Compare, measure: Measure, groups: pl.Series) -> _Found:
    assert measure.name is not None
    if plan.by.name != schema.SERVICE:
        run.note(f"{measure.name} is of a service and has no value by {plan.by.label}.")
        return []
    run.note(f"{measure.name} is a value of a moment, shown at the ends of the windows, untested.")
    if plan.where:
        run.note(f"{measure.name} is of the whole service, whatever WHERE leaves of its events.")
    field = DERIVED[measure.name]
    ends = (plan.a.end - 1, plan.b.end - 1)
    services = groups
    if not plan.where:
        services = run.view.events[schema.SERVICE].unique().cast(pl.String).sort()
    return [(measure.label, services, moments(run.view, services, field, ends, plan.over))]


def _explain(
    run: Run, plan: Compare, events: pl.DataFrame, table: pl.DataFrame, found: _Found
) -> None:
    note_absent_values(run, plan.where)
    if not run.scanned:
        run.note("No event was known in either window.")
    elif not events.height:
        for part in plan.where[:1]:
            run.note(f"No event of either window passes {part.text}.")
    elif not table.height:
        run.note("Nothing that is asked for has a value in either window.")
    else:
        for place, (label, _, effects) in enumerate(found):
            if not plan.whole and not len(effects.group) and place < len(plan.measures):
                run.note(f"{label} has no value in either window.")
