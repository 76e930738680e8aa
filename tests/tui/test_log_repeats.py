"""Events that say the same one after the other: one row, as many as they are."""

from __future__ import annotations

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from traversion_data import schema
from traversion_data.model import SECOND
from traversion_data.store.view import StoreView
from traversion_tui.reading.repeats import folded_page

from .console_harness import app_of, console, drive, press, rows
from .tui_incident import START, MadeRecording, view_of

END = START + 10**6 * SECOND


def saying(messages: str, service: str = "db") -> StoreView:
    """A log a second apart, one letter a message."""
    count = len(messages)
    times = [START + at * SECOND for at in range(count)]
    core = {"seq": range(count), "time": times, "end_time": times, "time_digits": 0, "source": 0}
    frame = pl.DataFrame(
        {
            **core,
            "offset": range(count),
            "length": 1,
            "type": "log",
            "service": service,
            "severity": 2,
            "message": [f"says {letter}" for letter in messages],
        }
    )
    return view_of(schema.conform(frame))


def told(view: StoreView, first: int, room: int, playhead: int = END) -> list[tuple[str, int]]:
    found = folded_page(view, first, room, playhead, None)
    return [(str(row.text)[-1], row.repeats) for row in found]


def test_repeats_are_one_row_of_which_the_playhead_parts_what_lies_ahead() -> None:
    view = saying("aabbbbc")
    assert told(view, 0, 9) == [("a", 2), ("b", 4), ("c", 1)]
    split = told(view, 0, 9, START + 3 * SECOND)
    assert split == [("a", 2), ("b", 2), ("b", 2), ("c", 1)]


def test_a_run_is_counted_whole_wherever_the_page_starts() -> None:
    view = saying("xy" + "a" * 9 + "bcdefghijklmnop")
    assert told(view, 6, 8)[0] == ("a", 9)
    assert not folded_page(view, 6, 8, END, None)[0].cut


def test_only_three_pages_are_looked_at_and_a_longer_run_says_so() -> None:
    view = saying("a" * 500)
    (row,) = folded_page(view, 200, 10, END, None)
    assert row.cut
    assert row.repeats == 30


def test_a_row_tells_the_moment_of_the_selected_event() -> None:
    view = saying("aaab")
    row = folded_page(view, 0, 5, END, 2)[0]
    assert (row.position, row.time) == (2, START + 2 * SECOND)


@settings(max_examples=60)
@given(st.text("ab", min_size=1, max_size=60), st.integers(0, 59), st.integers(1, 12), st.data())
def test_rows_stand_side_by_side_and_hold_the_asked_events(
    messages: str, first: int, room: int, data: st.DataObject
) -> None:
    view = saying(messages)
    first = min(first, len(messages) - 1)
    cursor = data.draw(st.integers(first, min(first + room, len(messages)) - 1))
    found = folded_page(view, first, room, END, cursor)
    assert 0 < len(found) <= room
    held = [position for row in found for position in row.run]
    assert held == list(range(held[0], held[-1] + 1))
    assert cursor in held
    assert sum(row.position == cursor for row in found) == 1


def test_the_log_shows_them_and_goes_from_row_to_row() -> None:
    async def play() -> None:
        async with console(MadeRecording([saying("abbbbcdd")])) as pilot:
            app = app_of(pilot)
            await press(pilot, "end")
            await press(pilot, "g")
            shown = [row[:61].rstrip() for row in rows(pilot) if row[2:4] == "15"]
            assert [row[-2:] for row in shown] == [" a", "×4", " c", "×2"]
            await press(pilot, "j j")
            assert app.state.cursor == 5
            await press(pilot, "k")
            assert app.state.cursor == 1
            await press(pilot, "J full_stop")
            assert app.state.cursor == 2
            selected = next(row for row in rows(pilot) if row.startswith("▸"))
            assert "15:44:02.000" in selected
            assert "×2" in selected[:61]
            line = next(at for at, row in enumerate(rows(pilot)) if row.startswith("── playhead"))
            assert "×2" in rows(pilot)[line + 1][:61]
            await pilot.click("#events", offset=(20, 6))
            await press(pilot, [])
            assert app.state.cursor == 6

    drive(play)


def test_in_a_narrow_room_text_goes_before_repeats_never_the_time() -> None:
    async def play() -> None:
        async with console(MadeRecording([saying("aab", "x" * 40)]), size=(60, 16)) as pilot:
            await press(pilot, "end")
            assert any("15:44:00.000" in row and "says a" in row for row in rows(pilot))

    drive(play)
