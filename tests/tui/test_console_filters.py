"""Filters of the log: what is shown, what is said, and that moving goes by what is shown."""

from __future__ import annotations

import polars as pl

from traversion_data import schema
from traversion_engine.session import Session
from traversion_tui.growing import loaded
from traversion_tui.landmarks import Landmarks
from traversion_tui.messages import Loaded

from .console_harness import app_of, console, drive, enter, press, rows, text
from .tui_incident import MadeRecording, incident, recording, view_of


def test_f_keeps_the_service_of_the_row_and_e_goes_by_what_is_kept() -> None:
    async def play() -> None:
        async with console(recording()) as pilot:
            app = app_of(pilot)
            await press(pilot, "e")
            moment = app.state.playhead
            service = app.shown.view.page(app.state.cursor or 0, 1)[schema.SERVICE][0]
            kept = app.marks.view.events.filter(pl.col(schema.SERVICE) == service).height
            await press(pilot, "f")
            assert app.state.playhead == moment
            assert f"service = '{service}'   {kept:,} of 18,204" in text(pilot)
            assert "filtered/s" in text(pilot)
            events = [row for row in rows(pilot) if row[:1] in "▸┊ " and row[2:4] == "15"]
            assert events
            assert all(f" {service} " in row[:40] for row in events)
            await press(pilot, "e e")
            at = app.shown.view.page(app.state.cursor or 0, 1)
            assert at[schema.SERVICE][0] == service
            await press(pilot, "enter")
            assert f"{service}" in rows(pilot)[1]

    drive(play)


def test_ctrl_f_switches_the_filters_off_and_on_and_keeps_the_event() -> None:
    async def play() -> None:
        async with console(recording()) as pilot:
            app = app_of(pilot)
            await press(pilot, "ctrl+f")
            assert "there are no filters" in text(pilot)
            await press(pilot, "e f")
            selected = app.selected()
            kept = app.shown.view.height
            await press(pilot, "ctrl+f")
            assert app.shown is app.marks
            assert app.selected() == selected
            assert "all levels, all services" in text(pilot)
            await press(pilot, "ctrl+f")
            assert app.shown.view.height == kept
            assert app.selected() == selected

    drive(play)


def test_filters_compose_and_an_empty_log_says_why() -> None:
    async def play() -> None:
        async with console(recording()) as pilot:
            app = app_of(pilot)
            await press(pilot, "e f F")
            assert app.shown.view.height == 0
            assert "no event passes the filters; ctrl+f switches them off" in text(pilot)
            await press(pilot, "e space space full_stop j k enter n left right home end i J y Y p")
            assert app.shown.view.height == 0

    drive(play)


def test_the_answer_of_a_timeline_is_shown_in_the_log_by_f() -> None:
    async def play() -> None:
        made = recording()
        made.session.reply = Session(lambda: made.view).ask
        async with console(made) as pilot:
            app = app_of(pilot)
            await enter(pilot, "colon", "TIMELINE WHERE severity >= 'error' OR service = 'db'")
            await press(pilot, "f q")
            assert "severity >= 'error' OR service = 'db'" in text(pilot)
            wanted = (pl.col(schema.SEVERITY) >= 4) | (pl.col(schema.SERVICE) == "db")
            assert app.shown.view.height == app.marks.view.events.filter(wanted).height

    drive(play)


def test_going_to_an_event_that_is_filtered_out_switches_the_filters_off() -> None:
    async def play() -> None:
        async with console(recording()) as pilot:
            app = app_of(pilot)
            await press(pilot, "e f")
            other = app.marks.view.events.filter(
                ~pl.col(schema.SERVICE).is_in(app.shown.view.events[schema.SERVICE].unique())
            )[schema.SEQ][0]
            await enter(pilot, "ctrl+g", f"#{other}")
            assert app.shown is app.marks
            assert "filters off" in text(pilot)

    drive(play)


def test_filters_hold_while_a_recording_grows() -> None:
    full = incident(2000).sort("time", "seq")

    async def play() -> None:
        made = MadeRecording([view_of(full)])
        async with console(made) as pilot:
            app = app_of(pilot)
            await press(pilot, "f")
            before = app.shown.view.height
            more = view_of(incident(4000).sort("time", "seq"))
            loaded(app, Loaded(marks=Landmarks(more)))
            await press(pilot, "full_stop")
            assert app.shown.view.height > before
            assert app.shown.view.events[schema.SERVICE].n_unique() == 1

    drive(play)
