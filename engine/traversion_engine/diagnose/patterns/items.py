"""What recurs in a recording: message templates, operations, and failures of these."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl

from traversion_data import schema
from traversion_data.templates import masked

READS: Final = (
    schema.TIME,
    schema.END_TIME,
    schema.TYPE,
    schema.SERVICE,
    schema.OPERATION,
    schema.MESSAGE,
    schema.TEMPLATE,
    schema.TRACE_ID,
    schema.PARENT_SPAN_ID,
    schema.DURATION,
    schema.ERROR_OCCURRED,
)
"""The event columns that items are made from."""

_CODE: Final = "_code"
_ROW: Final = "_row"
_BAD: Final = "_bad"
_SPAN: Final = "_span"
_ROOT: Final = "_root"
_AT: Final = "_at"
_OPERATION: Final = 1 << 40
_TYPE: Final = 1 << 41


@dataclass(frozen=True)
class Items:
    """Occurrences in (time, row) order, one entry each.

    times: int64 ns at which it was known. codes: numbers from 0 on, equal for what is one item.
    services, traces: numbers from 0 on, -1 without one. roots: whether it is the start of a span
    without a parent. By code: is_error; kinds, equal for a thing
    and its failure; begins, whether it is the start of a span.
    """

    times: np.ndarray
    codes: np.ndarray
    services: np.ndarray
    traces: np.ndarray
    roots: np.ndarray
    is_error: np.ndarray
    kinds: np.ndarray
    begins: np.ndarray
    counts: np.ndarray
    examples: pl.DataFrame

    def label(self, code: int) -> str:
        """What an item is called: its template or operation, `… failed` for a failure."""
        row = self.examples.row(code, named=True)
        if row[schema.TEMPLATE] is not None:
            return str(row["text"])
        name = str(row[schema.OPERATION] or row[schema.TYPE])
        return f"{name} failed" if row[_BAD] else name


def items(events: pl.DataFrame, until: int, least: int) -> Items:
    """The items of events (`READS`, by time) that occur at least `least` times before `until`.

    A failed span is two: its start, and at its end the failure.
    """
    is_span = pl.col(schema.TEMPLATE).is_null() & pl.col(schema.DURATION).is_not_null()
    frame = events.lazy().with_row_index(_ROW).with_columns(is_span.alias(_SPAN))
    bad = pl.col(schema.ERROR_OCCURRED)
    began = frame.with_columns(
        (bad & ~pl.col(_SPAN)).alias(_BAD),
        pl.col(schema.TIME).alias(_AT),
        (pl.col(_SPAN) & pl.col(schema.PARENT_SPAN_ID).is_null()).alias(_ROOT),
    )
    failed = frame.filter(bad & pl.col(_SPAN)).with_columns(
        bad.alias(_BAD), pl.col(schema.END_TIME).alias(_AT), pl.lit(value=False).alias(_ROOT)
    )
    coded = (
        pl.concat([began, failed])
        .with_columns(_code().alias(_CODE))
        .filter(pl.col(_CODE).is_not_null() & (pl.col(_AT) < until))
        .filter(pl.len().over(_CODE) >= least)
        .select(_AT, _ROW, _BAD, _SPAN, _ROOT, _CODE, schema.SERVICE, schema.TRACE_ID)
        .sort(_AT, _ROW, _BAD)
        .collect()
    )
    first = coded.group_by(_CODE, maintain_order=True).agg(
        pl.col(_ROW, _BAD, _SPAN).first(), pl.len().alias("count")
    )
    numbered = coded.select(pl.col(_CODE)).join(
        first.select(_CODE).with_row_index("number"), on=_CODE, how="left", maintain_order="left"
    )
    described = events[[schema.TYPE, schema.OPERATION, schema.TEMPLATE, schema.MESSAGE]]
    examples = described[first[_ROW].to_numpy()].select(
        pl.col(schema.TYPE, schema.OPERATION).cast(pl.String),
        schema.TEMPLATE,
        masked(pl.col(schema.MESSAGE)).alias("text"),
    )
    return Items(
        coded[_AT].to_numpy(),
        numbered["number"].cast(pl.Int64).to_numpy(),
        _numbers(coded[schema.SERVICE].to_physical()),
        _numbers(coded[schema.TRACE_ID]),
        coded[_ROOT].to_numpy(),
        first[_BAD].to_numpy(),
        first[_CODE].to_numpy() // 2,
        (first[_SPAN] & ~first[_BAD]).to_numpy(),
        first["count"].cast(pl.Int64).to_numpy(),
        examples.with_columns(first[_BAD]),
    )


def _code() -> pl.Expr:
    """One number for what is one item; NULL for metric samples, which are values and no events."""
    template = pl.col(schema.TEMPLATE).cast(pl.Int64)
    operation = pl.col(schema.OPERATION).to_physical().cast(pl.Int64) + _OPERATION
    kind = pl.when(pl.col(schema.TYPE) != "metric").then(
        pl.col(schema.TYPE).to_physical().cast(pl.Int64) + _TYPE
    )
    return pl.coalesce(template, operation, kind) * 2 + pl.col(_BAD).cast(pl.Int64)


def _numbers(values: pl.Series) -> np.ndarray:
    """Numbers from 0 on for different values, -1 for NULL."""
    ranked = values.rank("dense").cast(pl.Int64) - 1
    return ranked.fill_null(-1).to_numpy()
