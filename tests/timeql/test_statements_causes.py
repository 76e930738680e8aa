"""TRAVERSE, PATH, EDGES, TRACE, STACK and CALLS through statements, on one failed request."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from traversion_data import schema
from traversion_data.model import SECOND
from traversion_data.store.known import known_at
from traversion_data.store.view import StoreView
from traversion_engine import Context
from traversion_engine.session import Session

T0 = 1705312800
TRACE = "t1"
ROWS = [
    {"timestamp": "2024-01-15T10:00:00.000Z", "type": "span", "service": "web",
     "operation": "GET /", "trace_id": TRACE, "span_id": "a", "duration_ms": 100, "status": "error",
     "message": "503 GET /"},
    {"timestamp": "2024-01-15T10:00:00.010Z", "type": "span", "service": "orders",
     "operation": "list", "trace_id": TRACE, "span_id": "b", "parent_span_id": "a",
     "duration_ms": 80, "status": "error"},
    {"timestamp": "2024-01-15T10:00:00.020Z", "type": "span", "service": "cache",
     "operation": "get", "trace_id": TRACE, "span_id": "c", "parent_span_id": "b",
     "duration_ms": 5, "status": "ok"},
    {"timestamp": "2024-01-15T10:00:00.030Z", "type": "span", "service": "db",
     "operation": "query", "trace_id": TRACE, "span_id": "d", "parent_span_id": "b",
     "duration_ms": 50, "status": "error"},
    {"timestamp": "2024-01-15T10:00:00.070Z", "type": "log", "service": "db",
     "severity": "error", "message": "pool exhausted 20/20", "trace_id": TRACE, "span_id": "d"},
]  # fmt: skip


@pytest.fixture(scope="module")
def request_(record):
    return record(ROWS)


@pytest.fixture
def seqs(request_):
    return lambda statement: request_.query(statement).frame["seq"].to_list()


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("TRAVERSE FROM #0", {0, 1, 2, 3, 4}),
        ("TRAVERSE FROM #0 DEPTH 1", {0, 1}),
        ("TRAVERSE FROM #0 DEPTH 0", {0}),
        ("TRAVERSE FROM #0 UNTIL service = 'orders'", {0, 1}),
        ("TRAVERSE FROM #0 UNTIL message CONTAINS 'pool'", {0, 1, 2, 3, 4}),
        ("TRAVERSE FROM #0 WHERE error", {0, 1, 3, 4}),
        ("TRAVERSE FROM #0 WHERE kind = 'direct' AND role = 'emit'", {4}),
        ("TRAVERSE FROM #0 WHERE depth > 1 AND operation = 'query'", {3}),
        ("TRAVERSE FROM #0 WHERE role = 'return' OR message CONTAINS '503'", {0, 1, 2, 3}),
        ("TRAVERSE FROM #0 WITHOUT #3 -> #1", {0, 1, 2}),
        ("TRAVERSE FROM #0 WITHOUT direct", {0}),
        ("TRAVERSE FROM #0 VIA temporal", {0}),
        ("TRAVERSE FROM #4 FOLLOWING forward", {4, 3, 1, 0}),
        ("TRAVERSE FROM #0 LIMIT 2", {0, 1}),
    ],
)
def test_which_events_are_reached(seqs, statement, expected):
    assert set(seqs(statement)) == expected


def test_a_limit_says_what_it_cut(request_):
    table = request_.query("TRAVERSE FROM #0 LIMIT 2")
    assert (table.shown, table.truncated) == (2, True)


def test_branches_without_a_match_are_counted(request_):
    table = request_.query("TRAVERSE FROM #0 UNTIL message CONTAINS 'pool'")
    assert table.meta["until_matches"] == 1
    assert "1 branch ended without message CONTAINS 'pool'." in table.notes


def test_a_condition_no_row_passes_is_named(request_):
    steps = request_.query("TRAVERSE FROM #0 WHERE role = 'link'")
    assert steps.notes[-1] == "No row passes role = 'link'."
    events = request_.query("TRAVERSE FROM #0 WHERE service = 'cart'")
    assert events.notes[-1] == "No event of the walk passes service = 'cart'."


@pytest.fixture(scope="module")
def broken(record):
    """A ring of three, what it called, that twice alike, and a span whose caller is not seen."""

    def span(second, sid, parent):
        return {
            "timestamp": f"2024-01-15T10:00:0{second}Z", "type": "span", "service": sid,
            "operation": f"op {sid}", "trace_id": TRACE, "span_id": sid, "parent_span_id": parent,
            "duration_ms": 500, "status": "ok",
        }  # fmt: skip

    return record(
        [span(0, "a", "c"), span(1, "b", "a"), span(2, "c", "b"), span(3, "d", "c"),
         span(3, "d", "c"), span(4, "e", "gone")]
    )  # fmt: skip


def test_ids_that_are_wrong_are_told_in_rows(broken):
    cycle = "cycle (3): #0, #1, #2"
    walked = broken.query("TRAVERSE FROM #2 FOLLOWING forward").frame
    assert walked.select("seq", "message").rows() == [(0, cycle), (3, "×2 op d")]
    missing = broken.query("TRAVERSE FROM #5").frame
    assert missing.select("seq", "message").rows() == [(5, "op e"), (None, "not seen: gone")]
    assert broken.query("TRACE t1").frame.select("seq", "operation").rows() == [
        (0, cycle), (3, "×2 op d"), (None, "not seen: gone"), (5, "op e"),
    ]  # fmt: skip
    edges = broken.query("EDGES")
    assert edges.frame.select("child", "parent").rows() == [(1, 0), (2, 1), (3, 2)]
    assert any(note.startswith(cycle) for note in edges.notes)


@pytest.mark.parametrize(
    ("where", "seqs"),
    [("depth >= 0", [5, None]), ("role = 'call'", [None]), ("depth < 9 AND service = 'e'", [5]),
     ("role = 'call' OR operation = 'op e'", [5])],
)  # fmt: skip
def test_a_missing_parent_passes_tests_of_steps_only(broken, where, seqs):
    assert broken.query(f"TRAVERSE FROM #5 WHERE {where}").frame["seq"].to_list() == seqs


def test_kinds_that_are_not_inferred_yet_are_not_silently_absent(request_):
    assert any(
        "not inferred yet" in note for note in request_.query("TRAVERSE FROM #0 VIA data").notes
    )


def test_a_path_runs_from_cause_to_effect(request_):
    table = request_.query("PATH FROM #4 TO #0")
    assert table.frame.select("seq", "role").rows() == [
        (4, None), (3, "emit"), (1, "return"), (0, "return"),
    ]  # fmt: skip
    assert dict(table.meta) == {"cause": "#4", "effect": "#0", "confidence": pytest.approx(0.9)}


def test_a_path_that_does_not_exist_says_why(request_):
    table = request_.query("PATH FROM #4 TO #0 WITHOUT direct")
    assert table.total == 0
    assert table.notes


@pytest.mark.parametrize("event", [TRACE, "#4", "d", "FIRST ERROR"])
def test_a_trace_by_its_id_or_an_event_of_it(request_, event):
    table = request_.query(f"TRACE {event}")
    assert table.meta["trace"] == TRACE
    rows = table.frame.select("depth", "seq", "service", "duration_ms", "events").rows()
    assert rows == [
        (0, 0, "web", 100.0, 0),
        (1, 1, "orders", 80.0, 0),
        (2, 2, "cache", 5.0, 0),
        (2, 3, "db", 50.0, 1),
    ]


def test_an_event_without_a_trace_has_none(record):
    lonely = {"timestamp": "2024-01-15T10:00:00Z", "service": "web", "message": "m"}
    table = record([lonely]).query("TRACE #0")
    assert (table.total, table.notes) == (0, ("#0 belongs to no trace.",))


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("EDGES", [(1, 0), (2, 1), (3, 1), (4, 3)]),
        ("EDGES FROM '10:00:00.025' TO end", [(3, 1), (4, 3)]),
        ("EDGES WITHOUT #1 -> #2", [(1, 0), (3, 1), (4, 3)]),
        ("EDGES WITHOUT direct", []),
        ("EDGES WHERE lag_ms >= 20", [(3, 1), (4, 3)]),
        ("EDGES WHERE service = 'db' AND kind = 'direct'", [(3, 1), (4, 3)]),
        ("EDGES WHERE parent = 'b' AND NOT error", [(2, 1)]),
        ("EDGES WHERE parent = 'nobody'", []),
        ("EDGES WITH RETURNS WHERE service = 'orders' OR service = 'web'",
         [(0, 1), (1, 0), (1, 2), (1, 3)]),
    ],
)  # fmt: skip
def test_edges(request_, statement, expected):
    frame = request_.query(statement).frame
    assert sorted(frame.select("child", "parent").rows()) == expected


def test_edges_that_a_condition_leaves_out_say_so(request_):
    table = request_.query("EDGES WHERE service = 'web' AND kind = 'temporal'")
    assert table.notes[-1] == "No row passes service = 'web'."


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("STACK AT '10:00:00.040'",
         [(0, 0, "web", 40.0), (1, 1, "orders", 30.0), (2, 3, "db", 10.0)]),
        ("STACK AT '10:00:00.022'",
         [(0, 0, "web", 22.0), (1, 1, "orders", 12.0), (2, 2, "cache", 2.0)]),
        ("STACK AT '10:00:00.040' WHERE service = 'db'", [(2, 3, "db", 10.0)]),
        ("STACK AT '10:00:00.040' WHERE open_ms > 20ms",
         [(0, 0, "web", 40.0), (1, 1, "orders", 30.0)]),
        ("STACK AT '10:00:00.040' WHERE error OR span_status = 'error' OR duration > 0", []),
        ("STACK AT '10:00:00.040' WHERE in_flight = 1 AND operation = 'list'",
         [(1, 1, "orders", 30.0)]),
        ("STACK", []),
    ],
)  # fmt: skip
def test_stack(request_, statement, expected):
    frame = request_.query(statement).frame
    assert frame.select("depth", "seq", "service", "open_ms").rows() == expected


def test_the_stack_of_the_playhead(request_):
    playhead = Context(playhead=1705312800_040_000_000)
    assert request_.query("STACK", playhead).frame["seq"].to_list() == [0, 1, 3]


def test_calls(request_):
    frame = request_.query("CALLS").frame
    assert frame.select("caller", "callee", "calls", "error_rate", "p50").rows() == [
        ("orders", "cache", 1, 0.0, 5.0),
        ("orders", "db", 1, 1.0, 50.0),
        ("web", "orders", 1, 1.0, 80.0),
    ]


@pytest.mark.parametrize(
    ("statement", "callees"),
    [
        ("CALLS AT '10:00:00.080' OVER 10ms", ["db"]),
        ("CALLS AT '10:00:00.079'", ["cache"]),
        ("CALLS FROM '10:00:00.025' TO '10:00:00.090'", ["cache", "db"]),
    ],
)
def test_calls_count_when_they_end(request_, statement, callees):
    assert request_.query(statement).frame["callee"].to_list() == callees


spans = st.lists(
    st.tuples(st.integers(0, 20), st.integers(1, 9), st.integers(0, 5), st.sampled_from("ab")),
    min_size=1,
    max_size=12,
)


@given(spans, st.integers(0, 30), st.sampled_from(["", " WHERE service = 'a'", " WHERE NOT error"]))
@settings(max_examples=40, deadline=None)
def test_a_stack_uses_nothing_known_after_its_moment(rows, second, where):
    view = _spans(rows)
    cut = known_at(view, (T0 + second) * SECOND)
    statement = f"STACK AT {T0 + second}{where}"
    now, then = (Session(lambda v=v: v).ask(statement).frame for v in (view, cut))
    assert now.equals(then)


def _spans(rows) -> StoreView:
    frame = pl.DataFrame(
        [
            {
                schema.SEQ: number,
                schema.TIME: (T0 + start) * SECOND,
                schema.END_TIME: (T0 + start + lasts) * SECOND,
                schema.DURATION: lasts * SECOND,
                schema.TRACE_ID: "t",
                schema.SPAN_ID: str(number),
                schema.PARENT_SPAN_ID: str(parent) if parent < number else None,
                schema.TYPE: "span",
                schema.SERVICE: service,
                schema.OPERATION: "work",
                schema.STATUS: 2 if lasts > 5 else 1,
                schema.ERROR_OCCURRED: lasts > 5,
            }
            for number, (start, lasts, parent, service) in enumerate(rows)
        ],
        schema_overrides={schema.PARENT_SPAN_ID: pl.String},
    )
    return StoreView(schema.conform(frame).sort(schema.TIME, schema.SEQ))


def test_edges_that_are_not_wanted_are_not_counted(request_):
    answer = request_.query("EDGES WITHOUT direct")
    assert (answer.frame.height, answer.total) == (0, 0)


def test_depth_0_says_one_thing(request_):
    notes = request_.query("TRAVERSE FROM #0 DEPTH 0").notes
    assert [note for note in notes if "DEPTH" in note or "edge" in note] == [
        "1 branch goes on beyond DEPTH 0."
    ]


def test_a_stack_of_operations_that_usually_take_no_time(record):
    rows = [
        {"timestamp": f"2024-01-15T10:00:{n:02}Z", "type": "span", "service": "db",
         "operation": "ping", "trace_id": f"t{n}", "span_id": f"s{n}", "duration_ms": 0}
        for n in range(30)
    ]  # fmt: skip
    rows.append({**rows[-1], "timestamp": "2024-01-15T10:01:00Z", "span_id": "x", "duration_ms": 9})
    recording = record(rows)
    (row,) = recording.query("STACK AT '2024-01-15 10:01:00.005'").frame.rows(named=True)
    assert (row["usual_p99_ms"], row["open_ms"], row["waiting_on"]) == (0.0, 5.0, None)
