"""Opening, loading, growing and leaving."""

from __future__ import annotations

import asyncio

import polars as pl

from traversion_data import schema
from traversion_tui.app import TraversionApp
from traversion_tui.theme import look
from traversion_tui.workers import Job

from .console_harness import Console, app_of, console, drive, press, rows, settle, text
from .tui_incident import MadeRecording, incident, recording, view_of


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
            assert "no events in this recording" not in text(pilot)
            await press(pilot, "e space left right plus j k enter A 5 m a end z home")

    drive(play)


def test_a_fault_nobody_foresaw_is_said_and_what_was_read_stays() -> None:
    async def play() -> None:
        made = MadeRecording([view_of(incident(50))], error=KeyError("when"))
        async with console(made) as pilot:
            await press(pilot, "full_stop")
            assert "reading stopped at a fault: KeyError: 'when'" in text(pilot)
            assert app_of(pilot).marks.view.height == 50

    drive(play)


def test_before_the_first_rows_panes_say_that_they_load() -> None:
    async def play() -> None:
        empty = view_of(incident(50).clear())
        app = TraversionApp(
            MadeRecording([empty, empty], waits=True), look=look("dark"), memory=lambda: 0
        )
        async with app.run_test(size=(120, 40)) as pilot:
            await settled_without_workers(pilot)
            shown = text(pilot)
            assert "loading   0 events so far" in shown
            assert "no events in this recording" not in shown
            assert "no service known yet" not in shown
            app.action_act("leave")

    drive(play)


async def a_moment(pilot: Console) -> None:
    """Let the thread that loads come to its turn, then show what it posted."""
    await asyncio.sleep(0.01)
    await pilot._wait_for_screen()


async def settled_without_workers(pilot: Console) -> None:
    """Let what has been posted so far be shown, while a load goes on."""
    for _ in range(5):
        await pilot._wait_for_screen()
    pilot.app.screen._on_timer_update()


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
                await a_moment(pilot)
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
                await a_moment(pilot)
            app.action_act("leave")
        assert made.cancelled.is_set()

    drive(play)


def test_while_a_load_of_known_size_runs_workers_answer_its_first_and_last_snapshot() -> None:
    full = incident(2000).sort("time", "seq")
    made = MadeRecording([view_of(full.head(n)) for n in (100, 200, 400, 800, 2000)])

    async def play() -> None:
        async with console(None) as pilot:
            app = app_of(pilot)
            channel = app.channels["why"]
            heights: list[int] = []
            ask = channel.ask

            def counted(generation: int, job: Job) -> None:
                heights.append(app.marks.view.height)
                ask(generation, job)

            channel.ask = counted  # type: ignore[method-assign]
            app.screen.dismiss()
            app.open(made)
            await settle(pilot)
            assert heights == [100, 2000]
            assert app.answers.why is not None

    drive(play)
