"""TRACE: one trace as a waterfall."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import polars as pl

from traversion_data import schema
from traversion_data.model import SpanStatus
from traversion_data.store.view import StoreView
from traversion_engine.causality.clocks import clock_notes, several
from traversion_engine.causality.direct import DirectEdges, direct_edges
from traversion_engine.causality.evidence import EdgeRole, shown_id
from traversion_engine.causality.fold import Folded, fold, fold_notes
from traversion_engine.causality.future import future_notes, in_future
from traversion_engine.causality.index import WHOLE_UP_TO, whole_index
from traversion_engine.causality.memo import Last
from traversion_engine.causality.remarks import remarks
from traversion_engine.causality.scene import node_marks
from traversion_engine.exact import in_milliseconds
from traversion_engine.traces.answer import TraceAnswer
from traversion_engine.traces.forest import NO_PARENT, Forest

TRACE: Final[dict[str, pl.DataType]] = {
    "depth": pl.Int64(),
    "seq": pl.Int64(),
    "parent_seq": pl.Int64(),
    "service": pl.String(),
    "operation": pl.String(),
    "time": pl.Int64(),
    "start_ms": pl.Float64(),
    "duration_ms": pl.Float64(),
    "self_ms": pl.Float64(),
    "status": pl.String(),
    "critical": pl.Boolean(),
    "events": pl.Int64(),
}


_RECORDED: Final = [
    schema.SERVICE, schema.OPERATION, schema.MESSAGE, schema.STATUS, schema.ERROR_OCCURRED,
]  # fmt: skip
WRITTEN: Final = 100_000
"""Rows that are written out at most; the others are counted."""


def waterfall(view: StoreView, trace_id: str, limit: int | None = None) -> TraceAnswer:
    """The spans of a trace, callers before callees, siblings by their start.

    `start_ms` counts from the earliest start; `duration_ms` and `self_ms` are NULL where
    no end is recorded; `events` counts the logs a span wrote. A parent that is not recorded is a
    row of its own, without `seq`, over those that name it. A trace without spans has its events as
    rows. `status` is ok, error or unset. No rows where the trace is not recorded. In a long trace
    many callees alike are the rows of the first and one row, marked ×, that is the next and stands
    for all the others; `operation` says how many they are and how long they took. A span that is
    recorded several times alike is one row, `×2`; spans that call each other in a ring are the row
    of the earliest, whose `operation` is `cycle (3): #1, #2, #3`.
    """
    return view.kept(_last).get(trace_id, lambda: _drawn(view, trace_id)).answer(limit)


@dataclass(frozen=True)
class _Drawn:
    """A waterfall before its rows are written. table: its spans. shown: rows of the table."""

    table: pl.DataFrame
    shown: Folded
    remarks: tuple[str, ...]

    def answer(self, limit: int | None) -> TraceAnswer:
        """The first rows as a table."""
        most = WRITTEN if limit is None else min(limit, WRITTEN)
        shown = self.shown.head(most)
        rows = self.table[shown.rows]
        if shown.marked:
            marked = pl.format(
                "{} {}, {}", pl.lit(shown.times()), "operation", pl.lit(shown.sums())
            )
            rows = rows.with_columns(operation=pl.coalesce(marked, "operation"))
        frame = rows.select(pl.col(name).cast(dtype) for name, dtype in TRACE.items())
        notes = (*fold_notes([shown]), *self.remarks)
        if most == WRITTEN < len(self.shown.rows):
            notes = (f"Only the first {most:,} of {len(self.shown.rows):,} rows are given.", *notes)
        return TraceAnswer(frame, self.shown.total, notes)


def _last(_: StoreView) -> Last[_Drawn]:
    return Last()


def _drawn(view: StoreView, trace_id: str) -> _Drawn:
    events = view.rows(view.traces.positions_of(trace_id))
    direct = direct_edges(events)
    spans = _spans(direct)
    absent = _absent(direct, spans)
    forest = _forest(direct, spans, absent)
    table = pl.concat([_recorded(events, direct, spans, forest), _placeholders(absent, forest)])
    table = table.with_columns(
        depth=pl.Series(forest.depths),
        critical=pl.Series(forest.critical),
        start_ms=in_milliseconds(pl.col("time") - pl.col("time").min()),
        parent_seq=table["seq"].gather(
            pl.Series(forest.parents).to_frame("p").select(pl.when(pl.col("p") >= 0).then("p"))["p"]
        ),
    )
    order = forest.reading.order
    alike = table.select("service", "operation", "status", "critical")[order]
    durations = pl.Series(forest.ends - forest.starts).gather(order)
    folded = fold(forest.parents[order], forest.reading.ends, alike, durations)
    said = (
        *remarks(direct.warnings),
        *future_notes(events[schema.SEQ], in_future(events)),
        *_clock_notes(view, direct),
    )
    return _Drawn(table, replace(folded, rows=order[folded.rows]), said)


def _clock_notes(view: StoreView, direct: DirectEdges) -> tuple[str, ...]:
    """From all calls of a recording where these are at hand, else from those of the trace."""
    hosts = several(direct.nodes.rows["host"])
    if hosts is None:
        return ()
    known = whole_index(view).direct if view.height <= WHOLE_UP_TO else direct
    return clock_notes(known.clocks, hosts)


def _spans(direct: DirectEdges) -> pl.DataFrame:
    """The rows to show: spans, or every event where nothing is a span; `node` numbers them.

    Of spans in a ring only the earliest is shown.
    """
    rows, spans = direct.nodes.rows, direct.nodes.spans
    if spans.height:
        shown = rows if spans.height == rows.height else rows[spans["row"].sort()]
    else:
        shown = rows.join(direct.nodes.twins, on="row", how="anti", maintain_order="left")
    if direct.rings.height:
        hidden = direct.rings.filter(pl.col("row") != pl.col("head"))
        shown = shown.join(hidden, on="row", how="anti", maintain_order="left")
    return shown.with_row_index("node")


def _stands_for(direct: DirectEdges, spans: pl.DataFrame) -> pl.DataFrame:
    """`row, node`: each row that is shown or is on a ring, and the one that shows it."""
    own = spans.select("row", "node")
    if direct.rings.is_empty():
        return own
    others = direct.rings.filter(pl.col("row") != pl.col("head"))
    return pl.concat(
        [
            own,
            others.select("row", "head")
            .join(own.rename({"row": "head"}), on="head")
            .select("row", "node"),
        ]
    )


def _absent(direct: DirectEdges, spans: pl.DataFrame) -> pl.DataFrame:
    """`node, parent_node, span_id, time, end`: who names which span that is not recorded."""
    naming = direct.unseen.join(
        spans.select("node", "time", "end", child_row="row"), on="child_row"
    ).sort("child_row")
    numbers = naming.select(pl.col("span_id").unique(maintain_order=True)).with_row_index(
        "parent_node", offset=spans.height
    )
    return naming.join(numbers, on="span_id", maintain_order="left")


def _forest(direct: DirectEdges, spans: pl.DataFrame, absent: pl.DataFrame) -> Forest:
    number = _stands_for(direct, spans)
    calls = (
        direct.edges.filter(pl.col("role") == EdgeRole.CALL)
        .join(number, left_on="child_row", right_on="row")
        .join(number.rename({"node": "parent_node"}), left_on="parent_row", right_on="row")
        .filter(pl.col("node") != pl.col("parent_node"))
    )
    unseen = absent.group_by("parent_node").agg(pl.min("time"), pl.max("end")).sort("parent_node")
    parents = np.full(spans.height + unseen.height, NO_PARENT, dtype=np.int64)
    for found in (calls, absent):
        parents[found["node"].to_numpy()] = found["parent_node"].to_numpy()
    starts, ends = (pl.concat([spans[name], unseen[name]]).to_numpy() for name in ("time", "end"))
    return Forest(parents, starts, ends)


def _recorded(
    events: pl.DataFrame, direct: DirectEdges, spans: pl.DataFrame, forest: Forest
) -> pl.DataFrame:
    emitted = (
        direct.edges.filter(pl.col("role") == EdgeRole.EMIT)
        .join(_stands_for(direct, spans), left_on="parent_row", right_on="row")
        .group_by("node")
        .agg(events=pl.len().cast(pl.Int64))
    )
    status = (
        pl.when((pl.col(schema.STATUS) == SpanStatus.ERROR) | pl.col(schema.ERROR_OCCURRED))
        .then(pl.lit("error"))
        .when(pl.col(schema.STATUS) == SpanStatus.OK)
        .then(pl.lit("ok"))
        .otherwise(pl.lit("unset"))
    )
    facts = events.select(_RECORDED)[spans["row"]].select(
        pl.col(schema.SERVICE).cast(pl.String).alias("service"),
        pl.coalesce(pl.col(schema.OPERATION).cast(pl.String), schema.MESSAGE).alias("operation"),
        status.alias("status"),
    )
    facts = facts.with_columns(_named(facts["operation"], spans["row"], node_marks(direct)))
    own = pl.Series("own", forest.self_times[: spans.height])
    logs = spans.select("node").join(emitted, on="node", how="left", maintain_order="left")
    return spans.with_columns(facts.get_columns()).select(
        "seq",
        "service",
        "operation",
        "time",
        duration_ms=in_milliseconds(pl.when("timed").then(pl.col("end") - pl.col("time"))),
        self_ms=in_milliseconds(pl.when("timed").then(own)),
        status="status",
        events=logs["events"].fill_null(0),
    )


def _named(operations: pl.Series, rows: pl.Series, marks: pl.DataFrame) -> pl.Series:
    """The operations with the names of rings and the numbers of repeats."""
    if marks.is_empty():
        return operations
    place = pl.DataFrame({"node": rows, "operation": operations})
    said = place.join(marks, on="node", how="left", maintain_order="left")
    name = pl.coalesce("title", "operation")
    counted = pl.concat_str("times", name, separator=" ", ignore_nulls=True)
    return said.select(pl.when(name.is_not_null()).then(counted).alias("operation")).to_series()


def _placeholders(absent: pl.DataFrame, forest: Forest) -> pl.DataFrame:
    unseen = absent.unique("parent_node", maintain_order=True).sort("parent_node")
    return unseen.select(
        seq=pl.lit(None, dtype=pl.Int64),
        service=pl.lit(None, dtype=pl.String),
        operation=pl.format("not seen: {}", shown_id("span_id")),
        time=pl.Series(forest.starts[len(forest.starts) - unseen.height :]),
        duration_ms=pl.lit(None, dtype=pl.Float64),
        self_ms=pl.lit(None, dtype=pl.Float64),
        status=pl.lit("unset"),
        events=pl.lit(0, dtype=pl.Int64),
    )
