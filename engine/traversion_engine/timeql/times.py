"""What a written time means: dates, clock times and epochs, in a zone and on a recording's days."""

from __future__ import annotations

import calendar
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

import numpy as np

from traversion_data.model import DAY, MILLISECOND, MINUTE, SECOND, Nanos, TimeRange
from traversion_engine.timeql.literals import duration_text

_READING: Final = r"(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d+))?)?\s*(AM|PM)?"
_OFFSET: Final = r"\s*(Z|[+-]\d{2}(?::?\d{2})?)?"
_DATE: Final = re.compile(
    rf"(\d{{4}})-(\d{{2}})-(\d{{2}})(?:(?:T|\s+){_READING}{_OFFSET})?", re.IGNORECASE
)
_CLOCK: Final = re.compile(_READING + _OFFSET, re.IGNORECASE)
_EPOCH: Final = re.compile(r"\d+")
_EPOCH_UNIT: Final = {10: SECOND, 13: MILLISECOND, 16: 1_000, 19: 1}
_EARLIEST, _LATEST = -(2**63) + 1, 2**63 - 1
_LISTED_DAYS: Final = 5
MAX_BUCKETS: Final = 200_000


class TimeTextError(ValueError):
    """A text that is no time here; `hint` says what to write instead."""

    def __init__(self, message: str, hint: str | None = None) -> None:
        super().__init__(message)
        self.hint = hint


@dataclass(frozen=True, slots=True)
class Instant:
    """A moment in ns UTC and what a reader should know of how it was found."""

    ns: Nanos
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Clock:
    """What the words of time stand for in one statement.

    bounds: the recording, from the first event to 1 ns after the last. zone: an IANA name.
    """

    bounds: TimeRange
    now: Nanos
    playhead: Nanos
    zone: str = "UTC"


def instant(text: str, clock: Clock) -> Instant:
    """The moment that a date, a clock time or an epoch names.

    Raises:
        TimeTextError: the text has none of these shapes, names no real date, or its day is unclear.
    """
    text = text.strip()
    if match := _DATE.fullmatch(text):
        year, month, day, *rest = match.groups()
        reading = _reading(text, rest)
        return reading.on((int(year), int(month), int(day)), clock.zone)
    if match := _CLOCK.fullmatch(text):
        return _clocked(match, clock)
    if _EPOCH.fullmatch(text):
        unit = _EPOCH_UNIT.get(len(text))
        if unit is None:
            raise TimeTextError(
                f"{text} has {_digits(text)}; an epoch has 10 (seconds), 13 (ms), 16 (µs)"
                " or 19 (ns)"
            )
        return Instant(_representable(int(text) * unit, text))
    raise TimeTextError(
        f"'{text}' is no time",
        "Write '2024-01-15 15:47:23', '15:47', '10 minutes ago', now, start, end or @bookmark.",
    )


def _digits(text: str) -> str:
    return "1 digit" if len(text) == 1 else f"{len(text)} digits"


def time_text(ns: Nanos, zone: str = "UTC", digits: int = 3) -> str:
    """`2024-01-15 15:47:23.412`, on the zone's clock, with `digits` of the fraction."""
    seconds, fraction = divmod(ns, SECOND)
    local = datetime.fromtimestamp(seconds, UTC).astimezone(_zone(zone))
    tail = f".{fraction:09d}"[: digits + 1] if digits else ""
    return f"{local:%Y-%m-%d %H:%M:%S}{tail}"


