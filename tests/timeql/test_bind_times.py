"""Texts of moments: dates, clock times, epochs, zones and doubtful days."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import pairwise

import pytest

from traversion_data.model import DAY, HOUR, SECOND, TimeRange
from traversion_engine.timeql.times import (
    MAX_BUCKETS,
    Clock,
    TimeTextError,
    bucket_edges,
    instant,
    time_text,
)


def utc(*parts: int) -> int:
    return int(datetime(*parts, tzinfo=UTC).timestamp()) * SECOND


START, END = utc(2024, 1, 15, 22), utc(2024, 1, 17, 3)
CLOCK = Clock(TimeRange(START, END), END, END)
ONE_DAY = Clock(TimeRange(utc(2024, 1, 15, 15, 44), utc(2024, 1, 15, 15, 52)), 0, 0)


@pytest.mark.parametrize(
    ("text", "ns"),
    [
        ("2024-01-15 15:47:23", utc(2024, 1, 15, 15, 47, 23)),
        ("2024-01-15T15:47:23Z", utc(2024, 1, 15, 15, 47, 23)),
        ("2024-01-15 15:47:23.412", utc(2024, 1, 15, 15, 47, 23) + 412_000_000),
        ("2024-01-15 15:47:23,1234567891", utc(2024, 1, 15, 15, 47, 23) + 123_456_789),
        ("2024-01-15T15:47+05:30", utc(2024, 1, 15, 10, 17)),
        ("2024-01-15 15:47-0100", utc(2024, 1, 15, 16, 47)),
        ("2024-01-15 3:47 PM", utc(2024, 1, 15, 15, 47)),
        ("2024-01-15", utc(2024, 1, 15)),
        ("1705333643", 1705333643 * SECOND),
        ("1705333643000", 1705333643 * SECOND),
        ("1705333643000001", 1705333643 * SECOND + 1000),
        ("1705333643000000001", 1705333643 * SECOND + 1),
    ],
)
def test_full_times(text, ns):
    assert instant(text, CLOCK).ns == ns


@pytest.mark.parametrize(
    ("text", "ns"),
    [
        ("02:30", utc(2024, 1, 17, 2, 30)),
        ("2:30 AM", utc(2024, 1, 17, 2, 30)),
        ("12:30 am", utc(2024, 1, 17, 0, 30)),
        ("12:00", utc(2024, 1, 16, 12)),
        ("12:00 pm", utc(2024, 1, 16, 12)),
    ],
)
def test_a_clock_time_is_on_the_last_day_or_on_the_one_day_it_fits(text, ns):
    assert instant(text, CLOCK).ns == ns


def test_a_clock_time_is_on_the_playheads_day():
    clock = Clock(CLOCK.bounds, END, utc(2024, 1, 16, 1))
    assert instant("02:30", clock).ns == utc(2024, 1, 16, 2, 30)


def test_a_clock_time_that_fits_several_days_lists_them():
    clock = Clock(TimeRange(utc(2024, 1, 15), utc(2024, 1, 18, 1)), 0, utc(2024, 1, 18))
    with pytest.raises(TimeTextError, match=r"several days: 2024-01-15, 2024-01-16, 2024-01-17$"):
        instant("13:00", clock)


def test_a_clock_time_that_fits_no_day_lists_them():
    clock = Clock(TimeRange(utc(2024, 1, 15, 22), utc(2024, 1, 16, 2)), 0, utc(2024, 1, 16))
    with pytest.raises(TimeTextError, match=r"each of its days: 2024-01-15, 2024-01-16$") as caught:
        instant("13:00", clock)
    assert caught.value.hint == ("It goes from 2024-01-15 22:00:00.000 to 2024-01-16 02:00:00.000.")


@pytest.mark.parametrize("text", ["09:00", "15:43", "15:43:59.999999999", "15:52:01", "3:46 AM"])
def test_a_clock_time_outside_a_recording_of_one_day_is_an_error(text):
    with pytest.raises(TimeTextError, match=rf"^'{text}' .* its one day: 2024-01-15$"):
        instant(text, ONE_DAY)


@pytest.mark.parametrize("text", ["15:44", "15:44:30", "15:52"])
def test_the_minute_in_which_a_recording_starts_and_its_end_are_inside(text):
    clock = Clock(TimeRange(ONE_DAY.bounds.start + 30 * SECOND, ONE_DAY.bounds.end), 0, 0)
    assert time_text(instant(text, clock).ns, digits=0).startswith(f"2024-01-15 {text}")


def test_while_input_is_followed_clock_times_up_to_now_are_inside():
    clock = Clock(ONE_DAY.bounds, utc(2024, 1, 15, 16), ONE_DAY.bounds.end)
    assert instant("15:58", clock).ns == utc(2024, 1, 15, 15, 58)


def test_at_most_a_handful_of_days_is_listed():
    clock = Clock(TimeRange(utc(2024, 1, 1), utc(2024, 3, 1, 1)), 0, utc(2024, 3, 1))
    with pytest.raises(TimeTextError, match=r": 2024-01-01, .*2024-01-05 and 55 more$"):
        instant("13:00", clock)


def test_a_clock_time_that_fits_several_days_is_on_the_playheads():
    clock = Clock(TimeRange(utc(2024, 1, 1), utc(2024, 3, 1)), 0, utc(2024, 2, 2, 5))
    assert instant("13:00", clock).ns == utc(2024, 2, 2, 13)


def test_the_day_of_a_clock_time_with_an_offset_is_that_of_its_own_clock():
    bounds = TimeRange(utc(2024, 1, 15, 22), utc(2024, 1, 15, 23, 50))
    clock = Clock(bounds, bounds.end, bounds.end, "Asia/Tokyo")
    assert instant("23:30Z", clock).ns == utc(2024, 1, 15, 23, 30)
    assert instant("08:30", clock).ns == utc(2024, 1, 15, 23, 30)


def test_a_recording_without_events_has_no_day_to_be_outside_of():
    nothing = Clock(TimeRange(0, 0), 0, 0)
    assert instant("15:47", nothing).ns == utc(1970, 1, 1, 15, 47)


def test_an_hour_that_comes_twice_is_the_first_with_a_note():
    found = instant("2024-10-27 02:30", Clock(CLOCK.bounds, 0, 0, "Europe/Berlin"))
    assert found.ns == utc(2024, 10, 27, 0, 30)
    assert found.notes == (
        "02:30:00 comes twice on that day in Europe/Berlin; the first is taken.",
    )


def test_an_hour_that_does_not_exist_is_read_past_the_gap_with_a_note():
    found = instant("2024-03-31 02:30", Clock(CLOCK.bounds, 0, 0, "Europe/Berlin"))
    assert time_text(found.ns, "Europe/Berlin", 0) == "2024-03-31 03:30:00"
    assert "does not exist" in found.notes[0]


@pytest.mark.parametrize("text", ["2024-13-01", "25:00", "13:00 pm", "12345", "noon", "9999-01-01"])
def test_what_is_no_time(text):
    with pytest.raises(TimeTextError):
        instant(text, CLOCK)


@pytest.mark.parametrize(
    ("width", "scope", "zone", "expected"),
    [
        (10 * SECOND, (3, 25), "UTC", [0, 10, 20, 30]),
        (10 * SECOND, (20, 30), "UTC", [20, 30]),
        (10 * SECOND, (5, 5), "UTC", []),
        (7 * HOUR, (0, 86400), "UTC", [0, 25200, 50400, 75600, 86400]),
        (DAY, (3600, 90000), "UTC", [0, 86400, 172800]),
        (HOUR, (0, 3600), "Asia/Kolkata", [-1800, 1800, 5400]),
    ],
)
def test_buckets(width, scope, zone, expected):
    edges = bucket_edges(TimeRange(scope[0] * SECOND, scope[1] * SECOND), width, zone)
    assert [int(edge) // SECOND for edge in edges] == expected


def test_a_day_with_a_clock_change_has_its_own_length():
    scope = TimeRange(utc(2024, 3, 31), utc(2024, 4, 1))
    edges = bucket_edges(scope, DAY, "Europe/Berlin")
    assert [(b - a) // HOUR for a, b in pairwise(edges)] == [23, 24]


def test_too_many_buckets_are_refused():
    with pytest.raises(TimeTextError, match="at most"):
        bucket_edges(TimeRange(0, (MAX_BUCKETS + 1) * SECOND), SECOND, "UTC")
