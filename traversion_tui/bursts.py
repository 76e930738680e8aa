"""Where events crowd: the cells of a track that belong together."""

from __future__ import annotations

import numpy as np

from traversion_data.model import TimeRange
from traversion_tui.reading.density import Track
from traversion_tui.transport import cell_end, cell_start

GAP = 1
"""So many emptier cells in a row do not end a burst."""


def burst(track: Track, cell: int) -> TimeRange:
    """The stretch of the burst at a cell, with an eighth of its length around it.

    Around a cell with errors it goes as far as there are errors, else as far as cells are at least
    half as full as that one; of an empty cell it is the gap.
    """
    cell = min(max(cell, 0), track.width - 1)
    totals, errors = track.totals, track.errors
    if errors[cell]:
        alike = errors > 0
    elif totals[cell]:
        alike = totals * 2 >= totals[cell]
    else:
        alike = totals == 0
    first, last = cell - _run(alike[cell::-1]), cell + _run(alike[cell:])
    start = cell_start(track.window, first, track.width)
    end = cell_end(track.window, last, track.width) + 1
    room = (end - start) // 8
    return TimeRange(start - room, end + room)


def _run(alike: np.ndarray) -> int:
    """How many cells further the burst goes, from the first cell on, over small gaps."""
    there = np.flatnonzero(alike)
    breaks = np.flatnonzero(np.diff(there) > GAP + 1)
    return int(there[breaks[0]] if len(breaks) else there[-1])
