"""Edges that ids state: parents, spans and their logs, links, order in a trace."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import polars as pl

from traversion_data import schema
from traversion_engine.causality import cycles
from traversion_engine.causality.clocks import (
    callee_ahead,
    calls_between_hosts,
    host_offsets,
    told_offsets,
)
from traversion_engine.causality.evidence import (
    AMBIGUOUS,
    CONFIDENCE,
    EDGE,
    RULE,
    EdgeKind,
    EdgeRole,
    Rule,
)
from traversion_engine.causality.nodes import Nodes, find_nodes
from traversion_engine.causality.oddities import missing, oddities
from traversion_engine.causality.remarks import Oddity, warned
from traversion_engine.causality.resolve import FOUND, resolve, shared_callers

_ROLE = {
    Rule.PARENT_ID: EdgeRole.CALL,
    Rule.SHARED_ID: EdgeRole.CALL,
    Rule.SPAN_ID: EdgeRole.EMIT,
    Rule.WRITER_ID: EdgeRole.EMIT,
    Rule.FIRST_OF_SPAN: EdgeRole.EMIT,
    Rule.LINK: EdgeRole.LINK,
    Rule.TRACE_ORDER: EdgeRole.LAG,
}
_NONE_FOUND = pl.DataFrame(schema=FOUND)
_NONE_RULED = pl.DataFrame(schema={**FOUND, "rule": RULE})


@dataclass(frozen=True)
class DirectEdges:
    """What ids say about an event frame.

    nodes: the spans found. edges: one structural parent per event at most, without cycles.
    links: span links beside the structural parents. unseen: `child, child_row, span_id`, events
    whose parent is not in the frame; `span_id` is what they name. broken: rows of `WARNING`,
    ids that cannot be as recorded: duplicates, self-parents, cycles. rings: rows of `RING`.
    """

    nodes: Nodes
    edges: pl.DataFrame
    links: pl.DataFrame
    unseen: pl.DataFrame
    broken: pl.DataFrame
    rings: pl.DataFrame

    @cached_property
    def returns(self) -> pl.DataFrame:
        """For each call the edge back: the callee's end as a cause of what its caller does."""
        return return_edges(self.nodes, self.edges, told_offsets(self.clocks))

    @cached_property
    def clocks(self) -> pl.DataFrame:
        """Rows of `OFFSET`: how far the clocks of hosts lie apart."""
        return host_offsets(calls_between_hosts(self.nodes.rows, self.edges))

    @cached_property
    def warnings(self) -> pl.DataFrame:
        """Rows of `WARNING`, sorted; what is odd about an event's ids, parents or duration."""
        return pl.concat(
            [self.broken, oddities(self.nodes, self.edges), missing(self.unseen, self.nodes)]
        ).sort("seq", "warning")


def direct_edges(events: pl.DataFrame) -> DirectEdges:
    """Find the structural parent of every event of a frame, in any order of its rows.

    The answer depends on the set of events only, so a frame that has grown gives what a frame read
    at once gives. Cost grows as n log n.
    """
    nodes = find_nodes(events)
    spans = nodes.spans
    selfish = spans.filter(pl.col("parent") == pl.col("span"))
    calls, unseen_calls = _calls(spans)
    emits, unseen_emits = _emits(nodes)
    placed = pl.concat([calls, emits])
    unseen = pl.concat([unseen_calls, unseen_emits])
    structural, links = _links(events, nodes, pl.concat([placed["row"], unseen["row"]]))
    placed = pl.concat([placed, structural])
    placed = pl.concat([placed, _trace_order(nodes, placed["row"])])
    edges = _as_edges(placed, nodes.rows)
    untangled = cycles.untangle(edges, nodes.rows)
    return DirectEdges(
        nodes,
        untangled.edges.sort("child_row"),
        _as_edges(links, nodes.rows).sort("child_row", "parent_row"),
        unseen.select(
            child=nodes.rows["seq"].gather(unseen["row"]), child_row="row", span_id="span"
        ).sort("child_row"),
        pl.concat(
            [
                nodes.warnings,
                warned(
                    selfish,
                    Oddity.SELF_PARENT,
                    pl.lit("self-parent: it names itself as its parent"),
                ),
                untangled.warnings,
            ]
        ),
        untangled.rings,
    )


