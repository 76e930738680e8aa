"""A page of the log in which events that say the same one after the other are one row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby
from typing import Any, Final

from traversion_data import schema
from traversion_data.model import Nanos
from traversion_data.store.view import StoreView
from traversion_tui.reading.rows import LogRow, columns, row_of

_SAME: Final = (
    schema.TYPE,
    schema.SERVICE,
    schema.OPERATION,
    schema.SEVERITY,
    schema.MESSAGE,
    schema.DURATION,
    schema.ERROR_OCCURRED,
)
"""What events have in common that are told in one row; moments and ids tell no one apart."""


def folded_page(
    view: StoreView, first: int, room: int, playhead: Nanos, cursor: int | None
) -> list[LogRow]:
    """At most `room` rows from position `first` on; repeats are folded, no more than a page away.

    A row never holds events of both sides of the playhead. It tells the moment of the selected
    event if that is among its events, else of its first. Only events on three pages are looked
    at: of a run that goes on beyond them the row says that it is cut.
    """
    start = max(first - room, 0)
    names = columns(view)
    values = view.page(start, first + 2 * room - start, names).rows(named=True)
    readings = [name for name in names if name not in schema.EVENT]
    runs = _runs(values, start, playhead, readings)
    at = max((index for index, run in enumerate(runs) if run.start <= first), default=0)
    at = max(min(at, len(runs) - room), 0)
    end = start + len(values)
    rows: list[LogRow] = []
    for run in runs[at : at + room]:
        position = cursor if cursor is not None and cursor in run else run.start
        row = row_of(values[position - start], position, playhead)
        cut = 0 < run.start == start or run.stop == end < view.height
        rows.append(replace(row, run=run, cut=cut))
    return rows


def _runs(
    values: Sequence[dict[str, Any]], start: int, playhead: Nanos, readings: list[str]
) -> list[range]:
    def told(index: int) -> tuple[object, ...]:
        row = values[index]
        time, end = row[schema.TIME], row[schema.END_TIME] or row[schema.TIME]
        said = tuple(row[name] for name in (*_SAME, *readings))
        return (time > playhead, time <= playhead < end, *said)

    runs: list[range] = []
    for _, group in groupby(range(len(values)), told):
        indexes = list(group)
        runs.append(range(start + indexes[0], start + indexes[-1] + 1))
    return runs
