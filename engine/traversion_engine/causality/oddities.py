"""What is odd about single events and edges, in words; nothing is moved or mended."""

from __future__ import annotations

from typing import Final

import polars as pl

from traversion_engine.causality.evidence import EdgeRole, shown_id
from traversion_engine.causality.lengths import length_text
from traversion_engine.causality.nodes import Nodes
from traversion_engine.causality.remarks import Oddity, warned

_LOW_DIGITS: Final = 16
"""Hexadecimal digits of a 64-bit trace id."""


def oddities(nodes: Nodes, edges: pl.DataFrame) -> pl.DataFrame:
    """Rows of `WARNING` for durations and starts that cannot be as recorded."""
    return pl.concat([*_durations(nodes, edges), _early_starts(nodes, edges)])


def missing(unseen: pl.DataFrame, nodes: Nodes) -> pl.DataFrame:
    """Rows of `WARNING` for events whose parent is not in the frame.

    Where a trace id of the other length (64 and 128 bits) ends alike and has a span of that id, the
    warning points there; the traces are not merged.
    """
    low = pl.col("trace").str.slice(-_LOW_DIGITS)
    asked = unseen.with_columns(trace=nodes.rows["trace"].gather(unseen["child_row"])).with_columns(
        low=low
    )
    bearers = nodes.spans.select(
        pl.col("span").alias("span_id"), low.alias("low"), pl.col("trace").alias("other")
    )
    alike = (
        asked.join(bearers, on=["span_id", "low"])
        .filter(pl.col("trace").str.len_chars() != pl.col("other").str.len_chars())
        .sort("child_row", "other")
        .unique("child_row", keep="first", maintain_order=True)
        .select("child_row", "other")
    )
    hint = pl.when(pl.col("other").is_not_null()).then(
        pl.format("; trace {}, whose id ends alike, has a span of that id", shown_id("other"))
    )
    told = asked.join(alike, on="child_row", how="left", maintain_order="left")
    said = pl.format("its parent {} is not seen", shown_id("span_id")) + hint.otherwise(pl.lit(""))
    return warned(told.select("span_id", "other", seq="child"), Oddity.UNSEEN, said)


def _durations(nodes: Nodes, edges: pl.DataFrame) -> list[pl.DataFrame]:
    span = nodes.spans.filter(pl.col("level") > 0)
    long = edges.filter(
        (pl.col("role") == EdgeRole.CALL)
        & (nodes.rows["duration"].gather(edges["child_row"]) > 0).fill_null(value=False)
    )
    waited = pl.col("row").is_in(long["parent_row"].implode())
    none = pl.col("duration") == 0
    impossible = (
        pl.when(~pl.col("timed"))
        .then(pl.lit("no duration: its end is not recorded"))
        .when(pl.col("duration") < 0)
        .then(pl.lit("negative duration: taken as a point"))
        .when(none & waited)
        .then(pl.lit("duration 0, but it called spans that took time: taken as a point"))
    )
    short = pl.when(none & ~waited).then(pl.lit("duration 0: taken as a point"))
    return [warned(span, Oddity.LENGTH, impossible), warned(span, Oddity.POINT, short)]


def _early_starts(nodes: Nodes, edges: pl.DataFrame) -> pl.DataFrame:
    early = edges.filter((pl.col("lag_ns") < 0) & (pl.col("role") == EdgeRole.CALL))
    hosts = nodes.rows["host"]
    same = hosts.gather(early["child_row"]) == hosts.gather(early["parent_row"])
    where = pl.when(pl.Series("same", same).fill_null(value=False)).then(
        pl.lit(" on the same host")
    )
    said = pl.format("starts {} before its parent", length_text(pl.col("lag_ns")))
    return warned(early.with_columns(seq="child"), Oddity.EARLY, said + where.otherwise(pl.lit("")))
