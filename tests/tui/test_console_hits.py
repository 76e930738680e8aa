"""Events that a statement chose are drawn on the scrubber."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from traversion_data.model import TimeRange
from traversion_engine.result import ResultColumn, ResultTable, Role
from traversion_engine.timeql.columns import OF
from traversion_tui.reading.hits import cells
from traversion_tui.render.scrubber import layout

from .console_harness import app_of, console, drive, enter, rows
from .tui_incident import incident, recording, view_of

COLUMNS = OF["MATCH PATTERN"]
START, SECOND = 1_705_312_800_000_000_000, 1_000_000_000


def matched(times: list[int], scanned: int) -> ResultTable:
    """Two matches' worth of rows, as MATCH PATTERN gives them."""
    count = len(times)
    frame = pl.DataFrame(
        {
            "match": [1] * count,
            "step": list(range(1, count + 1)),
            "seq": list(range(count)),
            "time": times,
            "service": ["api"] * count,
            "message": ["m"] * count,
            "since_start_ms": [0.0] * count,
        }
    )
    return ResultTable(frame, COLUMNS, "MATCH PATTERN", count, scanned=scanned)


def test_a_hit_lies_in_the_cell_of_its_time() -> None:
    window = TimeRange(START, START + 100 * SECOND)
    times = [START + 99 * SECOND, START, START + 10 * SECOND - 1, START + 10 * SECOND]
    assert cells(matched(times, 50), window, 10) == {0, 1, 9}
    later = TimeRange(START + 20 * SECOND, START + 98 * SECOND)
    assert cells(matched(times, 50), later, 10) == frozenset()


def test_an_answer_that_is_all_that_was_read_has_no_hits() -> None:
    window = TimeRange(START, START + SECOND)
    assert cells(matched([START, START + 1], 2), window, 10) == frozenset()
    assert cells(None, window, 10) == frozenset()


def test_a_table_without_events_has_no_hits() -> None:
    column = ResultColumn("time", Role.TIME)
    buckets = ResultTable(pl.DataFrame({"time": [START]}), (column,), "SELECT", 1, scanned=9)
    assert cells(buckets, TimeRange(START, START + SECOND), 10) == frozenset()


@pytest.mark.parametrize("size", [(120, 40), (80, 24)])
def test_matches_are_marked_on_the_scrubber(size) -> None:
    made = recording()
    times = view_of(incident()).times
    chosen = [int(times[int(at)]) for at in np.linspace(0, len(times) - 1, 9)[1:-1]]

    async def play() -> None:
        async with console(made, size=size) as pilot:
            before = "\n".join(rows(pilot)).count("◆")
            made.session.reply = lambda _: matched(chosen, len(times))
            await enter(pilot, "colon", "MATCH PATTERN WHERE error WITHIN 5s")
            plan = layout(*size)
            state = app_of(pilot).state
            marked = [row for row in rows(pilot) if "◆" in row]
            assert not before
            assert len(marked) == 1
            at = {place - plan.left for place, glyph in enumerate(marked[0]) if glyph == "◆"}
            expected = cells(matched(chosen, len(times)), state.window, plan.width)
            assert len(expected) == len(chosen)
            assert at <= expected
            assert len(at) >= len(expected) - 1

    drive(play)
