"""TIMELINE on six events: which rows, in which order, and why there are none."""

from __future__ import annotations

import pytest

from traversion_data.model import TimeRange
from traversion_engine import Context

SECOND = 1_000_000_000
T0 = 1705312800 * SECOND


@pytest.mark.parametrize(
    ("statement", "seqs"),
    [
        ("TIMELINE", [0, 1, 2, 3, 4, 5]),
        ("TIMELINE LIMIT 2", [0, 1]),
        ("TIMELINE WHERE service = 'db'", [1, 3, 5]),
        ("TIMELINE WHERE service != 'db'", [0, 2, 4]),
        ("TIMELINE WHERE severity >= 'warn'", [1, 2, 5]),
        ("TIMELINE WHERE severity = err", [2]),
        ("TIMELINE WHERE severity >= 13", [1, 2, 5]),
        ("TIMELINE WHERE level IN ('info', 'CRITICAL')", [0, 4, 5]),
        ("TIMELINE WHERE NOT severity >= 'warn'", [0, 4]),
        ("TIMELINE WHERE severity IS NULL", [3]),
        ("TIMELINE WHERE eventType = 'error'", [2, 5]),
        ("TIMELINE WHERE type != 'error'", [0, 1, 3, 4]),
        ("TIMELINE WHERE type IN ('error', 'metric')", [2, 3, 5]),
        ("TIMELINE WHERE error_occurred", [2, 5]),
        ("TIMELINE WHERE error", [2, 5]),
        ("TIMELINE WHERE NOT error_occurred = true", [0, 1, 3, 4]),
        ("TIMELINE WHERE user = 'ann'", [0, 4]),
        ("TIMELINE WHERE user != 'ann'", [2]),
        ("TIMELINE WHERE user IN ('ann', 'zoe')", [0, 4]),
        ("TIMELINE WHERE user NOT IN ('ann', 'zoe')", [2]),
        ("TIMELINE WHERE ok", [1]),
        ("TIMELINE WHERE NOT ok", [4]),
        ("TIMELINE WHERE ok IS NOT NULL", [1, 4]),
        ("TIMELINE WHERE cpu > 80%", [1, 3]),
        ("TIMELINE WHERE cpu > 80", [1, 3]),
        ("TIMELINE WHERE cpu BETWEEN 50 AND 81.5", [0, 1]),
        ("TIMELINE WHERE cpu NOT BETWEEN 50 AND 81.5", [3]),
        ("TIMELINE WHERE free = 75%", [5]),
        ("TIMELINE WHERE free <= 0.25", [3]),
        ("TIMELINE WHERE message LIKE 'start _'", [0, 4]),
        ("TIMELINE WHERE message LIKE '%o%'", [1, 2]),
        ("TIMELINE WHERE message NOT LIKE 'start%'", [1, 2, 5]),
        ("TIMELINE WHERE message ~ '[0-9]{2}$'", [1]),
        ("TIMELINE WHERE message !~ '[0-9]'", [5]),
        ("TIMELINE WHERE message CONTAINS 'BOOM'", [2]),
        ("TIMELINE WHERE message CONTAINS '.'", []),
        ("TIMELINE WHERE time >= '10:00:02.5' AND time < '10:00:11'", [2, 3]),
        ("TIMELINE WHERE time = '2024-01-15 10:00:01'", [1]),
        ("TIMELINE WHERE '10:00:11' <= time", [4, 5]),
        ("TIMELINE FROM '10:00:01' TO '10:00:11'", [1, 2, 3]),
        ("TIMELINE BETWEEN '10:00:01' AND '10:00:11'", [1, 2, 3]),
        ("TIMELINE SINCE '10:00:11'", [4, 5]),
        ("TIMELINE TO end", [0, 1, 2, 3, 4, 5]),
        ("TIMELINE FROM '10 seconds ago' TO 'now'", [4, 5]),
        ("TIMELINE IN LAST 10s", [4, 5]),
        ("TIMELINE AROUND FIRST ERROR WITHIN 1s", [2, 3]),
        ("TIMELINE AROUND #1", [0, 1, 2, 3, 4, 5]),
        ("TIMELINE FROM (WHERE user = 'bob') - 2s TO LAST ERROR", [1, 2, 3, 4]),
        ("TIMELINE FROM 1705312802500 TO 1705312811", [2, 3]),
        ("TIMELINE WHERE service = 'db' AND cpu > 80 AND ok", [1]),
        ("TIMELINE WHERE cpu * 2 > 165", [3]),
        ("TIMELINE WHERE 1 = 1 AND service = 'web'", [0, 2, 4]),
        ("TIMELINE WHERE NULL = NULL", []),
        ("TIMELINE WHERE event_id = 'evt-b'", [2]),
        ("TIMELINE WHERE seq = 4", [4]),
        ("TIMELINE WHERE error_rate = 1 AND service = 'db'", []),
        ("TIMELINE WHERE request_rate > 0 AND service = 'db'", [1, 3, 5]),
    ],
)
def test_rows(rows, statement, seqs):
    assert [row[0] for row in rows(statement)] == seqs


