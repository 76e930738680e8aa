"""What a designer would mark: cut numbers, hidden marks, hidden rows, greys in place of text."""

from __future__ import annotations

import re

import polars as pl

from traversion_data.model import SECOND
from traversion_tui.actions import BY_ID
from traversion_tui.screens.palette import matching
from traversion_tui.theme import look

from .console_harness import Console, app_of, console, drive, press, rows, strips, text
from .tui_incident import MadeRecording, incident, recording, view_of


def row_of(pilot: Console, label: str) -> str:
    return next(row for row in rows(pilot) if row.lstrip().startswith(label))


def test_the_playhead_stands_for_a_tick_it_would_cut() -> None:
    async def play() -> None:
        async with console(recording()) as pilot:
            await press(pilot, "shift+right")
            for _ in range(14):
                await press(pilot, "right")
                ruler = row_of(pilot, "8 min")[11:107]
                words = [word for word in re.split("[─┴┃]+", ruler) if word]
                assert all(re.fullmatch(r"15:4\d|15:5\d", word) for word in words), ruler

    drive(play)


def test_on_a_small_screen_marks_cut_no_tick_and_lengths_are_round() -> None:
    async def play() -> None:
        async with console(recording(), size=(80, 24)) as pilot:
            for _ in range(12):
                await press(pilot, "right A right")
                ruler = rows(pilot)[2]
                assert ruler.startswith("8 m  ")
                words = [word for word in re.split("[─┴┃A! ]+", ruler[5:75]) if word]
                assert all(re.fullmatch(r"15:\d\d", word) for word in words), ruler

    drive(play)


def test_the_flag_names_the_marks_under_it_and_covers_no_other() -> None:
    async def play() -> None:
        async with console(recording()) as pilot:
            await press(pilot, "shift+right shift+right A")
            assert "▼ A 15:" in row_of(pilot, "marks")
            await press(pilot, "left left left")
            marks = row_of(pilot, "marks")
            assert re.search(r" \d\d:\d\d:\d\d\.\d{3} ▼  A", marks), marks
            await press(pilot, "home")
            assert row_of(pilot, "marks")[11:].startswith("▼ ")

    drive(play)


def test_services_that_have_no_room_are_counted() -> None:
    async def play() -> None:
        events = incident(3000)
        many = pl.format("{}-{}", pl.col("service").cast(pl.String()), pl.int_range(pl.len()) % 5)
        view = view_of(events.with_columns(many.cast(events.schema["service"]).alias("service")))
        async with console(MadeRecording([view])) as pilot:
            await press(pilot, "end")
            title = next(row for row in rows(pilot) if " State at the playhead" in row)
            assert re.search(r"last 60 s   \d+ more ─", title)

    drive(play)


def test_a_sentence_never_takes_the_place_of_the_clock() -> None:
    async def play() -> None:
        async with console(recording(), size=(80, 24)) as pilot:
            await press(pilot, "e apostrophe x")
            row = rows(pilot)[0]
            assert "there is no mark 'x'" in row
            assert re.search(r"  15:47:\d\d\.\d{3}Z   ❚❚ PAUSED ×1 $", row), row

    drive(play)


def test_what_fails_keeps_its_colour_when_it_has_just_changed() -> None:
    async def play() -> None:
        async with console(recording()) as pilot:
            await press(pilot, "home")
            await press(pilot, "ctrl+o s 9")
            chg = app_of(pilot).look.ink("E", "b", on="chg")
            shown = [s for strip in strips(pilot) for s in strip if "■ failing" in s.text]
            assert shown
            assert all(s.style is not None and s.style.color == chg.color for s in shown)

    drive(play)


def test_the_name_has_the_room_that_the_sum_leaves() -> None:
    async def play() -> None:
        made = MadeRecording([view_of(incident())], name="a-name-of-twenty-cells")
        async with console(made, size=(100, 30)) as pilot:
            assert "a-name-of-twenty-cells   18,204 read" in rows(pilot)[0]

    drive(play)


def test_bold_black_which_many_terminals_make_grey_is_not_used_on_a_colour() -> None:
    for name in ("ansi", "ansi-light"):
        for ground in ("accent", "F"):
            assert not look(name).ink("on_accent", "b", on=ground).bold
    assert look("dark").ink("on_accent", "b", on="accent").bold


def test_a_sheet_says_how_to_leave_it_and_which_rows_are_seen() -> None:
    async def play() -> None:
        async with console(recording(), size=(80, 24)) as pilot:
            await press(pilot, "question_mark")
            assert re.match(r" esc back   up down scroll +rows 1 to 21 of \d+", rows(pilot)[-1])
            await press(pilot, "G")
            total = re.search(r"of (\d+)", rows(pilot)[-1])
            assert total is not None
            assert f"to {total[1]} of {total[1]}" in rows(pilot)[-1]
            await press(pilot, "escape")
            assert "─" in text(pilot)
        async with console(None) as pilot:
            assert rows(pilot)[-1].startswith(" q quit ")

    drive(play)


def test_the_card_writes_the_day_once_and_cuts_no_time() -> None:
    async def play() -> None:
        async with console(recording()) as pilot:
            assert "2024-01-15 15:44:00." in text(pilot)
            assert re.search(r"2024-01-15 15:44:00\.\d{3} to 15:5\d:\d\d\.\d{3} UTC", text(pilot))

    drive(play)


def test_what_is_typed_in_the_palette_finds_whole_words_first() -> None:
    assert matching("err")[0] is BY_ID["next_error"]
    assert matching("er")[0] is BY_ID["next_error"]
    assert matching("")[0] is BY_ID["cell_back"]
    assert {action.id for action in matching("")} == set(BY_ID)
    assert matching("")[-1].later or matching("")[-1].id.endswith(("_here", "percent_9"))


def test_a_narrow_palette_explains_the_chosen_action_uncut() -> None:
    async def play() -> None:
        async with console(recording(), size=(80, 24)) as pilot:
            await press(pilot, ["ctrl+p", *"next err", "up"])
            assert "Go to the moment the next error became known." in rows(pilot)[-3]
            assert "…" not in text(pilot)
            await press(pilot, list("zzzz"))
            assert "0 of" in rows(pilot)[1]

    drive(play)


def test_an_open_span_is_as_quiet_as_what_is_well() -> None:
    async def play() -> None:
        async with console(recording()) as pilot:
            await press(pilot, "e e e")
            app = app_of(pilot)
            quiet = app.look.ink("muted", "i")
            found = [
                segment
                for strip in strips(pilot)
                for segment in strip
                if segment.style is not None and segment.style.italic and "open" not in segment.text
            ]
            assert found
            left = [s for s in found if s.style is not None and s.style.color == quiet.color]
            assert left
            assert app.state.playhead > app.state.whole.start + SECOND

    drive(play)
