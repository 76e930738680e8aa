"""A key whose values change their type keeps both, and statements find both."""

from __future__ import annotations

import pytest

T = "2024-01-15T10:00:0"
ROWS = [
    {"timestamp": f"{T}0Z", "service": "web", "message": "a", "code": 7},
    {"timestamp": f"{T}1Z", "service": "web", "message": "b", "code": 8.5},
    {"timestamp": f"{T}2Z", "service": "web", "message": "c", "code": "E42"},
    {"timestamp": f"{T}3Z", "service": "web", "message": "d", "code": "9"},
]


@pytest.mark.parametrize(
    ("predicate", "messages"),
    [
        ("code = 7", ["a"]),
        ("code > 8", ["b", "d"]),
        ("code = 'E42'", ["c"]),
        ("code IN ('E42', 'E43')", ["c"]),
        ("code = '9'", ["d"]),
    ],
)
def test_values_of_both_types_are_found(record, predicate, messages):
    found = record(ROWS).query(f"TIMELINE WHERE {predicate}").frame
    assert found["message"].to_list() == messages
