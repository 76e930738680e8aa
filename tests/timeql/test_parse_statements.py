"""What each statement's text becomes."""

import pytest

from traversion_engine.diagnostic import StatementError
from traversion_engine.timeql import ast
from traversion_engine.timeql.ast import (
    Ago,
    Around,
    BareField,
    Baseline,
    BetweenTimes,
    Bookmark,
    Call,
    Change,
    Comparison,
    DropCalls,
    Duration,
    End,
    EventTime,
    EventWord,
    Field,
    FirstError,
    FirstMatch,
    FromTo,
    IdRef,
    Last,
    Now,
    Number,
    Percent,
    Selected,
    SeqRef,
    Since,
    Start,
    Step,
    String,
    Target,
    TimeLiteral,
    To,
    VetoEdge,
    VetoKind,
)
from traversion_engine.timeql.parse import parse

SECOND = 1_000_000_000
MINUTE = 60 * SECOND


def test_the_missions_state():
    assert parse("STATE AT '2024-01-15 15:47:23' WHERE service = 'api-gateway'") == ast.State(
        at=TimeLiteral("2024-01-15 15:47:23"),
        where=Comparison("=", Field("service"), String("api-gateway")),
    )


def test_the_missions_pattern_on_several_lines():
    text = (
        "MATCH PATTERN\nWHERE cpu > 80%\nFOLLOWED BY memory > 90%\nWITHIN 5 minutes\n"
        "IN LAST 30 days"
    )
    assert parse(text) == ast.MatchPattern(
        steps=(
            Step(Comparison(">", Field("cpu"), Percent(80, "80%"))),
            Step(Comparison(">", Field("memory"), Percent(90, "90%"))),
        ),
        within=Duration(5 * MINUTE, "5 minutes"),
        scope=Last(Duration(30 * 24 * 60 * MINUTE, "30 days")),
    )


def test_the_missions_traverse_keeps_the_bare_word():
    node = parse("TRAVERSE FROM event_id FOLLOWING backward UNTIL error_occurred = true")
    assert node.start == EventWord("event_id")
    assert node.until == Comparison("=", Field("error_occurred"), ast.Boolean(value=True))


@pytest.mark.parametrize(
    ("scope", "expected"),
    [
        ("FROM '15:40'", FromTo(TimeLiteral("15:40"))),
        ("FROM start TO 'now'", FromTo(Start(), Now())),
        ("SINCE 10 minutes ago", Since(Ago(Duration(10 * MINUTE, "10 minutes")))),
        ("TO end", To(End())),
        ("BETWEEN 15:40 AND 15:50", BetweenTimes(TimeLiteral("15:40"), TimeLiteral("15:50"))),
        ("IN LAST 1h30m", Last(Duration(90 * MINUTE, "1h30m"))),
        ("LAST 5m", Last(Duration(5 * MINUTE, "5m"))),
        ("AROUND @deploy", Around(Bookmark("deploy"))),
        (
            "AROUND FIRST ERROR WITHIN 250ms",
            Around(EventTime(FirstError()), Duration(250_000_000, "250ms")),
        ),
    ],
)
def test_scopes(scope, expected):
    assert parse(f"TIMELINE {scope}").scope == expected
    assert parse(f"TIMELINE WHERE a = 1 {scope} LIMIT 3").scope == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("'2024-01-15T15:47:23.5Z'", TimeLiteral("2024-01-15T15:47:23.5Z")),
        ("2024-01-15 15:47", TimeLiteral("2024-01-15 15:47")),
        ("1705333643000", TimeLiteral("1705333643000")),
        ("3:46 PM", TimeLiteral("3:46 PM")),
        ("now - 5m", Now(offset_ns=-5 * MINUTE)),
        ("now-5m", Now(offset_ns=-5 * MINUTE)),
        ("'now' + 30s", Now(offset_ns=30 * SECOND)),
        ("'now - 5m'", Now(offset_ns=-5 * MINUTE)),
        ("'10 minutes ago'", Ago(Duration(10 * MINUTE, "10 minutes"))),
        ("15:40-5m", TimeLiteral("15:40", offset_ns=-5 * MINUTE)),
        ("'playhead'", ast.Playhead()),
        ("selected", EventTime(Selected())),
        ("'first error'", EventTime(FirstError())),
        ("#2:17 + 1s", EventTime(SeqRef(1, 17), offset_ns=SECOND)),
        ("'evt-9f3'", EventTime(IdRef("evt-9f3", quoted=True))),
        ("@'two words'", Bookmark("two words")),
        ("(WHERE error)", EventTime(FirstMatch(BareField(Field("error"))))),
    ],
)
def test_times(text, expected):
    assert parse(f"STATE AT {text}").at == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("#1234", SeqRef(0, 1234)),
        ("#1:1234", SeqRef(0, 1234)),
        ("550e8400-e29b-41d4-a716-446655440000", IdRef("550e8400-e29b-41d4-a716-446655440000")),
        ("12345", IdRef("12345")),
        ("1e5", IdRef("1e5")),
        ("pod/web-1:8080", IdRef("pod/web-1:8080")),
        ("2024-01-15-0007", IdRef("2024-01-15-0007")),
        ("'from'", IdRef("from", quoted=True)),
        ("'it''s'", IdRef("it's", quoted=True)),
        ("eventId", EventWord("eventId")),
    ],
)
def test_events(text, expected):
    assert parse(f"TRACE {text}").event == expected
    assert parse(f"TRAVERSE FROM {text} DEPTH 3").start == expected