def bucket_edges(scope: TimeRange, width: Nanos, zone: str) -> np.ndarray:
    """Starts of the buckets that meet `scope`, and the end of the last; int64 ns, ascending.

    A bucket starts at a multiple of `width` since the midnight of its day in `zone`, and ends at
    the next midnight at the latest; from a day up, days are counted from 1970-01-01.

    Raises:
        TimeTextError: more than `MAX_BUCKETS` of them.
    """
    if scope.length // width > MAX_BUCKETS:
        raise TimeTextError(
            f"EVERY {duration_text(width)} makes {scope.length // width:,} buckets;"
            f" at most {MAX_BUCKETS:,} are made"
        )
    if not scope.length:
        return np.empty(0, dtype=np.int64)
    tz = _zone(zone)
    day = _local_date(scope.start, tz)
    if width >= DAY:
        days = max(1, width // DAY)
        since = (day - date(1970, 1, 1)).days // days * days
        day, step = date(1970, 1, 1) + timedelta(days=since), timedelta(days=days)
        midnights = [_midnight(day, tz)]
        while midnights[-1] < scope.end:
            day += step
            midnights.append(_midnight(day, tz))
        return np.array(midnights, dtype=np.int64)
    parts: list[np.ndarray] = []
    start = _midnight(day, tz)
    while start < scope.end:
        day += timedelta(days=1)
        stop = _midnight(day, tz)
        low = max(0, (scope.start - start) // width) * width + start
        high = min(stop, scope.end)
        parts.append(np.arange(low, high, width, dtype=np.int64))
        start = stop
    last = int(parts[-1][-1]) + width
    return np.append(np.concatenate(parts), min(last, start))


@dataclass(frozen=True, slots=True)
class _Reading:
    """What a clock shows, to the ns, and the offset in seconds where one is written.

    length: what is named, a minute where no second is written.
    """

    text: str
    hour: int = 0
    minute: int = 0
    second: int = 0
    fraction: Nanos = 0
    length: Nanos = MINUTE
    offset: int | None = None

    def on(self, day: tuple[int, int, int], zone: str) -> Instant:
        """The moment at which a clock of the zone shows this on a day."""
        try:
            naive = datetime(*day, self.hour, self.minute, self.second)  # noqa: DTZ001 (a clock reading)
        except ValueError as error:
            raise TimeTextError(f"'{self.text}' is no real time: {error}") from None
        if self.offset is None:
            seconds, notes = _local_seconds(naive, zone)
        else:
            seconds, notes = calendar.timegm(naive.timetuple()) - self.offset, ()
        return Instant(_representable(seconds * SECOND + self.fraction, self.text), notes)


def _reading(text: str, groups: Sequence[str | None]) -> _Reading:
    hour, minute, second, fraction, half, offset = groups
    if hour is None:
        return _Reading(text)
    hours = int(hour)
    if half:
        if not 1 <= hours <= 12:
            raise TimeTextError(f"'{text}' is no clock time: {half} goes with 1 to 12")
        hours = hours % 12 + (12 if half.upper() == "PM" else 0)
    return _Reading(
        text,
        hours,
        int(minute or 0),
        int(second or 0),
        int((fraction or "0")[:9].ljust(9, "0")),
        MINUTE if second is None else SECOND if fraction is None else 1,
        _offset_seconds(offset) if offset else None,
    )


def _clocked(match: re.Match[str], clock: Clock) -> Instant:
    """A clock time on the playhead's day, else on the one day on which the recording has it."""
    reading = _reading(match[0], match.groups())
    zone = _zone(clock.zone)
    tz = zone if reading.offset is None else timezone(timedelta(seconds=reading.offset))
    bounds = clock.bounds
    last = max(bounds.start, bounds.end - 1)

    def on(day: date) -> Instant:
        return reading.on((day.year, day.month, day.day), clock.zone)

    def is_inside(day: date) -> bool:
        ns = on(day).ns
        return ns + reading.length > bounds.start and ns <= max(bounds.end, clock.now)

    usual = _local_date(_last_moment(clock.playhead, bounds), tz)
    if not bounds.length or is_inside(usual):
        return on(usual)
    days = _days(_local_date(bounds.start, tz), _local_date(last, tz))
    inside = [day for day in days if is_inside(day)]
    if len(inside) == 1:
        return on(inside[0])
    if inside:
        raise TimeTextError(
            f"'{reading.text}' is inside the recording on several days: {_listed(inside)}",
            f"Write the day, too, as in '{inside[0]} {reading.text}'.",
        )
    which = "its one day" if len(days) == 1 else "each of its days"
    start, end = (time_text(ns, clock.zone) for ns in (bounds.start, bounds.end))
    raise TimeTextError(
        f"'{reading.text}' is outside the recording on {which}: {_listed(days)}",
        f"It goes from {start} to {end}.",
    )


def _last_moment(playhead: Nanos, bounds: TimeRange) -> Nanos:
    """The playhead, brought back from `end` to the last event so that its day is the last day."""
    return playhead - 1 if playhead == bounds.end and bounds.length else playhead


def _days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=k) for k in range((last - first).days + 1)]


def _listed(days: Sequence[date]) -> str:
    text = ", ".join(f"{day}" for day in days[:_LISTED_DAYS])
    return f"{text} and {len(days) - _LISTED_DAYS:,} more" if len(days) > _LISTED_DAYS else text


def _local_date(ns: Nanos, tz: tzinfo) -> date:
    return datetime.fromtimestamp(ns // SECOND, UTC).astimezone(tz).date()


def _midnight(day: date, tz: ZoneInfo) -> Nanos:
    naive = datetime(day.year, day.month, day.day)  # noqa: DTZ001 (local clock reading)
    return _local_seconds(naive, tz.key)[0] * SECOND


def _local_seconds(naive: datetime, zone: str) -> tuple[int, tuple[str, ...]]:
    """Epoch seconds of a local clock reading; of an hour that comes twice, the first."""
    tz = _zone(zone)
    first, second = (naive.replace(tzinfo=tz, fold=fold).utcoffset() for fold in (0, 1))
    assert first is not None
    assert second is not None
    seconds = calendar.timegm(naive.timetuple()) - int(first.total_seconds())
    if first > second:
        return seconds, (
            f"{naive:%H:%M:%S} comes twice on that day in {zone}; the first is taken.",
        )
    if first < second:
        read_as = time_text(seconds * SECOND, zone, 0)
        return seconds, (
            f"{naive:%H:%M:%S} does not exist on that day in {zone}; read as {read_as}.",
        )
    return seconds, ()


def _offset_seconds(text: str) -> int:
    if text in {"Z", "z"}:
        return 0
    digits = text[1:].replace(":", "")
    seconds = int(digits[:2]) * 3600 + int(digits[2:] or 0) * 60
    return -seconds if text[0] == "-" else seconds


def _representable(ns: int, text: str) -> Nanos:
    if not _EARLIEST <= ns <= _LATEST:
        raise TimeTextError(f"'{text}' is outside the years 1678 to 2261")
    return ns


@lru_cache(maxsize=16)
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)
