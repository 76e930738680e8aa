"""The events that the last statement chose, as cells of the scrubber's track."""

from __future__ import annotations

from weakref import ref

import numpy as np

from traversion_data.model import TimeRange
from traversion_engine.result import ResultTable, Role

_TIME = "time"
_kept: dict[int, tuple[ref[ResultTable], np.ndarray]] = {}
"""Sorted times of the last table by its identity: tables cannot be hashed."""


def cells(table: ResultTable | None, window: TimeRange, width: int) -> frozenset[int]:
    """The cells in which an event of an answer lies.

    None where the rows are no events, or are all that was read: then nothing was found out.
    """
    if table is None or not _chosen(table):
        return frozenset()
    steps = np.arange(width + 1, dtype=object) * window.length
    edges = window.start + np.asarray(-(-steps // width), dtype=np.int64)
    return frozenset(np.flatnonzero(np.diff(np.searchsorted(_times(table), edges))).tolist())


def _chosen(table: ResultTable) -> bool:
    events = any(column.role is Role.EVENT for column in table.columns)
    timed = any(column.name == _TIME and column.role is Role.TIME for column in table.columns)
    return events and timed and table.total < table.scanned


def _times(table: ResultTable) -> np.ndarray:
    kept = _kept.get(id(table))
    if kept is None or kept[0]() is not table:
        _kept.clear()
        kept = _kept[id(table)] = (ref(table), table.frame[_TIME].drop_nulls().sort().to_numpy())
    return kept[1]