def test_goto_takes_a_time_before_an_id():
    assert parse("GOTO 15:47").target == TimeLiteral("15:47")
    assert parse("GOTO 550e8400").target == IdRef("550e8400")
    assert parse("GOTO FIRST ERROR").target == FirstError()
    assert parse("GOTO FIRST ERROR - 5s").target == EventTime(FirstError(), offset_ns=-5 * SECOND)
    assert parse("GOTO 2024-01-15-0007").target == IdRef("2024-01-15-0007")


def test_clauses_come_in_any_order():
    one = parse("SELECT count() IN LAST 5m WHERE error GROUP BY service EVERY 1m LIMIT 3")
    assert parse("SELECT count() LIMIT 3 EVERY 1m WHERE error GROUP BY service LAST 5m") == (
        ast.Select(one.items, one.scope, one.where, one.group_by, one.every, limit=3)
    )
    assert parse("TRAVERSE WHERE a DEPTH 3 FROM #1") == parse("TRAVERSE FROM #1 DEPTH 3 WHERE a")
    assert parse("MATCH PATTERN BY NOTHING WHERE a FOLLOWED BY b WITHIN 1m").by == ()


@pytest.mark.parametrize(
    "text",
    [
        "TIMELINE WHERE a WHERE b",
        "TIMELINE SINCE '15:40' LAST 5m",
        "STATE AT now AT now",
        "TRAVERSE FROM #1 FROM #2",
        "MATCH PATTERN WHERE a WITHIN 1m WHERE b WITHIN 1m",
        "SELECT a FROM events GROUP BY a GROUP BY b",
    ],
)
def test_no_clause_stands_twice(text):
    with pytest.raises(StatementError, match="a second time"):
        parse(text)


def test_match_keeps_its_steps_and_within_together():
    with pytest.raises(StatementError):
        parse("MATCH PATTERN WHERE a WITHIN 1m FOLLOWED BY b")
    steps = parse("MATCH PATTERN WHERE a NOT FOLLOWED BY b FOLLOWED BY c WITHIN 1m").steps
    assert [step.absent for step in steps] == [False, True, False]


def test_vetoes_and_kinds():
    node = parse("EDGES WITH RETURNS WITHOUT temporal, #12 -> #2:40, 'a' -> b-1")
    assert node.with_returns
    assert node.without == (
        VetoKind("temporal"),
        VetoEdge(SeqRef(0, 12), SeqRef(1, 40)),
        VetoEdge(IdRef("a", quoted=True), IdRef("b-1")),
    )
    assert parse("PATH FROM #1 TO #2 VIA direct, DATA").via == ("direct", "data")
    assert parse("TRAVERSE FROM #1 MIN CONFIDENCE 80%").min_confidence == 0.8
    assert parse("TRAVERSE FROM #1 WHERE lag_ms > 5 MIN CONFIDENCE 0.5").min_confidence == 0.5


def test_what_if_targets_quoted_and_bare():
    node = parse("WHAT IF 'db'.duration = BASELINE, api-gateway.duration * 0.5, WITHOUT a -> 'b'")
    assert node.changes == (
        Change(Target("db", Field("duration")), "=", Baseline()),
        Change(Target("api-gateway", Field("duration"), bare=True), "*", Number(0.5, None, "0.5")),
        DropCalls("a", "b"),
    )
    assert parse("HISTORY OF a.b.cpu").target == Target("a.b", Field("cpu"), bare=True)
    assert parse("HISTORY OF 'a'.\"odd name\"").target == Target(
        "a", Field("odd name", quoted=True)
    )


def test_compare_takes_aggregates():
    assert parse("COMPARE '15:47' FOR max(cpu), count(), memory").measures == (
        Call("max", (Field("cpu"),)),
        Call("count"),
        Field("memory"),
    )


def test_explain_nests_and_help_knows_heads():
    assert parse("EXPLAIN EXPLAIN SHOW gaps") == ast.Explain(ast.Explain(ast.Show("GAPS")))
    assert parse("HELP match").topic == "MATCH PATTERN"
    assert parse("HELP").topic is None


def test_from_events_means_nothing_in_select():
    assert parse("SELECT * FROM events FROM '15:40'") == parse("SELECT * FROM '15:40'")


def test_every_node_points_into_the_text():
    text = "  STATE AT now WHERE service = 'db' AND (cpu > 80% OR NOT ok)"
    node = parse(text)
    first, second = node.where.parts
    assert text[first.span.start : first.span.end] == "service = 'db'"
    assert text[second.span.start : second.span.end] == "cpu > 80% OR NOT ok"
    assert text[second.parts[0].op_span.start] == ">"
    call = parse("SELECT p99 ( duration )").items[0].expr
    assert (call.name_span.start, call.name_span.end) == (7, 10)
