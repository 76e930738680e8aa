"""Round ticks for a window, and the words for its length."""

from __future__ import annotations

from typing import Final

from traversion_data.model import DAY, HOUR, MILLISECOND, MINUTE, SECOND, Nanos, TimeRange
from traversion_tui.formats import TimeFormat, duration

_DECADES: Final = tuple(n * int(10**power) for power in range(9) for n in (1, 2, 5))
STEPS: Final[tuple[int, ...]] = (
    *_DECADES,
    *(n * SECOND for n in (1, 2, 5, 10, 15, 30)),
    *(n * MINUTE for n in (1, 2, 5, 10, 15, 30)),
    *(n * HOUR for n in (1, 2, 3, 6, 12)),
    *(n * DAY for n in (1, 2, 7, 14, 30, 90, 180, 365, 730, 3650)),
)


def step_for(window: TimeRange, width: int, times: TimeFormat) -> Nanos:
    """The smallest round step whose labels leave air between them."""
    for step in STEPS:
        cells = step * width / max(window.length, 1)
        if cells >= len(times.tick(window.start, step)) + 4:
            return step
    return max(window.length, 1)


def ticks(window: TimeRange, width: int, times: TimeFormat) -> list[tuple[int, str]]:
    """Cells and labels of the round moments inside a window."""
    if not window.length:
        return []
    step = step_for(window, width, times)
    shift = times.offset(window.start)
    first = -(-(window.start + shift) // step) * step - shift
    return [
        ((moment - window.start) * width // window.length, times.tick(moment, step))
        for moment in range(first, window.end, step)
    ]


def per_cell(window: TimeRange, width: int) -> str:
    """`1.25 s/col`."""
    nanos = window.length / width
    if nanos < MILLISECOND:
        return f"{nanos / 1000:.3g} us/col"
    if nanos < SECOND:
        return f"{nanos / MILLISECOND:.3g} ms/col"
    if nanos < MINUTE:
        return f"{nanos / SECOND:.3g} s/col"
    return f"{duration(round(nanos / SECOND) * SECOND)}/col"
