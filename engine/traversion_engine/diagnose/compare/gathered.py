"""The numbers of a large sample, not sorted: ranks by counting, quantiles by selection."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from traversion_engine.diagnose.compare.sample import PARTS, Sample

_SIGN: Final = np.uint32(1 << 31)
_DROPPED: Final = np.uint32(13)
"""Bits of a float32 that are not looked at: what is left tells numbers a thousandth apart."""
_BINS: Final = 1 << (32 - int(_DROPPED))
MOST_GROUPS: Final = 1024


@dataclass(frozen=True)
class Gathered:
    """Numbers (finite), one a row of the sample; by: the same by group and window."""

    sample: Sample
    numbers: np.ndarray
    by: np.ndarray

    @classmethod
    def of(cls, sample: Sample, numbers: np.ndarray) -> Gathered:
        """Of at most `MOST_GROUPS` groups."""
        half = (sample.cell // PARTS).astype(np.uint16)
        return cls(sample, numbers, numbers[np.argsort(half, kind="stable")])

    def ranks(self) -> np.ndarray:
        """The midrank of each row in its group, numbers within a thousandth taken for equal.

        Ties are no matter to a rank test, which knows of each how many there are.
        """
        with np.errstate(over="ignore"):
            bits = self.numbers.astype(np.float32).view(np.uint32)
        bits = np.where(bits & _SIGN, ~bits, bits | _SIGN) >> _DROPPED
        used = np.bincount(bits, minlength=_BINS) > 0
        width = int(used.sum())
        dense = np.cumsum(used) - 1
        key = self.sample.group * width + dense[bits]
        each = np.bincount(key, minlength=len(self.sample.groups) * width).reshape(-1, width)
        middle = np.cumsum(each, axis=1) - each + (each + 1) / 2
        return np.asarray(middle.ravel()[key])

    def quantiles(self, share: float) -> np.ndarray:
        """Of each group and window, interpolated linearly: `(groups, 2)`, NaN without rows."""
        return self._selected(self.sample.counts.sum(axis=2).ravel(), share).reshape(-1, 2)

    def pooled(self, share: float) -> np.ndarray:
        """Of each group over both windows."""
        return self._selected(self.sample.counts.sum(axis=(1, 2)), share)

    def _selected(self, sizes: np.ndarray, share: float) -> np.ndarray:
        found = np.full(len(sizes), np.nan)
        ends = np.cumsum(sizes)
        for run in np.flatnonzero(sizes):
            place = share * (int(sizes[run]) - 1)
            low, high = int(np.floor(place)), int(np.ceil(place))
            part = np.partition(self.by[ends[run] - sizes[run] : ends[run]], (low, high))
            found[run] = part[low] + (part[high] - part[low]) * (place - low)
        return found
