"""A session: one snapshot a statement, cancelled when asked, bounded always, from any thread."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest

from traversion_data.model import TimeRange
from traversion_engine import Context, NotAvailableError, StatementError, open_recording
from traversion_engine.context import Bookmark
from traversion_engine.session import Budget, CancelledError, OverBudgetError, Session

SECOND = 1_000_000_000
T0 = 1705312800 * SECOND


@pytest.fixture(scope="module")
def view(tmp_path_factory):
    path = tmp_path_factory.mktemp("recording") / "events.jsonl"
    lines = [
        {"timestamp": f"2024-01-15T10:00:{n:02d}.5Z", "service": "web", "message": f"m {n}", "n": n}
        for n in range(60)
    ]
    path.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    return open_recording(path).view


@pytest.fixture
def session(view):
    return Session(lambda: view)


def test_a_cancelled_statement_ends(session):
    cancel = Event()
    cancel.set()
    with pytest.raises(CancelledError, match="cancelled"):
        session.ask("TIMELINE WHERE message ~ 'm'", cancel=cancel)


def test_a_statement_over_its_time_ends(view):
    with pytest.raises(OverBudgetError, match="took longer"):
        Session(lambda: view, Budget(seconds=-1)).ask("TIMELINE")


def test_rows_over_the_budget_are_cut_and_counted(view):
    table = Session(lambda: view, Budget(rows=10)).ask("TIMELINE WHERE n > 4")
    assert (table.shown, table.total, table.truncated) == (10, 55, True)
    assert table.notes == ("Only the first 10 of 55 rows are given; add a LIMIT.",)


def test_an_answer_says_how_it_came_about(session):
    table = session.ask("timeline   where n>=58")
    assert table.statement == "TIMELINE WHERE n >= 58"
    assert table.scope == TimeRange(T0 + SECOND // 2, T0 + 59 * SECOND + SECOND // 2 + 1)
    assert table.scanned == 60
    assert table.elapsed > 0
    assert table.time_digits == 1


def test_one_statement_sees_one_snapshot(view):
    views = iter([view])
    table = Session(lambda: next(views)).ask("SELECT count() EVERY 10s")
    assert table.frame["count()"].to_list() == [10] * 6


def test_many_threads_get_the_same_answers(session):
    statements = ["STATE", "TIMELINE LIMIT 5", "SELECT count(), max(n)", "SHOW FIELDS"] * 4
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda text: session.ask(text).frame.rows(), statements))
    assert all(answers[k] == answers[k % 4] for k in range(len(statements)))


def test_the_playhead_is_where_state_is_asked(session):
    at = Context(playhead=T0 + 10 * SECOND)
    rows = session.ask("STATE WHERE field = 'n'", at).frame.rows(named=True)
    assert [(row["value"], row["as_of"], row["age_ms"]) for row in rows] == [
        ("9", T0 + 9_500_000_000, 500.0)
    ]


def test_goto_gives_the_moment_to_act_on(session):
    table = session.ask("GOTO #7")
    assert table.frame.rows() == [(T0 + 7_500_000_000,)]
    assert dict(table.meta) == {"goto": T0 + 7_500_000_000, "seq": 7}


def test_mark_gives_the_name_and_moment_in_a_console(session):
    table = session.ask("MARK 'here'", Context(playhead=T0))
    assert dict(table.meta) == {"mark": T0, "name": "here"}
    with pytest.raises(StatementError, match="MARK sets a bookmark in the console"):
        session.ask("MARK 'here'")


def test_now_is_the_end_unless_it_is_given(session):
    last = "SELECT min(n) IN LAST 10s"
    assert session.ask(last).frame.item() == 50
    live = session.ask(last, Context(now=T0 + 65 * SECOND))
    assert live.frame.item() == 55
    assert live.scope == TimeRange(T0 + 55 * SECOND, T0 + 65 * SECOND)
    assert live.meta["now"] == "2024-01-15 10:01:05.000000000"


def test_bookmarks_are_times(session):
    marks = Context(bookmarks={"deploy": Bookmark(T0 + 58 * SECOND)})
    assert session.ask("SELECT count() FROM @deploy", marks).frame.item() == 2
    with pytest.raises(StatementError, match="Did you mean @deploy"):
        session.ask("SELECT count() FROM @deplyo", marks)


@pytest.mark.parametrize(
    ("statement", "name"),
    [
        ("ROOT CAUSE", "ROOT CAUSE"),
        ("WHAT IF web.duration = 10ms", "WHAT IF"),
    ],
)
def test_statements_to_come_say_so(session, statement, name):
    with pytest.raises(NotAvailableError) as caught:
        session.ask(statement)
    assert str(caught.value) == f"{name} is not available in this version."
