"""HISTORY: who set a value, when, and to what."""

from __future__ import annotations

from typing import Final

import numpy as np
import polars as pl

from traversion_data import schema
from traversion_data.model import MILLISECOND, TimeRange
from traversion_data.store.latest import LatestIndex, in_words
from traversion_data.store.view import StoreView
from traversion_engine.catalogue import Field
from traversion_engine.state.columns import StateIndex

HISTORY: Final = {
    "seq": pl.Int64(),
    "time": pl.Int64(),
    "instance": pl.String(),
    "value": pl.String(),
    "previous": pl.String(),
    "held_ms": pl.Float64(),
}
"""Columns of a history; `time` in ns, `held_ms` until the next change (NULL: holds at the end)."""


def history(
    view: StoreView, service: str, field: Field, scope: TimeRange | None = None
) -> pl.DataFrame:
    """The changes of a service's recorded field in scope, by time: one row a change an instance.

    A value is set when it becomes known: a span's outcome at its end. `previous` and `held_ms`
    look beyond the scope. ValueError for a derived field.
    """
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


def _column_of(view: StoreView, field: Field) -> list[tuple[LatestIndex, int]]:
    index = StateIndex.of(view)
    for number, known in enumerate(index.fields):
        if known.name == field.name:
            return [(index.common, number)]
    return [(index.single(field), 0)]


def _of_series(index: LatestIndex, column: int, number: int) -> pl.DataFrame:
    positions, times = index.history(column, number)
    value = in_words(index.values[column].gather(positions), index.columns[column])
    instance = index.series.names["instance"][int(number)]
    settings = pl.DataFrame(
        [
            index.view.events[schema.SEQ].gather(positions).alias("seq"),
            pl.Series("time", np.asarray(times), dtype=pl.Int64),
            value.alias("value"),
        ]
    )
    previous = pl.col("value").shift(1)
    return (
        settings.filter(pl.col("value").ne_missing(previous))
        .with_columns(
            previous.alias("previous"),
            ((pl.col("time").shift(-1) - pl.col("time")) / MILLISECOND).alias("held_ms"),
            pl.lit(instance, dtype=pl.String()).alias("instance"),
        )
        .select(HISTORY.keys())
    )
