"""Whatever a statement asks for and nothing has is named in a note, with the nearest."""

from __future__ import annotations

import pytest

DB = "No event has service 'dbx'. Did you mean 'db'?"
INFERRED = (
    "Only direct edges are known to this version: temporal, data and service edges are not"
    " inferred yet."
)


@pytest.fixture(scope="module")
def traced(record):
    base = {"timestamp": "2024-01-15T10:00:00Z", "type": "span", "trace_id": "t"}
    return record(
        [
            {**base, "service": "web", "span_id": "a", "operation": "GET", "duration_ms": 20},
            {**base, "service": "db", "span_id": "b", "parent_span_id": "a", "duration_ms": 10},
        ]
    )


@pytest.mark.parametrize(
    ("statement", "note"),
    [
        ("TIMELINE WHERE service = 'dbx'", DB),
        ("SELECT count() WHERE service IN ('dbx', 'db')", DB),
        ("STATE WHERE service = 'dbx'", DB),
        ("STACK AT '10:00:00.005' WHERE service = 'dbx'", DB),
        ("EDGES WHERE service = 'dbx'", DB),
        ("TRAVERSE FROM #0 WHERE service = 'dbx'", DB),
        ("TRAVERSE FROM #0 UNTIL service = 'dbx'", DB),
        ("TRAVERSE FROM (WHERE service = 'dbx')", DB),
        ("TIMELINE AROUND (WHERE service = 'dbx')", DB),
        ("HISTORY OF dbx.duration", DB),
        (
            "TIMELINE WHERE health = 'degrade'",
            "health is never 'degrade'. Did you mean 'degraded'?",
        ),
        ("STATE WHERE health = 'degrade'", "health is never 'degrade'. Did you mean 'degraded'?"),
        ("STATE WHERE field = 'helth'", "There is no field 'helth'. Did you mean 'health'?"),
        ("EDGES WHERE kind = 'direkt'", "kind is never 'direkt'. Did you mean 'direct'?"),
        ("EDGES WHERE kind = 'data'", INFERRED),
        ("TRAVERSE FROM #0 WHERE kind IN ('data', 'direct')", INFERRED),
        ("TRAVERSE FROM #0 VIA temporal", INFERRED),
        (
            "TRAVERSE FROM #0 WHERE role = 'rtrn'",
            "role is never 'rtrn'. It is call, return, emit, link, value or lag.",
        ),
        (
            "TRAVERSE FROM '#1'",
            (
                "No event, span or trace has the id '#1'."
                " The number of an event goes without quotes: #1."
            ),
        ),
        (
            "PATH FROM '10:00' TO #1",
            (
                "No event, span or trace has the id '10:00'."
                " It is a time; (WHERE time >= '10:00') is the first event from then on."
            ),
        ),
        ("TIMELINE LIMIT 0", "LIMIT 0 leaves no row."),
        ("SELECT service LIMIT 0", "LIMIT 0 leaves no row."),
    ],
)
def test_a_note_names_it(traced, statement, note):
    assert note in traced.query(statement).notes


@pytest.mark.parametrize(
    "statement",
    [
        "EDGES WHERE kind = 'direct'",
        "STATE WHERE field = 'DURATION'",
        "TIMELINE WHERE kind = 'span'",
        "STATE AT '10:00:00.020' WHERE health = 'healthy'",
    ],
)
def test_what_exists_has_no_note(traced, statement):
    assert traced.query(statement).notes == ()
