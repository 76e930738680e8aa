"""The edges of a recording, or of the traces in question, ready to be walked."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

import numpy as np
import polars as pl

from traversion_data import schema
from traversion_data.model import Severity
from traversion_data.store.view import StoreView
from traversion_engine.causality.direct import DirectEdges, direct_edges
from traversion_engine.causality.evidence import EDGE
from traversion_engine.causality.future import in_future
from traversion_engine.causality.members import members
from traversion_engine.causality.memo import Last
from traversion_engine.causality.scene import Scene, scene_of
from traversion_engine.causality.ways import Ways, recorded_ways

WHOLE_UP_TO: Final = 50_000
"""Recordings up to this many events are indexed wholly: cheaper than asking which traces join."""


@dataclass(frozen=True)
class EdgeIndex:
    """Edges between the events of a frame.

    events: rows of a view in time order. positions: their positions in the view, ascending.
    inferred: EDGE rows of the other kinds whose row columns count `events`.
    """

    events: pl.DataFrame
    positions: np.ndarray
    inferred: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=EDGE))

    @cached_property
    def direct(self) -> DirectEdges:
        """What ids say."""
        return direct_edges(self.events)

    @cached_property
    def future(self) -> np.ndarray:
        """Which rows lie in the future of the moment at which this is first asked."""
        return in_future(self.events)

    @cached_property
    def ways(self) -> Ways:
        """Steps between the events as they are recorded."""
        return recorded_ways(self.direct, self.inferred, self.complaints, self.future)

    @cached_property
    def scene(self) -> Scene:
        """The same as a tree shows it."""
        return scene_of(self.events, self.direct, self.ways, self.errors, self.complaints)

    def row(self, view: StoreView, seq: int) -> int | None:
        """The row of an event, of its first twin where it repeats one; None where it is absent."""
        position = view.row(seq)
        if position is None:
            return None
        at = int(np.searchsorted(self.positions, position))
        if at == len(self.positions) or self.positions[at] != position:
            return None
        twin = self.direct.nodes.twins.filter(pl.col("row") == at)
        return int(twin["node"][0]) if twin.height else at

    @cached_property
    def complaints(self) -> np.ndarray:
        """Which rows warn or report an error."""
        return self.events.select(
            (pl.col(schema.SEVERITY) >= Severity.WARN).fill_null(value=False)
            | pl.col(schema.ERROR_OCCURRED).fill_null(value=False)
        ).to_series().to_numpy()  # fmt: skip

    @cached_property
    def errors(self) -> np.ndarray:
        """Which rows report an error."""
        return self.events[schema.ERROR_OCCURRED].fill_null(value=False).to_numpy()


def whole_index(view: StoreView) -> EdgeIndex:
    """The index of a whole recording, made once for its events."""
    return view.kept(_whole)


def _whole(view: StoreView) -> EdgeIndex:
    return EdgeIndex(view.events, np.arange(view.height))


def index_around(view: StoreView, seq: int) -> EdgeIndex:
    """An index that holds every event which direct edges connect with this one.

    Small recordings are indexed wholly; of large ones the event's trace and those that links join,
    the last such index being kept. KeyError where there is no such event.
    """
    if view.height <= WHOLE_UP_TO:
        return whole_index(view)
    position = view.row(seq)
    if position is None:
        raise KeyError(seq)
    trace = view.events[schema.TRACE_ID][position]
    if not trace:
        return _joined(view, _traceless(view, position))
    return view.kept(_last).get(trace, lambda: _joined(view, _closure(view, trace)))


def _last(_: StoreView) -> Last[EdgeIndex]:
    return Last()


def _joined(view: StoreView, positions: np.ndarray) -> EdgeIndex:
    if len(positions) * 2 > view.height:
        return whole_index(view)
    return EdgeIndex(view.rows(positions), positions)


def _traceless(view: StoreView, position: int) -> np.ndarray:
    named = view.events.select(
        pl.col(schema.TRACE_ID).fill_null("").eq("")
        & pl.any_horizontal(pl.col(schema.SPAN_ID, schema.PARENT_SPAN_ID).fill_null("").ne(""))
    ).to_series()
    unlinked: np.ndarray = np.union1d(np.flatnonzero(named.to_numpy()), [position])
    return unlinked


def _closure(view: StoreView, trace: str) -> np.ndarray:
    return members(view, _linked(view.kept(_links_between_traces), trace))


def _links_between_traces(view: StoreView) -> pl.DataFrame:
    linking = view.events.filter(pl.col(schema.LINKS).list.len() > 0)
    pairs = (
        linking.select(pl.col(schema.TRACE_ID).alias("a"), schema.LINKS)
        .explode(schema.LINKS)
        .select("a", pl.col(schema.LINKS).struct.field(schema.TRACE_ID).alias("b"))
        .filter(pl.col("a") != pl.col("b"))
        .unique()
    )
    return pl.concat([pairs, pairs.select(a="b", b="a")]).unique()


def _linked(pairs: pl.DataFrame, trace: str) -> pl.Series:
    reached = pl.DataFrame({"a": [trace]}, schema={"a": pl.String})
    newest = reached
    while newest.height:
        newest = (
            pairs.join(newest, on="a", how="semi")
            .select(a="b")
            .unique()
            .join(reached, on="a", how="anti")
        )
        reached = pl.concat([reached, newest])
    return reached["a"]
