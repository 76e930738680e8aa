"""Entries of a walk as the rows that TRAVERSE and PATH give."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np
import polars as pl

from traversion_data import schema
from traversion_data.model import MILLISECOND
from traversion_engine.causality.evidence import event_number, spelled
from traversion_engine.causality.fan import Fan
from traversion_engine.causality.fold import Folded, fold
from traversion_engine.causality.index import EdgeIndex
from traversion_engine.causality.lengths import in_milliseconds
from traversion_engine.causality.preorder import Preorder
from traversion_engine.causality.walk import Walk

TRAVERSE: Final[dict[str, pl.DataType]] = {
    "depth": pl.Int64(),
    "seq": pl.Int64(),
    "parent_seq": pl.Int64(),
    "time": pl.Int64(),
    "lag_ms": pl.Float64(),
    "service": pl.String(),
    "type": pl.String(),
    "severity": pl.Int8(),
    "message": pl.String(),
    "kind": pl.String(),
    "role": pl.String(),
    "confidence": pl.Float64(),
    "evidence": pl.String(),
}


_TYPED = [pl.col(name).cast(dtype) for name, dtype in TRAVERSE.items()]
_EVENT = {
    "seq": pl.col(schema.SEQ),
    "time": pl.col(schema.TIME),
    "service": pl.col(schema.SERVICE).cast(pl.String),
    "type": pl.col(schema.TYPE).cast(pl.String),
    "severity": pl.col(schema.SEVERITY),
    "message": pl.coalesce(schema.MESSAGE, pl.col(schema.OPERATION).cast(pl.String)),
}


_ALIKE = [
    pl.col(schema.SERVICE, schema.OPERATION, schema.ERROR_OCCURRED),
    pl.when(pl.col(schema.OPERATION).is_null()).then(schema.MESSAGE).alias(schema.MESSAGE),
]


def shown_entries(
    index: EdgeIndex, fan: Fan, found: Walk, reading: Preorder, where: np.ndarray
) -> Folded:
    """The entries that have rows, but for the start, as read; many alike are folded.

    Args:
        index: the edges that were walked.
        fan: those of the direction.
        found: the walk.
        reading: its order.
        where: for each event row whether it is shown.
    """
    places = np.flatnonzero(where[found.rows[reading.order]])
    places = places[places > 0]
    entries = reading.order[places]
    below = np.searchsorted(places, reading.ends[places])
    events = index.events.select(*_ALIKE, schema.DURATION)[found.rows[entries]]
    alike = events.drop(schema.DURATION).with_columns(
        fan.edges["role"].gather(found.edges[entries])
    )
    folded = fold(found.parents[entries], below, alike, events[schema.DURATION])
    return replace(folded, rows=entries[folded.rows])


def start_row(index: EdgeIndex, row: int) -> pl.DataFrame:
    """The row of the event a walk starts from: depth 0, nothing about an edge."""
    facts: pl.DataFrame = index.events.slice(row, 1).select(**_EVENT, depth=pl.lit(0))
    nothing = [
        pl.lit(None, dtype=dtype).alias(name)
        for name, dtype in TRAVERSE.items()
        if name not in facts.columns
    ]
    return facts.with_columns(nothing).select(_TYPED)


def step_rows(
    index: EdgeIndex, fan: Fan, found: Walk, reading: Preorder, shown: Folded
) -> pl.DataFrame:
    """The rows shown of a walk; `reading` says where a reference points."""
    listed = shown.rows
    edges = spelled(fan.edges[found.edges[listed]], index.events)
    seqs = index.events[schema.SEQ]
    facts = index.events[found.rows[listed]].select(**_EVENT)
    steps = edges.select("kind", "role", "confidence", "evidence")
    wide: pl.DataFrame = pl.concat([facts, steps], how="horizontal").with_columns(
        depth=pl.Series(found.depths[listed]),
        parent_seq=seqs.gather(found.rows[found.parents[listed]]),
        lag_ms=pl.Series(found.lags[listed] / MILLISECOND),
        see=pl.Series(_see(found, reading.order, listed), dtype=pl.String),
    )
    plain = pl.col("evidence")
    seen = plain + pl.format("; see {} {}", event_number(pl.col("seq")), "see")
    told = pl.when(pl.col("see").is_null()).then(plain).otherwise(seen)
    if shown.marked:
        times, sums = pl.lit(shown.times()), pl.lit(shown.sums())
        wide = wide.with_columns(message=_joined(" ", times, pl.col("message")))
        told = _joined("; ", told, times + ": " + sums)
    return wide.with_columns(evidence=told).select(_TYPED)


def path_rows(index: EdgeIndex, start: int, edges: pl.DataFrame) -> pl.DataFrame:
    """A path as rows: the start, then the event that each edge (cause to effect) leads to."""
    facts = index.events[edges["child_row"]].select(**_EVENT)
    told = spelled(edges, index.events).select(
        "kind", "role", "confidence", "evidence", parent_seq="parent",
        lag_ms=in_milliseconds(pl.col("lag_ns")),
    )  # fmt: skip
    wide: pl.DataFrame = pl.concat([facts, told], how="horizontal")
    steps = wide.with_columns(depth=pl.int_range(1, pl.len() + 1)).select(_TYPED)
    return pl.concat([start_row(index, start), steps])


def _joined(separator: str, *texts: pl.Expr) -> pl.Expr:
    return pl.concat_str(texts, separator=separator, ignore_nulls=True)


def _see(found: Walk, order: np.ndarray, listed: np.ndarray) -> list[str | None]:
    """Where the first appearance of each listed entry stands, None for first appearances."""
    references = found.references[listed]
    if not references.any():
        return [None] * len(listed)
    place = np.empty(len(order), dtype=np.int64)
    place[order] = np.arange(len(order))
    first = np.full(int(found.rows.max()) + 1, 0)
    fresh = np.flatnonzero(~found.references)
    first[found.rows[fresh]] = fresh
    above = place[first[found.rows[listed]]] < place[listed]
    words = np.where(above, "above", "below")
    return [str(w) if r else None for w, r in zip(words, references, strict=True)]
