"""Help while a statement is typed: offers over the prompt, taken with tab."""

from __future__ import annotations

import pytest
from textual.pilot import Pilot

from traversion_tui.scene import Pane

from .console_harness import app_of, console, drive, matches_snapshot, press, rows, settle, text
from .tui_incident import recording


def typed(pilot: Pilot[None]) -> str:
    return app_of(pilot).main.prompt.edited.text


def test_offers_stand_over_the_prompt_and_leave_with_it() -> None:
    async def play() -> None:
        async with console(recording(), size=(120, 40)) as pilot:
            await press(pilot, ["colon", *"TIMELINE WHERE serv"])
            await settle(pilot)
            shown = text(pilot)
            assert "TIMELINE [scope] [WHERE p] [LIMIT n]" in shown
            assert any(row.split()[:3] == ["service", "field", "text"] for row in rows(pilot))
            await press(pilot, "escape")
            assert "[WHERE p]" not in text(pilot)

    drive(play)


def test_tab_takes_an_offer_and_the_next_and_back_again() -> None:
    async def play() -> None:
        async with console(recording(), size=(120, 40)) as pilot:
            await press(pilot, ["colon", *"TIMELINE WHERE p9"])
            await settle(pilot)
            await press(pilot, "tab")
            assert typed(pilot) == "TIMELINE WHERE p95"
            await press(pilot, "tab")
            assert typed(pilot) == "TIMELINE WHERE p99"
            await press(pilot, "shift+tab")
            assert typed(pilot) == "TIMELINE WHERE p95"
            await press(pilot, ["shift+tab"])
            assert typed(pilot) == "TIMELINE WHERE p99"

    drive(play)


def test_a_tab_typed_ahead_waits_for_its_offers() -> None:
    async def play() -> None:
        async with console(recording(), size=(120, 40)) as pilot:
            await press(pilot, ["colon", *"TIMELINE WHERE service = 'inv", "tab", "space"])
            await settle(pilot)
            assert typed(pilot) == "TIMELINE WHERE service = 'inventory' "

    drive(play)


def test_a_whole_statement_says_how_much_it_reads() -> None:
    async def play() -> None:
        async with console(recording(), size=(120, 40)) as pilot:
            await press(pilot, ["colon", *"TIMELINE FROM start"])
            await settle(pilot)
            height = app_of(pilot).marks.view.height
            assert any(f"reads {height:,} events" in row for row in rows(pilot))

    drive(play)


def test_nothing_to_go_on_with_says_so_and_stays_at_the_prompt() -> None:
    async def play() -> None:
        async with console(recording(), size=(120, 40)) as pilot:
            await press(pilot, ["colon", *"TIMELINE x", "tab"])
            await settle(pilot)
            assert app_of(pilot).pane is Pane.PROMPT
            assert typed(pilot) == "TIMELINE x"
            assert "nothing is known to go on with here" in text(pilot)

    drive(play)


def test_tab_at_an_empty_prompt_goes_to_the_next_pane() -> None:
    async def play() -> None:
        async with console(recording(), size=(120, 40)) as pilot:
            await press(pilot, "colon")
            await settle(pilot)
            assert "What every service looked like at a moment." in text(pilot)
            await press(pilot, "tab")
            assert app_of(pilot).pane is not Pane.PROMPT

    drive(play)


@pytest.mark.parametrize("size", [(120, 40), (80, 24)])
def test_how_offers_look(size: tuple[int, int]) -> None:
    async def play() -> None:
        async with console(recording(), size=size) as pilot:
            await press(pilot, ["colon", *"SELECT p9"])
            await settle(pilot)
            await press(pilot, ["tab", "tab"])
            matches_snapshot(pilot, f"suggestions-{size[0]}x{size[1]}")

    drive(play)
