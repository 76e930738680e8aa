"""Keys pressed in the console and what its screen then says."""

from __future__ import annotations

import re

import polars as pl
import pytest

from traversion_data import schema
from traversion_data.model import SECOND
from traversion_tui.app import TraversionApp
from traversion_tui.scene import Pane
from traversion_tui.state import Clock, Loop
from traversion_tui.theme import look

from .console_harness import Console, app_of, console, drive, enter, press, rows, settle, text
from .tui_incident import START, MadeRecording, incident, recording, view_of


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
            await press(pilot, "m k end")
            assert app.state.playhead != there
            await press(pilot, "apostrophe k")
            assert app.state.playhead == there
            await press(pilot, "apostrophe apostrophe")
            assert app.state.playhead == app.state.whole.end - 1
            await press(pilot, "apostrophe x")
            assert "there is no mark" in text(pilot)

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
            assert "▼ +00:03:2" in text(pilot)

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


def test_the_prompt_keeps_letters_that_are_keys_elsewhere() -> None:
    async def play() -> None:
        async with console(recording()) as pilot:
            app = app_of(pilot)
            await press(pilot, ["colon", *"qe W5?", "space", "a"])
            assert app.main.prompt.edited.text == "qe W5? a"
            assert app.state.playhead == app.state.whole.start
            await press(pilot, "escape")
            assert app.pane is Pane.EVENTS

    drive(play)


def test_a_statement_opens_its_table_and_q_leaves_it() -> None:
    async def play() -> None:
        made = recording()
        async with console(made) as pilot:
            app = app_of(pilot)
            await enter(pilot, "colon", "TRAVERSE FROM selected")
            assert app.pane is Pane.RESULT
            assert "parent_seq" in text(pilot)
            await press(pilot, "right right right right right right right right")
            assert "evidence" in text(pilot)
            await press(pilot, "q")
            assert app.pane is Pane.EVENTS
            await press(pilot, "colon up")
            assert app.main.prompt.edited.text == "TRAVERSE FROM selected"

    drive(play)


def test_a_wrong_statement_is_shown_with_its_caret() -> None:
    async def play() -> None:
        made = recording()

        def refuse(statement: str):
            raise ValueError("STATE WERE\n      ^^^^ expected WHERE.")

        made.session.reply = refuse
        async with console(made) as pilot:
            await enter(pilot, "colon", "STATE WERE")
            shown = rows(pilot)
            caret = next(i for i, row in enumerate(shown) if "^^^^ expected WHERE." in row)
            assert "STATE WERE" in shown[caret - 1]
            assert shown[caret].index("^") == shown[caret - 1].index("WERE")

    drive(play)


def test_find_goes_from_hit_to_hit() -> None:
    async def play() -> None:
        async with console(recording()) as pilot:
            app = app_of(pilot)
            await enter(pilot, "slash", "pool exhausted")
            first = app.state.cursor
            assert "hit 1 of " in text(pilot)
            await press(pilot, "n")
            assert app.state.cursor is not None
            assert first is not None
            assert app.state.cursor > first
            await press(pilot, "N")
            assert app.state.cursor == first
            await enter(pilot, "slash", "no such thing")
            assert "no event says" in text(pilot)
            await enter(pilot, "slash", "(")
            assert "is no pattern" in text(pilot)

    drive(play)


def test_selecting_ahead_takes_the_playhead_along_and_back_leaves_it() -> None:
    async def play() -> None:
        async with console(recording()) as pilot:
            app = app_of(pilot)
            await press(pilot, "j j j")
            there = app.state.playhead
            assert there == app.marks.view.times[3]
            await press(pilot, "k k")
            assert (app.state.cursor, app.state.playhead) == (1, there)
            await press(pilot, "J")
            assert app.state.playhead == app.marks.view.times[1]

    drive(play)


def test_detail_shows_everything_and_the_place_of_the_raw_line() -> None:
    async def play() -> None:
        async with console(recording()) as pilot:
            await press(pilot, "e enter")
            app = app_of(pilot)
            seq = app.marks.view.page(app.state.cursor or 0, 1)[schema.SEQ][0]
            assert f"checkout.jsonl:{seq + 1}@{seq * 100}" in text(pilot)
            assert "trace_id" in text(pilot)
            await press(pilot, "escape")
            assert "playhead" in text(pilot)

    drive(play)


def test_help_lists_every_key_and_dims_what_comes_later() -> None:
    async def play() -> None:
        async with console(recording(), size=(120, 150)) as pilot:
            await press(pilot, "question_mark")
            shown = text(pilot)
            assert "Root cause" not in shown
            assert "Say what caused the selected event. Not in this version." in shown
            assert "Play from the playhead" in shown

    drive(play)


def test_a_key_of_a_later_version_says_so() -> None:
    async def play() -> None:
        async with console(recording()) as pilot:
            await press(pilot, "r")
            assert "Root cause is not available in this version." in text(pilot)

    drive(play)


def test_the_palette_finds_an_action_and_runs_it() -> None:
    async def play() -> None:
        async with console(recording()) as pilot:
            app = app_of(pilot)
            await press(pilot, ["ctrl+p", *"next err"])
            assert "Next error" in text(pilot)
            await press(pilot, "enter")
            assert app.state.playhead == app.marks.errors.known[0]

    drive(play)


