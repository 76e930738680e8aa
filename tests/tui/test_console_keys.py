"""Keys that move in time, and what the screen then says."""

from __future__ import annotations

import re

import pytest

from traversion_data.model import SECOND
from traversion_engine.session import Session
from traversion_tui.panes import context_of
from traversion_tui.scene import Pane
from traversion_tui.state import Clock, Loop

from .console_harness import app_of, console, drive, enter, press, rows, text
from .tui_incident import START, recording


def clock(pilot) -> str:
    found = re.search(r"▼ (\d\d:\d\d:\d\d\.\d{3})", text(pilot))
    assert found is not None
    return found[1]


def test_it_opens_at_the_first_event_with_all_that_follows_ahead() -> None:
    async def play() -> None:
        async with console(recording()) as pilot:
            state = app_of(pilot).state
            assert state.playhead == state.whole.start
            assert "18,203 events ahead, not used" in text(pilot)
            assert "18,204 read = 18,204 + 0 aside + 0 blank" in text(pilot)

    drive(play)


def test_e_goes_to_each_error_in_turn_and_says_when_there_is_none() -> None:
    async def play() -> None:
        async with console(recording()) as pilot:
            app = app_of(pilot)
            first = app.marks.errors
            await press(pilot, "e")
            assert app.state.playhead == first.known[0]
            assert app.state.cursor == first.positions[0]
            await press(pilot, "e E")
            assert app.state.playhead == first.known[0]
            await press(pilot, "E")
            assert "no earlier error" in text(pilot)
            assert app.state.playhead == first.known[0]

    drive(play)


def test_the_selected_row_the_playhead_line_and_the_flag_agree() -> None:
    async def play() -> None:
        async with console(recording()) as pilot:
            await press(pilot, "full_stop full_stop full_stop")
            selected = next(row for row in rows(pilot) if row.startswith("▸"))
            assert clock(pilot) in selected
            line = next(i for i, row in enumerate(rows(pilot)) if row.startswith("── playhead"))
            assert rows(pilot)[line - 1].startswith("▸")
            assert rows(pilot)[line + 1].startswith("┊")

    drive(play)


def test_stepping_by_cell_moves_the_playhead_one_cell_and_back() -> None:
    async def play() -> None:
        async with console(recording()) as pilot:

            def cell() -> int:
                return next(row for row in rows(pilot) if "┃" in row).index("┃")

            await press(pilot, "shift+right shift+right")
            before = cell()
            await press(pilot, "right")
            assert cell() == before + 1
            await press(pilot, "left left")
            assert cell() == before - 1

    drive(play)


def test_zoom_keeps_the_playhead_and_goes_back_by_stack() -> None:
    async def play() -> None:
        async with console(recording()) as pilot:
            app = app_of(pilot)
            await press(pilot, "e plus plus")
            narrow = app.state.window
            assert narrow.length < app.state.whole.length / 3
            assert app.state.playhead in narrow
            await press(pilot, "z")
            assert app.state.window == app.state.whole
            await press(pilot, "Z")
            assert app.state.window == narrow

    drive(play)


def test_keys_of_the_scrubber_work_only_there() -> None:
    async def play() -> None:
        async with console(recording()) as pilot:
            app = app_of(pilot)
            await press(pilot, "5")
            assert app.state.playhead == app.state.whole.start
            await press(pilot, "ctrl+o s 5")
            assert app.pane is Pane.SCRUBBER
            half = app.state.whole.start + app.state.whole.length // 2
            assert abs(app.state.playhead - half) < SECOND
            await press(pilot, "w")
            assert app.state.window.length == pytest.approx(app.state.whole.length / 2, rel=0.01)

    drive(play)


def test_marks_are_set_and_returned_to() -> None:
    async def play() -> None:
        async with console(recording()) as pilot:
            app = app_of(pilot)
            await press(pilot, "e")
            there = app.state.playhead
            await press(pilot, "m k enter end")
            assert app.state.playhead != there
            await press(pilot, "apostrophe k")
            assert app.state.playhead == there
            await press(pilot, "apostrophe apostrophe")
            assert app.state.playhead == app.state.whole.end - 1
            await press(pilot, "apostrophe x")
            assert "there is no mark" in text(pilot)

    drive(play)


