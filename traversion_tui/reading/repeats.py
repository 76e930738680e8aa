"""A page of the log in which events that say the same one after the other are one row."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any, Final

from traversion_data import schema
from traversion_data.model import Nanos
from traversion_data.store.view import StoreView
from traversion_tui.reading.rows import LogRow, columns, row_of

_APART: Final = {schema.SEQ, schema.TIME, schema.END_TIME}
"""Of what a row is told by, what is another for each event that says the same."""


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
    values = view.page(start, first + 2 * room - start, names).rows()
    end = start + len(values)
    runs = _runs(values, start, playhead, names)
    at = max((index for index, run in enumerate(runs) if run.start <= first), default=0)
    at = max(min(at, len(runs) - room), 0)
    rows: list[LogRow] = []
    for run in runs[at : at + room]:
        position = cursor if cursor is not None and cursor in run else run.start
        told = dict(zip(names, values[position - start], strict=True))
        cut = 0 < run.start == start or run.stop == end < view.height
        rows.append(row_of(told, position, playhead, run, cut=cut))
    return rows


def _runs(
    values: Sequence[tuple[Any, ...]], start: int, playhead: Nanos, names: list[str]
) -> list[range]:
    """Positions of the events that say the same, in order."""
    said = itemgetter(*(at for at, name in enumerate(names) if name not in _APART))
    began, ended = names.index(schema.TIME), names.index(schema.END_TIME)

    def told(index: int) -> tuple[object, ...]:
        row = values[index]
        time = row[began]
        return time > playhead, time <= playhead < (row[ended] or time), said(row)

    runs: list[range] = []
    for _, group in groupby(range(len(values)), told):
        indexes = list(group)
        runs.append(range(start + indexes[0], start + indexes[-1] + 1))
    return runs
