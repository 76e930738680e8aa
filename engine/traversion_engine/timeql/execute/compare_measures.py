"""One measure of COMPARE over the events of both windows."""

from __future__ import annotations

from typing import Final

import numpy as np
import polars as pl

from traversion_data.model import MILLISECOND, Severity, SpanStatus
from traversion_engine.diagnose.compare.counters import counter
from traversion_engine.diagnose.compare.counts import counted, different
from traversion_engine.diagnose.compare.effects import Effects
from traversion_engine.diagnose.compare.ends import end_values
from traversion_engine.diagnose.compare.levels import level, total
from traversion_engine.diagnose.compare.measure import How, Measure
from traversion_engine.diagnose.compare.requests import RequestRows
from traversion_engine.diagnose.compare.sample import Sample
from traversion_engine.diagnose.compare.shares import share, values
from traversion_engine.timeql.bound import Kind, kind_of
from traversion_engine.timeql.expressions import test_expr, value_expr
from traversion_engine.timeql.plan_compare import Compared

_WORDS: Final[dict[Kind | None, dict[int, str]]] = {
    Kind.SEVERITY: {int(level.value): level.word for level in Severity},
    Kind.STATUS: {int(status): status.name.lower() for status in SpanStatus},
}


def of_events(
    sample: Sample, events: pl.DataFrame, one: Compared, *, new_and_gone: bool
) -> Effects:
    """Of all events of the sample, which is of these rows.

    new_and_gone: of a text also the values that only one window has.
    """
    measure = one.measure
    if measure.how in {How.COUNT, How.RATE}:
        return counted(sample, _passes(events, one), measure)
    column = events.select(_expression(one).alias("value")).to_series()
    there = column.is_not_null().to_numpy()
    if measure.how in {How.SHARE, How.VALUES, How.DISTINCT}:
        sample, column = sample.where(there), column.filter(pl.Series(there))
        if measure.how is How.SHARE:
            return share(sample, column.to_numpy())
        if measure.how is How.DISTINCT:
            return different(sample, column)
        return values(sample, column, measure.label, new_and_gone=new_and_gone)
    numbers = column.cast(pl.Float64).to_numpy()
    there &= np.isfinite(numbers)
    return _of_numbers(sample.where(there), numbers[there], measure)


def of_requests(rows: RequestRows, measure: Measure) -> Effects | None:
    """A derived field over the requests of both windows; None for durations where none are known.

    A group without any request has no row.
    """
    match measure.how:
        case How.SHARE:
            return share(rows.sample, rows.failed)
        case How.QUANTILE if rows.durations is None:
            return None
        case How.QUANTILE:
            assert rows.durations is not None
            return level(rows.sample, rows.durations / MILLISECOND, measure)
        case _:
            every = np.ones(len(rows.failed), dtype=bool)
            return counted(rows.sample, every, measure).filled()


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
    return events.select(events.columns[0], passes=test)["passes"].to_numpy()


def _expression(one: Compared) -> pl.Expr:
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
