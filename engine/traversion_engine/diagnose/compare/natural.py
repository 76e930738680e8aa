"""By which aggregate a field is compared where the statement names none: by its meaning."""

from __future__ import annotations

from typing import Final

import polars as pl

from traversion_data import schema
from traversion_data.store.view import StoreView
from traversion_engine.catalogue import Field, FieldKind
from traversion_engine.diagnose.compare.measure import How, Measure
from traversion_engine.units import Dimension, unit, words

TAIL: Final = 0.95
_QUANTILES: Final = {"p50": 0.5, "p95": 0.95, "p99": 0.99}
_CODES: Final = frozenset({"code", "status"})
"""Last words of names whose numbers are names themselves."""
_COUNTERS: Final = frozenset({"total", "count"})


def natural(view: StoreView, field: Field) -> Measure:
    """A gauge's mean, a ratio over the requests, a duration's p95, a counter's rate per second, the
    share of a text's most changed value; a derived field by what it is made of.
    """  # noqa: D205 one sentence
    if field.derived:
        return _derived(field)
    if field.kind is FieldKind.DURATION:
        return Measure(field.name, How.QUANTILE, TAIL)
    if field.kind is not FieldKind.NUMBER or words(field.name)[-1] in _CODES:
        return Measure(field.name, How.VALUES)
    known = unit(field.unit) if field.unit else None
    if known is not None and known.dimension is Dimension.TIME and not _is_sampled(view, field):
        return Measure(field.name, How.QUANTILE, TAIL)
    if words(field.name)[-1] in _COUNTERS and _only_grows(view, field):
        return Measure(field.name, How.COUNTER)
    return Measure(field.name, How.MEAN)


def _derived(field: Field) -> Measure:
    name = field.name
    if name == "request_rate":
        return Measure(name, How.RATE, of_requests=True)
    if name == "error_rate":
        return Measure(name, How.SHARE, of_requests=True)
    if name in _QUANTILES:
        return Measure(name, How.QUANTILE, _QUANTILES[name], of_requests=True)
    return Measure(name, How.MOMENT, name=name)


def _is_sampled(view: StoreView, field: Field) -> bool:
    """Whether most of its values are of metric samples, so that it is a gauge in units of time."""
    filled = view.events.select(
        value=field.expr().is_not_null(), metric=pl.col(schema.TYPE) == "metric"
    ).filter("value")
    return bool(filled.height and filled["metric"].mean() > 0.5)  # type: ignore[operator]


def _only_grows(view: StoreView, field: Field) -> bool:
    """Whether the values of each instance hardly ever fall."""
    series = [schema.SERVICE, schema.INSTANCE]
    steps = (
        view.events.select(*series, value=field.expr())
        .drop_nulls("value")
        .select(pl.col("value").diff().over(series))
        .to_series()
        .drop_nulls()
    )
    return bool(len(steps) and (steps >= 0).mean() > 0.98)  # type: ignore[operator]
