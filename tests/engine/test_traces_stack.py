"""STACK: what was open at a moment, with nothing that was known only later."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from traversion_data import schema
from traversion_data.store.view import StoreView
from traversion_engine.traces.stack import STACK, stack

MS = 1_000_000


def span(
    seq: int, sid: str, parent: str | None, at: int, until: int | None, **more: Any
) -> dict[str, Any]:
    return {
        "seq": seq, "time": at * MS, "end_time": (at if until is None else until) * MS,
        "duration_ns": None if until is None else (until - at) * MS, "type": "span",
        "trace_id": "t", "span_id": sid, "parent_span_id": parent, "service": "api",
        "operation": sid, "error_occurred": False,
    } | more  # fmt: skip


def view_of(*rows: dict[str, Any]) -> StoreView:
    frame = schema.conform(pl.DataFrame(list(rows), infer_schema_length=None))
    return StoreView(frame.sort("time", "seq"))


@pytest.fixture
def view() -> StoreView:
    return view_of(
        span(1, "gate", None, 0, 100),
        span(2, "auth", "gate", 1, 6),
        span(3, "order", "gate", 10, 90),
        span(4, "db", "order", 20, 60),
        span(5, "hung", "auth", 5, None),
        span(6, "later", "gate", 95, 99),
    )


def test_open_spans_hang_under_their_nearest_open_caller(view: StoreView) -> None:
    found = stack(view, 30 * MS)
    assert found.frame.schema == pl.Schema(STACK)
    assert found.frame.select("depth", "seq", "open_ms", "waiting_on").rows() == [
        (0, 1, 30.0, "api order (#3)"),
        (1, 5, 25.0, None),
        (1, 3, 20.0, "api db (#4)"),
        (2, 4, 10.0, None),
    ]


@pytest.mark.parametrize(("at", "seqs"), [(0, [1]), (1, [1, 2]), (6, [1, 5]), (100, [5])])
def test_a_span_is_open_from_its_start_until_before_its_end(
    view: StoreView, at: int, seqs: list[int]
) -> None:
    assert stack(view, at * MS).frame["seq"].to_list() == seqs


@pytest.mark.parametrize(("count", "usual"), [(19, None), (20, 2.0)])
def test_what_is_usual_comes_from_twenty_spans_that_had_ended(
    count: int, usual: float | None
) -> None:
    past = [span(10 + n, "q", None, n, n + 2, trace_id=f"u{n}") for n in range(count)]
    future = [span(90 + n, "q", None, 200 + n, 900, trace_id=f"v{n}") for n in range(9)]
    frame = stack(view_of(*past, *future, span(1, "q", None, 50, 300)), 60 * MS).frame
    assert frame.select("usual_p50_ms", "usual_p99_ms").rows() == [(usual, usual)]


@pytest.mark.parametrize(("at", "said"), [(69, None), (70, "nothing seen: never ended (10 times")])
def test_ten_usual_p99_say_that_a_span_never_ended(at: int, said: str | None) -> None:
    past = [span(10 + n, "q", None, n, n + 2, trace_id=f"u{n}") for n in range(20)]
    told = stack(view_of(*past, span(1, "q", None, 50, None)), at * MS).frame["waiting_on"][0]
    assert told is None if said is None else told.startswith(said)


def test_an_empty_stack_says_why(view: StoreView) -> None:
    assert stack(view, -1).notes == ("The moment lies before the recording.",)
    logs = view_of(span(1, "a", None, 0, None, type="log", span_id=None))
    assert "No spans are recorded" in stack(logs, 5 * MS).notes[0]
    ended = view_of(span(1, "a", None, 0, 3))
    assert stack(ended, 5 * MS).notes == ("No span was open then; 1 had ended.",)


SPANS = st.lists(
    st.fixed_dictionaries({
        "span_id": st.sampled_from(["a", "b", "c", "d"]),
        "parent_span_id": st.none() | st.sampled_from(["a", "b", "c", "d"]),
        "trace_id": st.sampled_from(["t", "u", None]),
        "time": st.integers(0, 10),
        "duration_ns": st.none() | st.integers(0, 9),
        "span_status": st.sampled_from([0, 1, 2]),
        "error_occurred": st.booleans(),
    }),
    min_size=1,
    max_size=16,
)  # fmt: skip


@settings(max_examples=40, deadline=None)
@given(SPANS, st.integers(-1, 20))
def test_the_answer_is_that_of_the_recording_cut_at_the_moment(
    events: list[dict[str, Any]], at: int
) -> None:
    whole, cut = [], []
    for seq, event in enumerate(events):
        end = event["time"] + (event["duration_ns"] or 0)
        row = {"seq": seq, "end_time": end, "type": "span", "service": "s", "operation": "o"}
        whole.append(event | row)
        if event["time"] <= at:
            known = event["duration_ns"] is None or end <= at
            hidden = {
                "duration_ns": None, "end_time": event["time"], "span_status": None,
                "error_occurred": None,
            }  # fmt: skip
            cut.append(event | row | ({} if known else hidden))
    before = view_of(*cut) if cut else StoreView(schema.empty())
    assert stack(view_of(*whole), at).frame.equals(stack(before, at).frame)
