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
from traversion_engine.causality.preorder import Preorder
from traversion_engine.causality.scene import MARK, Scene
from traversion_engine.causality.walk import Walk
from traversion_engine.exact import in_milliseconds

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
    scene: Scene, fan: Fan, found: Walk, reading: Preorder, where: np.ndarray
) -> Folded:
    """The entries that have rows, but for the start, as read; many alike are folded.

    Args:
        scene: the nodes that were walked.
        fan: the edges of the direction.
        found: the walk.
        reading: its order.
        where: for each node whether it is shown.
    """
    places = np.flatnonzero(where[found.rows[reading.order]])
    places = places[places > 0]
    entries = reading.order[places]
    below = np.searchsorted(places, reading.ends[places])
    events = scene.events.select(*_ALIKE, schema.DURATION)[found.rows[entries]]
    alike = events.drop(schema.DURATION).with_columns(
        fan.edges["role"].gather(found.edges[entries])
    )
    folded = fold(found.parents[entries], below, alike, events[schema.DURATION])
    return replace(folded, rows=entries[folded.rows])


def start_row(scene: Scene, node: int) -> pl.DataFrame:
    """The row of the event a walk starts from: depth 0, nothing about an edge."""
    facts = _marked(_facts(scene.events.slice(node, 1)), scene, np.array([node]))
    return _typed(facts.with_columns(depth=pl.lit(0), evidence="told"))


def step_rows(
    scene: Scene, fan: Fan, found: Walk, reading: Preorder, shown: Folded
) -> pl.DataFrame:
    """The rows shown of a walk; `reading` says where a reference points."""
    listed = shown.rows
    nodes = found.rows[listed]
    edges = spelled(fan.edges[found.edges[listed]], scene.events)
    seqs = scene.events[schema.SEQ]
    steps = edges.select("kind", "role", "confidence", "evidence")
    wide = pl.concat([_facts(scene.events[nodes]), steps], how="horizontal").with_columns(
        depth=pl.Series(found.depths[listed]),
        parent_seq=seqs.gather(found.rows[found.parents[listed]]),
        lag_ms=pl.Series(found.lags[listed] / MILLISECOND),
        see=pl.Series(_see(found, reading.order, listed), dtype=pl.String),
        folded=shown.times(),
        sums=shown.sums(),
    )
    wide = _marked(wide, scene, nodes)
    number = pl.coalesce(event_number(pl.col("seq")), "message")
    many = pl.col("folded").is_not_null()
    return _typed(
        wide.with_columns(
            message=pl.when(many).then(_joined(" ", "folded", "message")).otherwise("message"),
            lag_ms=pl.when(pl.col("seq").is_not_null()).then("lag_ms"),
            evidence=_joined(
                "; ",
                "evidence",
                pl.format("see {} {}", number, "see"),
                "told",
                _joined(": ", "folded", "sums"),
            ),
        )
    )


def path_rows(index: EdgeIndex, start: int, edges: pl.DataFrame) -> pl.DataFrame:
    """A path as rows: the start, then the event that each edge (cause to effect) leads to."""
    facts = _facts(index.events[edges["child_row"]])
    told = spelled(edges, index.events).select(
        "kind", "role", "confidence", "evidence", parent_seq="parent",
        lag_ms=in_milliseconds(pl.col("lag_ns")),
    )  # fmt: skip
    first = _facts(index.events.slice(start, 1)).with_columns(depth=pl.lit(0))
    steps = pl.concat([facts, told], how="horizontal")
    return pl.concat(
        [_typed(first), _typed(steps.with_columns(depth=pl.int_range(1, pl.len() + 1)))]
    )


def _facts(events: pl.DataFrame) -> pl.DataFrame:
    return events.select(**_EVENT)


def _typed(rows: pl.DataFrame) -> pl.DataFrame:
    """Under `TRAVERSE`, what is not there being NULL."""
    return rows.select(
        pl.col(name).cast(dtype) if name in rows.columns else pl.lit(None, dtype=dtype).alias(name)
        for name, dtype in TRAVERSE.items()
    )


def _marked(rows: pl.DataFrame, scene: Scene, nodes: np.ndarray) -> pl.DataFrame:
    """Rows with what is said on their nodes: in `message`, and in `told` for the evidence."""
    place = pl.DataFrame({"node": nodes}, schema={"node": MARK["node"]})
    marks = place.join(scene.marks, on="node", how="left", maintain_order="left")
    title = pl.coalesce("title", "message")
    return pl.concat([rows, marks.drop("node")], how="horizontal").with_columns(
        message=_joined(" ", "times", title)
    )


def _joined(separator: str, *texts: str | pl.Expr) -> pl.Expr:
    """Texts side by side, NULL where all of them are."""
    parts = [pl.col(text) if isinstance(text, str) else text for text in texts]
    joined = pl.concat_str(parts, separator=separator, ignore_nulls=True)
    return pl.when(pl.any_horizontal(part.is_not_null() for part in parts)).then(joined)


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
