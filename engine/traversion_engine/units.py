"""Units: what `250ms`, `10 MB` or `80%` means on a field that is in another unit."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class Dimension(StrEnum):
    """What a unit measures; only units of one dimension convert into each other."""

    TIME = "time"
    BYTES = "bytes"
    SHARE = "share"
    COUNT = "count"
    RATE = "rate"
    BYTE_RATE = "bytes per time"


class UnitMismatchError(ValueError):
    """A value of one dimension was asked for in a unit of another."""

    def __init__(self, source: str, target: str) -> None:
        super().__init__(f"{source} cannot be converted to {target}")
        self.source = source
        self.target = target


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit by its canonical name; `scale` is how much of the dimension's base unit one is.

    Base units: TIME ns, BYTES byte, SHARE ratio, COUNT one, RATE per second.
    """

    name: str
    dimension: Dimension
    scale: float


def _table() -> dict[str, Unit]:
    units = [
        Unit("ns", Dimension.TIME, 1),
        Unit("us", Dimension.TIME, 1e3),
        Unit("ms", Dimension.TIME, 1e6),
        Unit("s", Dimension.TIME, 1e9),
        Unit("min", Dimension.TIME, 60e9),
        Unit("h", Dimension.TIME, 3600e9),
        Unit("d", Dimension.TIME, 86400e9),
        Unit("w", Dimension.TIME, 7 * 86400e9),
        Unit("bytes", Dimension.BYTES, 1),
        Unit("ratio", Dimension.SHARE, 1),
        Unit("percent", Dimension.SHARE, 0.01),
        Unit("count", Dimension.COUNT, 1),
        Unit("thousand", Dimension.COUNT, 1e3),
        Unit("million", Dimension.COUNT, 1e6),
        Unit("billion", Dimension.COUNT, 1e9),
        Unit("trillion", Dimension.COUNT, 1e12),
        Unit("/s", Dimension.RATE, 1),
        Unit("/min", Dimension.RATE, 1 / 60),
        Unit("/h", Dimension.RATE, 1 / 3600),
        Unit("bytes/s", Dimension.BYTE_RATE, 1),
    ]
    for power, prefix in enumerate("KMGTP", start=1):
        units.append(Unit(f"{prefix}B", Dimension.BYTES, 1000.0**power))
        units.append(Unit(f"{prefix}iB", Dimension.BYTES, 1024.0**power))
        units.append(Unit(f"{prefix}B/s", Dimension.BYTE_RATE, 1000.0**power))
        units.append(Unit(f"{prefix}iB/s", Dimension.BYTE_RATE, 1024.0**power))
    return {unit.name: unit for unit in units}


UNITS: Final = MappingProxyType(_table())
"""Every unit by its canonical name."""

_EXACT: Final = MappingProxyType(
    {"m": "min", "M": "million", "K": "thousand", "G": "billion", "T": "trillion"}
)
"""Spellings whose case decides: `m` is minutes, `M` mega."""

_SPELLED: Final = MappingProxyType(
    {
        **{name.lower(): name for name in UNITS},
        **{f"{prefix}i": f"{prefix.upper()}iB" for prefix in "kmgtp"},
        **dict.fromkeys(("nanosecond", "nanoseconds", "nanos", "nsec"), "ns"),
        **dict.fromkeys(("µs", "μs", "usec", "micros", "microsecond", "microseconds"), "us"),
        **dict.fromkeys(("msec", "millis", "millisecond", "milliseconds"), "ms"),
        **dict.fromkeys(("sec", "secs", "second", "seconds"), "s"),
        **dict.fromkeys(("mins", "minute", "minutes"), "min"),
        **dict.fromkeys(("hr", "hrs", "hour", "hours"), "h"),
        **dict.fromkeys(("day", "days"), "d"),
        **dict.fromkeys(("week", "weeks"), "w"),
        **dict.fromkeys(("b", "byte", "by"), "bytes"),
        **dict.fromkeys(("kby", "kilobyte", "kilobytes"), "KB"),
        **dict.fromkeys(("mby", "megabyte", "megabytes"), "MB"),
        **dict.fromkeys(("gby", "gigabyte", "gigabytes"), "GB"),
        "kiby": "KiB",
        "miby": "MiB",
        "giby": "GiB",
        **dict.fromkeys(("%", "pct", "percentage", "perc"), "percent"),
        **dict.fromkeys(("1", "fraction", "frac"), "ratio"),
        "k": "thousand",
        **dict.fromkeys(("/sec", "/second", "per_second", "persecond", "rps", "qps"), "/s"),
        **dict.fromkeys(("/minute", "/m", "rpm", "per_minute"), "/min"),
        **dict.fromkeys(("b/s", "by/s", "bytes/sec"), "bytes/s"),
    }
)

