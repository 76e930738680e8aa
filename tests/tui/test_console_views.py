"""The left pane's views: each follows the moment, and its rows lead to events."""

from __future__ import annotations

import polars as pl
import pytest

from traversion_engine.session import Session
from traversion_tui.scene import Pane
from traversion_tui.theme import look
from traversion_tui.views import View

from .console_harness import app_of, console, drive, press, rows, text
from .tui_incident import MadeRecording, incident, recording


def answering(made: MadeRecording | None = None) -> MadeRecording:
    is_span = pl.col("duration_ns").is_not_null()
    number = pl.format("s{}", pl.col("seq"))
    made = made or recording(
        incident(4000).with_columns(span_id=pl.when(is_span).then(number).otherwise(None))
    )
    made.session.reply = Session(lambda: made.view).ask
    return made


def test_v_goes_through_the_views_and_back_to_the_log() -> None:
    async def play() -> None:
        async with console(answering()) as pilot:
            app = app_of(pilot)
            await press(pilot, "e")
            titles = []
            for _ in range(4):
                await press(pilot, "v")
                titles.append(next(row for row in rows(pilot) if "┬" in row)[1:6])
            assert [title.split()[0] for title in titles] == ["Trace", "Stack", "Map", "Event"]
            assert app.pane is Pane.EVENTS
            await press(pilot, "v q")
            assert app.left_view is View.LOG

    drive(play)


def test_the_stack_follows_the_playhead_and_enter_selects_without_moving_it() -> None:
    async def play() -> None:
        async with console(answering()) as pilot:
            app = app_of(pilot)
            await press(pilot, "e e e e e e e e e e v v")
            seen = app.answers.seen
            assert seen is not None
            assert seen.table is not None
            assert f"{seen.table.total} open" in text(pilot)
            moment = app.state.playhead
            await press(pilot, "j enter")
            assert app.state.playhead == moment
            at = app.selected()
            assert at is not None
            assert app.marks.view.page(at, 1)["seq"][0] == seen.table.frame["seq"][1]
            await press(pilot, "shift+right shift+right")
            assert app.answers.seen is not None
            assert app.answers.seen.table is not seen.table

    drive(play)


def test_the_trace_is_of_the_selected_event_and_tells_no_outcome_ahead() -> None:
    async def play() -> None:
        async with console(answering()) as pilot:
            app = app_of(pilot)
            await press(pilot, "e v")
            assert "took ms" in text(pilot)
            assert app.answers.seen is not None
            table = app.answers.seen.table
            assert table is not None
            await press(pilot, "home")
            failed = [row for row in rows(pilot) if "│" in row and row[:60].rstrip().endswith(" E")]
            assert failed == []
            await press(pilot, "ctrl+e")
            assert app.main.prompt.edited.text.startswith("TRACE #")

    drive(play)


@pytest.mark.parametrize("size", [(120, 40), (100, 30), (80, 24), (60, 16), (200, 60)])
@pytest.mark.parametrize("events", [incident(400), incident(400).clear(), incident(1)])
def test_every_view_is_drawn_at_every_size_and_of_nothing(size, events) -> None:
    async def play() -> None:
        async with console(answering(recording(events)), size=size) as pilot:
            await press(pilot, "e v enter f v j enter v enter V V V V V V v end v v v")
            assert all(len(row) == size[0] for row in rows(pilot))

    drive(play)


def test_where_panes_are_tabs_the_view_has_its_name() -> None:
    async def play() -> None:
        async with console(answering(), size=(80, 24)) as pilot:
            await press(pilot, "e v v")
            assert " Stack " in rows(pilot)[5] + rows(pilot)[4]

    drive(play)


def test_views_and_filters_are_drawn_with_ascii_alone_where_that_is_asked_for() -> None:
    async def play() -> None:
        async with console(answering(), wears=look("ansi", ascii_glyphs=True)) as pilot:
            await press(pilot, "e e e e e")
            for _ in range(3):
                await press(pilot, "v")
                assert text(pilot).isascii()
            await press(pilot, "f v")
            assert text(pilot).isascii()

    drive(play)
