"""STACK: what was running at a moment, as a call tree across services."""

from __future__ import annotations

from typing import Final

import numpy as np
import polars as pl

from traversion_data import schema
from traversion_data.model import Nanos
from traversion_data.store.known import is_span, known_at
from traversion_data.store.view import StoreView
from traversion_engine.causality.direct import direct_edges
from traversion_engine.causality.evidence import EdgeRole, event_number
from traversion_engine.causality.symptom import ENOUGH
from traversion_engine.exact import divide, in_milliseconds
from traversion_engine.traces.answer import TraceAnswer
from traversion_engine.traces.forest import NO_PARENT, Forest
from traversion_engine.traces.scope import with_traces

STACK: Final[dict[str, pl.DataType]] = {
    "depth": pl.Int64(),
    "seq": pl.Int64(),
    "service": pl.String(),
    "operation": pl.String(),
    "open_ms": pl.Float64(),
    "usual_p50_ms": pl.Float64(),
    "usual_p99_ms": pl.Float64(),
    "trace_id": pl.String(),
    "waiting_on": pl.String(),
}
NEVER_ENDED: Final = 10
"""Usual p99s after which an open span is said to have never ended."""


def stack(view: StoreView, at: Nanos, limit: int | None = None) -> TraceAnswer:
    """Spans with `start <= at < end`, or without an end, callers before callees.

    Nothing known after `at` is used: events that start later, and the ends, durations and outcomes
    of what is open then. A callee whose own caller is not open hangs under the nearest open one
    above. `usual_*` are of that operation's spans that ended by then, NULL under 20. `waiting_on`
    names the open callee that started last; for a span that waits for none and is open for 10 usual
    p99 it says that it never ended.
    """
    known = view.events.slice(0, view.position(at + 1))
    flags = known.select(
        span=is_span(),
        open=pl.col(schema.DURATION).is_null() | (pl.col(schema.END_TIME) > at),
    )
    positions = np.flatnonzero((flags["span"] & flags["open"]).to_numpy())
    if not len(positions):
        return TraceAnswer(pl.DataFrame(schema=STACK), 0, _nothing(known, flags["span"]))
    tree, opened = _open_tree(view, positions, at)
    forest = Forest(tree, opened[schema.TIME].to_numpy(), np.full(len(tree), at, dtype=np.int64))
    table = _usual(opened, known.filter(flags["span"] & ~flags["open"])).with_columns(
        depth=pl.Series(forest.depths),
        open_ms=in_milliseconds(at - pl.col(schema.TIME)),
    )
    table = _waiting(table, tree)
    order = forest.reading.order if limit is None else forest.reading.order[:limit]
    frame = table[order].select(pl.col(name).cast(dtype) for name, dtype in STACK.items())
    return TraceAnswer(frame, table.height)


def _open_tree(
    view: StoreView, positions: np.ndarray, at: Nanos
) -> tuple[np.ndarray, pl.DataFrame]:
    """For each open span the index of the nearest open span above it, and the open spans."""
    around = with_traces(view, positions)
    around = around[: np.searchsorted(around, view.position(at + 1))]
    events = known_at(StoreView(view.rows(around)), at).events
    direct = direct_edges(events)
    nodes = direct.nodes.spans.filter(
        pl.col("row").is_in(np.searchsorted(around, positions))
    ).sort("row")  # fmt: skip
    open_rows = nodes["row"].to_numpy().astype(np.int64)
    calls = direct.edges.filter(pl.col("role") == EdgeRole.CALL)
    above = np.full(events.height, NO_PARENT, dtype=np.int64)
    above[calls["child_row"].to_numpy()] = calls["parent_row"].to_numpy()
    number = np.full(events.height, NO_PARENT, dtype=np.int64)
    number[open_rows] = np.arange(len(open_rows))
    up = above[open_rows]
    while ((up >= 0) & (number[up] < 0)).any():
        up = np.where((up >= 0) & (number[up] < 0), above[up], up)
    return np.where(up >= 0, number[up], NO_PARENT), events[open_rows]


def _usual(opened: pl.DataFrame, ended: pl.DataFrame) -> pl.DataFrame:
    key = [schema.SERVICE, "operation"]
    operation = pl.coalesce(pl.col(schema.OPERATION).cast(pl.String), schema.MESSAGE)
    usual = (
        ended.lazy()
        .select(schema.SERVICE, operation.alias("operation"), schema.DURATION)
        .group_by(key)
        .agg(
            pl.len().alias("count"),
            *(
                in_milliseconds(pl.col(schema.DURATION).quantile(q, "linear")).alias(name)
                for q, name in ((0.5, "usual_p50_ms"), (0.99, "usual_p99_ms"))
            ),
        )
        .filter(pl.col("count") >= ENOUGH)
        .collect()
    )
    return opened.select(
        schema.SEQ, schema.TIME, schema.SERVICE, operation.alias("operation"), schema.TRACE_ID
    ).join(usual, on=key, how="left", maintain_order="left", nulls_equal=True)  # fmt: skip


def _waiting(table: pl.DataFrame, tree: np.ndarray) -> pl.DataFrame:
    child = table.select(
        pl.Series("caller", tree),
        schema.TIME,
        schema.SEQ,
        name=pl.format(
            "{} {} ({})",
            pl.col(schema.SERVICE).cast(pl.String).fill_null("?"),
            pl.col("operation").fill_null("?"),
            event_number(pl.col(schema.SEQ)),
        ),
    )
    last = (
        child.filter(pl.col("caller") >= 0)
        .sort(schema.TIME, schema.SEQ)
        .group_by("caller")
        .agg(pl.last("name").alias("waiting_on"))
    )
    numbered = table.with_columns(caller=pl.int_range(pl.len(), dtype=pl.Int64))
    times = divide(pl.col("open_ms"), pl.col("usual_p99_ms"))
    never = pl.when(times >= NEVER_ENDED).then(
        pl.format(
            "nothing seen: never ended ({} times its usual p99)", times.round(0).cast(pl.Int64)
        )
    )
    joined = numbered.join(last, on="caller", how="left", maintain_order="left")
    return joined.with_columns(waiting_on=pl.coalesce("waiting_on", never))


def _nothing(known: pl.DataFrame, spans: pl.Series) -> tuple[str, ...]:
    if known.is_empty():
        return ("The moment lies before the recording.",)
    if not spans.any():
        return ("No spans are recorded up to then, so nothing is known to be running.",)
    return (f"No span was open then; {int(spans.sum()):,} had ended.",)
