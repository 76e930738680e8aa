"""Input that is still written: at the newest event, away from it, and back."""

from __future__ import annotations

import os
from pathlib import Path
from threading import Thread
from time import sleep, time_ns

import pytest

from traversion_data.ingest import Progress
from traversion_data.intake import Intake, Wanted
from traversion_data.store.generations import is_store
from traversion_data.store.head import Head
from traversion_engine.context import Context
from traversion_engine.result import ResultTable
from traversion_tui.console import OpenedRecording
from traversion_tui.growing import loaded
from traversion_tui.loading import warmed
from traversion_tui.messages import Loaded
from traversion_tui.recording import Terms
from traversion_tui.source_options import SourceOptions
from traversion_tui.state import Follow

from .command_line import EVENTS, lines
from .console_harness import Console, app_of, console, drive, enter, press, rows, text
from .growing import GrowingRecording, caught_up, grow, part
from .tui_incident import recording


def status(pilot: Console) -> str:
    return rows(pilot)[0]


def last_row(pilot: Console) -> str:
    """The row above the playhead's line."""
    shown = rows(pilot)
    line = next(y for y, row in enumerate(shown) if row.startswith("── playhead"))
    assert "nothing ahead" in shown[line]
    return shown[line - 1]


def test_followed_input_opens_at_its_newest_event_and_stays_there() -> None:
    async def play() -> None:
        made = GrowingRecording()
        async with console(made) as pilot:
            app = app_of(pilot)
            for count in (50, 120, 400):
                await grow(pilot, made, part(count), caught_up(count))
                assert "▶ LIVE" in status(pilot)
                assert f"{count:,} read = {count:,}" in status(pilot)
                assert app.state.playhead == made.view.bounds.end - 1
                assert app.state.cursor == count - 1
                assert app.state.window == app.state.whole == made.view.bounds
                assert last_row(pilot).startswith("▸")
                assert "What was understood" not in text(pilot)

    drive(play)


def test_before_the_first_event_it_says_that_it_waits() -> None:
    async def play() -> None:
        made = GrowingRecording()
        async with console(made) as pilot:
            await grow(pilot, made, caught_up(0))
            assert "nothing yet" in text(pilot)
            assert "▶ LIVE" in status(pilot)
            await press(pilot, "t End space left e plus j enter")

    drive(play)


@pytest.mark.parametrize("keys", ["left", "comma", "E", "k", "home", "g", "space", "shift+left"])
def test_a_move_back_leaves_the_newest_and_counts_what_came_since(keys: str) -> None:
    async def play() -> None:
        made = GrowingRecording()
        async with console(made) as pilot:
            await grow(pilot, made, part(1400), caught_up(1400))
            await press(pilot, keys)
            left = app_of(pilot).state
            assert "PAUSED" in status(pilot)
            assert "new" not in status(pilot)
            seq = made.view.events["seq"][left.cursor]
            await grow(pilot, made, part(1523))
            assert "PAUSED +123 new" in status(pilot)
            state = app_of(pilot).state
            assert state.playhead == left.playhead
            assert made.view.events["seq"][state.cursor] == seq

    drive(play)


@pytest.mark.parametrize("back", ["t", "end", "space"])
def test_keys_that_return_to_the_newest(back: str) -> None:
    async def play() -> None:
        made = GrowingRecording()
        async with console(made) as pilot:
            await grow(pilot, made, part(300), caught_up(300))
            await press(pilot, "space" if back == "space" else "left")
            if back != "space":
                await grow(pilot, made, part(500))
            await press(pilot, back)
            assert "▶ LIVE" in status(pilot)
            await grow(pilot, made, part(600))
            assert app_of(pilot).state.cursor == 599

    drive(play)


def test_play_that_reaches_the_newest_goes_on_with_it() -> None:
    now = [0]

    async def play() -> None:
        made = GrowingRecording()
        async with console(made, clock=lambda: now[0]) as pilot:
            await grow(pilot, made, part(300), caught_up(300))
            await press(pilot, "left space")
            assert "PLAY" in status(pilot)
            now[0] += 10**15
            app_of(pilot)._tick()
            assert app_of(pilot).state.follow is Follow.LIVE
            assert not app_of(pilot).state.playing

    drive(play)


