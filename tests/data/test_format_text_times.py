"""Times as text logs write them, and what is guessed where they leave something out."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from traversion_data.decode.times import DIGITS, NANOS, Clock, of_text
from traversion_data.model import Severity

from .loaded import AT, MILLI, SECOND, check, rows_of

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def nanos(moment):
    return (moment - EPOCH) // timedelta(microseconds=1) * 1000


def read(text, written, zone="UTC"):
    return of_text(pl.Series([text]), Clock(zone, written)).struct.unnest().row(0)


@pytest.mark.parametrize(
    ("head", "time"),
    [
        ("2024-01-15 15:47:23,250", AT + 250 * MILLI),
        ("2024-01-15T15:47:23.25", AT + 250 * MILLI),
        ("2024-01-15T17:47:23+02:00", AT),
        ("2024-01-15 15:47:23 UTC", AT),
        ("2024/01/15 15:47:23", AT),
        ("20240115T154723Z", AT),
        ("[15/Jan/2024:15:47:23 +0000]", AT),
        ("15/Jan/2024:16:47:23 +0100", AT),
        ("[15/Jan/2024 15:47:23]", AT),
        ("15-Jan-2024 15:47:23.250", AT + 250 * MILLI),
        ("Jan 15 15:47:23", AT),
        ("Jan 15 15:47:23.250", AT + 250 * MILLI),
        ("Jan 15 2024 15:47:23", AT),
        ("Mon Jan 15 15:47:23 2024", AT),
        ("[Mon Jan 15 15:47:23.250 2024]", AT + 250 * MILLI),
        ("Mon, 15 Jan 2024 15:47:23 GMT", AT),
        ("15.01.2024 15:47:23", AT),
        ("24/01/15 15:47:23", AT),
        ("01-15 15:47:23.250", AT + 250 * MILLI),
        ("240115 154723", AT),
        ("I, [2024-01-15T15:47:23 #12]", AT),
        ("15:47:23", AT),
        ("15:47:23.250", AT + 250 * MILLI),
        ("1705333643", AT),
        ("1705333643.25", AT + 250 * MILLI),
        ("1705333643250", AT + 250 * MILLI),
        ("[1705333643250000]", AT + 250 * MILLI),
        ("ERROR 2024-01-15 15:47:23", AT),
        ("[ERROR] 2024-01-15 15:47:23", AT),
    ],
)
def test_any_line_with_a_time_at_its_head(head, time):
    (row,), info = rows_of(f"{head} the rest of it\n".encode(), written_as="text")
    check(row, time=time, message="the rest of it", flags=0)
    assert info.stored == 1


@pytest.mark.parametrize(
    ("rest", "severity"),
    [
        ("ERROR something", Severity.ERROR),
        ("[error] something", Severity.ERROR),
        ("[main] WARN something", Severity.WARN),
        ("[core:crit] something", Severity.FATAL),
        ("[123] [INFO ] something", Severity.INFO),
        ("- DEBUG - something", Severity.DEBUG),
        ("warning: something", Severity.WARN),
        ("[myid:1] - WARN something", Severity.WARN),
        ("app.ERROR: something", Severity.ERROR),
        ("[WRN] something", Severity.WARN),
        (" 1702  2395 D Tag: something", Severity.DEBUG),
        ("info\tsomething", Severity.INFO),
        ("| WARNING  | something", Severity.WARN),
        ("something level=error", Severity.ERROR),
        ('something {"level": "warn"}', Severity.WARN),
        ("something ERROR", None),
        ("an error occurred", None),
        ("Error reading file", None),
        ("no error: all is well", None),
        ("ERRORS were found", None),
        ("informal talk", None),
    ],
)
def test_levels_stand_in_known_places_only(rest, severity):
    (row,), _ = rows_of(f"2024-01-15 15:47:23 {rest}\n".encode(), written_as="text")
    check(row, severity=severity, time=AT)


@settings(max_examples=50, deadline=None)
@given(
    written=st.datetimes(datetime(1991, 1, 1), datetime(2200, 1, 1)),  # noqa: DTZ001
    back=st.integers(0, 360 * 86_400),
)
def test_a_stamp_without_a_year_is_of_the_year_before_the_source_was_written(written, back):
    written = written.replace(tzinfo=UTC, microsecond=0)
    stamp = written - timedelta(seconds=back)
    text = f"{stamp:%b %d %H:%M:%S}"
    assert read(text, nanos(written)) == (nanos(stamp), 0)


@settings(max_examples=50, deadline=None)
@given(
    written=st.datetimes(datetime(1991, 1, 1), datetime(2200, 1, 1)),  # noqa: DTZ001
    back=st.integers(0, 86_399),
)
def test_a_clock_alone_is_of_the_day_before_the_source_was_written(written, back):
    written = written.replace(tzinfo=UTC, microsecond=0)
    stamp = written - timedelta(seconds=back)
    assert read(f"{stamp:%H:%M:%S}", nanos(written)) == (nanos(stamp), 0)


def test_new_year_within_a_source():
    new_year = 1_704_067_200 * SECOND
    texts = ["Dec 31 23:59:59", "Jan  1 00:00:00", "Feb 29 12:00:00"]
    found = of_text(pl.Series(texts), Clock("UTC", new_year + 5 * SECOND)).struct.unnest()
    assert found[NANOS].to_list()[:2] == [new_year - SECOND, new_year]
    assert found[NANOS][2] == nanos(datetime(2020, 2, 29, 12, tzinfo=UTC))
    assert found[DIGITS].to_list() == [0, 0, 0]


def test_the_year_is_of_the_zone_of_the_stamps():
    # half past midnight of New Year in Auckland, while the year before still lasts in London
    written = nanos(datetime(2023, 12, 31, 11, 30, tzinfo=UTC))
    assert read("Jan  1 00:30:00", written, "Pacific/Auckland") == (written, 0)


def test_what_has_no_time_of_its_own_kept_no_time():
    # a source that says it was last written in 1970 does not say when it was
    year = datetime.fromtimestamp(read("Jan  1 00:00:00", 0)[0] // SECOND, UTC).year
    assert year >= 2024


def test_days_that_are_none():
    for text in ("Feb 31 12:00:00", "Jan 15 25:00:00", "Foo 15 12:00:00", "", "15:47"):
        assert read(text, AT) == (None, None)
