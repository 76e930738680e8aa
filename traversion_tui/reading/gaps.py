"""Stretches known to be missing, as rows of the log and as cells of a track."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from typing import Final

from traversion_data.model import Gap, Nanos, TimeRange
from traversion_data.store.view import StoreView
from traversion_tui.reading.rows import LogRow
from traversion_tui.text import safe
from traversion_tui.transport import column

LETTER: Final = "-"
"""Stands where the severity of an event does."""


def cells(gaps: Sequence[Gap], window: TimeRange, width: int) -> frozenset[int]:
    """The cells of a track that a gap touches; one whose ends are not known has none."""
    found: set[int] = set()
    for gap in gaps:
        first, last = _ends(gap)
        if first is None or last is None or last < window.start or first >= window.end:
            continue
        begin = max(column(window, first, width), 0)
        end = min(column(window, last, width), width - 1)
        found |= set(range(begin, max(end, begin) + 1))
    return frozenset(at for at in found if at < width)


def with_gaps(
    rows: Sequence[LogRow], shown: StoreView, whole: StoreView, playhead: Nanos
) -> list[LogRow]:
    """The rows of a page of `shown` with one more for each gap of the recording among them."""
    if not whole.gaps or not rows:
        return list(rows)
    names = {source.ordinal: source.name for source in whole.sources}
    starts = [row.run.start for row in rows]
    found: list[tuple[int, LogRow]] = []
    for gap in whole.gaps:
        time = gap.start if gap.start is not None else gap.end
        if time is None:
            continue
        position = shown.position(time + (gap.start is not None))
        if starts[0] <= position <= rows[-1].run.stop:
            told = _row(gap, time, names.get(gap.source, "?"), position, playhead)
            found.append((bisect_left(starts, position), told))
    merged = list(rows)
    for at, told in sorted(found, key=lambda it: (it[0], it[1].time), reverse=True):
        merged.insert(at, told)
    return merged


def fitting(rows: list[LogRow], room: int, cursor: int | None, *, end: bool) -> list[LogRow]:
    """As many rows as fit: the last ones at the log's end, else with the selected one."""
    over = len(rows) - room
    if over <= 0 or end:
        return rows[max(over, 0) :]
    at = next((index for index, row in enumerate(rows) if row.position == cursor), 0)
    first = max(at - room + 1, 0)
    return rows[first : first + room]


def _ends(gap: Gap) -> tuple[Nanos | None, Nanos | None]:
    first = gap.start if gap.start is not None else gap.end
    return first, gap.end if gap.end is not None else first


def _row(gap: Gap, time: Nanos, source: str, position: int, playhead: Nanos) -> LogRow:
    return LogRow(
        position=-1,
        seq=-1,
        time=time,
        letter=LETTER,
        service=safe(source.rpartition("/")[2]),
        text=safe(f"gap: {gap.reason}"),
        ahead=time > playhead,
        run=range(position, position),
    )
