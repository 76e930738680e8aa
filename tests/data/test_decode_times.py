"""Times as JSON lines write them, and lines without one."""

from __future__ import annotations

import pytest

from traversion_data.model import FieldMap, Flag

from .decoded import AT, batch_of, check, row_of, rows_of


@pytest.mark.parametrize(
    ("written", "nanos", "digits"),
    [
        (1705333643, AT, 0),
        (1705333643123, AT + 123_000_000, 3),
        (1705333643123456, AT + 123_456_000, 6),
        (AT + 7, AT + 7, 9),
        ("1705333643", AT, 0),
        ("1705333643.25", AT + 250_000_000, 2),
        (1705333643.5, AT + 500_000_000, 1),
        ("2024-01-15 15:47:23", AT, 0),
        ("2024-01-15 15:47:23,250", AT + 250_000_000, 3),
        ("2024-01-15T17:47:23+02:00", AT, 0),
        ("2024-01-15T17:47:23.1+0200", AT + 100_000_000, 1),
        ("2024-01-15T10:17:23-05:30", AT, 0),
        ("2024-01-15T15:47:23.1234567891234Z", AT + 123_456_789, 9),
        ("20240115T154723Z", AT, 0),
        ("15/Jan/2024:16:47:23 +0100", AT, 0),
        ("Mon, 15 Jan 2024 15:47:23 GMT", AT, 0),
        (0, 0, 0),
    ],
)
@pytest.mark.parametrize("key", ["timestamp", "time", "ts", "@timestamp", "eventTime"])
def test_times(key, written, nanos, digits):
    check(row_of({key: written, "msg": "x"}), time=nanos, time_digits=digits, flags=0)


def test_a_time_in_the_zone_given():
    check(row_of({"time": "2024-01-15 16:47:23", "msg": "x"}, zone="Europe/Berlin"), time=AT)


def test_a_local_hour_that_comes_twice_is_the_first():
    check(
        row_of({"time": "2024-10-27 02:30:00", "msg": "x"}, zone="Europe/Berlin"),
        time=1_729_989_000_000_000_000,
    )


def test_time_by_its_values():
    batch, decoder = batch_of({"kiedy": "2024-01-15T15:47:23Z", "msg": "x", "n": 7})
    check(batch.events.row(0, named=True), time=AT, n=7)
    assert decoder.recognised[0].key == "kiedy"
    assert decoder.recognised[0].how == "ISO-8601, Z"


def test_a_number_that_is_no_time_is_not_taken_for_one():
    check(row_of({"time": 12.5, "ts": AT, "msg": "x"}), time=AT)


@pytest.mark.parametrize(
    ("first", "how"),
    [
        ({"ts": AT}, "epoch nanoseconds"),
        ({"ts": AT // 10**9}, "epoch seconds"),
        ({"ts": "1705333643123"}, "epoch milliseconds"),
        ({"ts": "2024-01-15T15:47:23.123456Z"}, "ISO-8601, 6 digits, Z"),
        ({"ts": "2024-01-15T15:47:23.123+01:00"}, "ISO-8601, 3 digits, offset"),
        ({"ts": "2024-01-15 15:47:23"}, "ISO-8601, no zone"),
    ],
)
def test_what_was_understood_is_said(first, how):
    _, decoder = batch_of({**first, "msg": "x"})
    assert decoder.recognised[0].how == how


def test_a_line_without_a_time_stands_at_the_one_before():
    rows = rows_of(
        {"msg": "first"}, {"ts": AT, "msg": "a"}, {"msg": "b"}, {"ts": "whenever", "msg": "c"}
    )
    assert [row["time"] for row in rows] == [AT] * 4
    assert [bool(row["flags"] & Flag.GUESSED_TIME) for row in rows] == [True, False, True, True]
    assert rows[3]["ts"] == "whenever"


def test_lines_before_the_time_that_is_mapped_are_set_aside_with_the_remedy():
    batch, _ = batch_of({"msg": "a"}, {"msg": "b"}, field_map=FieldMap((("time", "when"),)))
    assert batch.events.height == 0
    assert "--map time=KEY" in batch.aside["reason"][0]


def test_offsets_that_differ_from_line_to_line():
    written = {
        "2024-01-15T17:47:23.5+02:00": 500_000_000,
        "2024-01-15T10:17:23.25-05:30": 250_000_000,
        "2024-01-15T15:47:23.125Z": 125_000_000,
        "2024-01-15T17:47:23,75+0200": 750_000_000,
        "2024-01-15T17:47:23.5+02:00 ": 500_000_000,
    }
    found = rows_of(*({"time": time, "msg": "x"} for time in written))
    assert [row["time"] - AT for row in found] == list(written.values())
