"""EDGES: what is held to cause what, as a table."""

from __future__ import annotations

from typing import Final

import numpy as np
import polars as pl

from traversion_data import schema
from traversion_data.model import TimeRange
from traversion_data.store.view import StoreView
from traversion_engine.causality.evidence import spelled
from traversion_engine.causality.future import future_notes
from traversion_engine.causality.index import EdgeIndex, whole_index
from traversion_engine.causality.remarks import Oddity, remarks
from traversion_engine.exact import in_milliseconds
from traversion_engine.traces.answer import TraceAnswer
from traversion_engine.traces.scope import with_traces

EDGES: Final[dict[str, pl.DataType]] = {
    "child": pl.Int64(),
    "parent": pl.Int64(),
    "kind": pl.String(),
    "confidence": pl.Float64(),
    "lag_ms": pl.Float64(),
    "evidence": pl.String(),
}

_TOLD: Final = (Oddity.CYCLE, Oddity.SELF_PARENT, Oddity.SHARED_ID)


def structural_edges(
    view: StoreView, scope: TimeRange | None = None, limit: int | None = None
) -> TraceAnswer:
    """One structural parent an event: call, emit, link, or the event before it in its trace.

    The effect (`child`) starts in `scope`, the cause may lie anywhere; without a scope all edges.
    Sorted by the child's time and seq.
    """
    index = _index(view, scope)
    return _listed(index, index.direct.edges, scope, limit)


def edges_with_returns(
    view: StoreView, scope: TimeRange | None = None, limit: int | None = None
) -> TraceAnswer:
    """The same and, mirroring calls, what came back: there the `child` is the caller."""
    index = _index(view, scope)
    edges = pl.concat([index.direct.edges, index.direct.returns])
    return _listed(index, edges, scope, limit)


def _index(view: StoreView, scope: TimeRange | None) -> EdgeIndex:
    if scope is None or (scope.start <= view.bounds.start and scope.end >= view.bounds.end):
        return whole_index(view)
    first, last = view.span(scope)
    positions = with_traces(view, np.arange(first, last))
    return EdgeIndex(view.rows(positions), positions)


def _listed(
    index: EdgeIndex, edges: pl.DataFrame, scope: TimeRange | None, limit: int | None
) -> TraceAnswer:
    time = index.events[schema.TIME]
    if scope is not None:
        inside = time.is_between(scope.start, scope.end, closed="left")
        edges = edges.filter(inside.gather(edges["child_row"]))
    edges = edges.sort("child_row", "role", "parent_row")
    shown = edges if limit is None else edges.head(limit)
    frame = spelled(shown, index.events).select(
        "child",
        "parent",
        pl.col("kind").cast(pl.String),
        "confidence",
        in_milliseconds(pl.col("lag_ns")).alias("lag_ms"),
        "evidence",
    )
    return TraceAnswer(frame, edges.height, _notes(index, scope))


def _notes(index: EdgeIndex, scope: TimeRange | None) -> tuple[str, ...]:
    direct, time = index.direct, index.events[schema.TIME]
    inside = np.ones(index.events.height, dtype=bool)
    if scope is not None:
        inside = time.is_between(scope.start, scope.end, closed="left").to_numpy()
    unseen = int(inside[direct.unseen["child_row"].to_numpy()].sum())
    seqs = index.events[schema.SEQ].filter(pl.Series(inside))
    rings = direct.broken.filter(
        pl.col("oddity").is_in(_TOLD) & pl.col("seq").is_in(seqs.implode())
    )
    notes = (*remarks(rings), *future_notes(index.events[schema.SEQ], index.future & inside))
    if not unseen:
        return notes
    name = "1 event names" if unseen == 1 else f"{unseen:,} events name"
    has = "it has" if unseen == 1 else "they have"
    return (f"{name} a parent that is not recorded; {has} no row here.", *notes)
