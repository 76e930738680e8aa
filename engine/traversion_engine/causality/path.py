"""PATH: the most probable way from a cause to an effect.

Every event is a line of stops: its start, the moments at which something came back to it, its end.
Edges join stops, so a way never goes back in an event's own time. What is searched is the part of
the forest above the two events and above every link's ends: no way can leave it and return.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from math import log

import numpy as np
import polars as pl
import rustworkx as rx

from traversion_data.model import seq_text
from traversion_data.store.view import StoreView
from traversion_engine.causality.cycles import parents_array
from traversion_engine.causality.evidence import Rule
from traversion_engine.causality.fan import NEVER, OPEN
from traversion_engine.causality.graph import ANYTHING, Limits, allowed_edges, index_for
from traversion_engine.causality.index import EdgeIndex
from traversion_engine.causality.tree import TRAVERSE, path_rows
from traversion_engine.causality.ways import LOGS, RETURNS

HOP = 1e-9
"""Weight of a step beside its improbability: of two equally probable ways the shorter is taken."""


@dataclass(frozen=True)
class CausalPath:
    """A way from cause to effect as rows of `TRAVERSE`, the cause at depth 0.

    confidence: product over its edges; 0.0 without a way, and then `notes` says why.
    turned: the events were given the other way round.
    """

    frame: pl.DataFrame
    confidence: float
    turned: bool
    notes: tuple[str, ...]


def causal_path(
    view: StoreView,
    cause_seq: int,
    effect_seq: int,
    *,
    limits: Limits = ANYTHING,
    inferred: pl.DataFrame | None = None,
    check: Callable[[], None] = lambda: None,
) -> CausalPath:
    """The path of the highest product of confidences, among equals the shortest.

    If only the way back exists, that is given, with a note. `limits.depth` and `limits.limit` do
    not matter.

    Raises:
        KeyError: one of the events is not there.
    """
    index = index_for(view, cause_seq, inferred)
    if view.row(cause_seq) is None or view.row(effect_seq) is None:
        raise KeyError(cause_seq if view.row(cause_seq) is None else effect_seq)
    ends = index.row(view, cause_seq), index.row(view, effect_seq)
    names = seq_text(cause_seq), seq_text(effect_seq)
    cause, effect = ends
    if cause is None or effect is None:
        return _none(f"{names[0]} and {names[1]} are in traces that no edge joins.")
    if cause == effect:
        return _none(f"{names[0]} and {names[1]} are one event.")
    for turned, (a, b) in ((False, (cause, effect)), (True, (effect, cause))):
        check()
        edges = _shortest(index, a, b, limits)
        if edges is not None:
            confidence = float(edges["confidence"].product())
            note = f"Given the other way round: {names[1]} is the cause, {names[0]} the effect."
            return CausalPath(
                path_rows(index, a, edges), confidence, turned, (note,) if turned else ()
            )
    return _none(_why_not(index, cause, effect, names))


def _none(reason: str) -> CausalPath:
    return CausalPath(pl.DataFrame(schema=TRAVERSE), 0.0, turned=False, notes=(reason,))


def _shortest(index: EdgeIndex, cause: int, effect: int, limits: Limits) -> pl.DataFrame | None:
    kept = _region(index, cause, effect)
    fan = index.ways.forward
    taken = allowed_edges(fan, limits) & kept[fan.owners] & kept[fan.others]
    taken &= ((fan.edges["rule"] != Rule.REMARK) | (fan.edges["owner"] == cause)).to_numpy()
    edges = fan.edges.filter(pl.Series(taken) & (pl.col("confidence") > 0))
    return _quickest(edges, index.direct.nodes.rows["time"], (cause, effect))


def _quickest(edges: pl.DataFrame, time: pl.Series, ends: tuple[int, int]) -> pl.DataFrame | None:
    cause, effect = ends
    at_its_end = pl.col("group").is_in([RETURNS, LOGS])
    ways = edges.with_row_index("edge").select(
        "edge",
        "confidence",
        source=pl.col("owner").cast(pl.Int64),
        leaves=pl.when(at_its_end).then(OPEN).otherwise(time.gather(edges["other"])),
        target=pl.col("other").cast(pl.Int64),
        arrives=pl.when(pl.col("enter") == OPEN).then(NEVER).otherwise(-pl.col("enter")),
    )
    rows = pl.concat([ways["source"], ways["target"], pl.Series([cause, effect])]).unique()
    stops = (
        pl.concat(
            [
                ways.select(row="target", moment="arrives"),
                *(rows.to_frame("row").with_columns(moment=pl.lit(m)) for m in (NEVER, OPEN)),
            ]
        )
        .unique()
        .sort("row", "moment")
        .with_row_index("stop")
    )
    joined = (
        ways.sort("leaves")
        .join_asof(
            stops.select("stop", source="row", leaves="moment").sort("leaves"),
            on="leaves",
            by="source",
            check_sortedness=False,  # both are sorted, which cannot be checked beside `by`
        )
        .join(
            stops.select(target="row", arrives="moment", arrival="stop"),
            on=["target", "arrives"],
        )
        .sort("confidence", "edge", descending=[True, False])
    )
    onward = stops.filter(pl.col("row") == pl.col("row").shift(-1))["stop"].to_list()
    graph = rx.PyDiGraph()
    graph.add_nodes_from(range(stops.height))
    graph.add_edges_from([(stop, stop + 1, (0.0, None)) for stop in onward])
    graph.add_edges_from(
        [
            (a, b, (HOP - log(confidence), edge))
            for a, b, confidence, edge in joined.select(
                "stop", "arrival", "confidence", "edge"
            ).iter_rows()
        ]
    )
    start, goal = (
        stops.filter((pl.col("row") == row) & (pl.col("moment") == moment))["stop"][0]
        for row, moment in ((cause, NEVER), (effect, OPEN))
    )
    # Dijkstra as A* without an estimate: rustworkx's own keeps a path for every node it meets.
    try:
        nodes = rx.digraph_astar_shortest_path(
            graph, start, lambda stop: stop == goal, lambda way: way[0], lambda _: 0.0
        )
    except rx.NoPathFound:
        return None
    taken = [
        min(graph.get_all_edge_data(a, b), key=lambda way: way[0])[1]
        for a, b in pairwise(list(nodes))
    ]
    return edges[[edge for edge in taken if edge is not None]]


def _region(index: EdgeIndex, cause: int, effect: int) -> np.ndarray:
    parents = parents_array(index.direct.edges, index.events.height)
    beside = pl.concat([index.direct.links, index.inferred])
    kept = np.zeros(index.events.height, dtype=bool)
    front = np.unique(
        np.concatenate([[cause, effect], beside["child_row"], beside["parent_row"]]).astype(
            np.int64
        )
    )
    while len(front):
        kept[front] = True
        front = np.unique(parents[front])
        front = front[front >= 0]
        front = front[~kept[front]]
    return kept


def _why_not(index: EdgeIndex, cause: int, effect: int, names: tuple[str, str]) -> str:
    parents = parents_array(index.direct.edges, index.events.height)
    above: set[int] = set()
    at = cause
    while at >= 0:
        above.add(at)
        at = int(parents[at])
    at = effect
    while at >= 0 and at not in above:
        at = int(parents[at])
    joined = f"{names[0]} and {names[1]}"
    if at < 0:
        return f"No recorded edge joins {joined}."
    seq = index.direct.nodes.rows["seq"][at]
    return (
        f"No causal path leads from {names[0]} to {names[1]} or back: both come from "
        f"{seq_text(seq)}, and neither ended before the other began."
    )
