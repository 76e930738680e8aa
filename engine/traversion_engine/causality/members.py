"""The events of traces, found without an index of all traces where few are asked for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl

from traversion_data import schema
from traversion_data.store.view import StoreView

SCANS: Final = 12
"""Times that a snapshot's traces are looked through before an index of them costs less."""


_LOOKED_UP: Final = 100
"""Traces that are looked up one by one; more are found by looking through all events."""


@dataclass
class _Asked:
    """How often a snapshot's traces were looked through."""

    times: int = 0


def members(view: StoreView, traces: pl.Series) -> np.ndarray:
    """Positions of all events of the traces, ascending; int64.

    A snapshot of a growing recording is outdated before an index of its traces would be worth it.
    """
    asked = view.kept(_asked)
    asked.times += 1
    indexed = "traces" in vars(view) or asked.times > SCANS
    if not indexed or len(traces) > _LOOKED_UP:
        found = view.events[schema.TRACE_ID].is_in(traces.implode()).fill_null(value=False)
        return np.flatnonzero(found.to_numpy())
    parts = [view.traces.positions_of(trace) for trace in traces]
    return np.sort(np.concatenate(parts)).astype(np.int64)


def _asked(_: StoreView) -> _Asked:
    return _Asked()
