"""What a causal edge is: one schema for every kind, and its evidence in words.

| column | meaning |
|---|---|
| child, parent | seq of the effect and of its cause |
| child_row, parent_row | their rows in the frame that the edges were made from |
| kind | `direct` ids say so · `temporal` · `data` · `service` are inferred |
| role | `call` · `return` · `emit` · `link` · `value` · `lag` (timeql.md, Direction of causes) |
| rule | the rule that found a direct edge; `spelled` turns it into a sentence. NULL for others |
| words | the sentence that an inferred edge brings. NULL for direct ones |
| confidence | probability that the edge is there; 1.0 where ids say so without doubt |
| lag_ns | moment of the effect less moment of the cause, raw clocks; negative where they disagree |
| cycle | events of the cycle of parents that the edge is of and that was cut elsewhere, else NULL |
| ambiguous | several spans answer to the id that was named, the nearest was taken |

The moments are starts, save for `return`, where both are ends. A cause that is not in the
recording makes no edge; it stands in `DirectEdges.unseen`.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final

import polars as pl

from traversion_data import schema
from traversion_data.model import SOURCE_SHIFT
from traversion_engine.causality.lengths import length_text


class EdgeKind(StrEnum):
    """What an edge rests on."""

    DIRECT = "direct"
    TEMPORAL = "temporal"
    DATA = "data"
    SERVICE = "service"


class EdgeRole(StrEnum):
    """How the cause acts on the effect."""

    CALL = "call"
    RETURN = "return"
    EMIT = "emit"
    LINK = "link"
    VALUE = "value"
    LAG = "lag"


class Rule(StrEnum):
    """The rule by which a direct edge was found.

    LOGGED and REMARK lead from a log to the span that wrote it, for what the span did afterwards:
    a complaint (warning or error), and any other log.
    """

    PARENT_ID = "parent_id"
    SHARED_ID = "shared_id"
    SPAN_ID = "span_id"
    WRITER_ID = "writer_id"
    FIRST_OF_SPAN = "first_of_span"
    LINK = "link"
    TRACE_ORDER = "trace_order"
    RETURN = "return"
    LATE_RETURN = "late_return"
    OPEN_RETURN = "open_return"
    LOGGED = "logged"
    REMARK = "remark"


CONFIDENCE: Final[dict[Rule, float]] = {
    Rule.PARENT_ID: 1.0,
    Rule.SHARED_ID: 1.0,
    Rule.SPAN_ID: 1.0,
    Rule.WRITER_ID: 1.0,
    Rule.FIRST_OF_SPAN: 0.9,
    Rule.LINK: 1.0,
    Rule.TRACE_ORDER: 0.6,
    Rule.RETURN: 1.0,
    Rule.LATE_RETURN: 0.5,
    Rule.OPEN_RETURN: 0.8,
    Rule.LOGGED: 0.9,
    Rule.REMARK: 0.5,
}
AMBIGUOUS: Final = 0.5
"""Factor on the confidence of an edge whose parent was chosen among several spans of one id."""

KIND: Final = pl.Enum([kind.value for kind in EdgeKind])
ROLE: Final = pl.Enum([role.value for role in EdgeRole])
RULE: Final = pl.Enum([rule.value for rule in Rule])

EDGE: Final[dict[str, pl.DataType]] = {
    "child": pl.Int64(),
    "parent": pl.Int64(),
    "child_row": pl.UInt32(),
    "parent_row": pl.UInt32(),
    "kind": KIND,
    "role": ROLE,
    "rule": RULE,
    "confidence": pl.Float64(),
    "lag_ns": pl.Int64(),
    "cycle": pl.UInt32(),
    "ambiguous": pl.Boolean(),
    "words": pl.String(),
}

LONGEST_ID: Final = 64
"""Characters of an id that are shown; ids of 10 KB exist."""


def shown_id(column: str) -> pl.Expr:
    """An id as it is written in sentences: cut after `LONGEST_ID` characters."""
    text = pl.col(column).cast(pl.String)
    return (
        pl.when(text.str.len_chars() > LONGEST_ID)
        .then(text.str.slice(0, LONGEST_ID - 1) + "…")
        .otherwise(text)
        .fill_null("")
    )


def event_number(seq: pl.Expr) -> pl.Expr:
    """An event's number as `traversion_data.model.seq_text` writes it."""
    source, line = seq // (1 << SOURCE_SHIFT), seq % (1 << SOURCE_SHIFT)
    return (
        pl.when(source > 0)
        .then(pl.format("#{}:{}", source + 1, line))
        .otherwise(pl.format("#{}", line))
    )


