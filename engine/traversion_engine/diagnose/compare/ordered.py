"""The numbers of a sample by size within each group: ranks and quantiles from one sorting."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from traversion_engine.diagnose.compare.gathered import MOST_GROUPS, Gathered
from traversion_engine.diagnose.compare.sample import PARTS, Sample

_MANY: Final = 20_000
"""From so many rows on they are not sorted."""


def numbers_of(sample: Sample, numbers: np.ndarray) -> Ordered | Gathered:
    """Ranks and quantiles of numbers (finite), one a row of the sample."""
    if len(numbers) >= _MANY and len(sample.groups) <= MOST_GROUPS:
        return Gathered.of(sample, numbers)
    return Ordered.of(sample, numbers)


@dataclass(frozen=True)
class Ordered:
    """Numbers (finite), one a row of the sample, and the order of rows by (group, number)."""

    sample: Sample
    numbers: np.ndarray
    order: np.ndarray

    @classmethod
    def of(cls, sample: Sample, numbers: np.ndarray) -> Ordered:
        """Sorts once."""
        order = np.argsort(numbers)
        small = sample.group.astype(np.uint16 if len(sample.groups) < 1 << 16 else np.int64)
        return cls(sample, numbers, order[np.argsort(small[order], kind="stable")])

    def ranks(self) -> np.ndarray:
        """The midrank of each row in its group, from 1 on; equal numbers share theirs."""
        group, numbers = self.sample.group[self.order], self.numbers[self.order]
        count = len(group)
        if not count:
            return np.empty(0)
        new = np.ones(count, dtype=bool)
        new[1:] = (group[1:] != group[:-1]) | (numbers[1:] != numbers[:-1])
        first = np.flatnonzero(new)
        last = np.append(first[1:], count)
        begins = np.searchsorted(group, np.arange(len(self.sample.groups)))
        middle = (first + last - 1) / 2 - begins[group[first]] + 1
        ranks = np.empty(count)
        ranks[self.order] = np.repeat(middle, last - first)
        return ranks

    def quantiles(self, share: float) -> np.ndarray:
        """Of each group and window, interpolated linearly: `(groups, 2)`, NaN without rows."""
        cell = self.sample.cell[self.order] // PARTS
        small = cell.astype(np.uint16 if len(self.sample.groups) < 1 << 15 else np.int64)
        inside = np.argsort(small, kind="stable")
        sizes = np.bincount(cell, minlength=2 * len(self.sample.groups))
        return interpolated(self.numbers[self.order[inside]], sizes, share).reshape(-1, 2)

    def pooled(self, share: float) -> np.ndarray:
        """Of each group over both windows."""
        sizes = np.bincount(self.sample.group, minlength=len(self.sample.groups))
        return interpolated(self.numbers[self.order], sizes, share)


def interpolated(ordered: np.ndarray, sizes: np.ndarray, share: float) -> np.ndarray:
    """The quantile of each run of so many ascending numbers; NaN of an empty one."""
    found = np.full(len(sizes), np.nan)
    filled = sizes > 0
    starts = (np.cumsum(sizes) - sizes)[filled]
    place = share * (sizes[filled] - 1)
    low = np.floor(place)
    below = ordered[starts + low.astype(np.int64)]
    above = ordered[starts + np.ceil(place).astype(np.int64)]
    found[filled] = below + (above - below) * (place - low)
    return found
