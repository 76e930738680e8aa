"""Clocks that differ between hosts, starts before the caller's, times in the future."""

from __future__ import annotations

from time import time_ns
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from traversion_data import schema
from traversion_data.store.view import StoreView
from traversion_engine.causality.clocks import CALL, OFFSET, host_offsets
from traversion_engine.causality.graph import traverse
from traversion_engine.causality.path import causal_path
from traversion_engine.traces.edge_rows import structural_edges
from traversion_engine.traces.waterfall import waterfall

MS = 1_000_000
TEN_YEARS = 3_650 * 86_400 * 1_000


def span(
    seq: int, sid: str, parent: str | None, at: int, until: int, **more: Any
) -> dict[str, Any]:
    return {
        "seq": seq, "time": at * MS, "end_time": until * MS, "duration_ns": (until - at) * MS,
        "type": "span", "trace_id": "t", "span_id": sid, "parent_span_id": parent, "service": sid,
        "operation": sid, "error_occurred": False,
    } | more  # fmt: skip


def view_of(*rows: dict[str, Any]) -> StoreView:
    frame = schema.conform(pl.DataFrame(list(rows), infer_schema_length=None))
    return StoreView(frame.sort("time", "seq"))


def called(skew: int, count: int) -> list[dict[str, Any]]:
    """Calls of 20 ms from host a to host b, whose clock is `skew` ms ahead."""
    rows: list[dict[str, Any]] = []
    for n in range(count):
        at, trace = 1_000 * n + 5_000, {"trace_id": f"t{n}"}
        rows += [
            span(2 * n, "web", None, at, at + 40, host="a", **trace),
            span(2 * n + 1, "db", "web", at + 10 + skew, at + 30 + skew, host="b", **trace),
        ]
    return rows


@pytest.mark.parametrize(
    ("skew", "said"), [(-340, "340 ms behind"), (340, "340 ms ahead of"), (2_500, "2.5 s ahead of")]
)
def test_clocks_that_differ_are_told_and_times_are_kept(skew: int, said: str) -> None:
    view = view_of(*called(skew, 57))
    note = f"Host b is about {said} host a (57 pairs); times are shown as recorded."
    trace, walk = waterfall(view, "t3"), traverse(view, 6)
    assert note in trace.notes
    assert note in walk.notes
    assert trace.frame["operation"].to_list() == ["web", "db"]
    assert trace.frame["time"].to_list() == [8_000 * MS, (8_010 + skew) * MS]
    assert walk.frame.select("seq", "lag_ms", "confidence").rows() == [
        (6, None, None), (7, 10.0 - skew, 1.0),
    ]  # fmt: skip
    assert walk.frame["evidence"][1].endswith("which differ") == (skew > 0)


def test_clocks_that_may_be_one_are_not_told() -> None:
    for skew in (0, 5, -8):
        assert not any("Host" in note for note in waterfall(view_of(*called(skew, 57)), "t3").notes)
    assert not any("Host" in note for note in waterfall(view_of(*called(-340, 2)), "t1").notes)


def test_only_clocks_of_hosts_in_question_are_told() -> None:
    rows = [row | {"host": None} if row["trace_id"] == "t1" else row for row in called(-340, 9)]
    assert not any("Host" in note for note in waterfall(view_of(*rows), "t1").notes)


calls = st.lists(
    st.tuples(st.integers(0, 50), st.integers(1, 50), st.integers(0, 50), st.booleans()),
    min_size=1,
    max_size=20,
)


@settings(max_examples=60, deadline=None)
@given(calls, st.integers(-10_000, 10_000))
def test_the_offset_lies_between_what_every_call_allows(
    shapes: list[tuple[int, int, int, bool]], skew: int
) -> None:
    rows = []
    for before, lasts, after, back in shapes:
        ahead = {"a": 0, "b": skew}
        caller, callee = ("b", "a") if back else ("a", "b")
        rows.append({
            "caller_host": caller, "callee_host": callee,
            "caller_start": ahead[caller], "caller_end": before + lasts + after + ahead[caller],
            "callee_start": before + ahead[callee], "callee_end": before + lasts + ahead[callee],
        })  # fmt: skip
    found = host_offsets(pl.DataFrame(rows, schema=CALL))
    assert found.schema == pl.Schema(OFFSET)
    host_a, host_b, offset, low, high, pairs = found.row(0)
    assert (host_a, host_b, pairs) == ("a", "b", len(rows))
    assert low <= skew + 1
    assert skew - 1 <= high
    assert low - 1 <= offset <= high + 1


def test_calls_that_outlast_their_caller_fit_no_offset() -> None:
    row = ("a", "b", 0, 10, 5, 99)
    assert host_offsets(pl.DataFrame([row], schema=CALL, orient="row")).is_empty()


def test_a_start_before_the_callers_on_one_host_is_told_and_not_moved() -> None:
    view = view_of(
        span(1, "a", None, 5, 20, host="h"), span(2, "b", "a", 3, 9, host="h"),
    )  # fmt: skip
    said = "#2: starts 2 ms before its parent on the same host."
    trace = waterfall(view, "t")
    assert trace.notes == (said,)
    assert trace.frame.select("depth", "seq", "start_ms").rows() == [(0, 1, 2.0), (1, 2, 0.0)]
    assert said in traverse(view, 1).notes


def future() -> StoreView:
    """Two failed requests, of one the caller and of the other a callee in ten years."""
    late = time_ns() // MS + TEN_YEARS
    return view_of(
        span(1, "web", None, late, late + 9), span(2, "db", "web", 5, 8, error_occurred=True),
        span(3, "web", None, 50, 90, trace_id="u", error_occurred=True),
        span(4, "db", "web", late, late + 5, trace_id="u"),
        span(5, "disk", "db", late + 1, late + 2, trace_id="u"),
    )  # fmt: skip


@pytest.mark.parametrize(("start", "direction"), [(2, "backward"), (3, "backward"), (1, "forward")])
def test_what_lies_in_the_future_causes_nothing_earlier(start: int, direction: Any) -> None:
    found = traverse(future(), start, direction)
    assert found.frame["seq"].to_list() == [start]
    number = {2: 1, 3: 4, 1: 1}[start]
    assert found.notes[0].startswith(f"#{number} lies in the future, more than a day after ")


def test_what_lies_in_the_future_has_causes_and_is_kept() -> None:
    view = future()
    assert traverse(view, 5).frame["seq"].to_list() == [5, 4, 3]
    assert causal_path(view, 4, 5).frame["seq"].to_list() == [4, 5]
    assert waterfall(view, "u").frame["seq"].to_list() == [3, 4, 5]
    assert any(
        note.startswith("#4 and 1 more lie in the future") for note in waterfall(view, "u").notes
    )
    assert structural_edges(view).frame.height == 3
    assert any("in the future" in note for note in structural_edges(view).notes)