def return_edges(nodes: Nodes, edges: pl.DataFrame, offsets: pl.DataFrame) -> pl.DataFrame:
    """Edges from the end of each callee to its caller (`parent` is the callee), mirroring calls.

    A message's consumer returns nothing to its producer, nor does a span that starts after its
    caller's end. One that ends after its caller, or whose end or caller's end is not recorded,
    returns with less confidence. What came after what is asked of clocks put right by `offsets`
    (rows of `OFFSET`); `lag_ns` is the caller's end less the callee's as they are recorded.
    """
    calls = edges.filter(pl.col("role") == EdgeRole.CALL)
    moments = ["time", "end", "timed", "kind", "host"]
    callee = nodes.rows.select(moments)[calls["child_row"]].rename(lambda name: f"callee_{name}")
    caller = nodes.rows.select(moments)[calls["parent_row"]].rename(lambda name: f"caller_{name}")
    timed = pl.col("callee_timed") & pl.col("caller_timed")
    message = (pl.col("callee_kind") == "consumer") | (pl.col("caller_kind") == "producer")
    wide = pl.concat([calls, callee, caller], how="horizontal")
    ahead = pl.lit(callee_ahead(offsets, wide)) if offsets.height else pl.lit(0)
    overlaps = ~timed | (pl.col("callee_time") - ahead <= pl.col("caller_end"))
    lag = pl.col("caller_end") - pl.col("callee_end")
    rule = (
        pl.when(~timed)
        .then(pl.lit(Rule.OPEN_RETURN, dtype=RULE))
        .when(lag + ahead < 0)
        .then(pl.lit(Rule.LATE_RETURN, dtype=RULE))
        .otherwise(pl.lit(Rule.RETURN, dtype=RULE))
    )
    wide = wide.with_columns(_rule=rule)
    rule = pl.col("_rule")
    return wide.filter(overlaps & ~message.fill_null(value=False)).select(
        pl.col("parent").alias("child"),
        pl.col("child").alias("parent"),
        pl.col("parent_row").alias("child_row"),
        pl.col("child_row").alias("parent_row"),
        "kind",
        pl.lit(EdgeRole.RETURN, dtype=EDGE["role"]).alias("role"),
        rule.alias("rule"),
        _confidence(rule, pl.col("ambiguous")).alias("confidence"),
        lag.alias("lag_ns"),
        "cycle",
        "ambiguous",
        "words",
    )


