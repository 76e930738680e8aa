"""Times in predicates: words, shifted times, and events beside columns that hold events."""

from __future__ import annotations

import pytest

from traversion_engine import Context


@pytest.mark.parametrize(
    ("predicate", "seqs"),
    [
        ("time >= now - 10s", [4, 5]),
        ("time >= end - 10s", [4, 5]),
        ("time > start + 2500ms", [4, 5]),
        ("time >= 'now' - 10s", [4, 5]),
        ("time >= 'now - 10s'", [4, 5]),
        ("now - 10s <= time", [4, 5]),
        ("'10:00:01' + 10s <= time", [4, 5]),
        ("time > '10:00:01' + 1s500ms", [4, 5]),
        ("time > #1 + 1.5s", [4, 5]),
        ("time > 10:00:20 - 9.5s", [4, 5]),
        ("time BETWEEN start + 1s AND start + 2s", [1]),
        ("time IN (start, start + 1s)", [0, 1]),
        ("time > 'FIRST ERROR'", [4, 5]),
        ("time > 'LAST ERROR' - 10s", [4, 5]),
        ("time < 'start' + 1s", [0]),
        ("seq = #1", [1]),
        ("seq IN (#1, #2)", [1, 2]),
        ("seq = 'evt-b'", [2]),
        ("seq >= #4", [4, 5]),
    ],
)
def test_which_events_pass(rows, predicate, seqs):
    assert [row[0] for row in rows(f"SELECT seq WHERE {predicate}")] == seqs


def test_the_playhead_is_the_consoles(rows):
    playhead = 1705312802_000_000_000
    context = Context(playhead=playhead)
    assert rows("SELECT seq WHERE time > playhead - 1s", context)[0] == (2,)


def test_a_recorded_field_comes_before_a_word_for_a_time(record):
    base = {"timestamp": "2024-01-15T10:00:00Z", "service": "a", "message": "m"}
    recording = record([{**base, "end": 3}, {**base, "end": 5}])
    assert recording.query("SELECT seq WHERE end > 4").frame["seq"].to_list() == [1]


def test_comparing_with_null_says_what_to_write(answer):
    assert "Nothing compares with NULL; write user IS NULL." in (
        answer("TIMELINE WHERE user = NULL").notes
    )
