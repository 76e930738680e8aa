"""Direct edges: what ids say, and what becomes of ids that say it badly."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from traversion_data import schema
from traversion_engine.causality.direct import DirectEdges, direct_edges
from traversion_engine.causality.evidence import spelled

MS = 1_000_000


def span(
    seq: int, sid: str, parent: str | None = None, at: int = 0, ms: int | None = 10, **more: Any
):
    row = {
        "seq": seq, "time": at * MS, "end_time": (at + max(ms or 0, 0)) * MS, "type": "span",
        "trace_id": "t", "span_id": sid, "parent_span_id": parent, "service": "api",
        "duration_ns": None if ms is None else ms * MS,
    }  # fmt: skip
    return row | more


def log(seq: int, at: int, **more: Any) -> dict[str, Any]:
    return {
        "seq": seq, "time": at * MS, "end_time": at * MS, "type": "log", "trace_id": "t",
        "service": "api",
    } | more  # fmt: skip


def frame(*rows: dict[str, Any]) -> pl.DataFrame:
    return schema.conform(pl.DataFrame(list(rows), infer_schema_length=None))


def edges(*rows: dict[str, Any]) -> set[tuple[int, int, str]]:
    return told(direct_edges(frame(*rows)))


def told(found: DirectEdges) -> set[tuple[int, int, str]]:
    return set(found.edges.select("child", "parent", "role").iter_rows())


def warned(found: DirectEdges, seq: int) -> list[str]:
    return found.warnings.filter(pl.col("seq") == seq)["warning"].to_list()


def test_a_span_is_called_by_the_span_it_names_and_logs_are_emitted_by_theirs() -> None:
    rows = [
        span(1, "a"),
        span(2, "b", "a", at=1, ms=5),
        log(3, 2, span_id="b"),
        log(4, 3, parent_span_id="b"),
    ]
    found = direct_edges(frame(*rows))
    assert told(found) == {(2, 1, "call"), (3, 2, "emit"), (4, 2, "emit")}
    assert found.edges["lag_ns"].to_list() == [MS, MS, 2 * MS]
    words = spelled(found.edges, frame(*rows))["evidence"].to_list()
    assert words == [
        "#2 names span a as its parent",
        "#3 carries the span id b",
        "#4 names span b as the one that wrote it",
    ]


def test_returns_mirror_calls_from_end_to_end() -> None:
    rows = [span(1, "a", ms=20), span(2, "b", "a", at=1, ms=5), span(3, "c", "a", at=8, ms=30)]
    back = direct_edges(frame(*rows)).returns
    assert back.select("child", "parent", "role", "rule", "lag_ns").rows() == [
        (1, 2, "return", "return", 14 * MS),
        (1, 3, "return", "late_return", -18 * MS),
    ]


def test_a_consumer_returns_nothing_to_its_producer() -> None:
    rows = [span(1, "a", span_kind="PRODUCER"), span(2, "b", "a", span_kind="consumer")]
    assert direct_edges(frame(*rows)).returns.is_empty()


def test_a_self_parent_is_a_root_with_a_warning() -> None:
    found = direct_edges(frame(span(1, "a", "a"), span(2, "b", "a", at=1)))
    assert told(found) == {(2, 1, "call")}
    assert warned(found, 1) == ["self-parent: it names itself as its parent"]


def test_a_cycle_is_cut_where_it_goes_furthest_back_in_time() -> None:
    found = direct_edges(
        frame(
            span(1, "a", "c"), span(2, "b", "a", at=1), span(3, "c", "b", at=2), span(4, "d", "c")
        )
    )
    assert told(found) == {(2, 1, "call"), (3, 2, "call"), (4, 3, "call")}
    for seq in (1, 2, 3):
        assert "cycle (3): #1, #2, #3; shown as one;" in warned(found, seq)[-1]
    assert found.edges["cycle"].to_list() == [3, 3, None]


def test_a_cycle_at_one_moment_is_cut_at_the_smallest_id() -> None:
    found = direct_edges(frame(span(1, "b", "a"), span(2, "a", "b")))
    assert told(found) == {(1, 2, "call")}


def test_a_parent_that_is_missing_is_named_and_linked_when_it_comes() -> None:
    child = span(2, "b", "a", at=1)
    before = direct_edges(frame(child, log(3, 2, span_id="x"), span(5, "c", at=1)))
    assert before.unseen.select("child", "span_id").rows() == [(2, "a"), (3, "x")]
    assert warned(before, 2) == ["its parent a is not seen"]
    after = direct_edges(frame(child, span(9, "a")))
    assert told(after) == {(2, 9, "call")}
    assert after.unseen.is_empty()


def test_a_trace_id_of_the_other_length_is_a_suggestion_and_no_merge() -> None:
    low = "0123456789abcdef"
    parent, child = span(1, "a", trace_id=low), span(2, "b", "a", trace_id="f" * 16 + low)
    found = direct_edges(frame(parent, child))
    assert found.edges.is_empty()
    assert warned(found, 2)[0].startswith(f"its parent a is not seen; trace {low}, whose id ends")


def test_identical_repeats_are_one_node() -> None:
    found = direct_edges(
        frame(span(1, "a"), span(5, "a", offset=77), span(2, "b", "a"), span(6, "b", "a"))
    )
    assert told(found) == {(2, 1, "call")}
    assert found.nodes.twins.select("row", "node").sort("row").rows() == [(1, 0), (3, 2)]
    assert warned(found, 5) == ["identical repeat of #1"]


def test_a_server_that_shares_its_clients_id_becomes_its_child() -> None:
    rows = [
        span(1, "r"),
        span(2, "x", "r", at=1, span_kind="client", service="web"),
        span(3, "x", "r", at=2, span_kind="server", service="db"),
        span(4, "y", "x", at=3, service="disk"),
        span(5, "z", "x", at=1, service="web"),
        log(6, 3, span_id="x", service="db"),
    ]
    found = direct_edges(frame(*rows))
    assert told(found) == {
        (2, 1, "call"), (3, 2, "call"), (4, 3, "call"), (5, 2, "call"), (6, 3, "emit"),
    }  # fmt: skip
    assert not found.edges["ambiguous"].any()
    assert warned(found, 3) == []


def test_other_duplicates_take_children_by_service_host_and_time_and_are_flagged() -> None:
    rows = [
        span(1, "x", at=0, service="web", host="h1"),
        span(2, "x", at=5, service="web", host="h2"),
        span(3, "x", at=6, service="db", host="h1"),
        span(4, "p", "x", at=9, service="web", host="h1"),
        span(5, "q", "x", at=9, service="web", host="h9"),
        span(6, "r", "x", at=9, service="new", host="h1"),
        span(7, "s", "x", at=5, service="new", host="h8"),
        span(8, "u", "x", at=-5, service="db", host="h7"),
    ]
    found = direct_edges(frame(*rows))
    assert told(found) == {
        (4, 1, "call"), (5, 2, "call"), (6, 3, "call"), (7, 2, "call"), (8, 3, "call"),
    }  # fmt: skip
    assert found.edges["ambiguous"].all()
    assert (found.edges["confidence"] < 1).all()
    assert warned(found, 1) == ["3 spans share its id"]
    assert "several spans have that id" in spelled(found.edges, frame(*rows))["evidence"][0]


def test_the_same_id_in_two_traces_is_two_spans() -> None:
    found = edges(
        span(1, "1"), span(2, "1", trace_id="u"), span(3, "2", "1"), span(4, "2", "1", trace_id="u")
    )
    assert found == {(3, 1, "call"), (4, 2, "call")}


def test_events_without_a_span_follow_the_event_before_them_with_less_confidence() -> None:
    rows = [span(1, "a"), log(2, 3), log(3, 4), log(9, 4, trace_id=None), log(10, 5, trace_id="")]
    found = direct_edges(frame(*rows))
    assert told(found) == {(2, 1, "lag"), (3, 2, "lag")}
    assert found.edges["confidence"].max() < 1
    assert "next in trace t" in spelled(found.edges, frame(*rows))["evidence"][0]


def test_links_reach_other_traces_and_stand_in_for_a_parent_only_where_there_is_none() -> None:
    there = {"trace_id": "t", "span_id": "a"}
    rows = [
        span(1, "a"),
        span(2, "b", at=1),
        span(3, "x", trace_id="u", at=5, links=[there, {"trace_id": "t", "span_id": "b"}]),
        span(4, "y", "x", trace_id="u", at=6, links=[there, there]),
        span(5, "z", trace_id="u", at=6, links=[{"trace_id": "no", "span_id": "no"}]),
    ]
    found = direct_edges(frame(*rows))
    assert told(found) == {(3, 1, "link"), (4, 3, "call")}
    assert found.links.select("child", "parent").rows() == [(3, 2), (4, 1)]


def test_events_that_are_their_own_spans_form_the_tree_without_durations() -> None:
    rows = [
        log(1, 0, span_id="a"),
        log(2, 1, span_id="b", parent_span_id="a"),
        log(3, 2, span_id="b", parent_span_id="a"),
        log(4, 3, span_id="c", parent_span_id="b"),
    ]
    found = direct_edges(frame(*rows))
    assert told(found) == {(2, 1, "call"), (3, 2, "emit"), (4, 2, "call")}
    assert found.edges.filter(pl.col("child") == 3)["rule"].to_list() == ["first_of_span"]


def test_a_log_with_a_duration_is_no_second_span() -> None:
    access = log(2, 0, span_id="a", duration_ns=10 * MS)
    assert edges(span(1, "a"), access, span(3, "b", "a")) == {(2, 1, "emit"), (3, 1, "call")}
    assert edges(access, span(3, "b", "a")) == {(3, 2, "call")}


@pytest.mark.parametrize(
    ("ms", "said"),
    [
        (0, "duration 0: taken as a point"),
        (-5, "negative duration: taken as a point"),
        (None, "no duration: its end is not recorded"),
    ],
)
def test_odd_durations_are_kept_with_a_warning(ms: int | None, said: str) -> None:
    found = direct_edges(frame(span(1, "r"), span(2, "a", "r", ms=ms)))
    assert told(found) == {(2, 1, "call")}
    assert warned(found, 2) == [said]


def test_a_start_before_the_parents_on_one_host_is_shown_and_not_moved() -> None:
    found = direct_edges(frame(span(1, "a", at=5, host="h"), span(2, "b", "a", at=3, host="h")))
    assert found.edges["lag_ns"].to_list() == [-2 * MS]
    assert warned(found, 2) == ["starts 2 ms before its parent on the same host"]


def test_hostile_ids_are_ids() -> None:
    long, escape = "x" * 10_000, "\x1b]0;[bold]\x00"
    rows = [span(1, long), span(2, escape, long), span(3, "", escape), span(4, "q", "")]
    found = direct_edges(frame(*rows))
    assert told(found) == {(2, 1, "call"), (3, 2, "emit")}
    assert spelled(found.edges, frame(*rows))["evidence"].str.len_chars().max() < 400


def test_no_events_no_edges() -> None:
    found = direct_edges(schema.empty())
    assert (found.edges.height, found.returns.height, found.warnings.height) == (0, 0, 0)


IDS = st.sampled_from(["a", "b", "c", "d", "e"])
EVENTS = st.lists(
    st.fixed_dictionaries({
        "trace_id": st.sampled_from(["t", "u", None]),
        "span_id": st.none() | IDS,
        "parent_span_id": st.none() | IDS,
        "time": st.integers(0, 8),
        "duration_ns": st.none() | st.integers(-1, 6),
        "type": st.sampled_from(["span", "log"]),
        "span_kind": st.sampled_from([None, None, "client", "server", "consumer"]),
        "service": st.sampled_from(["web", "db"]),
        "host": st.sampled_from([None, "h"]),
        "links": st.none() | st.lists(
            st.fixed_dictionaries({"trace_id": st.sampled_from(["t", "u"]), "span_id": IDS}),
            max_size=2,
        ),
    }),
    min_size=1,
    max_size=24,
)  # fmt: skip


def numbered(events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [
        event | {"seq": seq, "end_time": event["time"] + max(event["duration_ns"] or 0, 0)}
        for seq, event in enumerate(events)
    ]


@settings(max_examples=40, deadline=None)
@given(EVENTS)
def test_every_event_is_once_in_a_forest_without_cycles(events: list[dict[str, Any]]) -> None:
    found = direct_edges(frame(*numbered(events)))
    assert found.edges["child"].is_unique().all()
    parent = dict(found.edges.select("child", "parent").iter_rows())
    twins = set(found.nodes.twins["row"].to_list())
    assert not twins & (set(parent) | set(parent.values()))
    for seq in range(len(events)):
        at, steps = seq, 0
        while at in parent:
            at, steps = parent[at], steps + 1
            assert steps <= len(events)
    assert not set(found.unseen["child"].to_list()) & set(parent)


@settings(max_examples=40, deadline=None)
@given(EVENTS, st.randoms(use_true_random=False))
def test_the_order_of_arrival_changes_nothing(events: list[dict[str, Any]], random: Any) -> None:
    rows = numbered(events)
    shuffled = random.sample(rows, len(rows))
    straight, mixed = direct_edges(frame(*rows)), direct_edges(frame(*shuffled))
    columns = ["child", "parent", "role", "rule", "confidence", "lag_ns"]
    assert set(straight.edges.select(columns).iter_rows()) == set(
        mixed.edges.select(columns).iter_rows()
    )
    assert set(straight.links.select(columns).iter_rows()) == set(
        mixed.links.select(columns).iter_rows()
    )
    assert straight.warnings.equals(mixed.warnings)