def test_columns(answer):
    table = answer("TIMELINE WHERE event_id = 'evt-b'")
    assert table.frame.rows(named=True) == [
        {
            "seq": 2,
            "event_id": "evt-b",
            "time": T0 + 2_500_000_000,
            "type": "log",
            "service": "web",
            "severity": 4,
            "message": "boom 7",
            "duration_ms": None,
            "trace_id": None,
            "span_id": None,
        }
    ]
    assert [str(column.role) for column in table.columns] == [
        "event", "text", "time", "text", "text", "severity", "text", "number", "text", "text",
    ]  # fmt: skip


def test_the_default_scope_is_the_window(rows):
    window = TimeRange(T0 + SECOND, T0 + 11 * SECOND)
    assert [row[0] for row in rows("TIMELINE", Context(window=window))] == [1, 2, 3]
    assert [row[0] for row in rows("TIMELINE FROM start", Context(window=window))] == list(range(6))


def test_the_answer_says_what_it_was_cut_from(answer):
    table = answer("TIMELINE LIMIT 2")
    assert (table.shown, table.total, table.truncated) == (2, 6, True)
    assert table.statement == "TIMELINE LIMIT 2"


def test_time_tests_narrow_what_is_read(answer):
    table = answer("TIMELINE WHERE time >= '10:00:11' AND service = 'web'")
    assert table.scanned == 2
    assert table.scope == TimeRange(T0 + 11 * SECOND, T0 + 20 * SECOND + 1)


@pytest.mark.parametrize(
    ("statement", "note"),
    [
        (
            "TIMELINE WHERE service = 'dbb'",
            "No event has service 'dbb'. Did you mean 'db'?",
        ),
        (
            "TIMELINE WHERE user = 'anne'",
            "No event has user 'anne'. Did you mean 'ann'?",
        ),
        (
            "TIMELINE WHERE disk > 5",
            "No field of this recording says disk.",
        ),
        (
            "TIMELINE FROM '10:00:01' TO '10:00:02' WHERE user = 'ann'",
            "No event of this scope has user.",
        ),
        (
            "TIMELINE WHERE cpu > 95 AND service = 'db'",
            "No event in scope passes cpu > 95.",
        ),
        (
            "TIMELINE WHERE user = 'bob' AND ok",
            "Each condition holds for some event in scope, but no event passes all of them.",
        ),
        (
            "TIMELINE FROM '2024-01-15 11:00' TO end + 1h",
            (
                "The scope lies outside the recording, "
                "2024-01-15 10:00:00.000 to 2024-01-15 10:00:20.000."
            ),
        ),
        ("TIMELINE FROM '10:00:03' TO '10:00:04'", "No event starts in the scope."),
    ],
)
def test_an_empty_answer_says_why(answer, statement, note):
    table = answer(statement)
    assert table.total == 0
    assert note in table.notes


def test_a_scope_that_leaves_the_recording_is_cut_with_a_note(answer):
    table = answer("TIMELINE FROM '2024-01-15' TO '10:00:01'")
    assert table.total == 1
    assert table.scope == TimeRange(T0, T0 + SECOND)
    assert table.notes[0].startswith("Part of the scope lies outside the recording")


def test_a_plain_number_above_one_on_a_ratio_is_noted(answer):
    notes = answer("TIMELINE WHERE free_ratio > 75").notes
    assert (
        "free_ratio is a ratio from 0 to 1, and 75 is read as it stands; 75% would be 0.75."
        in notes
    )


@pytest.mark.parametrize(
    ("where", "passing"),
    [
        (" AND ".join(["seq >= 0"] * 2000), 6),
        (" AND ".join(["seq >= 0"] * 1999 + ["seq > 4"]), 1),
        (" OR ".join(["seq = 1"] * 2000), 1),
        (" OR ".join(["(cpu > 85 AND user IS NULL)"] * 500), 1),
        (f"seq IN ({', '.join(map(str, range(4000)))})", 6),
    ],
    ids=["all", "all but", "any", "any of all", "list"],
)
def test_long_conditions_are_answered(answer, where, passing):
    assert answer(f"TIMELINE WHERE {where}").total == passing


@pytest.mark.parametrize("where", ["disk > 80%", "disk > 80% AND service = 'web'", "1 > 2"])
def test_conditions_on_nothing_recorded_are_answered_over_any_number_of_events(record, where):
    row = {"timestamp": "2024-01-15T10:00:00Z", "service": "web", "message": "x"}
    table = record([row] * 20_000).query(f"TIMELINE WHERE {where}")
    assert table.total == 0
    assert table.notes
