"""Rules that change how a statement runs, never what it answers."""

from __future__ import annotations

import pytest

from traversion_data.model import TimeRange
from traversion_engine import Context
from traversion_engine.timeql.bind import bind, environment
from traversion_engine.timeql.parse import parse
from traversion_engine.timeql.rewrite import RULES, rewrite

SECOND = 1_000_000_000
T0 = 1705312800 * SECOND


@pytest.fixture
def planned(shop):
    def of(statement):
        return bind(parse(statement), environment(statement, shop.view, Context()))

    return of


@pytest.mark.parametrize(
    ("where", "scope", "left"),
    [
        ("time >= '10:00:02'", (2, 20), []),
        ("time > '10:00:02'", (2, 20), []),
        ("time < '10:00:02' AND user = 'a'", (0, 2), ["user = 'a'"]),
        ("time BETWEEN '10:00:02' AND '10:00:03'", (2, 3), []),
        ("'10:00:02' <= time AND time <= '10:00:02'", (2, 2), []),
        ("time < '10:00:02' AND time > '10:00:05'", (2, 2), []),
        ("time != '10:00:02'", (0, 20), ["time != '10:00:02'"]),
        ("time > '10:00:02' OR user = 'a'", (0, 20), ["time > '10:00:02' OR user = 'a'"]),
    ],
)
def test_time_tests_become_the_scope(planned, where, scope, left):
    plan, _ = rewrite(planned(f"TIMELINE WHERE {where}"))
    seconds = ((plan.scan.scope.start - T0) // SECOND, (plan.scan.scope.end - T0) // SECOND)
    assert seconds == scope
    assert [part.text for part in plan.scan.where] == left


@pytest.mark.parametrize(
    ("where", "left"),
    [
        ("1 = 1", 0),
        ("2 * 3 > 5 AND NOT false", 0),
        ("1 = 2", 1),
        ("NULL = 1", 1),
        ("cpu > 2 * 40", 1),
    ],
)
def test_what_does_not_depend_on_the_event_is_computed_once(planned, where, left):
    plan, rules = rewrite(planned(f"TIMELINE WHERE {where}"))
    assert len(plan.scan.where) == left
    assert "fold" in {rule.name for rule in rules}


def test_texts_are_tested_after_short_columns_and_derived_fields_last(planned):
    plan, _ = rewrite(
        planned("TIMELINE WHERE error_rate > 0 AND message ~ 'x' AND severity = 'info'")
    )
    assert [part.text for part in plan.scan.where] == [
        "severity = 'info'",
        "message ~ 'x'",
        "error_rate > 0",
    ]


def test_state_reads_only_the_services_asked_for(planned):
    plan, rules = rewrite(planned("STATE WHERE service IN ('db', 'web') AND number > 1"))
    assert plan.services == ("db", "web")
    assert [rule.name for rule in rules] == ["push services"]


def test_a_plan_states_what_it_reads(planned, shop):
    plan = planned(
        "SELECT service, sum(cpu) WHERE user = 'a' GROUP BY service HAVING last(ok) IS NULL"
    )
    assert set(plan.scan.columns) == {"time", "service", "cpu_pct", "ok"}
    assert [column.name for column in plan.scan.tested] == ["user"]
    assert plan.scan.scope == TimeRange(T0, T0 + 20 * SECOND + 1)
    assert plan.scan.estimate(shop.view) == 6


@pytest.mark.parametrize(
    "statement",
    [
        "TIMELINE WHERE time > '10:00:01' AND (1 = 1 AND message ~ 'o')",
        "SELECT count() WHERE time BETWEEN '10:00:00' AND '10:00:05'",
        "STATE AT '10:00:05' WHERE service = 'db'",
        "SELECT service, count() WHERE NOT (severity = 'info' OR 1 = 2) GROUP BY service",
    ],
)
def test_rules_leave_the_answer_alone(shop, answer, planned, statement):
    from traversion_engine.budget import Budget
    from traversion_engine.timeql.execute import Run, execute

    run = Run(shop.view, Context(), Budget())
    plain = execute(run, planned(statement)).frame
    assert plain.equals(answer(statement).frame)


def test_every_rule_can_be_read():
    assert all(rule.name and rule.does for rule in RULES)
