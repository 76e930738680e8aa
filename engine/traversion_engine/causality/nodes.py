"""Which events are spans, and which of them share an id.

An event is a span of the id it carries if it has a span kind or the type `span`; else, where the
trace has no such event of that id, if it has a duration. A span known only by events that carry its
id is stood for by the first of them where these form the tree themselves: where they name a parent,
where nothing in their trace is a span, or where a single one is named as a parent. Otherwise they
are logs of a span that is not in the recording.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from traversion_data import schema
from traversion_data.store.known import is_span
from traversion_engine.causality.evidence import event_number
from traversion_engine.causality.remarks import WARNING, Oddity, warned

KEY = ["trace", "span"]
CALLERS = ["client", "producer"]
CALLEES = ["server", "consumer"]
_NOT_PAYLOAD = {
    schema.SEQ,
    schema.SOURCE,
    schema.OFFSET,
    schema.LENGTH,
    schema.OBSERVED_TIME,
    schema.FLAGS,
    schema.TEMPLATE,
}


@dataclass(frozen=True)
class Nodes:
    """The spans of an event frame.

    rows: every event with `row, seq, time, end, duration, timed, trace, span, parent, service,
    host, kind, level`.
    Ids are NULL where absent, `trace` is "" then; `timed` says whether the end is known; `kind` is
    the span kind in lower case or NULL.
    spans: the rows that are spans, one per span, with `crowded` (others have its id) and `pair`
    (it is one of a client and a server that share an id).
    twins: identical repeats, `row` and the `node` row that stands for them.
    standing: rows of spans that are only an event standing for the span.
    warnings: rows of `WARNING`.
    """

    rows: pl.DataFrame
    spans: pl.DataFrame
    twins: pl.DataFrame
    standing: pl.Series
    warnings: pl.DataFrame


def find_nodes(events: pl.DataFrame) -> Nodes:
    """Find the spans among events (any order; a row's number is its place in the frame)."""
    rows = _rows(events)
    named = rows.filter(pl.col("span").is_not_null())
    sure = named.filter(pl.col("level") == 2)
    spans, standing = sure, pl.Series("row", [], dtype=pl.UInt32)
    if sure.height < named.height:
        homeless = named.filter(pl.col("level") < 2).join(sure, on=KEY, how="anti")
        timed = homeless.filter(pl.col("level") == 1)
        known = pl.concat([sure, timed])
        stand = _standing(homeless.join(timed, on=KEY, how="anti"), known, rows)
        spans, standing = pl.concat([known, stand]), stand["row"]
    alone = spans.with_columns(
        crowded=pl.struct(KEY).hash().is_duplicated(), pair=pl.lit(value=False)
    )
    crowd = alone.filter("crowded")
    if crowd.is_empty():
        twins = pl.DataFrame(schema={"row": pl.UInt32, "node": pl.UInt32})
        return Nodes(rows, alone, twins, standing, pl.DataFrame(schema=WARNING))
    crowd, twins = _without_twins(crowd, events)
    crowd = _paired(crowd)
    spans = pl.concat([alone.filter(~pl.col("crowded")), crowd])
    return Nodes(rows, spans, twins, standing, _crowd_warnings(crowd, twins, rows))


def _rows(events: pl.DataFrame) -> pl.DataFrame:
    def identifier(name: str) -> pl.Expr:
        return pl.when(pl.col(name) != "").then(pl.col(name))

    kind = pl.col(schema.SPAN_KIND).cast(pl.String).str.to_lowercase()
    level = (
        pl.when((pl.col(schema.TYPE) == "span") | pl.col(schema.SPAN_KIND).is_not_null())
        .then(2)
        .when(is_span())
        .then(1)
        .otherwise(0)
    )
    return events.select(
        pl.int_range(pl.len(), dtype=pl.UInt32).alias("row"),
        pl.col(schema.SEQ).alias("seq"),
        pl.col(schema.TIME).alias("time"),
        pl.max_horizontal(schema.TIME, schema.END_TIME).alias("end"),
        pl.col(schema.DURATION).alias("duration"),
        pl.col(schema.DURATION).is_not_null().alias("timed"),
        pl.col(schema.TRACE_ID).fill_null("").alias("trace"),
        identifier(schema.SPAN_ID).alias("span"),
        identifier(schema.PARENT_SPAN_ID).alias("parent"),
        pl.col(schema.SERVICE).alias("service"),
        pl.col(schema.HOST).alias("host"),
        kind.alias("kind"),
        level.cast(pl.Int8).alias("level"),
    )


def _standing(events: pl.DataFrame, known: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
    """Of events whose span is not recorded, those that stand for it."""
    if events.is_empty():
        return events
    named_as_parent = rows.filter(
        pl.col("parent").is_not_null() & (pl.col("parent") != pl.col("span")).fill_null(value=True)
    ).select("trace", pl.col("parent").alias("span"), pl.lit(value=True).alias("called"))
    first = (
        events.sort("time", "seq")
        .group_by(KEY, maintain_order=True)
        .agg(
            pl.first("row"),
            pl.col("parent").is_not_null().any().alias("placed"),
            pl.len().alias("events"),
        )
        .join(named_as_parent.unique(KEY), on=KEY, how="left")
        .join(
            known.select("trace").unique().with_columns(traced=pl.lit(value=True)),
            on="trace",
            how="left",
        )
    )
    chosen = first.filter(
        pl.col("placed")
        | pl.col("traced").is_null()
        | ((pl.col("events") == 1) & pl.col("called").is_not_null())
    )
    return events.join(chosen.select("row"), on="row", how="semi")


def _without_twins(crowd: pl.DataFrame, events: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    payload = events.select(pl.all().exclude(*_NOT_PAYLOAD))[crowd["row"]]
    marked = crowd.with_columns(
        payload.hash_rows(seed=1).alias("_a"), payload.hash_rows(seed=2).alias("_b")
    ).with_columns(
        pl.col("row").sort_by("time", "seq").first().over("_a", "_b").alias("node"),
    )
    twins = marked.filter(pl.col("row") != pl.col("node")).select("row", "node")
    kept = marked.filter(pl.col("row") == pl.col("node")).drop("_a", "_b", "node")
    return kept.with_columns(pl.len().over(KEY).gt(1).alias("crowded")), twins


def _paired(crowd: pl.DataFrame) -> pl.DataFrame:
    callers = pl.col("kind").is_in(CALLERS).sum().over(KEY)
    callees = pl.col("kind").is_in(CALLEES).sum().over(KEY)
    pair = (pl.len().over(KEY) == 2) & (callers == 1) & (callees == 1)
    return crowd.with_columns(pair=pair.fill_null(value=False))


def _crowd_warnings(crowd: pl.DataFrame, twins: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
    repeats = twins.select(
        seq=rows["seq"].gather(twins["row"]), node=rows["seq"].gather(twins["node"])
    )
    identical = pl.format("identical repeat of {}", event_number(pl.col("node")))
    shared = crowd.filter(pl.col("crowded") & ~pl.col("pair"))
    shares = pl.format("{} spans share its id", pl.len().over(KEY))
    return pl.concat(
        [warned(repeats, Oddity.REPEAT, identical), warned(shared, Oddity.SHARED_ID, shares)]
    )
