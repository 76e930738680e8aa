"""CALLS and EDGES: the service map and the table of what is held to cause what."""

from __future__ import annotations

from typing import Any

import polars as pl

from traversion_data import schema
from traversion_data.model import TimeRange
from traversion_data.store.view import StoreView
from traversion_engine.traces.calls import CALLS, calls
from traversion_engine.traces.edge_rows import EDGES, edges_with_returns, structural_edges

MS = 1_000_000


def span(
    seq: int, sid: str | None, parent: str | None, at: int, until: int | None, **more: Any
) -> dict[str, Any]:
    return {
        "seq": seq, "time": at * MS, "end_time": (at if until is None else until) * MS,
        "duration_ns": None if until is None else (until - at) * MS, "type": "span",
        "trace_id": "t", "span_id": sid, "parent_span_id": parent, "service": "api",
        "operation": "op", "error_occurred": False,
    } | more  # fmt: skip


def view_of(*rows: dict[str, Any]) -> StoreView:
    frame = schema.conform(pl.DataFrame(list(rows), infer_schema_length=None))
    return StoreView(frame.sort("time", "seq"))


def test_a_client_and_its_server_are_one_call_with_the_clients_time() -> None:
    view = view_of(
        span(1, "a", None, 0, 100, service="web", span_kind="server"),
        span(2, "b", "a", 10, 50, service="web", span_kind="client", error_occurred=True),
        span(3, "c", "b", 20, 40, service="db", span_kind="server"),
        span(4, "d", "c", 21, 22, service="db"),
    )
    frame = calls(view).frame
    assert frame.schema == pl.Schema(CALLS)
    assert frame.rows() == [("web", "db", "op", 1, 1.0, 40.0, 40.0, 1.0, True)]


def test_calls_are_counted_when_they_end_wherever_they_began() -> None:
    rows = [span(1, "root", None, 0, 500, service="web")]
    rows += [
        span(10 + n, f"c{n}", "root", n, 100 + n, service="db", error_occurred=n < 5)
        for n in range(20)
    ]
    view = view_of(*rows, span(99, "open", "root", 1, None, service="db"))
    window = TimeRange(100 * MS, 110 * MS)
    assert calls(view, window).frame.select("caller", "calls", "error_rate").rows() == [
        ("web", 10, 0.5)
    ]
    assert calls(view).frame["calls"].to_list() == [20]


def test_a_call_inside_one_service_shows_only_between_client_and_server() -> None:
    view = view_of(
        span(1, "a", None, 0, 9, span_kind="server"),
        span(2, "b", "a", 1, 8, span_kind="client"),
        span(3, "c", "b", 2, 7, span_kind="server"),
        span(4, "d", "c", 3, 6),
    )
    assert calls(view).frame.select("caller", "callee", "calls").rows() == [("api", "api", 1)]


def test_a_callee_that_records_nothing_is_named_by_the_clients_attributes() -> None:
    view = view_of(
        span(1, "a", None, 0, 9) | {"db.system": None},
        span(2, "b", "a", 1, 8, span_kind="client") | {"db.system": "postgresql"},
    )
    frame = calls(view).frame
    assert frame.select("callee", "observed").rows() == [("postgresql", False)]
    assert frame["confidence"][0] < 1


def test_no_calls_say_why() -> None:
    assert "No spans" in calls(view_of(span(1, None, None, 0, None, type="log"))).notes[0]
    assert "none was called" in calls(view_of(span(1, "a", None, 0, 5))).notes[0]


def traces() -> StoreView:
    return view_of(
        span(1, "a", None, 0, 100),
        span(2, "b", "a", 10, 60),
        span(3, "x", "gone", 20, 30, trace_id="u"),
        span(4, "y", "x", 25, 28, trace_id="u"),
    )


def test_edges_are_listed_by_their_effect_and_a_scope_goes_by_its_start() -> None:
    found = structural_edges(traces())
    assert found.frame.schema == pl.Schema(EDGES)
    assert found.frame.select("child", "parent", "kind", "confidence", "lag_ms").rows() == [
        (2, 1, "direct", 1.0, 10.0),
        (4, 3, "direct", 1.0, 5.0),
    ]
    assert found.notes == ("1 event names a parent that is not recorded; it has no row here.",)
    late = structural_edges(traces(), TimeRange(21 * MS, 30 * MS))
    assert (late.frame.select("child", "parent").rows(), late.notes) == ([(4, 3)], ())


def test_returns_are_listed_only_where_asked_for() -> None:
    pairs = edges_with_returns(traces()).frame.select("child", "parent", "lag_ms").rows()
    assert pairs == [(1, 2, 40.0), (2, 1, 10.0), (3, 4, 2.0), (4, 3, 5.0)]


def test_a_scope_finds_causes_in_other_traces() -> None:
    view = view_of(
        span(1, "a", None, 0, 5),
        span(2, "b", None, 10, 15, trace_id="u", links=[{"trace_id": "t", "span_id": "a"}]),
        span(3, "c", None, 11, 12, trace_id="v"),
    )
    found = structural_edges(view, TimeRange(9 * MS, 20 * MS))
    assert found.frame.select("child", "parent").rows() == [(2, 1)]
