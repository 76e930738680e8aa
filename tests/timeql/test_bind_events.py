"""References to events: numbers, ids, words, predicates."""

from __future__ import annotations

import json

import pytest

from traversion_engine import Context, Recording, StatementError, open_recording

ROWS = [
    # seq 0: a whole trace with a log, then a second one whose span id stands twice
    {"timestamp": "2024-01-15T10:00:00Z", "type": "span", "service": "web", "operation": "GET /",
     "trace_id": "11d7a4e6c0be46b5936fca44fb83c4d7", "span_id": "aa00", "duration_ms": 100,
     "status": "ok", "event_id": "2024"},
    {"timestamp": "2024-01-15T10:00:00.010Z", "type": "span", "service": "db", "operation": "query",
     "trace_id": "11d7a4e6c0be46b5936fca44fb83c4d7", "span_id": "bb00", "parent_span_id": "aa00",
     "duration_ms": 50, "status": "error"},
    {"timestamp": "2024-01-15T10:00:00.020Z", "type": "log", "service": "db", "severity": "warn",
     "message": "slow", "trace_id": "11d7a4e6c0be46b5936fca44fb83c4d7", "span_id": "bb00",
     "event_id": "evt-9f3"},
    {"timestamp": "2024-01-15T10:00:01Z", "type": "span", "service": "web", "operation": "GET /",
     "trace_id": "t2", "span_id": "cc00", "duration_ms": 10, "status": "ok"},
    {"timestamp": "2024-01-15T10:00:02Z", "type": "span", "service": "db", "operation": "query",
     "trace_id": "t2", "span_id": "cc00", "duration_ms": 10, "status": "ok"},
    {"timestamp": "2024-01-15T10:00:03Z", "type": "log", "service": "db", "severity": "error",
     "message": "boom", "event_id": "evt-8"},
]  # fmt: skip
WRONG = '{"timestamp": "2024-01-15T10:00:04Z", "message": \n'


@pytest.fixture(scope="module")
def traces(record):
    return record(ROWS)


@pytest.mark.parametrize(
    ("event", "seq"),
    [
        ("#3", 3),
        ("2024", 0),
        ("'2024'", 0),
        ("evt-9f3", 2),
        ("bb00", 1),
        ("11d7a4e6c0be46b5936fca44fb83c4d7", 0),
        ("FIRST ERROR", 1),
        ("LAST ERROR", 5),
        ("(WHERE service = 'db' AND severity >= 'warn')", 2),
        ("selected", 1),
        ("event_id", 1),
        ("eventId", 1),
    ],
)
def test_reference(traces, event, seq):
    table = traces.query(f"GOTO {event}")
    assert table.meta["seq"] == seq


def test_the_selected_event_is_the_consoles(traces):
    selected = Context(selected=4)
    assert traces.query("GOTO selected", selected).meta["seq"] == 4
    assert traces.query("TRAVERSE FROM event_id", selected).meta["event"] == "#4"


def test_without_a_selection_the_symptom_is_named(traces):
    table = traces.query("GOTO selected")
    assert table.meta["event"] == "#1"
    assert table.notes[0].startswith("Nothing is selected; taken is #1, the first error")


def test_an_event_id_named_event_id_is_that_event(record):
    recording = record([{**ROWS[5], "event_id": "event_id"}, ROWS[2]])
    assert recording.query("GOTO event_id").meta["seq"] == 0


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("GOTO cc00", "2 events have the id cc00: #3, #4. Write one of them, such as #3."),
        ("GOTO 77", "No event has the id 77. For the line, write #77."),
        ("GOTO #77", "There is no event #77. This source has #0 to #5."),
        ("GOTO #3:1", "There is no event #3:1."),
    ],
)
def test_what_is_no_event(traces, statement, expected):
    with pytest.raises(StatementError) as caught:
        traces.query(statement)
    caret = "     " + "^" * (len(statement) - 5)
    assert str(caught.value) == f"{statement}\n{caret} {expected}"


def test_an_id_that_never_occurs_is_an_empty_answer(traces):
    table = traces.query("TRAVERSE FROM 'evt-9f4'")
    assert (table.total, table.notes) == (
        0,
        ("No event, span or trace has the id 'evt-9f4'. The nearest is evt-9f3.",),
    )


def test_an_error_that_never_occurs_is_an_empty_answer(record):
    table = record([ROWS[0]]).query("TRAVERSE FROM FIRST ERROR")
    assert (table.total, table.notes) == (0, ("No event of the recording is an error.",))


def test_a_predicate_looks_in_the_recording_where_nothing_else_is_said(traces):
    table = traces.query("TIMELINE AROUND (WHERE message = 'slow') WITHIN 1ms")
    assert table.frame["seq"].to_list() == [2]


def test_a_line_that_was_set_aside_says_so(tmp_path):
    path = tmp_path / "events.jsonl"
    good = '{"timestamp": "2024-01-15T10:00:00Z", "service": "web", "message": "fine"}\n'
    path.write_text(good + WRONG + good)
    with pytest.raises(StatementError, match=r"#1 was set aside"):
        open_recording(path).query("GOTO #1")


def test_events_of_other_sources_are_named_with_their_source(tmp_path):
    for name in ("a", "b"):
        row = {"timestamp": "2024-01-15T10:00:00Z", "service": name, "message": "m"}
        (tmp_path / f"{name}.jsonl").write_text(f"{json.dumps(row)}\n" * 2)
    recording = open_recording(tmp_path / "a.jsonl", tmp_path / "b.jsonl")
    last = recording.query("TRAVERSE FROM (WHERE service = 'b')").meta["event"]
    assert last == "#2:0"
    assert recording.query(f"TRAVERSE FROM {last}").frame["service"].to_list() == ["b"]


def test_a_slip_in_a_word_for_an_event_is_seen(shop: Recording) -> None:
    table = shop.query("TRAVERSE FROM selcted")
    assert table.notes == (
        "No event, span or trace has the id 'selcted'. The nearest is selected.",
    )


def test_a_select_from_an_event_that_does_not_exist_keeps_its_columns(shop):
    table = shop.query(
        "SELECT service, max(cpu) AS top SINCE (WHERE user = 'zoe') GROUP BY service"
    )
    assert (table.total, table.frame.columns) == (0, ["service", "top"])
    assert table.column("top").unit == "percent"
    assert table.notes == ("No event of the recording passes user = 'zoe'.",)
