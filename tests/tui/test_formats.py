"""Numbers, times, ticks, bars and trends as the screen writes them."""

from __future__ import annotations

from datetime import UTC
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from traversion_data.model import DAY, HOUR, MILLISECOND, MINUTE, SECOND, TimeRange
from traversion_engine.result import ResultColumn, Role
from traversion_tui import formats
from traversion_tui.answers import Service
from traversion_tui.formats import TimeFormat, zone_of
from traversion_tui.reading.density import Track
from traversion_tui.render import bars, ruler, trend
from traversion_tui.render.scrubber import layout
from traversion_tui.render.services import ordered
from traversion_tui.render.table import grid, head
from traversion_tui.text import safe
from traversion_tui.theme import look

from .tui_incident import START

UTC_TIMES = TimeFormat(UTC)


@pytest.mark.parametrize(
    ("nanos", "words"),
    [
        (0, "0 ms"), (400_000, "0.4 ms"), (214 * MILLISECOND, "214 ms"),
        (5_090 * MILLISECOND, "5.09 s"), (51_240 * MILLISECOND, "51.2 s"), (MINUTE, "1 min"),
        (72 * MINUTE, "1 h 12 min"), (3 * DAY + 2 * HOUR, "3 d 2 h"), (-5 * SECOND, "-5.00 s"),
    ],
)  # fmt: skip
def test_durations_in_prose(nanos: int, words: str) -> None:
    assert formats.duration(nanos) == words


def test_rates_percents_and_sizes() -> None:
    assert [formats.rate(n) for n in (0, 59, 9_999, 12_400)] == ["0.0", "59.0", "9,999.0", "12.4 k"]
    assert [formats.percent(n) for n in (0, 0.0001, 0.125, 1)] == ["0.0", "<0.1", "12.5", "100.0"]
    assert [formats.size(n) for n in (12, 214 << 20, 2_000_000_000)] == [
        "12 B", "214 MiB", "1.86 GiB",
    ]  # fmt: skip
    assert [formats.speed(n) for n in (0.1, 1.0, 1000.0, float("inf"))] == [
        "0.1", "1", "1000", "events",
    ]  # fmt: skip


def test_times_in_zones_and_from_an_origin() -> None:
    berlin = TimeFormat(zone_of("Europe/Berlin"), "Europe/Berlin")
    assert UTC_TIMES.clock(START + 491 * MILLISECOND) == "15:44:00.491"
    assert berlin.clock(START, 0) == "16:44:00"
    assert berlin.full(START, 3) == "2024-01-15 16:44:00.000 Europe/Berlin"
    since = TimeFormat(UTC, "A", START)
    assert since.clock(START + 65 * SECOND) == "+00:01:05.000"
    assert since.clock(START - SECOND, 0) == "-00:00:01"
    assert zone_of("No/Where") is UTC


@given(st.integers(-(2**63), 2**63 - 1))
def test_any_moment_can_be_written(time: int) -> None:
    for times in (UTC_TIMES, TimeFormat(UTC, "A", 0), TimeFormat(None, "local")):
        assert times.clock(time)
        assert times.full(time)
        assert times.tick(time, SECOND)


@given(
    st.integers(0, 2**62),
    st.integers(1, 60).flatmap(lambda power: st.just(int(1.9**power) + 1)),
    st.integers(10, 200),
)
def test_ticks_stand_on_round_times_inside_the_window_and_never_touch(
    start: int, length: int, width: int
) -> None:
    window = TimeRange(start, start + length)
    found = ruler.ticks(window, width, UTC_TIMES)
    places = [cell for cell, _ in found]
    assert all(0 <= cell < width for cell in places)
    step = ruler.step_for(window, width, UTC_TIMES)
    for (before, label), (after, _) in pairwise(found):
        assert after - before >= len(label) + 1 or step == length


def test_ticks_follow_the_zone() -> None:
    day = TimeRange(START, START + 2 * DAY)
    kolkata = TimeFormat(zone_of("Asia/Kolkata"), "Asia/Kolkata")
    assert all(label.endswith(":00") for _, label in ruler.ticks(day, 96, kolkata))


counts = st.lists(st.integers(0, 1000), min_size=12, max_size=12)


@given(counts, counts, counts, st.integers(1, 4))
def test_what_occurs_in_a_cell_is_seen_in_it(
    errors: list[int], warnings: list[int], others: list[int], rows: int
) -> None:
    made = Track(TimeRange(0, 12), 12, np.array(errors), np.array(warnings), np.array(others))
    shape = bars.stack(made, rows)
    assert (shape.tops <= rows * 8).all()
    assert ((shape.tops > 0) == (made.totals > 0)).all()
    assert ((shape.errors > 0) == (made.errors > 0)).all()
    assert (shape.errors <= shape.warnings).all()
    assert (shape.warnings <= shape.tops).all()
    if made.totals.any():
        assert shape.tops.max() == rows * 8


def test_bars_take_the_worse_colour_from_its_share_on() -> None:
    made = Track(
        TimeRange(0, 3), 3, np.array([5, 3, 0]), np.array([0, 3, 10]), np.array([95, 94, 90])
    )
    assert bars.worst(made) == ["E", "I", "W"]
    glyph, style = bars.cell(look("dark"), (3, 3, 8), 0, kind="bar")
    assert glyph == "▃"
    assert style.color != style.bgcolor is not None


def test_trends_are_low_while_even_and_high_where_they_rise() -> None:
    assert trend.levels([5, 5, 5, 5], 4) == [2, 2, 2, 2]
    assert trend.levels([1, 1, 1, 100], 4) == [1, 1, 1, 4]
    assert trend.levels([float("nan"), 2], 3)[0:2] == [0, 0]
    assert trend.levels([], 2) == [0, 0]
    assert trend.braille([1, 1, 100, 100], 2) == "⣀⣿"
    assert trend.steps([1, 1, 100, 100], 2) == ".#"


@pytest.mark.parametrize(
    ("size", "width", "rows"),
    [((120, 40), 96, 4), ((100, 30), 72, 2), ((80, 24), 70, 1), ((250, 70), 216, 4)],
)
def test_the_track_is_a_multiple_of_twelve_where_it_can_be(
    size: tuple[int, int], width: int, rows: int
) -> None:
    plan = layout(*size)
    assert (plan.width, plan.bar_rows) == (width, rows)
    assert plan.left + plan.width < size[0]


def test_a_tables_numbers_share_their_decimals_and_keep_what_is_missing() -> None:
    columns = [ResultColumn("p99", Role.NUMBER, "ms"), ResultColumn("age_ms", Role.NUMBER, "ms")]
    page = grid(columns, [(158.952, 1.0), (1.2, None), (float("nan"), 2.0)], UTC_TIMES)
    assert [row[0] for row in page.cells] == ["159.0", "1.2", "nan"]
    assert [row[1] for row in page.cells] == ["1", "−", "2"]
    assert [str(head(column)) for column in columns] == ["p99 ms", "age_ms"]


def test_services_keep_their_place_in_play_and_the_sick_come_first_where_room_is_short() -> None:
    def service(name: str, health: str = "healthy") -> Service:
        return Service(safe(name), health)

    calm = [service(name) for name in "abcd"]
    sick = [service("a"), service("b"), service("c", "failing"), service("d", "degraded")]

    def names(found: list[Service]) -> str:
        return "".join(s.name for s in found)

    before = [s.name for s in calm]
    assert names(ordered(sick, 4, before, playing=False)) == "abcd"
    assert names(ordered(sick, 2, before, playing=False)) == "cdab"
    assert names(ordered(sick, 2, before, playing=True)) == "abcd"
