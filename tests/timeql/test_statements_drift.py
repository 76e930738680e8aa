"""A key whose values change their type keeps both, and statements find both."""

from __future__ import annotations

import pytest

T = "2024-01-15T10:00:0"
ROWS = [
    {"timestamp": f"{T}0Z", "service": "web", "message": "a", "code": 7},
    {"timestamp": f"{T}1Z", "service": "web", "message": "b", "code": 8.5},
    {"timestamp": f"{T}2Z", "service": "web", "message": "c", "code": "E42"},
    {"timestamp": f"{T}3Z", "service": "web", "message": "d", "code": "9"},
    {"timestamp": f"{T}4Z", "service": "web", "message": "e"},
]


@pytest.fixture(scope="module")
def mixed(record):
    return record(ROWS)


@pytest.mark.parametrize(
    ("predicate", "messages"),
    [
        ("code = 7", "a"),
        ("code > 8", "bd"),
        ("code = 'E42'", "c"),
        ("code != 'E42'", "abd"),
        ("code IN ('E42', 'E43')", "c"),
        ("code IN ('E42', 7)", "ac"),
        ("code = '9'", "d"),
        ("code LIKE 'E%'", "c"),
        ("code NOT LIKE 'E%'", "abd"),
        ("code ~ '^[0-9.]+$'", "abd"),
        ("code CONTAINS 'e4'", "c"),
        ("code IS NOT NULL", "abcd"),
        ("code IS NULL", "e"),
    ],
)
def test_values_of_both_types_are_found(mixed, predicate, messages):
    found = mixed.query(f"TIMELINE WHERE {predicate}").frame
    assert "".join(found["message"]) == messages


def test_select_shows_and_counts_both(mixed):
    shown = mixed.query("SELECT code").frame["code"].to_list()
    assert shown == ["7", "8.5", "E42", "9", None]
    counted = mixed.query("SELECT count(code), distinct(code), last(code), max(code)").frame
    assert counted.row(0)[:3] == (4, 4, "9")
    groups = mixed.query("SELECT code, count() GROUP BY code").frame
    assert groups.height == 5


@pytest.mark.parametrize(
    ("second", "value", "number"), [(0, "7", 7.0), (1, "8.5", 8.5), (2, "E42", None), (3, "9", 9.0)]
)
def test_the_latest_value_is_of_either_type(mixed, second, value, number):
    state = mixed.query(f"STATE AT '10:00:0{second}' FOR code").frame
    assert state.select("value", "number").row(0) == (value, number)


@pytest.mark.parametrize(
    ("predicate", "kept"),
    [("code = 'E42'", 1), ("code = 'E43'", 0), ("code LIKE 'E%'", 1), ("code > 1", 0)],
)
def test_state_is_tested_in_either_type(mixed, predicate, kept):
    assert mixed.query(f"STATE AT '10:00:02' WHERE {predicate} FOR code").total == kept


def test_the_history_has_both(mixed):
    assert mixed.query("HISTORY OF web.code").frame["value"].to_list() == ["7", "8.5", "E42", "9"]
