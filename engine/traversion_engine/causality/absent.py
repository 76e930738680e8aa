"""Parents that events name and that are not recorded, as nodes of their own behind all others."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from traversion_data import schema
from traversion_engine.causality.direct import DirectEdges
from traversion_engine.causality.evidence import (
    CONFIDENCE,
    EDGE,
    KIND,
    ROLE,
    RULE,
    EdgeKind,
    EdgeRole,
    Rule,
    event_number,
    shown_id,
)
from traversion_engine.causality.ways import Ways


@dataclass(frozen=True)
class Absent:
    """Parents not seen.

    nodes: one of each trace and id in the event schema, `end_time` being the last moment at which
    it is known to have run; edges: EDGE columns and `effect, cause`, from each of those that name
    one; `parent` is NULL.
    """

    nodes: pl.DataFrame
    edges: pl.DataFrame


def find_absent(direct: DirectEdges) -> Absent:
    """The parents not seen of a frame of events; their nodes are numbered on from its height."""
    rows, unseen = direct.nodes.rows, direct.unseen
    facts = [rows[name].gather(unseen["child_row"]) for name in ("trace", "time", "end")]
    naming = unseen.with_columns(facts)
    key = ["trace", "span_id"]
    known = naming.group_by(key, maintain_order=True).agg(pl.min("time"), pl.max("end"))
    known = known.with_columns(
        cause=pl.int_range(rows.height, rows.height + pl.len(), dtype=pl.UInt32)
    )
    nodes = known.select(
        pl.col("trace").alias(schema.TRACE_ID),
        pl.col("span_id").alias(schema.SPAN_ID),
        pl.col("time").alias(schema.TIME),
        pl.col("end").alias(schema.END_TIME),
        pl.format("not seen: {}", shown_id("span_id")).alias(schema.MESSAGE),
        pl.lit(value=False).alias(schema.ERROR_OCCURRED),
    )
    edges = naming.join(known.select(*key, "cause"), on=key, maintain_order="left")
    return Absent(schema.conform(nodes), _edges(edges, direct.nodes.spans["row"]))


def with_absent(ways: Ways, absent: Absent) -> Ways:
    """The ways with edges to parents not seen, and back to these from what they called."""
    moments = absent.nodes.select(
        time=schema.TIME, end=schema.END_TIME, timed=pl.lit(value=False)
    )  # fmt: skip
    back = absent.edges.filter(pl.col("role") == EdgeRole.CALL).with_columns(
        pl.lit(EdgeRole.RETURN, dtype=ROLE).alias("role"),
        pl.lit(Rule.OPEN_RETURN, dtype=RULE).alias("rule"),
        pl.lit(CONFIDENCE[Rule.OPEN_RETURN]).alias("confidence"),
        child="parent", parent="child", effect="cause", cause="effect",
    )  # fmt: skip
    return Ways(
        pl.concat([ways.moments, moments]),
        pl.concat([ways.structural, absent.edges]),
        pl.concat([ways.returns, back]),
        ways.logged,
        ways.beside,
    )


def _edges(naming: pl.DataFrame, spans: pl.Series) -> pl.DataFrame:
    called = pl.col("child_row").is_in(spans.implode())
    number, span = event_number(pl.col("child")), shown_id("span_id")
    rules = {True: (EdgeRole.CALL, Rule.PARENT_ID), False: (EdgeRole.EMIT, Rule.WRITER_ID)}
    role, rule = (
        pl.when(called).then(pl.lit(yes, dtype=kind)).otherwise(pl.lit(no, dtype=kind))
        for yes, no, kind in zip(rules[True], rules[False], (ROLE, RULE), strict=True)
    )
    said = pl.when(called).then(pl.lit("as its parent")).otherwise(pl.lit("as what wrote it"))
    return naming.select(
        "child",
        pl.lit(None, dtype=EDGE["parent"]).alias("parent"),
        "child_row",
        pl.col("child_row").alias("parent_row"),
        pl.lit(EdgeKind.DIRECT, dtype=KIND).alias("kind"),
        role.alias("role"),
        rule.alias("rule"),
        pl.lit(CONFIDENCE[Rule.PARENT_ID]).alias("confidence"),
        pl.lit(0, dtype=EDGE["lag_ns"]).alias("lag_ns"),
        pl.lit(None, dtype=EDGE["cycle"]).alias("cycle"),
        pl.lit(value=False).alias("ambiguous"),
        pl.format("{} names span {} {}; it is not recorded", number, span, said).alias("words"),
        effect="child_row",
        cause="cause",
    )
