"""Panes, prompt and sheets: what a key there does and what the screen then says."""

from __future__ import annotations

from traversion_data import schema
from traversion_engine.result import ResultTable
from traversion_tui.scene import Pane

from .console_harness import app_of, console, drive, enter, press, rows, settle, text
from .tui_incident import recording


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


def test_an_error_goes_with_the_text_it_is_about_and_leaves_the_last_table() -> None:
    async def play() -> None:
        made = recording()
        async with console(made) as pilot:
            app = app_of(pilot)
            await enter(pilot, "colon", "TRAVERSE FROM selected")

            def refuse(statement: str) -> ResultTable:
                raise ValueError("nonsense\n^^^^^^^^ expected a statement.")

            made.session.reply = refuse
            await enter(pilot, "colon", "nonsense")
            assert "^^^^^^^^ expected a statement." in text(pilot)
            await press(pilot, ["colon", "x"])
            assert "expected a statement." not in text(pilot)
            await press(pilot, "escape")
            assert app.pane is Pane.RESULT
            assert "parent_seq" in text(pilot)

    drive(play)
