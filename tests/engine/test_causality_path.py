"""PATH: the most probable way from a cause to an effect, and why there is none."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from traversion_data import schema
from traversion_data.store.view import StoreView
from traversion_engine.causality.evidence import EDGE
from traversion_engine.causality.graph import Limits
from traversion_engine.causality.path import CausalPath, causal_path
from traversion_engine.causality.tree import TRAVERSE

MS = 1_000_000


def event(seq: int, sid: str | None, parent: str | None, at: int, until: int, **more: Any):
    return {
        "seq": seq, "time": at * MS, "end_time": until * MS, "duration_ns": (until - at) * MS,
        "type": "span", "trace_id": "t", "span_id": sid, "parent_span_id": parent,
        "service": sid or "app", "error_occurred": False,
    } | more  # fmt: skip


def log(seq: int, sid: str, at: int, **more: Any) -> dict[str, Any]:
    return event(seq, sid, None, at, at, type="log", duration_ns=None, **more)


@pytest.fixture
def view() -> StoreView:
    rows = [
        event(1, "gateway", None, 0, 100),
        event(2, "auth", "gateway", 1, 5),
        event(3, "orders", "gateway", 10, 90),
        event(4, "db", "orders", 20, 60),
        log(5, "db", 50, error_occurred=True),
        log(6, "orders", 85),
        event(9, "cart", "gateway", 50, 70),
        event(20, "other", None, 0, 9, trace_id="u"),
    ]
    frame = schema.conform(pl.DataFrame(rows, infer_schema_length=None))
    return StoreView(frame.sort("time", "seq"))


def told(found: CausalPath) -> list[tuple[int, str | None]]:
    return list(found.frame.select("seq", "role").iter_rows())


def test_a_cause_reaches_its_effect_over_returns_and_what_the_caller_does_next(
    view: StoreView,
) -> None:
    found = causal_path(view, 5, 1)
    assert told(found) == [(5, None), (4, "emit"), (3, "return"), (1, "return")]
    assert found.frame.schema == pl.Schema(TRAVERSE)
    assert found.frame["depth"].to_list() == [0, 1, 2, 3]
    assert found.frame["parent_seq"].to_list() == [None, 5, 4, 3]
    assert (found.confidence, found.turned, found.notes) == (0.9, False, ())
    assert told(causal_path(view, 2, 5)) == [
        (2, None), (1, "return"), (3, "call"), (4, "call"), (5, "emit"),
    ]  # fmt: skip


def test_given_the_other_way_round_it_is_turned_and_says_so(view: StoreView) -> None:
    found = causal_path(view, 6, 4)
    assert told(found) == [(4, None), (3, "return"), (6, "emit")]
    assert found.turned
    assert found.notes == ("Given the other way round: #4 is the cause, #6 the effect.",)


@pytest.mark.parametrize(
    ("cause", "effect", "reason"),
    [
        (9, 4, "both come from #1, and neither ended before the other began."),
        (1, 20, "No recorded edge joins #1 and #20."),
        (4, 4, "#4 and #4 are one event."),
    ],
)
def test_where_there_is_no_path_the_reason_is_given(
    view: StoreView, cause: int, effect: int, reason: str
) -> None:
    found = causal_path(view, cause, effect)
    assert found.frame.is_empty()
    assert found.frame.schema == pl.Schema(TRAVERSE)
    assert found.notes[0].endswith(reason)


def test_the_more_probable_way_wins_and_among_equals_the_shorter(view: StoreView) -> None:
    def inferred(confidence: float) -> pl.DataFrame:
        rows = view.row(2), view.row(4)
        return pl.DataFrame(
            {
                "child": [4], "parent": [2], "child_row": [rows[1]], "parent_row": [rows[0]],
                "kind": ["temporal"], "role": ["lag"], "rule": [None],
                "confidence": [confidence], "lag_ns": [0], "cycle": [None],
                "ambiguous": [False], "words": ["x"],
            },
            schema=EDGE,
        )  # fmt: skip

    long = [2, 1, 3, 4]
    assert [seq for seq, _ in told(causal_path(view, 2, 4, inferred=inferred(0.9)))] == long
    assert [seq for seq, _ in told(causal_path(view, 2, 4, inferred=inferred(1.0)))] == [2, 4]
    only_inferred = Limits(via=("temporal",))
    found = causal_path(view, 2, 4, inferred=inferred(0.2), limits=only_inferred)
    assert ([seq for seq, _ in told(found)], found.confidence) == ([2, 4], 0.2)


def test_a_vetoed_edge_is_not_used(view: StoreView) -> None:
    found = causal_path(view, 5, 1, limits=Limits(vetoed=((4, 3),)))
    assert found.turned


def test_unknown_events_are_key_errors(view: StoreView) -> None:
    with pytest.raises(KeyError):
        causal_path(view, 1, 999)


def test_a_path_through_twenty_thousand_calls_needs_no_recursion() -> None:
    count = 20_000
    ids = [str(n) for n in range(count)]
    frame = schema.conform(
        pl.DataFrame({
            "seq": range(count), "time": range(count), "end_time": [2 * count] * count,
            "duration_ns": [2 * count - n for n in range(count)], "type": ["span"] * count,
            "trace_id": ["t"] * count, "span_id": ids, "parent_span_id": [None, *ids[:-1]],
            "service": ["a"] * count,
        })
    )  # fmt: skip
    assert causal_path(StoreView(frame), 0, count - 1).frame.height == count