def test_resizing_keeps_playhead_selection_and_window() -> None:
    async def play() -> None:
        async with console(recording()) as pilot:
            app = app_of(pilot)
            await press(pilot, "e plus")
            before = app.state
            for size in ((80, 24), (50, 12), (100, 30), (200, 60), (120, 40)):
                await pilot.resize_terminal(*size)
                await settle(pilot)
                if size == (50, 12):
                    assert "Traversion needs 60 x 16 cells." in text(pilot)
                else:
                    assert any(row.startswith("▸") for row in rows(pilot))
                assert all(len(row) == size[0] for row in rows(pilot))
            assert app.state == before

    drive(play)


def test_panes_take_the_focus_in_turn() -> None:
    async def play() -> None:
        async with console(recording()) as pilot:
            app = app_of(pilot)
            visited = []
            for _ in range(5):
                await press(pilot, "tab")
                visited.append(app.pane)
            assert visited == [Pane.STATE, Pane.CHANGED, Pane.WHY, Pane.SCRUBBER, Pane.EVENTS]
            await press(pilot, "shift+tab")
            assert app.pane is Pane.SCRUBBER

    drive(play)


def test_on_a_small_screen_panes_are_tabs() -> None:
    async def play() -> None:
        async with console(recording(), size=(80, 24)) as pilot:
            await press(pilot, "e tab")
            assert "req/s" in text(pilot)
            await press(pilot, "tab tab")
            assert "effect, then its causes" in text(pilot)
            assert "healthy" in rows(pilot)[21]

    drive(play)


def test_enter_in_the_tree_goes_to_the_cause() -> None:
    async def play() -> None:
        async with console(recording()) as pilot:
            app = app_of(pilot)
            await press(pilot, "e")
            effect = app.state.cursor
            await press(pilot, "ctrl+o w u u enter")
            assert app.state.cursor is not None
            assert effect is not None
            assert app.state.cursor == effect - 2

    drive(play)


def test_ctrl_c_twice_quits_and_once_does_not() -> None:
    async def play() -> None:
        async with console(recording()) as pilot:
            app = app_of(pilot)
            await press(pilot, "ctrl+c")
            assert "ctrl+c again quits" in text(pilot)
            await press(pilot, "e ctrl+c")
            assert app.is_running
            app.action_act("interrupt")
            assert app.return_code == 0

    drive(play)


def test_without_a_recording_the_start_screen_opens_the_demo() -> None:
    async def play() -> None:
        async with console(None, demo=recording) as pilot:
            assert "nothing is open yet" in text(pilot)
            await press(pilot, "d")
            assert "18,204 read" in text(pilot)

    drive(play)


def test_a_load_that_fails_says_why() -> None:
    async def play() -> None:
        made = MadeRecording([], error=ValueError("x.jsonl holds only blank lines"))
        async with console(made) as pilot:
            assert "x.jsonl holds only blank lines" in text(pilot)
            assert "no events in this recording" in text(pilot)
            await press(pilot, "e space left right plus j k enter A 5 m a end z home")

    drive(play)


def test_the_card_says_what_was_understood_until_the_next_key() -> None:
    aside = pl.DataFrame(
        [(3, 0, 300, 9, "no time in it", "garbage")], schema=schema.ASIDE, orient="row"
    )

    async def play() -> None:
        async with console(recording(incident(50), aside)) as pilot:
            shown = text(pilot)
            assert "What was understood" in shown
            assert "checkout.jsonl:4" in shown
            assert "no time in it" in shown
            await press(pilot, "full_stop")
            assert "What was understood" not in text(pilot)
            await press(pilot, "U")
            assert "What was understood" in text(pilot)
            await press(pilot, "escape")
            assert "What was understood" not in text(pilot)

    drive(play)


def test_a_recording_that_grows_keeps_the_moment_and_counts_up() -> None:
    full = incident(2000).sort("time", "seq")

    async def play() -> None:
        made = MadeRecording([view_of(full.head(500)), view_of(full)])
        async with console(made) as pilot:
            assert "2,000 read = 2,000" in text(pilot)
            assert app_of(pilot).state.whole == made.view.bounds

    drive(play)


def loading(pilot: Console) -> bool:
    return "loading 25%" in text(pilot)


def test_a_load_under_way_is_shown_can_be_used_and_is_stopped_by_ctrl_c() -> None:
    full = incident(2000).sort("time", "seq")

    async def play() -> None:
        made = MadeRecording([view_of(full.head(500)), view_of(full)], waits=True)
        app = TraversionApp(made, look=look("dark"), memory=lambda: 0)
        async with app.run_test(size=(120, 40)) as pilot:
            while not (app.marks.view.height and loading(pilot)):
                await pilot._wait_for_screen()
            app.screen._on_timer_update()
            assert "500 rows" in text(pilot)
            assert "ctrl+c stops" in text(pilot)
            overview = next(row for row in rows(pilot) if row.startswith("all"))
            assert overview.count("░") == 72
            app.action_act("next_error")
            app.action_act("interrupt")
            await settle(pilot)
            assert made.cancelled.is_set()
            assert app.loading.done
            assert app.marks.view.height == 500

    drive(play)


def test_leaving_does_not_wait_for_the_rest_of_a_load() -> None:
    async def play() -> None:
        made = MadeRecording([view_of(incident(500)), view_of(incident(2000))], waits=True)
        app = TraversionApp(made, look=look("dark"), memory=lambda: 0)
        async with app.run_test(size=(80, 24)) as pilot:
            while not app.marks.view.height:
                await pilot._wait_for_screen()
            app.action_act("leave")
        assert made.cancelled.is_set()

    drive(play)