def spelled(edges: pl.DataFrame, events: pl.DataFrame) -> pl.DataFrame:
    """Add `evidence`: for each edge a sentence that can be checked in the event log.

    Args:
        edges: an edge table made from `events`.
        events: the event frame whose rows `child_row` and `parent_row` count.
    """
    facts = [
        schema.TRACE_ID, schema.SPAN_ID, schema.PARENT_SPAN_ID, schema.DURATION,
        schema.ERROR_OCCURRED,
    ]  # fmt: skip
    child = events.select(facts)[edges["child_row"]].rename({name: f"_c_{name}" for name in facts})
    parent = events.select(facts)[edges["parent_row"]].rename(
        {name: f"_p_{name}" for name in facts}
    )
    wide = pl.concat([edges, child, parent], how="horizontal")
    return wide.select(
        pl.exclude("^_[cp]_.*$"), pl.coalesce("words", _sentence()).alias("evidence")
    )


def _sentence() -> pl.Expr:
    effect, cause = event_number(pl.col("child")), event_number(pl.col("parent"))
    child, parent = shown_id(f"_c_{schema.SPAN_ID}"), shown_id(f"_p_{schema.SPAN_ID}")
    named, trace = shown_id(f"_c_{schema.PARENT_SPAN_ID}"), shown_id(f"_p_{schema.TRACE_ID}")
    rule = pl.col("rule")
    text = (
        pl.when(rule.is_in([Rule.LOGGED, Rule.REMARK]))
        .then(pl.format("{} was logged {} {} ended", cause, _apart(), effect))
        .when(rule == Rule.PARENT_ID)
        .then(pl.format("{} names span {} as its parent", effect, named))
        .when(rule == Rule.SHARED_ID)
        .then(pl.format("client {} and server {} share the span id {}", cause, effect, child))
        .when(rule == Rule.SPAN_ID)
        .then(pl.format("{} carries the span id {}", effect, child))
        .when(rule == Rule.WRITER_ID)
        .then(pl.format("{} names span {} as the one that wrote it", effect, named))
        .when(rule == Rule.FIRST_OF_SPAN)
        .then(
            pl.format("{} carries the span id {}, for which {} stands", effect, child, cause)
            + ": the first event of a span that is not recorded"
        )
        .when(rule == Rule.LINK)
        .then(pl.format("{} links to span {} of trace {}", effect, parent, trace))
        .when(rule == Rule.TRACE_ORDER)
        .then(pl.format("{} is next in trace {} and names no span", effect, trace))
        .when(rule == Rule.RETURN)
        .then(pl.format("{} {} {} {} ended", cause, _came_out(), _apart(), effect) + _skewed())
        .when(rule == Rule.LATE_RETURN)
        .then(
            pl.format("{} {} {} its caller {} ended", cause, _came_out(), _apart(), effect)
            + ": a cause only if their clocks differ"
        )
        .when(rule == Rule.OPEN_RETURN)
        .then(pl.format("{} was called by {}; an end is not recorded", cause, effect))
    )
    doubt = pl.when("ambiguous").then(
        pl.lit("; several spans have that id, the nearest by service, host and time was taken")
    )
    ring = pl.when(pl.col("cycle").is_not_null()).then(pl.format("; in a cycle ({})", "cycle"))
    return pl.concat_str(text.otherwise(pl.lit("")), ring, doubt, ignore_nulls=True)


def _came_out() -> pl.Expr:
    failed = pl.col(f"_p_{schema.ERROR_OCCURRED}").fill_null(value=False)
    verb = pl.when(failed).then(pl.lit("failed")).otherwise(pl.lit("returned"))
    took = pl.col(f"_p_{schema.DURATION}")
    after = pl.when(took > 0).then(pl.format(" after {},", length_text(took)))
    return verb + after.otherwise(pl.lit(""))


def _skewed() -> pl.Expr:
    """What explains a return after its caller's end."""
    skewed = pl.lit(" as the clocks show it, which differ")
    return pl.when(pl.col("lag_ns") < 0).then(skewed).otherwise(pl.lit(""))


def _apart() -> pl.Expr:
    """`5 s before`, `as` for the same moment."""
    lag = pl.col("lag_ns")
    side = pl.when(lag < 0).then(pl.lit("after")).otherwise(pl.lit("before"))
    return (
        pl.when(lag == 0).then(pl.lit("as")).otherwise(pl.format("{} {}", length_text(lag), side))
    )
