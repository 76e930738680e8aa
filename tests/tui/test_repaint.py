"""Panes are painted again only for what they read, and show what they would show painted anew."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from traversion_tui.scene import Scene
from traversion_tui.widgets.answer_panes import WhyPane
from traversion_tui.widgets.event_log import EventLog
from traversion_tui.widgets.painted import Painted
from traversion_tui.widgets.scrubber import ScrubberPane

from .console_harness import Console, app_of, console, drive, press
from .tui_incident import recording

KEYS = (
    "e", "right", "full_stop", "comma", "j", "j", "k", "e", "e", "plus", "h", "left", "A", "right",
    "B", "tab", "tab", "down", "tab", "tab", "t", "t", "f", "f", "ctrl+f", "v", "e", "v", "v", "v",
    "5", "z", "plus", "home", "end", "Z", "space", "space", "m", "a", "n", "0", "question_mark",
    "escape", "colon", "escape", "w", "c", "C", "w", "escape",
)  # fmt: skip


def outdated(pilot: Console) -> list[str]:
    """Panes on the screen whose rows are not those that their scene would give."""
    found = []
    for pane in app_of(pilot).main.query(Painted):
        width, height = pane.size
        if not (pane.display and pane.scene is not None and width and height):
            continue
        stands = [pane.render_line(y) for y in range(height)]
        pane.repaint()
        if stands != [pane.render_line(y) for y in range(height)]:
            found.append(str(pane))
    return found


@pytest.mark.parametrize("size", [(120, 40), (80, 24)])
def test_after_every_key_all_panes_show_what_they_would_show_painted_anew(
    size: tuple[int, int],
) -> None:
    async def play() -> None:
        async with console(recording(), size=size) as pilot:
            for key in KEYS:
                await press(pilot, key)
                assert outdated(pilot) == [], key

    drive(play)


def painted(pilot: Console) -> list[str]:
    """Names of the panes that paint from now on, in order."""
    names: list[str] = []

    def counted(pane: Painted) -> Callable[[Scene, int], object]:
        paint = pane.paint

        def count(scene: Scene, width: int) -> object:
            names.append(type(pane).__name__)
            return paint(scene, width)

        return count

    for pane in app_of(pilot).main.query(Painted):
        pane.paint = counted(pane)  # type: ignore[method-assign,assignment]
    return names


def test_an_answer_paints_no_pane_that_does_not_show_it() -> None:
    async def play() -> None:
        async with console(recording()) as pilot:
            await press(pilot, "e")
            names = painted(pilot)
            await press(pilot, "full_stop")
            assert names.count(EventLog.__name__) == 1
            assert names.count(ScrubberPane.__name__) == 1
            assert names.count(WhyPane.__name__) == 1

    drive(play)
