"""HISTORY: who set a value, when, and to what."""

from __future__ import annotations

from typing import Final

import numpy as np
import polars as pl

from traversion_data import schema
from traversion_data.model import MILLISECOND, MINUTE, SECOND, Nanos, TimeRange
from traversion_data.store.latest import LatestIndex, in_words
from traversion_data.store.view import StoreView
from traversion_engine.catalogue import Field
from traversion_engine.exact import in_units_of
from traversion_engine.state.columns import StateIndex
from traversion_engine.state.derived import derived_at, in_short

HISTORY: Final = {
    "seq": pl.Int64(),
    "time": pl.Int64(),
    "instance": pl.String(),
    "value": pl.String(),
    "previous": pl.String(),
    "held_ms": pl.Float64(),
}
"""Columns of a history; `time` in ns, `held_ms` until the next change (NULL: holds at the end
of the recording, or of the scope if it is derived).

`seq` is NULL for a derived field, which no single event sets.
"""

SAMPLES: Final = 1000
"""Moments at which a derived field is looked at in a scope, at least a second apart."""


def history(
    view: StoreView,
    service: str,
    field: Field,
    scope: TimeRange | None = None,
    window: Nanos = MINUTE,
) -> pl.DataFrame:
    """The changes of a service's field in scope, by time: one row a change an instance.

    A value is set when it becomes known: a span's outcome at its end. `previous` and `held_ms`
    look beyond the scope. A derived field is looked at every `step`, also once before the scope.
    """
    if field.derived:
        return _of_derived(view, service, field, scope or view.bounds, window)
    parts = [
        _of_series(index, column, number)
        for index, column in _column_of(view, field)
        for number in index.series.of_service(service)
    ]
    if not parts:
        return pl.DataFrame(schema=HISTORY)
    rows = pl.concat(parts).sort("time", "seq")
    if scope is not None:
        rows = rows.filter(pl.col("time").is_between(scope.start, scope.end, closed="left"))
    return rows


def step(scope: TimeRange) -> Nanos:
    """How far apart a derived field is looked at in a scope, in ns."""
    return max(SECOND, -(-scope.length // SAMPLES))


def _column_of(view: StoreView, field: Field) -> list[tuple[LatestIndex, int]]:
    index = StateIndex.of(view)
    for number, known in enumerate(index.fields):
        if known.name == field.name:
            return [(index.common, number)]
    return [(index.single(field), 0)]


def _of_series(index: LatestIndex, column: int, number: int) -> pl.DataFrame:
    positions, times = index.history(column, int(number))
    value = in_words(index.values[column].gather(positions), index.columns[column])
    settings = pl.DataFrame(
        [
            index.view.events[schema.SEQ].gather(positions).alias("seq"),
            pl.Series("time", np.asarray(times), dtype=pl.Int64),
            value.alias("value"),
        ]
    )
    return _changes(settings, index.series.names["instance"][int(number)])


def _of_derived(
    view: StoreView, service: str, field: Field, scope: TimeRange, window: Nanos
) -> pl.DataFrame:
    scope = view.bounds.intersect(scope)
    between = step(scope)
    first = scope.start - between if scope.start > view.bounds.start else scope.start
    times = np.arange(first, scope.end, between, dtype=np.int64)
    names = pl.Series([service], dtype=pl.String).new_from_index(0, len(times))
    value = in_short(derived_at(view, names, times, [field.name], window).to_series())
    samples = pl.DataFrame(
        [
            pl.Series("seq", [None], dtype=pl.Int64).new_from_index(0, len(times)),
            pl.Series("time", times, dtype=pl.Int64),
            value.alias("value"),
        ]
    )
    return _changes(samples, None).filter(pl.col("time") >= scope.start)


def _changes(settings: pl.DataFrame, instance: str | None) -> pl.DataFrame:
    previous = pl.col("value").shift(1)
    return (
        settings.filter(pl.col("value").ne_missing(previous))
        .with_columns(
            previous.alias("previous"),
            in_units_of(pl.col("time").shift(-1) - pl.col("time"), MILLISECOND).alias("held_ms"),
            pl.lit(instance, dtype=pl.String()).alias("instance"),
        )
        .select(HISTORY.keys())
    )
