"""Counts of a window's events per cell of a track, by how bad they are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from weakref import WeakKeyDictionary

import numpy as np

from traversion_data.model import SECOND, Severity, TimeRange
from traversion_tui.landmarks import Landmarks


@dataclass(frozen=True, eq=False)
class Track:
    """Counts of `width` cells of a window: int64 arrays of errors, warnings and the rest.

    Equal only to itself, so that what is drawn of it can be kept.
    """

    window: TimeRange
    width: int
    errors: np.ndarray
    warnings: np.ndarray
    others: np.ndarray

    @property
    def totals(self) -> np.ndarray:
        """All events of each cell."""
        totals: np.ndarray = self.errors + self.warnings + self.others
        return totals

    @property
    def peak(self) -> int:
        """The fullest cell's count, at least 1."""
        return max(int(self.totals.max(initial=0)), 1)

    @property
    def peak_rate(self) -> float:
        """The fullest cell's events per second."""
        return self.peak * self.width * SECOND / max(self.window.length, 1)


_KEPT: Final = 4
_tracks: WeakKeyDictionary[Landmarks, dict[tuple[TimeRange, int], Track]] = WeakKeyDictionary()


def track(marks: Landmarks, window: TimeRange, width: int) -> Track:
    """Exact counts, by binary search; kept for the frames in which the window stays.

    They are kept only as long as the snapshot itself, which a growing load makes anew again and
    again.
    """
    kept = _tracks.setdefault(marks, {})
    if (window, width) not in kept:
        while len(kept) >= _KEPT:
            del kept[next(iter(kept))]
        kept[window, width] = _counted(marks, window, width)
    return kept[window, width]


def _counted(marks: Landmarks, window: TimeRange, width: int) -> Track:
    steps = np.arange(width + 1, dtype=object) * window.length
    edges = window.start + np.asarray(-(-steps // width), dtype=np.int64)
    counts = marks.view.density.counts(edges)
    bad, warn = int(Severity.ERROR), int(Severity.WARN)
    return Track(window, width, counts[bad:].sum(axis=0), counts[warn], counts[:warn].sum(axis=0))