def test_a_zoom_about_the_end_stays_and_its_window_follows() -> None:
    async def play() -> None:
        made = GrowingRecording()
        async with console(made) as pilot:
            await grow(pilot, made, part(300), caught_up(300))
            await press(pilot, "plus plus")
            zoomed = app_of(pilot).state.window
            assert "▶ LIVE" in status(pilot)
            await grow(pilot, made, part(600))
            window = app_of(pilot).state.window
            assert window.end == made.view.bounds.end
            assert window.length == zoomed.length
            await press(pilot, "shift+tab a")
            assert "PAUSED" in status(pilot)

    drive(play)


def test_without_input_that_grows_t_says_how() -> None:
    async def play() -> None:
        async with console(recording()) as pilot:
            await press(pilot, "t")
            assert "--follow" in status(pilot)
            await press(pilot, "end")
            assert "LIVE" not in status(pilot)

    drive(play)


def test_the_first_load_of_followed_input_shows_how_far_it_is() -> None:
    async def play() -> None:
        made = GrowingRecording()
        async with console(made) as pilot:
            await grow(pilot, made, Progress(5_000, 20_000, 50, 1.0, done=False), part(50))
            assert "loading 25%" in status(pilot)
            await grow(pilot, made, part(200), caught_up(200))
            assert "loading" not in status(pilot)
            assert "200 read = 200" in status(pilot)
            await grow(pilot, made, part(300))
            assert "300 read = 300" in status(pilot)

    drive(play)


def test_of_snapshots_that_came_together_only_the_newest_is_drawn() -> None:
    async def play() -> None:
        made = GrowingRecording()
        async with console(made) as pilot:
            app = app_of(pilot)
            await grow(pilot, made, part(50), caught_up(50))
            assert app.load is not None
            parts = [warmed(part(count)) for count in (60, 70, 80)]
            app.load.newest = parts[-1]
            heights: list[int] = []
            for marks in parts:
                loaded(app, Loaded(marks=marks))
                heights.append(app.marks.view.height)
            assert heights == [50, 50, 80]

    drive(play)


def test_now_in_a_statement_is_the_wall_clock_while_input_is_followed() -> None:
    asked: list[Context] = []

    async def play() -> None:
        made = GrowingRecording()
        tell = made.session.ask

        def ask(statement: str, context: Context, cancel: object = None) -> ResultTable:
            asked.append(context)
            return tell("TRAVERSE", context)

        made.session.ask = ask  # type: ignore[method-assign,assignment]
        async with console(made) as pilot:
            await grow(pilot, made, part(50), caught_up(50))
            before = time_ns()
            await enter(pilot, ":", "SELECT count()")
            assert asked[-1].now is not None
            assert before <= asked[-1].now <= time_ns()

    drive(play)


@pytest.mark.parametrize("size", [(120, 40), (80, 24)])
def test_what_stands_in_the_way_is_said_until_it_is_gone(size: tuple[int, int]) -> None:
    async def play() -> None:
        made = GrowingRecording()
        async with console(made, size) as pilot:
            await grow(
                pilot, made, part(50), caught_up(50, "/var/log/app.jsonl cannot be read just now")
            )
            assert "  app.jsonl cannot be read just now" in status(pilot)
            assert "▶ LIVE" in status(pilot)
            await grow(pilot, made, part(60))
            assert "cannot be read just now" in status(pilot)
            await press(pilot, "U")
            assert text(pilot).count("cannot be read just now") == 2
            await press(pilot, "U question_mark G")
            assert "cannot be read just now" in text(pilot)
            await press(pilot, "q")
            await grow(pilot, made, caught_up(60))
            assert "cannot be read" not in status(pilot)

    drive(play)