_SUFFIXES: Final = MappingProxyType(
    {
        **dict.fromkeys(("pct", "percent", "percentage", "perc"), "percent"),
        **dict.fromkeys(("ratio", "fraction", "frac"), "ratio"),
        **dict.fromkeys(("ns", "nanos", "nanoseconds", "nanosecond", "nsec"), "ns"),
        **dict.fromkeys(("us", "µs", "μs", "micros", "microseconds", "microsecond", "usec"), "us"),
        **dict.fromkeys(("ms", "millis", "milliseconds", "millisecond", "msec"), "ms"),
        **dict.fromkeys(("s", "sec", "secs", "seconds", "second"), "s"),
        **dict.fromkeys(("mins", "minutes"), "min"),
        "hours": "h",
        "days": "d",
        **dict.fromkeys(("bytes", "byte"), "bytes"),
        **{f"{prefix}b": f"{prefix.upper()}B" for prefix in "kmgt"},
        **{f"{prefix}ib": f"{prefix.upper()}iB" for prefix in "kmgt"},
        **{f"{prefix}i": f"{prefix.upper()}iB" for prefix in "kmgt"},
        **dict.fromkeys(("count", "total"), "count"),
        **dict.fromkeys(("rps", "qps", "per s", "per sec", "per second"), "/s"),
        **dict.fromkeys(("rpm", "per min", "per minute"), "/min"),
        **dict.fromkeys(("bytes per s", "bytes per sec", "bytes per second"), "bytes/s"),
    }
)
"""Last words of a field's name that say its unit."""

_WORD_BREAK: Final = re.compile(
    r"[\s_.\-/()\[\]:]+|(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])"
)
_BYTE_UNIT: Final = re.compile(r"(?:[KMGTP]|(?<![A-Za-z])k)i?B(?![a-z])")


def words(name: str) -> tuple[str, ...]:
    """The lower-case words of a name: `memUsedMB`, `mem.used_mb` -> ('mem', 'used', 'mb')."""
    text = _BYTE_UNIT.sub(lambda found: f"_{found[0].lower()}", name.replace("%", " pct "))
    return tuple(word.lower() for word in _WORD_BREAK.split(text) if word)


def unit(spelling: str) -> Unit | None:
    """The unit a person means by `spelling`, or None.

    `m` is minutes and `M` mega; all other spellings are read in any case.
    """
    name = _EXACT.get(spelling) or _SPELLED.get(spelling.strip().lower())
    return UNITS[name] if name else None


def suffix_unit(name: str) -> tuple[str, str | None]:
    """A field's name less its unit suffix, words joined by `_`, and that unit's canonical name.

    `mem_used_MB` -> ('mem_used', 'MB'); a name without one, or that is nothing else -> (…, None).
    """
    parts = words(name)
    for length in (3, 2, 1):
        found = _SUFFIXES.get(" ".join(parts[-length:])) if len(parts) > length else None
        if found:
            return "_".join(parts[:-length]), found
    return "_".join(parts), None


def convert(value: float, source: str, target: str) -> float:
    """`value` in the unit `source` as a number in the unit `target`.

    A count word before bytes is read as bytes: `10M` on a field in bytes is 10 MB.

    Raises:
        UnitMismatchError: the two measure different things, or one is no unit.
    """
    a, b = unit(source), unit(target)
    if a is None or b is None or not _comparable(a, b):
        raise UnitMismatchError(source, target)
    if a.name == b.name:
        return value
    if a.scale >= b.scale and (a.scale / b.scale).is_integer():
        return value * int(a.scale / b.scale)
    return value * a.scale / b.scale


def compatible(source: str, target: str) -> bool:
    """Whether a value in `source` can be compared with a field in `target`."""
    a, b = unit(source), unit(target)
    return a is not None and b is not None and _comparable(a, b)


def _comparable(a: Unit, b: Unit) -> bool:
    if a.dimension is Dimension.COUNT and b.dimension is Dimension.BYTES:
        return True
    return a.dimension is b.dimension
