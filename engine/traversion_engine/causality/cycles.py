"""Cycles among structural parents: found, and cut where the edge goes back in time.

Every event has one parent at most, so a strongly connected component of more than one event is a
single ring. Its edge whose effect starts longest before its cause is the one that cannot be true;
among equals the one whose effect has the smallest span id, then the smallest seq.
"""

from __future__ import annotations

import numpy as np
import polars as pl
import rustworkx as rx

from traversion_engine.causality.evidence import event_number
from traversion_engine.causality.remarks import WARNING, Oddity, warned

_NAMED = 8
"""Events of a ring that a warning lists."""


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


def cut_rings(edges: pl.DataFrame, rows: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Take one edge out of every ring.

    Args:
        edges: structural edges, `child_row` unique.
        rows: `Nodes.rows`.

    Returns:
        The edges kept, with `cycle`, and rows of `WARNING` for each event of a ring.
    """
    parents = parents_array(edges, rows.height)
    on_ring = ring_rows(parents)
    if not len(on_ring):
        return edges, pl.DataFrame(schema=WARNING)
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
    return kept.select(edges.columns), _warnings(ring, cut, rows)


def _components(on_ring: np.ndarray, parents: np.ndarray) -> np.ndarray:
    graph = rx.PyDiGraph()
    graph.add_nodes_from(on_ring.tolist())
    causes = np.searchsorted(on_ring, parents[on_ring])
    graph.add_edges_from_no_data(list(zip(causes.tolist(), range(len(on_ring)), strict=True)))
    labels = np.empty(len(on_ring), dtype=np.int64)
    for label, members in enumerate(rx.strongly_connected_components(graph)):
        labels[list(members)] = label
    return labels


def _warnings(ring: pl.DataFrame, cut: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
    number = event_number(pl.col("seq"))
    listed = (
        ring.sort("ring", "seq")
        .group_by("ring", maintain_order=True)
        .agg(size=pl.len(), names=number.head(_NAMED).str.join(", "))
    )
    cuts = cut.select(
        "ring",
        effect=number,
        cause=event_number(pl.lit(rows["seq"].gather(cut["parent_row"]))),
    )
    told = ring.join(listed, on="ring").join(cuts, on="ring").sort("seq")
    more = pl.when(pl.col("size") > _NAMED).then(pl.format(" and {} more", pl.col("size") - _NAMED))
    said = pl.format(
        "cycle ({}): {}{}; cut where it goes furthest back in time: {} is no parent of {}",
        "size", "names", more.otherwise(pl.lit("")), "cause", "effect",
    )  # fmt: skip
    return warned(told, Oddity.CYCLE, said)
