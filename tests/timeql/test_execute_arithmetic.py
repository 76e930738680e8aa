"""Numbers with units in SELECT: what they come to, and in which unit the column says it is."""

from __future__ import annotations

import pytest

from traversion_engine.diagnostic import StatementError

ROWS = (
    {"timestamp": "2024-01-15T10:00:00Z", "service": "a", "duration_ms": 250, "elapsed_s": 2.0,
     "size_kb": 10, "disk_bytes": 20480, "cpu_pct": 50.0, "ok_ratio": 0.5, "n": 7},
    {"timestamp": "2024-01-15T10:00:10Z", "service": "b", "duration_ms": 350, "elapsed_s": 4.0,
     "size_kb": 20, "disk_bytes": 40960, "cpu_pct": 80.0, "ok_ratio": 0.9, "n": 8},
)  # fmt: skip


@pytest.fixture(scope="module")
def units(record):
    return record(ROWS)


@pytest.mark.parametrize(
    ("expression", "value", "unit"),
    [
        ("10MB", 10_000_000, "bytes"),
        ("2 GiB", 2_147_483_648, "bytes"),
        ("5B", 5, "bytes"),
        ("250ms", 250, "ms"),
        ("5m", 300_000, "ms"),
        ("5M", 5_000_000, None),
        ("1h30m", 5_400_000, "ms"),
        ("80%", 80, "percent"),
        ("10K", 10_000, None),
        ("7", 7, None),
        ("sum(10MB)", 20_000_000, "bytes"),
        ("10MB + 1KB", 10_001_000, "bytes"),
        ("10MB / 2", 5_000_000, "bytes"),
        ("2 * 10MB", 20_000_000, "bytes"),
        ("10MB / 1KB", 10_000, None),
        ("1h30m / 1m", 90, None),
        ("sum(size_kb) * 2", 60, "KB"),
        ("2 * sum(size_kb)", 60, "KB"),
        ("sum(size_kb) * 80%", 24, "KB"),
        ("sum(size_kb) * 1K", 30_000, "KB"),
        ("sum(size_kb) / 10KB", 3, None),
        ("sum(size_kb) + 1MB", 1_030, "KB"),
        ("1MB - sum(size_kb)", 970, "KB"),
        ("sum(disk_bytes) - sum(size_kb)", 31_440, "bytes"),
        ("sum(size_kb) - sum(disk_bytes)", -31.44, "KB"),
        ("sum(disk_bytes) / sum(size_kb)", 2.048, None),
        ("max(cpu_pct) + max(ok_ratio)", 170, "percent"),
        ("sum(size_kb) / count()", 15, "KB"),
        ("sum(n) + sum(size_kb)", 45, "KB"),
        ("sum(duration) / 1s", 0.6, None),
    ],
)
def test_a_number_with_a_unit(units, expression, value, unit):
    table = units.query(f"SELECT {expression} AS it, count()")
    assert table.frame["it"].to_list() == [pytest.approx(value)]
    assert table.column("it").unit == unit


@pytest.mark.parametrize(
    ("where", "passing"),
    [
        ("10MB > 5KB", ["a", "b"]),
        ("1h < 50m", []),
        ("disk_bytes - size_kb > 15KB", ["b"]),
        ("duration / 2 > 150ms", ["b"]),
        ("n * 1K > 7500", ["b"]),
    ],
)
def test_units_in_conditions(units, where, passing):
    assert units.query(f"SELECT service WHERE {where}").frame["service"].to_list() == passing


@pytest.mark.parametrize(
    "expected",
    [
        """\
SELECT size_kb + cpu_pct
               ^ size_kb is a number in KB and cpu_pct is a number in percent; + takes numbers \
alike.""",
        """\
SELECT n / 10s
           ^^^ n is a number and cannot be divided by 10s. Write a plain number.""",
        """\
SELECT size_kb * 2s
                 ^^ size_kb is a number in KB and cannot be multiplied by 2s. Write a plain \
number.""",
        """\
SELECT 5ms + service
             ^^^^^^^ service is a text; + takes numbers.""",
    ],
    ids=lambda text: text.splitlines()[0],
)
def test_numbers_that_do_not_go_together(units, expected):
    with pytest.raises(StatementError) as caught:
        units.query(expected.splitlines()[0])
    assert str(caught.value) == expected
