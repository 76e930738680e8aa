"""What the console does for each batch of a file that grows, and what it lets lag behind."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from time import monotonic

import pytest

from traversion_data.model import TimeRange
from traversion_tui.live import only_newer
from traversion_tui.scene import Scene
from traversion_tui.state import Follow, ViewState
from traversion_tui.widgets import painted
from traversion_tui.widgets.event_log import EventLog
from traversion_tui.widgets.painted import Painted
from traversion_tui.widgets.scrubber import ScrubberPane

from .console_harness import Console, app_of, console, drive, press, rows
from .growing import GrowingRecording, caught_up, grow, part

LIVE = ViewState(TimeRange(0, 100), TimeRange(0, 100), 99, cursor=9, follow=Follow.LIVE)
LATER = {"whole": TimeRange(0, 130), "playhead": 129, "cursor": 12, "generation": 4}


@pytest.mark.parametrize(
    ("before", "after", "newer"),
    [
        (LIVE, replace(LIVE, **LATER, window=TimeRange(0, 130)), True),
        (
            replace(LIVE, window=TimeRange(80, 100)),
            replace(LIVE, **LATER, window=TimeRange(110, 130)),
            True,
        ),
        (LIVE, LIVE, True),
        (LIVE, replace(LIVE, **LATER, window=TimeRange(110, 130)), False),
        (LIVE, replace(LIVE, **LATER, window=TimeRange(0, 130), where="a = 1"), False),
        (LIVE, replace(LIVE, **LATER, window=TimeRange(0, 130), marks=(3, None)), False),
        (LIVE, replace(LIVE, playhead=50, follow=Follow.HELD), False),
        (replace(LIVE, follow=Follow.HELD), LIVE, False),
        (replace(LIVE, follow=Follow.HELD), replace(LIVE, follow=Follow.HELD, **LATER), False),
    ],
)
def test_what_newer_events_alone_change(before: ViewState, after: ViewState, newer: bool) -> None:
    assert only_newer(before, after) is newer


def painting(pilot: Console) -> list[type[Painted]]:
    """The panes that paint from now on, in order."""
    kinds: list[type[Painted]] = []

    def counted(pane: Painted) -> Callable[[Scene, int], object]:
        paint = pane.paint

        def count(scene: Scene, width: int) -> object:
            kinds.append(type(pane))
            return paint(scene, width)

        return count

    for pane in app_of(pilot).main.query(Painted):
        pane.paint = counted(pane)  # type: ignore[method-assign,assignment]
    return kinds


def test_the_log_shows_each_batch_and_the_scrubber_follows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(painted, "monotonic", lambda: 1000.0)

    async def play() -> None:
        made = GrowingRecording()
        async with console(made) as pilot:
            await grow(pilot, made, part(50), caught_up(50))
            kinds = painting(pilot)
            for count in (60, 70, 80):
                await grow(pilot, made, part(count))
                assert f"#{count - 1} of {count}" in "\n".join(rows(pilot))
            assert kinds.count(EventLog) == 3
            assert ScrubberPane not in kinds
            await press(pilot, "plus")
            assert kinds.count(ScrubberPane) == 1

    drive(play)


def test_a_pane_that_lags_catches_up_when_nothing_more_comes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(painted, "monotonic", lambda: 1000.0)
    monkeypatch.setattr(ScrubberPane, "patience", 0.05)

    async def play() -> None:
        made = GrowingRecording()
        async with console(made) as pilot:
            await grow(pilot, made, part(50), caught_up(50))
            kinds = painting(pilot)
            await grow(pilot, made, part(400))
            deadline = monotonic() + 20
            while ScrubberPane not in kinds and monotonic() < deadline:
                await pilot.pause(0.01)
            assert kinds.count(ScrubberPane) == 1
            state = app_of(pilot).state
            assert app_of(pilot).main.scrubber.scene.state is state

    drive(play)
