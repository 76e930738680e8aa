"""None, one and one too many of everything, at every size, in every look; and pictures."""

from __future__ import annotations

import pytest

from traversion_data import schema
from traversion_data.store.view import StoreView
from traversion_tui.theme import look

from .console_harness import Console, app_of, console, drive, matches_snapshot, press, rows, text
from .tui_incident import MadeRecording, canned_services, incident, recording, view_of

SIZES = [(120, 40), (100, 30), (80, 24), (60, 16), (59, 15), (20, 5), (250, 70), (120, 24)]
KEYS = "e full_stop right plus tab tab tab tab v v v v v space space A B end home g G T o escape"


@pytest.fixture
def canned(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the pictures apart from how the engine computes STATE."""
    monkeypatch.setattr("traversion_tui.panes.services_at", canned_services)


async def one_by_one(pilot: Console, keys: str) -> None:
    """Wait for each key's answers, so that what STATE says changed does not hang on timing."""
    for key in keys.split():
        await press(pilot, key)


@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize("count", [0, 1, 2, 3000])
def test_every_size_takes_none_one_and_many_events(count: int, size: tuple[int, int]) -> None:
    async def play() -> None:
        events = incident(3000).head(count)
        made = MadeRecording([StoreView(schema.empty()) if not count else view_of(events)])
        async with console(made, size=size) as pilot:
            await press(pilot, KEYS)
            assert len(rows(pilot)) == size[1]
            assert all(len(row) == size[0] for row in rows(pilot))

    drive(play)


@pytest.mark.parametrize("palette", ["dark", "light", "ansi", "ansi-light", "mono"])
@pytest.mark.parametrize("ascii_glyphs", [False, True])
def test_every_look_draws_the_same_facts(palette: str, *, ascii_glyphs: bool) -> None:
    async def play() -> None:
        wears = look(palette, ascii_glyphs=ascii_glyphs)
        async with console(recording(incident(2000)), wears=wears) as pilot:
            await press(pilot, "e tab")
            shown = text(pilot)
            assert "playhead" in shown
            assert "failing" in shown or "degraded" in shown or "healthy" in shown
            if ascii_glyphs:
                outside = {c for c in shown if ord(c) > 126}
                assert not outside, outside

    drive(play)


@pytest.mark.parametrize(
    ("name", "size", "palette"),
    [
        ("main-120x40", (120, 40), "dark"),
        ("main-100x30", (100, 30), "dark"),
        ("main-80x24", (80, 24), "dark"),
        ("main-light", (120, 40), "light"),
        ("main-16-colours", (120, 40), "ansi"),
    ],
)
@pytest.mark.usefixtures("canned")
def test_the_console_looks_as_it_is_stored(name: str, size: tuple[int, int], palette: str) -> None:
    async def play() -> None:
        async with console(recording(), size=size, wears=look(palette)) as pilot:
            await one_by_one(pilot, "A e e e plus plus")
            matches_snapshot(pilot, name)

    drive(play)


@pytest.mark.usefixtures("canned")
def test_without_colour_and_glyphs_it_looks_as_it_is_stored() -> None:
    async def play() -> None:
        async with console(recording(), wears=look("mono", ascii_glyphs=True)) as pilot:
            await one_by_one(pilot, "A e e e plus plus")
            matches_snapshot(pilot, "main-ascii")

    drive(play)


@pytest.mark.parametrize(
    "keys", ["question_mark", "e enter", "ctrl+p", "ctrl+o s e", "tab tab tab"]
)
@pytest.mark.usefixtures("canned")
def test_other_screens_look_as_they_are_stored(keys: str) -> None:
    async def play() -> None:
        async with console(recording()) as pilot:
            await one_by_one(pilot, keys)
            matches_snapshot(pilot, "keys-" + keys.replace(" ", "-"))

    drive(play)


def test_the_start_screen_looks_as_it_is_stored() -> None:
    async def play() -> None:
        async with console(None, size=(80, 24)) as pilot:
            matches_snapshot(pilot, "start-80x24")
            assert app_of(pilot).is_running

    drive(play)