@pytest.mark.parametrize("size", [(120, 40), (80, 24)])
def test_secrets_that_are_kept_are_said_all_the_time(size: tuple[int, int]) -> None:
    async def play() -> None:
        made = GrowingRecording(Terms(grows=True, kept=False, redacted=False))
        async with console(made, size) as pilot:
            assert "NOT REDACTED" in status(pilot)
            await grow(pilot, made, part(50), caught_up(50))
            assert "NOT REDACTED" in status(pilot)
            await press(pilot, "q")
            assert "NOT REDACTED" in status(pilot)

    drive(play)


def test_a_capture_that_is_not_kept_is_left_by_the_second_q() -> None:
    async def play() -> None:
        made = GrowingRecording()
        async with console(made) as pilot:
            app = app_of(pilot)
            await grow(pilot, made, part(50), caught_up(50))
            await press(pilot, "q")
            assert "q again leaves" in status(pilot)
            await press(pilot, "j q")
            assert app.is_running
            assert "q again leaves" in status(pilot)
            app.action_act("leave")
            assert app.return_code == 0

    drive(play)


@pytest.mark.parametrize("words", [("-",), ("{pipe}",), ("{file}", "{pipe}")])
def test_what_a_pipe_brings_is_not_kept(words: tuple[str, ...], tmp_path: Path) -> None:
    path = tmp_path / "app.jsonl"
    path.write_bytes(lines())
    read, write = os.pipe()
    try:
        named = [word.format(pipe=f"/dev/fd/{read}", file=path) for word in words]
        assert not OpenedRecording(named, SourceOptions(), read).terms.kept
        assert OpenedRecording(named, SourceOptions(store=tmp_path / "kept"), read).terms.kept
        assert OpenedRecording([str(path)], SourceOptions()).terms.kept
    finally:
        os.close(read)
        os.close(write)


def test_a_capture_that_has_ended_is_left_by_the_first_q() -> None:
    async def play() -> None:
        made = GrowingRecording(Terms(kept=False))
        for news in (part(50), None):
            made.news.put(news)
        async with console(made) as pilot:
            app_of(pilot).action_act("escape")
            app_of(pilot).action_act("leave")
            assert app_of(pilot).return_code == 0

    drive(play)


async def shows(pilot: Console, *wanted: str) -> None:
    """Wait until the screen has all of some texts."""
    for _ in range(400):
        if all(it in text(pilot) for it in wanted):
            return
        await pilot.pause(0.05)
    pytest.fail(f"not all of {wanted} in\n{text(pilot)}")


@pytest.mark.parametrize("opened", ["the store", "the file"])
def test_a_store_that_another_process_writes_goes_on_and_is_only_read(
    tmp_path: Path, opened: str
) -> None:
    path, folder = tmp_path / "app.jsonl", tmp_path / "kept"
    path.write_bytes(lines())
    other = Intake(Wanted(paths=(str(path),), grows=True, store=folder), Head())
    writing = Thread(target=other.run, daemon=True)
    writing.start()
    options = SourceOptions(follow=True, store=None if opened == "the store" else folder)

    async def play() -> None:
        made = OpenedRecording([str(folder if opened == "the store" else path)], options)
        async with console(made) as pilot:
            await shows(pilot, "▶ LIVE", f"{len(EVENTS)} read")
            with path.open("ab") as log:
                log.write(lines([{**EVENTS[-1], "message": "what came later"}]))
            await shows(pilot, "what came later", f"{len(EVENTS) + 1} read")
            if opened == "the file":
                await pilot.press("U")
                await shows(pilot, "opened", "read-only")
            app_of(pilot).action_act("leave")
            assert app_of(pilot).return_code == 0

    wait_for_store(folder)
    try:
        drive(play)
    finally:
        other.cancel()
        writing.join()


def wait_for_store(folder: Path) -> None:
    """Until there is a store of all lines."""
    for _ in range(400):
        if is_store(folder) and Intake(Wanted(archive=folder), Head()).run().height:
            return
        sleep(0.05)
    pytest.fail("nothing was stored")


def test_what_is_kept_is_left_at_once() -> None:
    async def play() -> None:
        made = GrowingRecording(Terms(grows=True, kept=True))
        async with console(made) as pilot:
            await grow(pilot, made, part(50), caught_up(50))
            app_of(pilot).action_act("leave")
            assert app_of(pilot).return_code == 0

    drive(play)