def test_a_mark_takes_a_note_that_is_said_on_the_way_back_and_listed() -> None:
    async def play() -> None:
        made = recording()
        made.session.reply = lambda said: Session(lambda: made.view).ask(
            said, context_of(app_of(pilot).state, made.view)
        )
        async with console(made) as pilot:
            app = app_of(pilot)
            await press(pilot, "e m k")
            assert "Note for mark k › " in text(pilot)
            await press(pilot, [*"pool full", "enter"])
            assert app.pane is Pane.EVENTS
            assert app.state.bookmarks["k"].note == "pool full"
            assert "press : to ask" in text(pilot)
            await press(pilot, "end m j escape apostrophe k")
            assert "mark k   pool full" in rows(pilot)[0]
            await enter(pilot, "colon", "MARK 'worst'")
            assert app.state.bookmarks["worst"].time == app.state.playhead
            await enter(pilot, "colon", "SHOW BOOKMARKS")
            listed = [row for row in rows(pilot) if "pool full" in row]
            assert len(listed) == 1
            assert "k" in listed[0]

    drive(play)


def test_edges_are_drawn_and_cleared_by_escape_on_the_scrubber() -> None:
    async def play() -> None:
        async with console(recording()) as pilot:
            app = app_of(pilot)
            await press(pilot, "shift+right A shift+right B shift+right")
            marks = next(row for row in rows(pilot) if row.lstrip().startswith("marks"))
            assert marks.index("A") < marks.index("B")
            await press(pilot, "o")
            await press(pilot, "o")
            assert app.state.loop is Loop.EDGES
            await press(pilot, "ctrl+o s escape")
            assert app.state.marks == (None, None)
            assert app.state.loop is Loop.OFF

    drive(play)


def test_history_of_moments_goes_back_and_forward() -> None:
    async def play() -> None:
        async with console(recording()) as pilot:
            app = app_of(pilot)
            await press(pilot, "e end")
            await press(pilot, "H")
            assert app.state.playhead == app.marks.errors.known[0]
            await press(pilot, "L")
            assert app.state.playhead == app.state.whole.end - 1

    drive(play)


@pytest.mark.parametrize(
    ("typed", "seconds"),
    [("15:47:30", 210.0), ("15:48", 240.0), ("50%", None), ("2024-01-15 15:45:00.5", 60.5)],
)
def test_go_to_takes_clock_times_and_shares(typed: str, seconds: float | None) -> None:
    async def play() -> None:
        async with console(recording()) as pilot:
            app = app_of(pilot)
            await enter(pilot, "ctrl+g", typed)
            wanted = app.state.whole.length / 2 / SECOND if seconds is None else seconds
            start = app.state.whole.start if seconds is None else START
            assert (app.state.playhead - start) / SECOND == pytest.approx(wanted, abs=1e-6)

    drive(play)


def test_go_to_says_what_it_takes_when_it_is_given_something_else() -> None:
    async def play() -> None:
        async with console(recording()) as pilot:
            await enter(pilot, "at", "soon")
            assert "'soon' is no moment: write 14:32" in text(pilot)

    drive(play)


def test_the_clock_cycles_through_its_zones() -> None:
    async def play() -> None:
        async with console(recording()) as pilot:
            app = app_of(pilot)
            await press(pilot, "e T T T")
            assert app.state.clock is Clock.START
            assert "▼ ! +00:03:2" in text(pilot)

    drive(play)


def test_play_runs_by_the_clock_stops_at_the_end_and_starts_over() -> None:
    now = [0]

    async def play() -> None:
        async with console(recording(), clock=lambda: now[0]) as pilot:
            app = app_of(pilot)
            await press(pilot, "space")
            before = app.state.playhead
            now[0] += 2 * SECOND
            app._tick()
            assert app.state.playhead == before + 2 * SECOND
            await press(pilot, "greater_than_sign")
            assert "PLAY ×2" in text(pilot)
            now[0] += 1000 * SECOND
            app._tick()
            assert not app.state.playing
            assert app.state.playhead == app.state.whole.end - 1
            await press(pilot, "space")
            assert app.state.playing
            assert app.state.playhead < app.state.whole.start + SECOND
            await press(pilot, "space")

    drive(play)


def test_goto_an_event_by_its_outcome_goes_to_where_that_is_known() -> None:
    async def play() -> None:
        made = recording()
        made.session.reply = Session(lambda: made.view).ask
        async with console(made) as pilot:
            app = app_of(pilot)
            await enter(pilot, "colon", "GOTO (WHERE error AND type = 'span')")
            at = app.selected()
            assert at is not None
            row = app.marks.view.page(at, 1).row(0, named=True)
            assert app.state.playhead == row["end_time"] > row["time"]
            selected = next(row for row in rows(pilot) if row.startswith("▸"))
            assert re.match(r"▸ \S+ E ", selected)

    drive(play)
