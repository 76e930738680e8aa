"""Units convert within a dimension and are read from a field's name."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from traversion_engine.units import (
    UNITS,
    UnitMismatchError,
    compatible,
    convert,
    suffix_unit,
    unit,
)


@pytest.mark.parametrize(
    ("value", "source", "target", "expected"),
    [
        (250, "ms", "ns", 250_000_000),
        (1.5, "s", "ms", 1500),
        (90, "min", "h", 1.5),
        (2, "m", "s", 120),
        (10, "MB", "bytes", 10_000_000),
        (64, "KiB", "bytes", 65536),
        (10, "M", "MB", 10),
        (80, "%", "ratio", 0.8),
        (0.8, "ratio", "percent", 80),
        (120, "/min", "/s", 2),
        (7, "k", "count", 7000),
        (1, "T", "count", 10**12),
        (2, "T", "bytes", 2 * 10**12),
    ],
)
def test_a_value_is_converted(value: float, source: str, target: str, expected: float) -> None:
    assert convert(value, source, target) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("source", "target"), [("ms", "bytes"), ("percent", "ms"), ("M", "s"), ("ms", "parsec")]
)
def test_a_unit_of_another_kind_is_refused(source: str, target: str) -> None:
    assert not compatible(source, target)
    with pytest.raises(UnitMismatchError, match=target):
        convert(1, source, target)


def test_whole_milliseconds_stay_exact_in_nanoseconds() -> None:
    assert convert(9_007_199_254_740_993, "ms", "ns") == 9_007_199_254_740_993_000_000


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("cpu_pct", ("cpu", "percent")),
        ("mem.used_MB", ("mem_used", "MB")),
        ("memUsedMiB", ("mem_used", "MiB")),
        ("heap_mi", ("heap", "MiB")),
        ("durationMs", ("duration", "ms")),
        ("lag_seconds", ("lag", "s")),
        ("hit_ratio", ("hit", "ratio")),
        ("CpuUsageRate(%)", ("cpu_usage_rate", "percent")),
        ("sent_bytes_per_second", ("sent", "bytes/s")),
        ("requests_total", ("requests", "count")),
        ("pool_in_use", ("pool_in_use", None)),
        ("ms", ("ms", None)),
        ("", ("", None)),
    ],
)
def test_a_name_tells_its_unit(name: str, expected: tuple[str, str | None]) -> None:
    assert suffix_unit(name) == expected


def test_case_tells_minutes_from_mega() -> None:
    minutes, mega = unit("m"), unit("M")
    assert minutes is not None
    assert mega is not None
    assert (minutes.name, mega.name) == ("min", "million")


@given(st.sampled_from(sorted(UNITS)), st.sampled_from(sorted(UNITS)), st.floats(-1e9, 1e9))
def test_there_and_back_again_is_the_same_value(a: str, b: str, value: float) -> None:
    if compatible(a, b) and compatible(b, a):
        assert convert(convert(value, a, b), b, a) == pytest.approx(value, rel=1e-9, abs=1e-9)
