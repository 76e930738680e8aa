"""A moment as a person types it: `14:32`, `+5m`, `50%`, `#1234`, `first error`, `@mark`."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from typing import Final

from traversion_data.model import DAY, HOUR, MILLISECOND, MINUTE, SECOND, Nanos, seq_of
from traversion_tui.formats import TimeFormat
from traversion_tui.landmarks import Landmarks
from traversion_tui.state import ViewState

_UNITS: Final = {"ms": MILLISECOND, "s": SECOND, "m": MINUTE, "h": HOUR, "d": DAY}
_SHIFT: Final = re.compile(r"([+-])\s*(\d{1,9}(?:\.\d{1,9})?)\s*(ms|s|m|h|d)", re.ASCII)
_PERCENT: Final = re.compile(r"(\d{1,3}(?:\.\d{1,9})?)\s*%", re.ASCII)
_EVENT: Final = re.compile(r"#(?:(\d{1,4}):)?([\d,]{1,15})", re.ASCII)
_CLOCK: Final = re.compile(
    r"(?:(\d{4})-(\d\d)-(\d\d)[T ])?(\d{1,2}):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?", re.ASCII
)


class MomentError(ValueError):
    """The text names no moment; the message is one whole sentence."""


def parse_moment(
    text: str, state: ViewState, marks: Landmarks, times: TimeFormat
) -> tuple[Nanos, int | None]:
    """The moment, and the position of the event where the text names one.

    Raises:
        MomentError: the text names no moment, or none in this recording.
    """
    text = text.strip()
    lowered = text.lower()
    if match := _SHIFT.fullmatch(lowered):
        sign = 1 if match[1] == "+" else -1
        return state.playhead + sign * round(float(match[2]) * _UNITS[match[3]]), None
    if match := _PERCENT.fullmatch(lowered):
        return state.whole.start + round(state.whole.length * float(match[1]) / 100), None
    if match := _EVENT.fullmatch(lowered):
        return _event(text, int(match[1] or 0), int(match[2].replace(",", "") or 0), marks)
    if text.startswith("@"):
        return _mark(text[1:], state), None
    if lowered in {"start", "end", "a", "b"}:
        return _named(lowered, state), None
    if lowered in {"first error", "last error"}:
        return _error(lowered, marks)
    if match := _CLOCK.fullmatch(text):
        return _clock(match, state, times), None
    raise MomentError(
        f"{text!r} is no moment: write 14:32, 14:32:05.250, +5m, -2h, 50%, #1234, first error, "
        "@mark, start or end."
    )


def _event(text: str, source: int, line: int, marks: Landmarks) -> tuple[Nanos, int]:
    position = marks.view.row(seq_of(source, line))
    if position is None:
        raise MomentError(f"there is no event {text} in this recording.")
    return marks.view.time_at(position), position


def _mark(name: str, state: ViewState) -> Nanos:
    if name in {"A", "B"} and (edge := state.marks["AB".index(name)]) is not None:
        return edge
    if name not in state.bookmarks:
        raise MomentError(f"there is no mark {name!r}; m and a letter set one.")
    return state.bookmarks[name].time


def _named(name: str, state: ViewState) -> Nanos:
    if name in {"a", "b"}:
        return _mark(name.upper(), state)
    return state.whole.start if name == "start" else state.whole.end - 1


def _error(which: str, marks: Landmarks) -> tuple[Nanos, int]:
    trail = marks.errors
    if not len(trail.known):
        raise MomentError("there is no error in this recording.")
    at = 0 if which == "first error" else -1
    return int(trail.known[at]), int(trail.positions[at])


def _clock(match: re.Match[str], state: ViewState, times: TimeFormat) -> Nanos:
    year, month, day, hour, minute, second, fraction = match.groups()
    try:
        clock = time(int(hour), int(minute), int(second or 0))
        on = date(int(year), int(month), int(day)) if year else None
    except ValueError:
        raise MomentError(f"{match[0]!r} is not on the clock.") from None
    nanos = int((fraction or "0").ljust(9, "0"))
    if on is not None:
        return _instant(on, clock, times) + nanos
    today = date.fromisoformat(times.day(state.playhead))
    for shift in (0, -1, 1):
        moment = _instant(today + timedelta(days=shift), clock, times) + nanos
        if moment in state.whole:
            return moment
    return _instant(today, clock, times) + nanos


def _instant(on: date, clock: time, times: TimeFormat) -> Nanos:
    try:
        naive = datetime.combine(on, clock)
        local = naive.astimezone() if times.zone is None else naive.replace(tzinfo=times.zone)
        return int(local.timestamp()) * SECOND
    except (OverflowError, OSError, ValueError):
        raise MomentError("that day is beyond the calendar.") from None
