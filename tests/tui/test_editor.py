"""Typing a line, its history, and moments as a person types them."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import UTC

import pytest
from hypothesis import given
from hypothesis import strategies as st

from traversion_data.model import HOUR, MINUTE, SECOND
from traversion_engine.context import Bookmark
from traversion_tui import playhead
from traversion_tui.editor import LONGEST, Edited, History, insert, press
from traversion_tui.formats import TimeFormat, zone_of
from traversion_tui.landmarks import Landmarks
from traversion_tui.moment import MomentError, parse_moment

from .tui_incident import START, incident, view_of

MARKS = Landmarks(view_of(incident(3000)))
STATE = playhead.opened(MARKS.view)
TIMES = TimeFormat(UTC)
KEYS = ["left", "right", "home", "end", "ctrl+left", "ctrl+right", "backspace", "delete", "ctrl+w",
        "ctrl+u", "ctrl+k", "ctrl+a", "ctrl+e", "up"]  # fmt: skip


@given(st.lists(st.one_of(st.sampled_from(KEYS), st.text(max_size=5)), max_size=40))
def test_the_caret_stays_in_the_text_whatever_is_typed(keys: list[str]) -> None:
    edited = Edited()
    for key in keys:
        edited = (press(edited, key) if key in KEYS else insert(edited, key)) or edited
        assert 0 <= edited.caret <= len(edited.text)
        assert "\n" not in edited.text


def test_editing_keys() -> None:
    line = Edited.at_end("STATE AT playhead")
    assert press(line, "ctrl+w") == Edited.at_end("STATE AT ")
    assert press(line, "ctrl+left") == replace(line, caret=9)
    assert press(replace(line, caret=9), "ctrl+u") == Edited("playhead", 0)
    assert press(replace(line, caret=5), "ctrl+k") == Edited.at_end("STATE")
    assert press(line, "f5") is None


def test_a_paste_becomes_one_line_and_has_an_end() -> None:
    assert insert(Edited(), "MATCH\r\nPATTERN\n") == Edited.at_end("MATCH PATTERN")
    assert insert(Edited(), "x" * LONGEST) is not None
    assert insert(Edited(), "x" * (LONGEST + 1)) is None


def test_history_goes_back_and_returns_to_the_draft() -> None:
    history = History().entered("one").entered("two").entered("two")
    assert history.lines == ("one", "two")
    history, text = history.older("draft")
    assert text == "two"
    history, text = history.older(text)
    history, text = history.older(text)
    assert text == "one"
    history, text = history.newer(text)
    assert text == "two"
    history, text = history.newer(text)
    assert text == "draft"
    assert history.newer("draft")[1] == "draft"
    assert History().older("x")[1] == "x"


def test_history_is_searched_for_what_was_typed() -> None:
    history = History()
    for line in ("STATE AT now", "TIMELINE WHERE error", "STATE AT start", "SHOW GAPS"):
        history = history.entered(line)
    history, text = history.older("state")
    assert text == "STATE AT start"
    history, text = history.older(text)
    assert text == "STATE AT now"
    assert history.older(text) == (history, "STATE AT now")
    history, text = history.newer(text)
    history, text = history.newer(text)
    assert text == "state"
    assert history.older("zzz")[1] == "SHOW GAPS"


@pytest.mark.parametrize(
    ("text", "offset"),
    [
        ("15:45", MINUTE), ("15:45:30", 90 * SECOND), ("15:45:30.5", 90 * SECOND + SECOND // 2),
        ("2024-01-15T16:00", 16 * MINUTE), ("9:44", -6 * HOUR),
    ],
)  # fmt: skip
def test_clock_times_are_on_the_playheads_day(text: str, offset: int) -> None:
    assert parse_moment(text, STATE, MARKS, TIMES) == (START + offset, None)


def test_clock_times_are_in_the_zone_that_is_shown() -> None:
    berlin = TimeFormat(zone_of("Europe/Berlin"), "Europe/Berlin")
    assert parse_moment("16:45", STATE, MARKS, berlin)[0] == START + MINUTE


def test_distances_shares_events_errors_and_marks() -> None:
    at = STATE.playhead
    marked = replace(STATE, bookmarks={"k": Bookmark(7)}, marks=(5, None))
    assert parse_moment("+5m", STATE, MARKS, TIMES)[0] == at + 5 * MINUTE
    assert parse_moment("- 1.5 h", STATE, MARKS, TIMES)[0] == at - HOUR * 3 // 2
    assert parse_moment("0%", STATE, MARKS, TIMES)[0] == STATE.whole.start
    assert parse_moment("#1,234", STATE, MARKS, TIMES)[1] == MARKS.view.row(1234)
    assert parse_moment("First Error", STATE, MARKS, TIMES)[0] == MARKS.errors.known[0]
    assert parse_moment("@k", marked, MARKS, TIMES)[0] == 7
    assert parse_moment("a", marked, MARKS, TIMES)[0] == 5
    assert parse_moment("end", STATE, MARKS, TIMES)[0] == STATE.whole.end - 1


@pytest.mark.parametrize(
    ("text", "words"),
    [("noon", "no moment"), ("#999999", "no event #999999"), ("@z", "no mark 'z'"),
     ("25:00", "not on the clock"), ("B", "no mark 'B'"), ("", "no moment")],
)  # fmt: skip
def test_what_names_no_moment_is_said_in_a_sentence(text: str, words: str) -> None:
    with pytest.raises(MomentError, match=words):
        parse_moment(text, STATE, MARKS, TIMES)


@given(st.text(max_size=40))
def test_no_text_makes_it_fail_otherwise(text: str) -> None:
    with suppress(MomentError):
        parse_moment(text, STATE, MARKS, TIMES)
