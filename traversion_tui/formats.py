"""Numbers, durations and times as the screen writes them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from traversion_data.model import DAY, HOUR, MILLISECOND, MINUTE, SECOND, Nanos, seq_text

_SIZES: Final = ("B", "KiB", "MiB", "GiB", "TiB")
LETTERS: Final = "DDIWEF"
"""Severity letters by `model.Severity`; trace and debug share one."""


def count(number: int) -> str:
    """`18,204`."""
    return f"{number:,}"


def event_name(seq: int) -> str:
    """`#6,912`, `#2:6,912`: an event's number with the commas that are not typed."""
    head, colon, line = seq_text(seq).rpartition(":")
    return f"{head}{colon}{int(line):,}" if colon else f"#{int(line[1:]):,}"


def duration(nanos: Nanos) -> str:
    """In prose, the largest unit with three digits: `214 ms`, `5.09 s`, `1 h 12 min`."""
    sign, nanos = ("-" if nanos < 0 else ""), abs(nanos)
    if nanos < MILLISECOND:
        return f"{sign}{nanos / MILLISECOND:.2g} ms" if nanos else "0 ms"
    if nanos < SECOND:
        return f"{sign}{nanos // MILLISECOND} ms"
    if nanos < MINUTE:
        return f"{sign}{three_digits(nanos / SECOND)} s"
    small, unit, large, name = (
        (SECOND, "s", MINUTE, "min")
        if nanos < HOUR
        else (MINUTE, "min", HOUR, "h")
        if nanos < DAY
        else (HOUR, "h", DAY, "d")
    )
    whole, rest = nanos // large, nanos % large // small
    return f"{sign}{whole} {name} {rest} {unit}" if rest else f"{sign}{whole} {name}"


def three_digits(number: float) -> str:
    """`5.09`, `51.2`, `512`."""
    return f"{number:.{2 if number < 9.995 else 1 if number < 99.95 else 0}f}"


def size(octets: int) -> str:
    """Binary units, three digits: `214 MiB`."""
    if octets < 1024:
        return f"{octets} B"
    power = min(int(math.log(octets, 1024)), len(_SIZES) - 1)
    return f"{three_digits(octets / 1024**power)} {_SIZES[power]}"


def rate(per_second: float) -> str:
    """`59.0`; from 10,000 `12.4 k`."""
    return f"{per_second / 1000:.1f} k" if per_second >= 10_000 else f"{per_second:,.1f}"


def percent(ratio: float) -> str:
    """A ratio as percent with one decimal; `<0.1` when it is not zero but reads so."""
    value = ratio * 100
    return "<0.1" if 0 < value < 0.05 else f"{value:.1f}"


def speed(factor: float) -> str:
    """`0.1`, `1`, `1000`; `events` when the pace is one event after the other."""
    return "events" if math.isinf(factor) else f"{factor:g}"


def zone_of(name: str) -> tzinfo:
    """The zone of an IANA name; UTC where this machine does not know it."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return UTC


@dataclass(frozen=True)
class TimeFormat:
    """How moments are written: in a zone (None is this machine's), or as distance from `origin`."""

    zone: tzinfo | None = UTC
    label: str = "UTC"
    origin: Nanos | None = None

    def clock(self, time: Nanos, digits: int = 3) -> str:
        """`15:47:28.491`, or `+00:03:28.491` from the origin; `--:--:--` beyond the calendar."""
        if self.origin is not None:
            return self._distance(time - self.origin, digits)
        moment = self._moment(time)
        if moment is None:
            return "--:--:--" + ("." + "-" * digits if digits else "")
        return f"{moment:%H:%M:%S}{_fraction(time, digits)}"

    def minute(self, time: Nanos) -> str:
        """`15:47`."""
        if self.origin is not None:
            return self._distance(time - self.origin, 0)
        moment = self._moment(time)
        return "--:--" if moment is None else f"{moment:%H:%M}"

    def day(self, time: Nanos) -> str:
        """`2024-01-15`."""
        moment = self._moment(time)
        return "----------" if moment is None else f"{moment:%Y-%m-%d}"

    def full(self, time: Nanos, digits: int = 9) -> str:
        """`2024-01-15 15:47:28.491000000 UTC`."""
        moment = self._moment(time)
        if moment is None:
            return f"{time} ns"
        name = "UTC" if self.origin is not None else self.label
        return f"{moment:%Y-%m-%d %H:%M:%S}{_fraction(time, digits)} {name}"

    def tick(self, time: Nanos, step: Nanos) -> str:
        """A ruler's label: the day from a day a tick, `15:46` from a minute, else with seconds."""
        if step >= DAY:
            return self.day(time)
        if step >= MINUTE:
            return self.minute(time)
        digits = 0 if step >= SECOND else 3 if step >= MILLISECOND else 6 if step >= 1000 else 9
        return self.clock(time, digits)

    def offset(self, time: Nanos) -> Nanos:
        """What the zone's clock is ahead of UTC at a moment, so that ticks stand on round times."""
        if self.origin is not None:
            return -self.origin
        moment = self._moment(time)
        shift = moment.utcoffset() if moment is not None else None
        return int(shift.total_seconds()) * SECOND if shift is not None else 0

    def _moment(self, time: Nanos) -> datetime | None:
        try:
            moment = datetime.fromtimestamp(time // SECOND, UTC)
            return moment.astimezone(self.zone)
        except (OverflowError, ValueError, OSError):
            return None

    @staticmethod
    def _distance(nanos: Nanos, digits: int) -> str:
        sign, nanos = ("-" if nanos < 0 else "+"), abs(nanos)
        seconds = nanos // SECOND
        hours, minutes = seconds // 3600, seconds // 60 % 60
        return f"{sign}{hours:02d}:{minutes:02d}:{seconds % 60:02d}{_fraction(nanos, digits)}"


def _fraction(time: Nanos, digits: int) -> str:
    return f".{time % SECOND:09d}"[: digits + 1] if digits else ""
