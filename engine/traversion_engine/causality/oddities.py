"""What is odd about single events and edges, in words; nothing is moved or mended."""

from __future__ import annotations

import polars as pl

from traversion_engine.causality.evidence import EdgeRole, milliseconds, shown_id
from traversion_engine.causality.nodes import Nodes


def oddities(nodes: Nodes, edges: pl.DataFrame) -> pl.DataFrame:
    """`seq, warning` for durations and starts that cannot be as recorded."""
    return pl.concat([_durations(nodes), _early_starts(nodes, edges)])


def missing(unseen: pl.DataFrame) -> pl.DataFrame:
    """`seq, warning` for events whose parent is not in the frame."""
    return unseen.select(
        seq="child", warning=pl.format("its parent {} is not seen", shown_id("span_id"))
    )


def _durations(nodes: Nodes) -> pl.DataFrame:
    span = nodes.spans.filter(pl.col("level") > 0)
    said = (
        pl.when(~pl.col("timed"))
        .then(pl.lit("no duration: its end is not recorded"))
        .when(pl.col("duration") < 0)
        .then(pl.lit("negative duration: taken as a point"))
        .when(pl.col("duration") == 0)
        .then(pl.lit("duration 0: taken as a point"))
    )
    return span.select("seq", warning=said).filter(pl.col("warning").is_not_null())


def _early_starts(nodes: Nodes, edges: pl.DataFrame) -> pl.DataFrame:
    early = edges.filter((pl.col("lag_ns") < 0) & (pl.col("role") == EdgeRole.CALL))
    hosts = nodes.rows["host"]
    same = hosts.gather(early["child_row"]) == hosts.gather(early["parent_row"])
    where = pl.when(pl.Series("same", same).fill_null(value=False)).then(
        pl.lit(" on the same host")
    )
    return early.select(
        seq="child",
        warning=pl.format("starts {} before its parent", milliseconds(pl.col("lag_ns")))
        + where.otherwise(pl.lit("")),
    )