def _calls(spans: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    shared = shared_callers(spans) if spans["crowded"].any() else _NONE_FOUND
    asking = spans.filter(
        (pl.col("parent") != pl.col("span")).fill_null(value=False)
        & ~pl.col("row").is_in(shared["row"].implode())
    )
    found, unseen = _looked_up(asking.with_columns(span="parent"), spans)
    return pl.concat([_ruled(shared, Rule.SHARED_ID), _ruled(found, Rule.PARENT_ID)]), unseen


def _emits(nodes: Nodes) -> tuple[pl.DataFrame, pl.DataFrame]:
    named = pl.coalesce("span", "parent")
    writes = np.ones(nodes.rows.height, dtype=bool)
    for others in (nodes.spans, nodes.twins):
        writes[others["row"].to_numpy()] = False
    asking = (
        nodes.rows.filter(pl.Series(writes))
        .filter(named.is_not_null())
        .with_columns(own=pl.col("span").is_not_null(), span=named)
    )
    found, unseen = _looked_up(asking, nodes.spans)
    found = found.join(asking.select("row", "own"), on="row", maintain_order="left")
    standing = found["node"].is_in(nodes.standing.implode())
    rule = (
        pl.when(standing & pl.col("own"))
        .then(pl.lit(Rule.FIRST_OF_SPAN, dtype=RULE))
        .when("own")
        .then(pl.lit(Rule.SPAN_ID, dtype=RULE))
        .otherwise(pl.lit(Rule.WRITER_ID, dtype=RULE))
    )
    return found.select("row", "node", "ambiguous", rule=rule), unseen


def _links(
    events: pl.DataFrame, nodes: Nodes, placed: pl.Series
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Links of events that have no parent (the first of each), and all the others."""
    linking = nodes.rows.with_columns(links=events[schema.LINKS]).filter(
        pl.col("links").list.len() > 0
    )
    if linking.is_empty():
        return _NONE_RULED, _NONE_RULED
    asking = (
        linking.join(nodes.twins, on="row", how="anti")
        .select("row", "trace", "time", "service", "host", "links")
        .explode("links")
        .with_row_index("link")
        .with_columns(
            trace=pl.col("links").struct.field(schema.TRACE_ID).fill_null(pl.col("trace")),
            span=pl.col("links").struct.field(schema.SPAN_ID),
            event="row",
            row="link",
        )
    )
    found = (
        resolve(asking, nodes.spans)
        .join(asking.select("row", "event"), on="row")
        .sort("row")
        .with_columns(row="event")
        .filter(pl.col("row") != pl.col("node"))
        .unique(["row", "node"], keep="first", maintain_order=True)
    )
    links = _ruled(found, Rule.LINK)
    free = ~links["row"].is_in(placed.implode()) & links["row"].is_first_distinct()
    return links.filter(free), links.filter(~free)


def _trace_order(nodes: Nodes, placed: pl.Series) -> pl.DataFrame:
    """For events that have a trace and no span: the event before them in that trace."""
    lost = nodes.rows.filter(
        (pl.col("trace") != "") & pl.col("span").is_null() & pl.col("parent").is_null()
    )
    if lost.is_empty():
        return _NONE_RULED
    ordered = (
        nodes.rows.join(lost.select("trace").unique(), on="trace", how="semi")
        .join(nodes.twins, on="row", how="anti")
        .sort("trace", "time", "seq")
        .with_columns(
            node=pl.when(pl.col("trace") == pl.col("trace").shift(1)).then(pl.col("row").shift(1))
        )
        .filter(pl.col("node").is_not_null())
        .join(lost, on="row", how="semi")
    )
    following = ordered.filter(~pl.col("row").is_in(placed.implode()))
    return _ruled(following.select("row", "node", ambiguous=pl.lit(value=False)), Rule.TRACE_ORDER)


def _looked_up(asking: pl.DataFrame, spans: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    found = resolve(asking, spans)
    lost = asking.clear() if found.height == asking.height else asking.join(found, "row", "anti")
    return found, lost.select("row", "span")


def _ruled(found: pl.DataFrame, rule: Rule) -> pl.DataFrame:
    return found.select("row", "node", "ambiguous", rule=pl.lit(rule, dtype=RULE))


def _as_edges(found: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
    seq, time = rows["seq"], rows["time"]
    role = pl.col("rule").cast(pl.String).replace_strict({str(k): str(v) for k, v in _ROLE.items()})
    return found.select(
        seq.gather(found["row"]).alias("child"),
        seq.gather(found["node"]).alias("parent"),
        pl.col("row").alias("child_row"),
        pl.col("node").alias("parent_row"),
        pl.lit(EdgeKind.DIRECT, dtype=EDGE["kind"]).alias("kind"),
        role.cast(EDGE["role"]).alias("role"),
        "rule",
        _confidence(pl.col("rule"), pl.col("ambiguous")).alias("confidence"),
        (time.gather(found["row"]) - time.gather(found["node"])).alias("lag_ns"),
        pl.lit(None, dtype=EDGE["cycle"]).alias("cycle"),
        "ambiguous",
        pl.lit(None, dtype=pl.String).alias("words"),
    )


def _confidence(rule: pl.Expr, ambiguous: pl.Expr) -> pl.Expr:
    table = {str(name): value for name, value in CONFIDENCE.items()}
    stated = rule.cast(pl.String).replace_strict(table, return_dtype=pl.Float64)
    return pl.when(ambiguous).then(stated * AMBIGUOUS).otherwise(stated)
