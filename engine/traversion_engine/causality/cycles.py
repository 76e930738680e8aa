"""Cycles among structural parents: found, named, and cut where the edge goes back in time.

Every event has one parent at most, so a strongly connected component of more than one event is a
single ring. Its edge whose effect starts longest before its cause is the one that cannot be true;
among equals the one whose effect has the smallest span id, then the smallest seq. EDGES and PATH
leave that edge out; a tree shows the ring as one node, its earliest event.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl
import rustworkx as rx

from traversion_engine.causality.evidence import event_number
from traversion_engine.causality.remarks import WARNING, Oddity, warned

_NAMED = 8
"""Events of a ring that a warning lists."""

RING: Final[dict[str, pl.DataType]] = {
    "row": pl.UInt32(),
    "head": pl.UInt32(),
    "name": pl.String(),
}
"""Events on rings: `head` is the row of the ring's earliest event, `name` is `cycle (3): #1, …`."""


@dataclass(frozen=True)
class Untangled:
    """Structural edges without rings. edges: those kept, with `cycle`. rings: rows of `RING`.

    warnings: rows of `WARNING`, one for each event on a ring.
    """

    edges: pl.DataFrame
    rings: pl.DataFrame
    warnings: pl.DataFrame


def parents_array(edges: pl.DataFrame, height: int) -> np.ndarray:
    """Parent row of each row, int64 of shape `(height,)`; -1 for those without."""
    parents = np.full(height, -1, dtype=np.int64)
    parents[edges["child_row"].to_numpy()] = edges["parent_row"].to_numpy()
    return parents


def ring_rows(parents: np.ndarray) -> np.ndarray:
    """Rows that never come to a root by their parents: those on rings."""
    rows = np.arange(len(parents))
    up = np.where(parents >= 0, parents, rows)
    for _ in range(max(1, len(parents)).bit_length()):
        further = up[up]
        if np.array_equal(further, up):
            break
        up = further
    ends = np.zeros(len(parents), dtype=bool)
    ends[up] = True
    on_ring: np.ndarray = np.flatnonzero(ends & (parents >= 0))
    return on_ring


def untangle(edges: pl.DataFrame, rows: pl.DataFrame) -> Untangled:
    """Take one edge out of every ring.

    Args:
        edges: structural edges, `child_row` unique.
        rows: `Nodes.rows`.
    """
    parents = parents_array(edges, rows.height)
    on_ring = ring_rows(parents)
    if not len(on_ring):
        return Untangled(edges, pl.DataFrame(schema=RING), pl.DataFrame(schema=WARNING))
    ring = rows[on_ring].with_columns(
        parent_row=pl.Series(parents[on_ring]), ring=pl.Series(_components(on_ring, parents))
    )
    cut = (
        ring.with_columns(
            back=pl.Series(rows["time"].to_numpy()[parents[on_ring]]) - pl.col("time")
        )
        .sort("ring", "back", "span", "seq", descending=[False, True, False, False])
        .group_by("ring", maintain_order=True)
        .first()
    )
    sizes = ring.select(child_row="row", cycle=pl.len().over("ring"))
    kept = edges.drop("cycle").join(
        cut.select(child_row="row"), on="child_row", how="anti", maintain_order="left"
    )
    kept = kept.join(sizes, on="child_row", how="left", maintain_order="left")
    named = _named(ring)
    heads = ring.join(named, on="ring", maintain_order="left").select(*RING)
    return Untangled(kept.select(edges.columns), heads, _warnings(ring, named, cut, rows))


def _components(on_ring: np.ndarray, parents: np.ndarray) -> np.ndarray:
    graph = rx.PyDiGraph()
    graph.add_nodes_from(on_ring.tolist())
    causes = np.searchsorted(on_ring, parents[on_ring])
    graph.add_edges_from_no_data(list(zip(causes.tolist(), range(len(on_ring)), strict=True)))
    labels = np.empty(len(on_ring), dtype=np.int64)
    for label, members in enumerate(rx.strongly_connected_components(graph)):
        labels[list(members)] = label
    return labels


def _named(ring: pl.DataFrame) -> pl.DataFrame:
    """`ring, head, name` of each ring."""
    number, rest = event_number(pl.col("seq")), pl.len().cast(pl.Int64) - _NAMED
    listed = (
        ring.sort("ring", "time", "seq")
        .group_by("ring", maintain_order=True)
        .agg(
            head=pl.first("row"),
            size=pl.len(),
            names=number.sort_by("seq").head(_NAMED).str.join(", "),
            more=pl.when(rest > 0).then(pl.format(" and {} more", rest)).otherwise(pl.lit("")),
        )
    )
    return listed.select(
        "ring", "head", name=pl.format("cycle ({}): {}{}", "size", "names", "more")
    )


def _warnings(
    ring: pl.DataFrame, named: pl.DataFrame, cut: pl.DataFrame, rows: pl.DataFrame
) -> pl.DataFrame:
    cuts = cut.select(
        "ring",
        effect=event_number(pl.col("seq")),
        cause=event_number(pl.lit(rows["seq"].gather(cut["parent_row"]))),
    )
    told = ring.join(named, on="ring").join(cuts, on="ring").sort("seq")
    said = pl.format(
        "{}; shown as one; EDGES and PATH cut it where it goes furthest back in time:"
        " {} is no parent of {}",
        "name", "cause", "effect",
    )  # fmt: skip
    return warned(told, Oddity.CYCLE, said)
