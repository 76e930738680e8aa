"""The mouse: seeking, dragging, zooming at the pointer, panning, selecting, tabs."""

from __future__ import annotations

from textual import events
from textual.widget import Widget

from traversion_data.model import SECOND
from traversion_tui.scene import Pane

from .console_harness import Console, app_of, console, drive, press, rows, settle
from .tui_incident import START, recording

LEFT = 11


def wheel(widget: Widget, kind: type[events.MouseEvent], x: int, y: int, *, shift: bool) -> None:
    widget.post_message(
        kind(widget, x=x, y=y, delta_x=0, delta_y=0, button=0, shift=shift, meta=False, ctrl=False,
             screen_x=x, screen_y=y)
    )  # fmt: skip


def track_cell(pilot: Console) -> int:
    return next(row for row in rows(pilot) if "┃" in row).index("┃")


def test_a_click_on_the_track_seeks_there_and_on_the_minimap_too() -> None:
    async def play() -> None:
        async with console(recording()) as pilot:
            app = app_of(pilot)
            await pilot.click("#scrubber", offset=(60, 3))
            await settle(pilot)
            assert track_cell(pilot) == 60
            assert app.pane is Pane.SCRUBBER
            await press(pilot, "plus plus")
            await pilot.click("#scrubber", offset=(LEFT + 23, 0))
            await settle(pilot)
            share = (app.state.playhead - app.state.whole.start) / app.state.whole.length
            assert abs(share - 24 / 96) < 0.01

    drive(play)


def test_dragging_seeks_live() -> None:
    async def play() -> None:
        async with console(recording()) as pilot:
            await pilot.mouse_down("#scrubber", offset=(30, 3))
            for x in (40, 50):
                await pilot.hover("#scrubber", offset=(x, 3))
                pane = app_of(pilot).main.scrubber
                pane.post_message(
                    events.MouseMove(pane, x, 3, 1, 0, 1, shift=False, meta=False, ctrl=False,
                                     screen_x=x, screen_y=5)
                )  # fmt: skip
                await settle(pilot)
                assert track_cell(pilot) == x
            await pilot.mouse_up("#scrubber", offset=(50, 3))

    drive(play)


def drag(pilot: Console, x: int, y: int, *, shift: bool = False) -> None:
    pane = app_of(pilot).main.scrubber
    pane.post_message(
        events.MouseMove(pane, x, y, 1, 0, 1, shift=shift, meta=False, ctrl=False,
                         screen_x=x, screen_y=y + 2)
    )  # fmt: skip


def test_drawing_with_shift_sets_both_edges_live_and_leaves_the_playhead() -> None:
    async def play() -> None:
        async with console(recording()) as pilot:
            app = app_of(pilot)
            at = app.state.playhead
            await pilot.mouse_down("#scrubber", offset=(60, 3), shift=True)
            for x in (58, 41):
                drag(pilot, x, 3, shift=True)
                await settle(pilot)
                marks = next(row for row in rows(pilot) if row.lstrip().startswith("marks"))
                assert (marks.index("A"), marks.index("B")) == (x, 60)
            await pilot.mouse_up("#scrubber", offset=(41, 3))
            assert app.state.playhead == at

    drive(play)


def test_a_double_click_fits_the_burst_of_errors_and_z_goes_back() -> None:
    async def play() -> None:
        async with console(recording()) as pilot:
            app = app_of(pilot)
            whole = app.state.window
            await pilot.double_click("#scrubber", offset=(80, 3))
            await settle(pilot)
            window = app.state.window
            start = START + 203 * SECOND
            assert abs(window.start + (whole.end - start) // 8 - start) < 12 * SECOND
            assert window.end == whole.end
            await press(pilot, "Z")
            assert app.state.window == whole

    drive(play)


def test_the_wheel_zooms_at_the_pointer_and_pans_with_shift() -> None:
    async def play() -> None:
        async with console(recording()) as pilot:
            app = app_of(pilot)
            pane = app.main.scrubber
            whole = app.state.window
            await press(pilot, "ctrl+o s 5")
            wheel(pane, events.MouseScrollUp, 60, 3, shift=False)
            await settle(pilot)
            near = app.state.window
            assert near.length < whole.length
            under = whole.start + whole.length * (60 - LEFT) // 96
            now = near.start + near.length * (60 - LEFT) // 96
            assert abs(now - under) <= near.length // 96
            wheel(pane, events.MouseScrollDown, 60, 3, shift=True)
            await settle(pilot)
            assert app.state.window.start > near.start
            assert app.state.window.length == near.length

    drive(play)


def test_a_click_in_the_log_selects_and_the_wheel_looks_elsewhere() -> None:
    async def play() -> None:
        async with console(recording()) as pilot:
            app = app_of(pilot)
            await press(pilot, "j j j j j j j j j j")
            await pilot.click("#events", offset=(30, 3))
            await settle(pilot)
            assert app.state.cursor == 2
            wheel(app.main.event_log, events.MouseScrollDown, 5, 5, shift=False)
            await settle(pilot)
            assert app.state.cursor == 2
            assert app.main.event_log.top == 3
            assert any("playhead" in row for row in rows(pilot))

    drive(play)


def test_a_click_opens_a_tab() -> None:
    async def play() -> None:
        async with console(recording(), size=(80, 24)) as pilot:
            app = app_of(pilot)
            x = rows(pilot)[5].index("Why") + 1
            await pilot.click("#tabs", offset=(x, 0))
            await settle(pilot)
            assert app.tab is Pane.WHY

    drive(play)
