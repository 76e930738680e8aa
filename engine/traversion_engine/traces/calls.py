"""CALLS: the service map, from spans."""

from __future__ import annotations

from typing import Final

import numpy as np
import polars as pl

from traversion_data import schema
from traversion_data.model import SpanStatus, TimeRange
from traversion_data.store.view import StoreView
from traversion_engine.causality.evidence import EdgeRole
from traversion_engine.causality.index import EdgeIndex, whole_index
from traversion_engine.exact import in_milliseconds
from traversion_engine.traces.answer import TraceAnswer
from traversion_engine.traces.scope import with_traces

CALLS: Final[dict[str, pl.DataType]] = {
    "caller": pl.String(),
    "callee": pl.String(),
    "operation": pl.String(),
    "calls": pl.Int64(),
    "error_rate": pl.Float64(),
    "p50": pl.Float64(),
    "p95": pl.Float64(),
    "confidence": pl.Float64(),
    "observed": pl.Boolean(),
}
PEER_FIELDS: Final = (
    "peer.service", "attributes.peer.service", "db.system.name", "attributes.db.system.name",
    "db.system", "attributes.db.system", "messaging.system", "attributes.messaging.system",
    "server.address", "attributes.server.address", "net.peer.name", "attributes.net.peer.name",
)  # fmt: skip
"""OpenTelemetry's names for whom a client span calls, the most telling first."""
NAMED_PEER: Final = 0.9
"""Confidence in a callee that only a client span's attribute names."""


def calls(view: StoreView, window: TimeRange | None = None) -> TraceAnswer:
    """Calls between services, counted when they end in `window` (without one, all that ended).

    A call is a span whose caller is of another service, or a server span under a client span; the
    two count once, with the client's duration and end, as an error if either is one. A client span
    under which no other service is recorded counts as a call of whom its attributes name, with
    `observed` false. `confidence` is the mean of the edges'; durations are ms; error_rate is a
    share. Sorted by caller, callee and operation.
    """
    index = _index(view, window)
    pairs = _calls_between(index)
    found = pl.concat([pairs, _named_peers(index, pairs)])
    if window is not None:
        found = found.filter(pl.col("end").is_between(window.start, window.end, closed="left"))
    key = ["caller", "callee", "operation", "observed"]
    frame = (
        found.group_by(key)
        .agg(
            pl.len().alias("calls"),
            pl.col("error").mean().alias("error_rate"),
            *(
                in_milliseconds(pl.col("duration").quantile(q, "linear")).alias(name)
                for q, name in ((0.5, "p50"), (0.95, "p95"))
            ),
            pl.col("confidence").mean(),
        )
        .sort(key)
        .select(pl.col(name).cast(dtype) for name, dtype in CALLS.items())
    )
    return TraceAnswer(frame, frame.height, _notes(index, frame))


def _index(view: StoreView, window: TimeRange | None) -> EdgeIndex:
    if window is None:
        return whole_index(view)
    ended = view.events.select(
        pl.col(schema.SPAN_ID).is_not_null()
        & pl.col(schema.END_TIME).is_between(window.start, window.end, closed="left")
    ).to_series()
    positions = with_traces(view, np.flatnonzero(ended.to_numpy()))
    return EdgeIndex(view.rows(positions), positions)


def _facts(index: EdgeIndex) -> pl.DataFrame:
    """Per row of the index what a call is made of."""
    rows = index.direct.nodes.rows
    return index.events.select(
        service=pl.col(schema.SERVICE).cast(pl.String),
        operation=pl.coalesce(pl.col(schema.OPERATION).cast(pl.String), schema.MESSAGE),
        error=pl.col(schema.ERROR_OCCURRED).fill_null(value=False)
        | (pl.col(schema.STATUS) == SpanStatus.ERROR).fill_null(value=False),
        duration=schema.DURATION,
    ).with_columns(rows["end"], rows["kind"])


def _calls_between(index: EdgeIndex) -> pl.DataFrame:
    edges = index.direct.edges.filter(pl.col("role") == EdgeRole.CALL)
    facts = _facts(index)
    callee = facts[edges["child_row"]].rename(lambda name: f"to_{name}")
    caller = facts[edges["parent_row"]].rename(lambda name: f"by_{name}")
    by_client = (pl.col("by_kind") == "client").fill_null(value=False)
    across = pl.col("by_service").ne_missing(pl.col("to_service"))
    pair = by_client & (pl.col("to_kind") == "server").fill_null(value=False)
    timed = by_client & pl.col("by_duration").is_not_null()
    return (
        pl.concat([edges, callee, caller], how="horizontal")
        .filter((across | pair) & (timed | pl.col("to_duration").is_not_null()))
        .select(
            caller="by_service",
            callee="to_service",
            operation="to_operation",
            observed=pl.lit(value=True),
            error=pl.col("to_error") | (by_client & pl.col("by_error")),
            duration=pl.when(timed).then("by_duration").otherwise("to_duration"),
            end=pl.when(timed).then("by_end").otherwise("to_end"),
            confidence="confidence",
            client=pl.when(by_client).then("parent_row"),
        )
    )


def _named_peers(index: EdgeIndex, pairs: pl.DataFrame) -> pl.DataFrame:
    fields = [name for name in PEER_FIELDS if name in index.events.columns]
    clients = index.direct.nodes.spans.filter(pl.col("kind").is_in(["client", "producer"]))
    if not fields or clients.is_empty():
        return pairs.clear()
    facts = _facts(index).with_columns(
        callee=index.events.select(
            pl.coalesce(pl.col(name).cast(pl.String) for name in fields)
        ).to_series()
    )
    lone = clients.filter(~pl.col("row").is_in(pairs["client"].drop_nulls().implode()))
    return (
        facts[lone["row"]]
        .with_columns(lone["row"])
        .filter(pl.col("callee").is_not_null() & pl.col("duration").is_not_null())
        .select(
            caller="service",
            callee="callee",
            operation="operation",
            observed=pl.lit(value=False),
            error="error",
            duration="duration",
            end="end",
            confidence=pl.lit(NAMED_PEER),
            client="row",
        )
    )


def _notes(index: EdgeIndex, frame: pl.DataFrame) -> tuple[str, ...]:
    if frame.height:
        return ()
    if index.direct.nodes.spans.is_empty():
        return ("No spans are recorded there, and calls are known from spans only.",)
    return ("Spans are recorded there, but none was called by another service and ended.",)
