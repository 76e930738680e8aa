"""SHOW, HELP, EXPLAIN, GOTO and MARK; and every documented example on the bundled incident."""

from __future__ import annotations

import pytest

from traversion_data.source.lines import LinesSource
from traversion_engine import Context, NotAvailableError, Recording
from traversion_engine.context import Bookmark
from traversion_engine.result import Role
from traversion_engine.timeql.registry import SHOW_COLUMNS, STATEMENTS
from traversion_scenarios import lines

SECOND = 1_000_000_000
T0 = 1705312800 * SECOND


@pytest.fixture(scope="module")
def incident():
    recording = Recording([LinesSource("cascade", lambda: lines("checkout-cascade"))])
    recording.load()
    return recording


def test_show_services(rows):
    assert rows("SHOW SERVICES") == [
        ("db", 0, 3, 1, T0 + SECOND, T0 + 20 * SECOND),
        ("web", 0, 3, 1, T0, T0 + 11 * SECOND),
    ]


def test_show_types(rows):
    assert rows("SHOW TYPES") == [("log", 4), ("error", 1), ("metric", 1)]


def test_show_fields_tells_units_and_how_they_are_known(answer):
    frame = answer("SHOW FIELDS").frame
    found = {row["field"]: row for row in frame.rows(named=True)}
    assert (found["cpu_pct"]["unit"], found["cpu_pct"]["filled"]) == ("percent", 3)
    assert found["user"]["distinct"] == 2


def test_show_sources_adds_up(rows):
    name, kind, field, zone, read, stored, aside, blank, redacted, skew = rows("SHOW SOURCES")[0]
    assert name.endswith("events.jsonl")
    assert (kind, field, zone) == ("JSON Lines", "timestamp", "UTC")
    assert read == stored + aside + blank == 6
    assert (redacted, skew) == (0, None)


def test_show_bookmarks_by_time(rows):
    marks = Context(bookmarks={"late": Bookmark(T0 + 9, "pool full"), "early": Bookmark(T0)})
    assert rows("SHOW BOOKMARKS", marks) == [("early", T0, None), ("late", T0 + 9, "pool full")]


def test_show_gaps_says_that_none_is_known(answer):
    table = answer("SHOW GAPS")
    assert (table.total, len(table.notes)) == (0, 1)


@pytest.mark.parametrize("kind", SHOW_COLUMNS)
def test_show_has_the_documented_columns(answer, kind):
    table = answer(f"SHOW {kind}")
    documented = [(info.name, info.type) for info in SHOW_COLUMNS[kind]]
    assert [(column.name, str(column.role)) for column in table.columns] == documented


def test_help_lists_every_statement(rows):
    assert [topic for topic, _ in rows("HELP")] == list(STATEMENTS)


def test_help_of_one_statement(rows):
    found = rows("HELP TRACE")
    assert found[0] == ("statement", "TRACE id|event")
    assert ("columns", ", ".join(info.name for info in STATEMENTS["TRACE"].columns)) in found


def test_explain_prints_every_stage(rows):
    statement = "TIMELINE WHERE service = 'db' AND time > '10:00:02' AND message ~ 'd' AND 1 = 1"
    assert rows(f"EXPLAIN {statement}") == [
        ("parse", statement),
        ("bind", "scope: 2024-01-15 10:00:00.000000000 to 2024-01-15 10:00:20.000000001"),
        ("rewrite", "fold: what does not depend on the event is computed once"),
        ("rewrite", "narrow: time predicates narrow the scope"),
        ("plan", "scope read: 2024-01-15 10:00:02.000000001 to 2024-01-15 10:00:20.000000001"),
        ("plan", "tested in the scan: service = 'db' AND message ~ 'd'"),
        (
            "plan",
            (
                "columns read: seq, event_id, time, type, service, severity, message, duration_ns,"
                " trace_id, span_id"
            ),
        ),
        ("plan", "estimated rows: 4 of 6"),
        (
            "execute",
            (
                "columns: seq, event_id, time, type, service, severity, message, duration_ms,"
                " trace_id, span_id"
            ),
        ),
    ]


@pytest.mark.parametrize(
    ("statement", "facts"),
    [
        (
            "STATE AT '10:00:05' WHERE service = 'db' AND cpu > 10",
            [
                "moment: 2024-01-15 10:00:05.000000000",
                "tested: service = 'db' AND cpu > 10",
                "fields tested beside the rows: cpu_pct",
                "services read: db",
                "events up to then: 4 of 6",
            ],
        ),
        (
            "TRAVERSE FROM FIRST ERROR VIA direct MIN CONFIDENCE 0.5 DEPTH 0 UNTIL error",
            ["event: #2", "edges: direct from confidence 0.5 on", "depth: 0"],
        ),
        ("EDGES WITH RETURNS", ["returns listed: yes", "events in scope: 6 of 6"]),
        (
            "SELECT user, count() GROUP BY user HAVING count() > 1 ORDER BY user DESC LIMIT 3",
            ["grouped by: user", "tested of groups: count() > 1", "sorted by: user descending"],
        ),
        ("GOTO #2", ["event: #2", "moment: 2024-01-15 10:00:02.500000000"]),
    ],
)
def test_explain_says_what_was_understood(rows, statement, facts):
    said = [what for _, what in rows(f"EXPLAIN {statement}")]
    assert [fact for fact in facts if fact not in said] == []


def test_explain_of_a_statement_to_come_says_so(answer):
    table = answer("EXPLAIN ROOT CAUSE")
    assert table.frame.rows() == [("parse", "ROOT CAUSE")]
    assert table.notes == ("ROOT CAUSE is not available in this version.",)


@pytest.mark.parametrize(
    ("statement", "seconds"),
    [("GOTO '10:00:05'", 5), ("GOTO FIRST ERROR - 2s", 0.5), ("GOTO end", 20), ("GOTO #4", 11)],
)
def test_goto_prints_the_moment(rows, statement, seconds):
    moment = T0 + int(seconds * SECOND)
    assert rows(statement)[0][0] - moment in {0, 1}


def test_mark_in_a_console(rows):
    console = Context(playhead=T0)
    assert rows("MARK 'here'", console) == [("here", T0)]
    assert rows("MARK 'there' AT '10:00:01'", console) == [("there", T0 + SECOND)]


@pytest.mark.parametrize(
    ("keyword", "example"),
    [(info.keyword, example) for info in STATEMENTS.values() for example in info.examples],
)
def test_every_documented_example_runs(incident, keyword, example):
    console = Context(playhead=incident.view.bounds.end)
    try:
        table = incident.session.ask(example, console)
    except NotAvailableError as error:
        assert error.statement == keyword  # noqa: PT017 - which statement is the point
        return
    documented = STATEMENTS[keyword].columns
    if documented:
        assert [(c.name, str(c.role), c.unit) for c in table.columns] == [
            (info.name, info.type, info.unit) for info in documented
        ]
    assert table.total or table.notes
    roles = {
        Role.TIME: "Int64",
        Role.EVENT: "Int64",
        Role.SEVERITY: "Int8",
        Role.BOOLEAN: "Boolean",
    }
    for column in table.columns:
        if column.role in roles:
            assert str(table.frame.schema[column.name]) == roles[column.role]
