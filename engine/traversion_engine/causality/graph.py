"""TRAVERSE: causes or effects of an event, as a tree of rows."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

import numpy as np
import polars as pl

from traversion_data.store.view import StoreView
from traversion_engine.causality.clocks import clock_notes, several
from traversion_engine.causality.evidence import EdgeKind, event_number, shown_id
from traversion_engine.causality.fan import Fan
from traversion_engine.causality.fold import Folded, fold_notes
from traversion_engine.causality.future import future_notes
from traversion_engine.causality.index import EdgeIndex, index_around
from traversion_engine.causality.order import leaves, reading_order
from traversion_engine.causality.remarks import Oddity, remarks
from traversion_engine.causality.scene import Scene
from traversion_engine.causality.symptom import is_symptom
from traversion_engine.causality.tree import shown_entries, start_row, step_rows
from traversion_engine.causality.walk import Walk, walk

Direction: TypeAlias = Literal["backward", "forward", "both"]

DEPTH: Final = 64
ROW_BUDGET: Final = 100_000
"""Rows that are written out at most; the others are counted."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Which edges may be taken and how far.

    via: kinds to walk. vetoed: pairs of seqs, cause first, that are not taken. min_confidence is
    of a single edge. limit: rows written out.
    """

    via: Collection[str] = tuple(EdgeKind)
    min_confidence: float = 0.0
    vetoed: Collection[tuple[int, int]] = ()
    depth: int = DEPTH
    limit: int | None = None


@dataclass(frozen=True)
class Traversal:
    """A walk as rows of `TRAVERSE`, in the order in which the tree is read.

    total: rows before `limit`. matches: branches that UNTIL ended. ended_without: branches that
    ended without a match. notes: sentences for the reader.
    """

    frame: pl.DataFrame
    total: int
    matches: int
    ended_without: int
    notes: tuple[str, ...]


ANYTHING: Final = Limits()


def traverse(
    view: StoreView,
    start_seq: int,
    direction: Direction = "backward",
    *,
    limits: Limits = ANYTHING,
    until: np.ndarray | None = None,
    where: np.ndarray | None = None,
    inferred: pl.DataFrame | None = None,
    check: Callable[[], None] = lambda: None,
) -> Traversal:
    """Walk causal edges from an event; `walk` states which follow from which.

    Args:
        view: the recording.
        start_seq: the event to start from; it is the row of depth 0.
        direction: towards causes, towards effects, or first one and then the other.
        limits: edges, depth and rows.
        until: for each position of the view whether a branch ends there (bool); not asked of the
            start.
        where: for each position whether its row is shown (bool); hidden ones are walked through.
        inferred: EDGE rows of other kinds whose row columns are positions of the view.
        check: called now and then; raises to end the walk.

    Raises:
        KeyError: there is no such event.
    """
    index = index_for(view, start_seq, inferred)
    start_event = index.row(view, start_seq)
    if start_event is None:
        raise KeyError(start_seq)
    scene = index.scene
    start = int(scene.node_of[start_event])
    symptom = is_symptom(view, start_seq)
    chosen = {"backward": ["cause"], "forward": ["effect"], "both": ["cause", "effect"]}[direction]
    ends = np.zeros(scene.height, dtype=bool)
    if until is not None:
        ends = scene.any_of(until[index.positions])
    shown = ~np.zeros(scene.height, dtype=bool)
    if where is not None:
        shown = scene.any_of(where[index.positions])
    parts = [start_row(scene, start)] if shown[start] else []
    total = written = tree = len(parts)
    budget = ROW_BUDGET if limits.limit is None else limits.limit
    walks: list[Walk] = []
    folded: list[Folded] = []
    for name in chosen:
        fan, nearness = _way(scene, name)
        found = walk(
            fan,
            start,
            allowed=allowed_edges(fan, limits) & ~_vetoed_nodes(scene, fan, limits.vetoed),
            until=ends,
            depth=limits.depth,
            returns_first=symptom,
            check=check,
        )
        reading = reading_order(found, fan, scene, nearness)
        listed = shown_entries(scene, fan, found, reading, shown)
        total += listed.total
        tree += len(listed.rows)
        listed = listed.head(max(budget - written, 0))
        written += len(listed.rows)
        label = pl.lit(f"{name}: " if direction == "both" else "")
        steps = step_rows(scene, fan, found, reading, listed)
        parts.append(steps.with_columns(evidence=label + pl.col("evidence")))
        walks.append(found)
        folded.append(listed)
    notes = [*_notes(index, walks, limits.depth), *fold_notes(folded)]
    if limits.limit is None and tree > written:
        notes.append(
            f"Only the first {written:,} of {tree:,} rows are given;"
            " DEPTH, WHERE or LIMIT narrow it."
        )
    return Traversal(
        pl.concat(parts).head(budget),
        total,
        sum(int(one.matched.sum()) for one in walks),
        sum(_ended_without(one) for one in walks) if until is not None else 0,
        tuple(notes),
    )


def index_for(view: StoreView, seq: int, inferred: pl.DataFrame | None) -> EdgeIndex:
    """The index that holds all that edges join with an event."""
    if inferred is None or inferred.is_empty():
        return index_around(view, seq)
    return EdgeIndex(view.events, np.arange(view.height), inferred)


def _way(scene: Scene, name: str) -> tuple[Fan, np.ndarray]:
    moments = scene.ways.moments
    if name == "cause":
        return scene.ways.backward, moments["end"].to_numpy()
    return scene.ways.forward, -moments["time"].to_numpy()


def _vetoed_nodes(scene: Scene, fan: Fan, vetoed: Collection[tuple[int, int]]) -> np.ndarray:
    """For each edge whether it joins two nodes whose rows show a vetoed pair."""
    barred = np.zeros(len(fan.owners), dtype=bool)
    for pair in vetoed:
        joins = [
            scene.seqs[fan.edges[name].to_numpy()] == seq
            for name, seq in zip(("cause", "effect"), pair, strict=True)
        ]
        barred |= joins[0] & joins[1]
    return barred


def allowed_edges(fan: Fan, limits: Limits) -> np.ndarray:
    """For each edge of a fan whether the limits let it be taken."""
    kinds = [str(kind) for kind in limits.via]
    allowed = (
        fan.edges.select(
            pl.col("kind").cast(pl.String).is_in(kinds)
            & (pl.col("confidence") >= limits.min_confidence)
        )
        .to_series()
        .to_numpy()
        .copy()
    )
    for cause, effect in limits.vetoed:
        pair = pl.col("parent").eq_missing(cause) & pl.col("child").eq_missing(effect)
        allowed &= ~fan.edges.select(pair).to_series().to_numpy()
    return allowed


def _ended_without(found: Walk) -> int:
    dead = leaves(found) & ~found.matched & ~found.references
    return int(dead[1:].sum())


def _notes(index: EdgeIndex, walks: list[Walk], depth: int) -> tuple[str, ...]:
    notes: list[str] = []
    scene = index.scene
    nodes = np.zeros(scene.height, dtype=bool)
    for one in walks:
        nodes[one.rows] = True
    walked = nodes[scene.node_of]
    unseen = index.direct.unseen
    unseen = unseen.filter(walked[unseen["child_row"].to_numpy()])
    if unseen.height:
        first = unseen.select(event_number(pl.col("child")), shown_id("span_id")).row(0)
        more = f", and {unseen.height - 1:,} more" if unseen.height > 1 else ""
        notes.append(
            f"{first[0]} names a parent that is not recorded (not seen: {first[1]}){more}."
        )
    seqs = index.direct.nodes.rows.select("seq").filter(walked)
    odd = index.direct.warnings.filter(pl.col("oddity") != Oddity.UNSEEN)
    notes += _future_notes(index, walked)
    notes += remarks(odd.join(seqs, on="seq", how="semi", maintain_order="left"))
    hosts = several(index.direct.nodes.rows["host"].filter(pl.Series(walked)))
    notes += clock_notes(index.direct.clocks, hosts) if hosts else ()
    cut = sum(one.unexpanded for one in walks)
    if cut:
        go = "branch goes" if cut == 1 else "branches go"
        notes.append(f"{cut:,} {go} on beyond DEPTH {depth}.")
    elif all(len(one.rows) == 1 for one in walks):
        notes.append("No recorded edge leads from this event in that direction.")
    return tuple(notes)


def _future_notes(index: EdgeIndex, walked: np.ndarray) -> tuple[str, ...]:
    """Of events in the future that the walk met, or that ids join with those that it met."""
    if not index.future.any():
        return ()
    joined = pl.concat([index.direct.edges, index.direct.links]).select("child_row", "parent_row")
    met = walked.copy()
    for there, back in (("child_row", "parent_row"), ("parent_row", "child_row")):
        met[joined[back].filter(pl.Series(walked).gather(joined[there])).to_numpy()] = True
    return future_notes(index.events["seq"], index.future & met)
