"""Metric samples that name their metric in a value: `{"name": "cpu_pct", "value": 3.2}`."""

from __future__ import annotations

import polars as pl

from traversion_data import schema
from traversion_data.decode.learned import (
    SAMPLE,
    SAMPLE_NAMES,
    SAMPLE_TEXTS,
    Learned,
    column_name,
)


def spread(frame: pl.DataFrame, learned: Learned) -> pl.DataFrame:
    """The events with a float column for each metric that `value` samples are named after.

    Only rows of type `metric` with a numeric `value` and a text that names it take part; both stay
    where they are too, so that `name = 'cpu_pct'` finds the same rows as `cpu_pct IS NOT NULL`. A
    name that is a field of another kind, or one too many, gets no column.
    """
    if SAMPLE not in frame.columns or not frame[SAMPLE].dtype.is_numeric():
        return frame
    key = next((key for key in SAMPLE_NAMES if _is_text(frame, key)), None)
    if key is None:
        return frame
    sampled = (pl.col(schema.TYPE) == "metric") & pl.col(SAMPLE).is_not_null()
    names = frame.filter(sampled)[key].drop_nulls().unique(maintain_order=True)
    columns = [
        pl.when(sampled & (pl.col(key) == name))
        .then(pl.col(SAMPLE).cast(pl.Float64))
        .otherwise(pl.col(column) if column in frame.columns else None)
        .alias(column)
        for name in names
        if name not in ("", SAMPLE, *SAMPLE_TEXTS) and learned.declare(name)
        for column in [column_name(name)]
    ]
    return frame.with_columns(columns)


def _is_text(frame: pl.DataFrame, key: str) -> bool:
    return key in frame.columns and frame[key].dtype == pl.String()
