"""What is known to be missing: hatched on the scrubber, told in the log, counted in the status."""

from __future__ import annotations

import pytest

from traversion_data.model import Gap, TimeRange
from traversion_tui.reading.gaps import cells
from traversion_tui.theme import look

from .console_harness import Console, app_of, console, drive, press, rows, settle, text
from .growing import GrowingRecording, caught_up, grow, part
from .tui_incident import MadeRecording, incident, view_of

WHY = "it was cut short"


def with_gap(first: int, last: int) -> MadeRecording:
    """A recording in which something is missing between two of its events."""
    view = part(1500)
    times = view.times
    gap = Gap(0, int(times[first]), int(times[last]), WHY, 4_096)
    return MadeRecording([part(1500, gap)])


def row_of(pilot: Console) -> int:
    return next(y for y, row in enumerate(rows(pilot)) if f"gap: {WHY}" in row)


def test_a_gap_is_hatched_told_in_the_log_and_counted() -> None:
    made = with_gap(700, 900)

    async def play() -> None:
        async with console(made) as pilot:
            shown = rows(pilot)
            assert "gaps 1" in shown[0]
            hatched = {y: row.count("╱") for y, row in enumerate(shown) if "╱" in row}
            assert len(hatched) >= 2
            assert max(hatched.values()) > 3
            app = app_of(pilot)
            await press(pilot, ["escape", "@"])
            app.main.prompt.edited = app.main.prompt.edited.at_end("#700")
            await press(pilot, "enter")
            await press(pilot, "full_stop " * 3)
            assert " - checkout.jsonl" in rows(pilot)[row_of(pilot)]

    drive(play)


def test_the_row_stands_between_its_neighbours_and_cannot_be_selected() -> None:
    made = with_gap(700, 701)

    async def play() -> None:
        async with console(made) as pilot:
            app = app_of(pilot)
            before, after = (int(made.view.events["seq"][at]) for at in (700, 701))
            app.go_to_event(after)
            await settle(pilot)
            await press(pilot, "escape")
            y = row_of(pilot)
            assert rows(pilot)[y + 1].startswith("▸") or rows(pilot)[y + 2].startswith("▸")
            await pilot.click("#events", offset=(10, y - app.main.event_log.region.y))
            await settle(pilot)
            assert int(made.view.events["seq"][app.state.cursor]) == after
            await press(pilot, "k")
            assert int(made.view.events["seq"][app.state.cursor]) == before
            await press(pilot, "j")
            assert int(made.view.events["seq"][app.state.cursor]) == after

    drive(play)


def test_a_gap_at_the_newest_is_the_last_row() -> None:
    async def play() -> None:
        made = GrowingRecording()
        async with console(made) as pilot:
            gap = Gap(0, int(part(300).times[-1]), None, WHY)
            await grow(pilot, made, part(300, gap), caught_up(300))
            y = row_of(pilot)
            assert "playhead" in rows(pilot)[y + 1]
            assert rows(pilot)[y - 1].startswith("▸")

    drive(play)


@pytest.mark.parametrize("glyphs", ["╱", "/"])
def test_small_screens_show_it_too(glyphs: str) -> None:
    made = with_gap(700, 900)

    async def play() -> None:
        async with console(made, (80, 24), look("dark", ascii_glyphs=glyphs == "/")) as pilot:
            await press(pilot, "full_stop")
            assert rows(pilot)[3].count(glyphs) > 3

    drive(play)


def test_without_gaps_there_are_none() -> None:
    async def play() -> None:
        async with console(MadeRecording([view_of(incident(50))])) as pilot:
            assert "no gaps" in rows(pilot)[0]
            assert "╱" not in text(pilot)

    drive(play)


def test_the_cells_of_gaps() -> None:
    window = TimeRange(0, 100)
    assert cells([Gap(0, 20, 39, "")], window, 10) == {2, 3}
    assert cells([Gap(0, 20, None, "")], window, 10) == {2}
    assert cells([Gap(0, None, 25, "")], window, 10) == {2}
    assert cells([Gap(0, None, None, "")], window, 10) == frozenset()
    assert cells([Gap(0, -50, 5, ""), Gap(0, 95, 500, "")], window, 10) == {0, 9}
    assert cells([Gap(0, 100, 200, ""), Gap(0, -9, -1, "")], window, 10) == frozenset()
