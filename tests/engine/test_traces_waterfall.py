"""TRACE: the waterfall of one trace, own times and the critical path."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from traversion_data import schema
from traversion_data.store.view import StoreView
from traversion_engine.traces.forest import Forest
from traversion_engine.traces.waterfall import TRACE, waterfall

MS = 1_000_000


def span(
    seq: int, sid: str | None, parent: str | None, at: int, until: int | None, **more: Any
) -> dict[str, Any]:
    return {
        "seq": seq, "time": at * MS, "end_time": (at if until is None else until) * MS,
        "duration_ns": None if until is None else (until - at) * MS, "type": "span",
        "trace_id": "t", "span_id": sid, "parent_span_id": parent, "service": "api",
        "operation": sid, "error_occurred": False,
    } | more  # fmt: skip


def log(seq: int, sid: str | None, at: int, **more: Any) -> dict[str, Any]:
    return span(seq, sid, None, at, None, type="log", operation=None, message="said", **more)


def view_of(*rows: dict[str, Any]) -> StoreView:
    frame = schema.conform(pl.DataFrame(list(rows), infer_schema_length=None))
    return StoreView(frame.sort("time", "seq"))


def test_callees_stand_under_their_callers_with_own_times_and_logs() -> None:
    view = view_of(
        span(1, "a", None, 0, 100, span_status=1),
        span(2, "b", "a", 10, 40),
        span(3, "c", "a", 30, 70, error_occurred=True),
        span(4, "d", "c", 35, 60),
        log(5, "c", 50),
        log(6, "c", 51),
        span(9, "x", None, 0, 5, trace_id="other"),
    )
    found = waterfall(view, "t")
    assert found.frame.schema == pl.Schema(TRACE)
    assert found.total == 4
    assert found.frame.drop("service", "time").rows() == [
        (0, 1, None, "a", 0.0, 100.0, 40.0, "ok", True, 0),
        (1, 2, 1, "b", 10.0, 30.0, 30.0, "unset", False, 0),
        (1, 3, 1, "c", 30.0, 40.0, 15.0, "error", True, 2),
        (2, 4, 3, "d", 35.0, 25.0, 25.0, "unset", True, 0),
    ]


def test_a_parent_that_is_missing_has_a_row_over_those_that_name_it() -> None:
    view = view_of(span(1, "b", "gone", 0, 5), span(2, "c", "gone", 6, 9), span(3, "d", "c", 7, 8))
    frame = waterfall(view, "t").frame
    assert frame.select("depth", "seq", "parent_seq", "operation").rows() == [
        (0, None, None, "not seen: gone"),
        (1, 1, None, "b"),
        (1, 2, None, "c"),
        (2, 3, 2, "d"),
    ]
    assert frame["duration_ms"].to_list() == [None, 5.0, 3.0, 1.0]


def test_a_span_without_an_end_has_no_duration() -> None:
    frame = waterfall(view_of(span(1, "a", None, 0, None)), "t").frame
    assert frame.select("duration_ms", "self_ms").rows() == [(None, None)]


def test_durations_are_the_numbers_that_were_recorded() -> None:
    micros = list(range(7_000, 7_300))
    rows = [
        span(micro, f"s{micro}", None, 0, 0, time=micro, duration_ns=micro * 1_000)
        | {"end_time": micro + micro * 1_000}
        for micro in micros
    ]
    frame = waterfall(view_of(*rows), "t").frame
    for name in ("duration_ms", "self_ms"):
        assert frame[name].to_list() == [micro / 1_000 for micro in micros]
    assert frame["start_ms"].to_list() == [micro / 1e6 for micro in range(len(micros))]


def test_oddities_are_told_and_counted() -> None:
    rows = [span(seq, f"s{seq}", f"s{seq}", 0, 5) for seq in range(6)]
    found = waterfall(view_of(*rows), "t")
    assert found.notes == ("#0, #1, #2 and 3 more: self-parent: it names itself as its parent.",)


def test_durations_of_0_are_told_only_where_no_coarse_clock_explains_them() -> None:
    root = span(1, "a", None, 0, 100)
    points = [span(2 + n, f"p{n}", "a", n, n) for n in range(20)]
    assert waterfall(view_of(root, *points), "t").notes == ()
    late = span(40, "late", "p3", 3, 9)
    assert waterfall(view_of(root, *points, late), "t").notes == (
        "#5: duration 0, but it called spans that took time: taken as a point.",
    )


def test_remarks_alike_are_one_sentence() -> None:
    lost = [span(seq, f"s{seq}", f"gone{seq}", 0, 5) for seq in range(40)]
    assert waterfall(view_of(*lost), "t").notes == (
        "#0: its parent gone0 is not seen; 39 more are like it.",
    )


def test_repeats_are_one_row_that_says_how_many() -> None:
    view = view_of(*(span(seq, "a", None, 0, 5) for seq in (1, 2, 3)), span(4, "b", "a", 1, 2))
    rows = waterfall(view, "t").frame.select("seq", "operation").rows()
    assert rows == [(1, "×3 a"), (4, "b")]


def test_a_cycle_is_one_row_over_what_its_spans_called() -> None:
    view = view_of(
        span(1, "a", "c", 0, 9), span(2, "b", "a", 1, 8), span(3, "c", "b", 2, 7),
        span(4, "d", "c", 3, 6), log(5, "b", 4),
    )  # fmt: skip
    found = waterfall(view, "t")
    columns = ("depth", "seq", "parent_seq", "operation", "duration_ms", "events")
    assert found.frame.select(columns).rows() == [
        (0, 1, None, "cycle (3): #1, #2, #3", 9.0, 1),
        (1, 4, 1, "d", 3.0, 0),
    ]
    assert found.notes[0].startswith("cycle (3): #1, #2, #3; shown as one")


def test_a_trace_of_logs_has_its_events_as_rows() -> None:
    view = view_of(log(1, None, 0), log(2, None, 4))
    assert waterfall(view, "t").frame.select("depth", "seq", "operation").rows() == [
        (0, 1, "said"),
        (0, 2, "said"),
    ]


def test_a_trace_that_is_not_recorded_has_no_rows() -> None:
    found = waterfall(view_of(span(1, "a", None, 0, 5)), "nowhere")
    assert (found.total, found.frame.schema) == (0, pl.Schema(TRACE))


def test_a_limit_keeps_the_total() -> None:
    rows = [span(seq, f"s{seq}", "s0" if seq else None, seq, seq + 1) for seq in range(50)]
    found = waterfall(view_of(*rows), "t", limit=7)
    assert (found.frame["seq"].to_list(), found.total) == (list(range(7)), 50)


def test_many_callees_alike_are_a_few_rows_with_exact_counts() -> None:
    count = 20_001
    ids = [str(n) for n in range(count)]
    frame = pl.DataFrame({
        "seq": np.arange(count), "time": np.arange(count) * MS,
        "end_time": np.arange(1, count + 1) * MS, "duration_ns": np.full(count, MS),
        "type": ["span"] * count, "trace_id": ["t"] * count, "span_id": ids,
        "parent_span_id": [None] + ["0"] * (count - 1), "service": ["db"] * count,
        "operation": ["get"] * count, "error_occurred": np.arange(count) == 700,
    })  # fmt: skip
    view = StoreView(schema.conform(frame))
    found = waterfall(view, "t")
    assert found.total == count
    rows = found.frame.select("seq", "operation", "status").rows()
    assert [row[0] for row in rows] == [*range(12), 700]
    assert rows[-2:] == [(11, "×19,989 get, 20 s in all", "unset"), (700, "get", "error")]
    assert found.notes[0].endswith("1 row marked × stands for 19,988 more.")
    short = waterfall(view, "t", limit=3)
    assert (short.frame["seq"].to_list(), short.total, short.notes) == ([0, 1, 2], count, ())


def test_a_trace_a_hundred_thousand_calls_deep_is_shown() -> None:
    count = 100_000
    forest = Forest(
        np.arange(count) - 1, np.arange(count), np.full(count, 2 * count)
    )  # fmt: skip
    assert forest.depths[-1] == count - 1
    assert (forest.reading.order == np.arange(count)).all()
    assert forest.critical.all()
    assert (forest.self_times[:-1] == 1).all()


@st.composite
def forests(draw: st.DrawFn) -> Forest:
    count = draw(st.integers(1, 14))
    parents = [draw(st.integers(-1, node - 1)) for node in range(count)]
    starts = [draw(st.integers(0, 12)) for _ in range(count)]
    ends = [start + draw(st.integers(0, 8)) for start in starts]
    return Forest(np.array(parents), np.array(starts), np.array(ends))


@settings(max_examples=100, deadline=None)
@given(forests())
def test_own_time_is_what_no_callee_covers(forest: Forest) -> None:
    for node, own in enumerate(forest.self_times.tolist()):
        free = set(range(forest.starts[node], forest.ends[node]))
        for child in np.flatnonzero(forest.parents == node):
            free -= set(range(forest.starts[child], forest.ends[child]))
        assert own == len(free)


@settings(max_examples=100, deadline=None)
@given(forests())
def test_the_order_is_read_from_the_top(forest: Forest) -> None:
    path: list[int] = []
    assert sorted(forest.reading.order.tolist()) == list(range(len(forest.parents)))
    for node in forest.reading.order.tolist():
        del path[forest.depths[node] :]
        assert (path[-1] if path else -1) == forest.parents[node]
        path.append(node)


def critical_by_hand(forest: Forest) -> set[int]:
    def end(node: int) -> int:
        caller = forest.parents[node]
        return min(forest.ends[node], forest.ends[caller]) if caller >= 0 else forest.ends[node]

    marked: set[int] = set()
    todo = [(-1, max(forest.ends))]
    while todo:
        owner, moment = todo.pop()
        callees = [
            int(node)
            for node in np.flatnonzero(forest.parents == owner)
            if owner < 0 or forest.starts[node] < forest.ends[owner]
        ]
        callees.sort(key=lambda node: (end(node), forest.starts[node], node), reverse=True)
        for node in callees:
            if end(node) <= moment:
                marked.add(node)
                moment = forest.starts[node]
                todo.append((node, forest.ends[node]))
    return marked


@settings(max_examples=150, deadline=None)
@given(forests())
def test_the_critical_path_is_walked_back_from_the_end(forest: Forest) -> None:
    assert set(np.flatnonzero(forest.critical).tolist()) == critical_by_hand(forest)
