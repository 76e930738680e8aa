"""Span links, from the arrays that carry them."""

from __future__ import annotations

from typing import Final

import polars as pl

from traversion_data import schema
from traversion_data.decode.blank import nothing

_SPELLINGS: Final = {
    schema.TRACE_ID: ("traceId", "trace_id", "traceID", "TraceId"),
    schema.SPAN_ID: ("spanId", "span_id", "spanID", "SpanId"),
}
_READ_AS: Final = pl.List(
    pl.Struct({name: pl.String() for names in _SPELLINGS.values() for name in names})
)


def links(rest: pl.Series) -> pl.Series:
    """Links from JSON objects with an array `links` of objects with ids; NULL where there is none.

    Takes text, gives `schema.EVENT[LINKS]`, both of one height. The array stays where it was too:
    links carry more than ids.
    """
    none = nothing(schema.EVENT[schema.LINKS], len(rest))
    if rest.null_count() == len(rest):
        return none
    written = rest.str.json_path_match("$.links")
    listed = written.str.starts_with("[{").fill_null(value=False)
    if not listed.any():
        return none
    try:
        read = written.filter(listed).str.json_decode(_READ_AS)
    except pl.exceptions.PolarsError:
        return none
    ids = pl.struct(
        pl.coalesce(pl.element().struct.field(name) for name in names).alias(column)
        for column, names in _SPELLINGS.items()
    )
    found = read.to_frame("it").select(pl.col("it").list.eval(ids)).to_series()
    place = pl.select(pl.when(listed).then(listed.cast(pl.UInt32).cum_sum() - 1)).to_series()
    return found.gather(place)
