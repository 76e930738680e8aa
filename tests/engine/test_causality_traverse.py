"""TRAVERSE: which events follow from which, in what order, and what is said about the rest."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from traversion_data import schema
from traversion_data.store.view import StoreView
from traversion_engine.causality import index as indexing
from traversion_engine.causality.evidence import EDGE
from traversion_engine.causality.graph import Limits, Traversal, traverse
from traversion_engine.causality.tree import TRAVERSE

MS = 1_000_000


def span(
    seq: int, sid: str, parent: str | None, at: int, until: int | None, **more: Any
) -> dict[str, Any]:
    ended = until is not None
    return {
        "seq": seq, "time": at * MS, "end_time": (until if ended else at) * MS, "type": "span",
        "duration_ns": (until - at) * MS if ended else None, "trace_id": "t", "span_id": sid,
        "parent_span_id": parent, "service": sid, "message": f"{sid} op", "error_occurred": False,
    } | more  # fmt: skip


def log(seq: int, at: int, sid: str | None, **more: Any) -> dict[str, Any]:
    return {
        "seq": seq, "time": at * MS, "end_time": at * MS, "type": "log", "trace_id": "t",
        "span_id": sid, "service": sid or "app", "message": "said", "error_occurred": False,
    } | more  # fmt: skip


BAD = {"error_occurred": True, "severity": 4}


def view_of(*rows: dict[str, Any]) -> StoreView:
    frame = schema.conform(pl.DataFrame(list(rows), infer_schema_length=None))
    return StoreView(frame.sort("time", "seq"))


def told(found: Traversal) -> list[tuple[int, int, str | None]]:
    return list(found.frame.select("depth", "seq", "role").iter_rows())


def mask(view: StoreView, *seqs: int) -> np.ndarray:
    return view.events["seq"].is_in(seqs).to_numpy()


@pytest.fixture
def checkout() -> StoreView:
    """A failing checkout: the gateway calls auth, then orders, which fails because of db."""
    return view_of(
        span(1, "gateway", None, 0, 100, **BAD),
        span(2, "auth", "gateway", 1, 6),
        span(3, "orders", "gateway", 10, 90, **BAD),
        log(4, 15, "orders"),
        span(5, "db", "orders", 20, 80),
        log(6, 70, "db", **BAD),
        log(7, 85, "orders", **BAD),
        span(8, "cart", "gateway", 50, 60),
    )


def test_from_an_error_at_the_root_causes_lie_behind_returns(checkout: StoreView) -> None:
    found = traverse(checkout, 1)
    assert found.frame.schema == pl.Schema(TRAVERSE)
    assert told(found) == [
        (0, 1, None),
        (1, 3, "return"), (2, 5, "return"), (3, 6, "emit"), (2, 7, "emit"),
        (1, 8, "return"), (1, 2, "return"),
    ]  # fmt: skip
    assert found.frame["parent_seq"].to_list() == [None, 1, 3, 5, 3, 1, 1]
    assert found.frame["lag_ms"].to_list() == [None, 10.0, 10.0, 10.0, 5.0, 40.0, 94.0]
    assert found.frame["evidence"][1] == "#3 failed after 80 ms, 10 ms before #1 ended"
    assert found.frame["evidence"][3] == "#6 was logged 10 ms before #5 ended"


def test_lags_are_the_numbers_that_were_recorded() -> None:
    micros = list(range(7_000, 7_300))
    view = view_of(
        span(1, "a", None, 0, 1_000, **BAD),
        *(
            span(2 + n, "b", "a", 0, 0, end_time=1_000 * MS - micro * 1_000, span_id=f"b{n}")
            for n, micro in enumerate(micros)
        ),
    )
    lags = sorted(traverse(view, 1).frame["lag_ms"].drop_nulls().to_list())
    assert lags == [micro / 1_000 for micro in micros]


def test_from_a_log_only_what_had_returned_by_then(checkout: StoreView) -> None:
    assert told(traverse(checkout, 4)) == [
        (0, 4, None), (1, 3, "emit"), (2, 1, "call"), (3, 2, "return"),
    ]  # fmt: skip
    assert told(traverse(checkout, 7)) == [
        (0, 7, None), (1, 3, "emit"), (2, 5, "return"), (3, 6, "emit"),
        (2, 1, "call"), (3, 2, "return"),
    ]  # fmt: skip


def test_from_a_healthy_span_its_call_stands_before_what_it_called() -> None:
    view = view_of(span(1, "a", None, 0, 100), span(2, "b", "a", 10, 50), span(3, "c", "b", 20, 30))
    assert told(traverse(view, 2)) == [(0, 2, None), (1, 1, "call"), (1, 3, "return")]


def test_a_delay_is_looked_at_like_an_error() -> None:
    usual = [span(10 + n, "b", None, n, n + 1, trace_id=f"u{n}") for n in range(40)]
    view = view_of(
        span(1, "a", None, 0, 900), span(2, "b", "a", 10, 500), span(3, "c", "b", 20, 400), *usual
    )
    assert told(traverse(view, 2)) == [(0, 2, None), (1, 3, "return"), (1, 1, "call")]


def test_forward_an_error_returns_to_its_callers_and_what_they_do_next(
    checkout: StoreView,
) -> None:
    assert told(traverse(checkout, 6, "forward")) == [
        (0, 6, None), (1, 5, "emit"), (2, 3, "return"), (3, 1, "return"), (3, 7, "emit"),
    ]  # fmt: skip
    assert told(traverse(checkout, 2, "forward")) == [
        (0, 2, None), (1, 1, "return"),
        (2, 3, "call"), (3, 5, "call"), (4, 6, "emit"), (3, 7, "emit"), (3, 4, "emit"),
        (2, 8, "call"),
    ]  # fmt: skip


def test_failing_callees_come_before_logs_and_healthy_ones_and_the_deepest_first() -> None:
    view = view_of(
        span(1, "gateway", None, 0, 100, **BAD),
        span(2, "first try", "gateway", 1, 30, **BAD),
        span(3, "cart", "gateway", 31, 95),
        log(4, 32, "cart", **BAD),
        span(5, "pool", "cart", 33, 94),
        log(6, 34, "pool", **BAD),
        span(7, "orders", "gateway", 40, 60, **BAD),
        span(8, "db", "orders", 41, 59, **BAD),
        log(9, 96, "gateway", **BAD),
        log(10, 97, "gateway", severity=3),
        span(11, "auth", "gateway", 98, 99),
    )
    found = traverse(view, 1, limits=Limits(depth=3))
    assert told(found) == [
        (0, 1, None),
        (1, 7, "return"), (2, 8, "return"),
        (1, 2, "return"),
        (1, 3, "return"), (2, 5, "return"), (3, 6, "emit"), (2, 4, "emit"),
        (1, 9, "emit"), (1, 10, "emit"),
        (1, 11, "return"),
    ]  # fmt: skip


def test_a_callers_later_failure_is_no_cause_of_what_it_called() -> None:
    rows = [
        span(1, "gateway", None, 0, 100, **BAD),
        span(2, "orders", "gateway", 10, 90, **BAD),
        log(3, 50, "orders", **BAD),
        span(4, "db", "orders", 20, 40),
    ]
    assert told(traverse(view_of(*rows), 3)) == [
        (0, 3, None), (1, 2, "emit"), (2, 4, "return"), (2, 1, "call"),
    ]  # fmt: skip


def test_both_ways_says_which_is_which(checkout: StoreView) -> None:
    found = traverse(checkout, 5, "both")
    assert [row[1] for row in told(found)] == [5, 3, 1, 2, 6, 6, 3, 1, 7]
    assert found.frame["evidence"][1].startswith("cause: ")
    assert found.frame["evidence"][5].startswith("effect: ")


def test_until_keeps_the_first_match_of_a_branch_and_counts_the_others(
    checkout: StoreView,
) -> None:
    found = traverse(checkout, 1, until=mask(checkout, 1, 3, 6))
    assert told(found) == [(0, 1, None), (1, 3, "return"), (1, 8, "return"), (1, 2, "return")]
    assert (found.matches, found.ended_without) == (1, 2)


def test_branches_that_reach_a_match_come_first(checkout: StoreView) -> None:
    found = traverse(checkout, 1, until=mask(checkout, 2))
    assert [row[1] for row in told(found)][:2] == [1, 2]


def test_where_hides_and_walks_on(checkout: StoreView) -> None:
    found = traverse(checkout, 1, where=mask(checkout, 6))
    assert told(found) == [(3, 6, "emit")]
    assert (found.total, found.frame["parent_seq"].to_list()) == (1, [5])


def test_depth_confidence_kinds_and_vetoes_bound_the_walk(checkout: StoreView) -> None:
    shallow = traverse(checkout, 1, limits=Limits(depth=1))
    assert [row[1] for row in told(shallow)] == [1, 3, 8, 2]
    assert shallow.notes == ("1 branch goes on beyond DEPTH 1.",)
    sure = traverse(checkout, 1, limits=Limits(min_confidence=1.0))
    assert [row[1] for row in told(sure)] == [1, 3, 5, 8, 2]
    none = traverse(checkout, 1, limits=Limits(via=("temporal",)))
    assert told(none) == [(0, 1, None)]
    assert none.notes == ("No recorded edge leads from this event in that direction.",)
    vetoed = traverse(checkout, 1, limits=Limits(vetoed=((3, 1), (2, 1))))
    assert [row[1] for row in told(vetoed)] == [1, 8]


def test_a_limit_cuts_rows_and_the_total_stays_exact(checkout: StoreView) -> None:
    found = traverse(checkout, 1, limits=Limits(limit=3))
    assert ([row[1] for row in told(found)], found.total) == ([1, 3, 5], 7)


def test_a_shared_cause_appears_once_and_then_as_a_reference() -> None:
    there = {"trace_id": "t", "span_id": "job"}
    view = view_of(
        span(1, "job", None, 0, 5),
        span(2, "batch", None, 10, 90, links=[there]),
        span(3, "step", "batch", 20, 50, links=[there]),
        span(4, "step2", "batch", 60, 70, links=[there]),
    )
    found = traverse(view, 2)
    assert told(found) == [
        (0, 2, None),
        (1, 1, "link"), (1, 4, "return"), (2, 1, "link"), (1, 3, "return"), (2, 1, "link"),
    ]  # fmt: skip
    assert found.frame["evidence"].to_list()[3] == "#4 links to span job of trace t; see #1 above"


def test_links_lead_into_other_traces_of_a_large_recording(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(indexing, "WHOLE_UP_TO", 0)
    others = [span(10 + n, "n", None, n, n + 1, trace_id=f"u{n}") for n in range(40)]
    view = view_of(
        span(1, "send", None, 0, 5, trace_id="a", span_kind="producer"),
        span(2, "work", None, 9, 90, trace_id="b", links=[{"trace_id": "a", "span_id": "send"}]),
        span(3, "db", "work", 20, 80, trace_id="b"),
        *others,
    )
    assert told(traverse(view, 3)) == [(0, 3, None), (1, 2, "call"), (2, 1, "link")]
    assert told(traverse(view, 1, "forward"))[:3] == [(0, 1, None), (1, 2, "link"), (2, 3, "call")]
    assert indexing.index_around(view, 3).events.height == 3


def test_inferred_edges_are_walked_like_the_others(checkout: StoreView) -> None:
    rows = {seq: checkout.row(seq) for seq in (2, 8)}
    inferred = pl.DataFrame(
        {
            "child": [2], "parent": [8], "child_row": [rows[2]], "parent_row": [rows[8]],
            "kind": ["temporal"], "role": ["lag"], "rule": [None], "confidence": [0.4],
            "lag_ns": [5], "cycle": [None], "ambiguous": [False], "words": ["retries rose"],
        },
        schema=EDGE,
    )  # fmt: skip
    found = traverse(checkout, 2, inferred=inferred, limits=Limits(via=("temporal",)))
    assert found.frame.select("seq", "kind", "role", "confidence", "evidence").rows()[1:] == [
        (8, "temporal", "lag", 0.4, "retries rose")
    ]


def test_a_parent_that_is_missing_is_named_in_a_note() -> None:
    view = view_of(span(1, "b", "a", 0, 5, **BAD))
    assert traverse(view, 1).notes[0] == ("#1 names a parent that is not recorded (not seen: a).")


def test_a_self_parent_is_walked_as_a_root_and_told() -> None:
    found = traverse(view_of(span(1, "a", "a", 0, 9)), 1)
    assert told(found) == [(0, 1, None)]
    assert found.notes[0] == "#1: self-parent: it names itself as its parent."


def test_a_repeat_is_walked_as_the_event_it_repeats(checkout: StoreView) -> None:
    rows = [span(1, "a", None, 0, 9), span(2, "b", "a", 1, 5), span(3, "b", "a", 1, 5)]
    assert told(traverse(view_of(*rows), 3)) == [(0, 2, None), (1, 1, "call")]


def test_an_open_span_is_among_the_causes_of_its_callers_delay() -> None:
    view = view_of(span(1, "a", None, 0, 100, **BAD), span(2, "b", "a", 10, None))
    found = traverse(view, 1)
    assert told(found) == [(0, 1, None), (1, 2, "return")]
    assert found.frame["confidence"][1] < 1


def test_an_unknown_event_is_a_key_error(checkout: StoreView) -> None:
    with pytest.raises(KeyError):
        traverse(checkout, 99)


def test_a_walk_can_be_ended_from_outside(checkout: StoreView) -> None:
    def stop() -> None:
        raise InterruptedError

    with pytest.raises(InterruptedError):
        traverse(checkout, 1, check=stop)


IDS = st.sampled_from(["a", "b", "c", "d"])
EVENTS = st.lists(
    st.fixed_dictionaries({
        "trace_id": st.sampled_from(["t", "u"]),
        "span_id": st.none() | IDS,
        "parent_span_id": st.none() | IDS,
        "time": st.integers(0, 8),
        "duration_ns": st.none() | st.integers(0, 6),
        "type": st.sampled_from(["span", "log"]),
        "error_occurred": st.booleans(),
        "links": st.none()
        | st.lists(
            st.fixed_dictionaries({"trace_id": st.sampled_from(["t", "u"]), "span_id": IDS}),
            max_size=2,
        ),
    }),
    min_size=1,
    max_size=20,
)  # fmt: skip


@settings(max_examples=40, deadline=None)
@given(EVENTS, st.sampled_from(["backward", "forward"]))
def test_any_walk_ends_and_is_a_tree_of_first_appearances(
    events: list[dict[str, Any]], direction: Any
) -> None:
    rows = [
        event | {"seq": seq, "end_time": event["time"] + (event["duration_ns"] or 0)}
        for seq, event in enumerate(events)
    ]
    view = view_of(*rows)
    for seq in range(0, len(rows), 4):
        found = traverse(view, seq, direction)
        frame = found.frame
        first = frame.filter(~pl.col("evidence").fill_null("").str.contains("; see "))
        assert first["seq"].drop_nulls().is_unique().all()
        assert set(frame["seq"].to_list()) == set(first["seq"].to_list())
        path: list[int] = []
        for depth, event, parent in frame.select("depth", "seq", "parent_seq").iter_rows():
            del path[depth:]
            assert (path[-1] if path else None) == parent
            path.append(event)
