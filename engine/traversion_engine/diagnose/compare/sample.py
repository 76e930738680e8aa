"""The rows of both windows: to which group, window and part of a window each belongs."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final

import numpy as np
import polars as pl

from traversion_data.model import SECOND, TimeRange

PARTS: Final = 12
"""Each window is divided into so many parts, whose differences show whether rows come in bursts."""


@dataclass(frozen=True)
class Sample:
    """Rows of window a, then of window b, each in the order in which they were known.

    groups: names, by number. Arrays with an entry a row: cell, which numbers group, window (0 or
    1) and part; series, a number for each instance; known, ns. seconds: the windows' lengths.
    """

    groups: pl.Series
    cell: np.ndarray
    series: np.ndarray
    known: np.ndarray
    seconds: tuple[float, float]

    @classmethod
    def of(
        cls,
        groups: pl.Series,
        series: pl.Series,
        known: np.ndarray,
        sizes: tuple[int, int],
        windows: tuple[TimeRange, TimeRange],
    ) -> Sample:
        """groups, series: a name (or NULL) for each row. sizes: rows of a and of b."""
        names, group = _numbered(groups)
        cell = group * (2 * PARTS)
        first = sizes[0]
        cell[first:] += PARTS
        for window, rows in zip(windows, (slice(first), slice(first, None)), strict=True):
            cell[rows] += part_of(window, known[rows])
        seconds = (windows[0].length / SECOND, windows[1].length / SECOND)
        return cls(names, cell, _numbered(series)[1], known, seconds)

    @cached_property
    def window(self) -> np.ndarray:
        """0 or 1, one entry a row."""
        return self.cell // PARTS % 2

    @cached_property
    def group(self) -> np.ndarray:
        """The number of the group, one entry a row."""
        return self.cell // (2 * PARTS)

    @cached_property
    def counts(self) -> np.ndarray:
        """Rows by group, window and part: `(groups, 2, PARTS)`."""
        return self._by_cell(None)

    def where(self, kept: np.ndarray) -> Sample:
        """Only some rows; kept: one bool a row, or the numbers of rows."""
        if kept.dtype == bool and kept.all():
            return self
        return replace(self, cell=self.cell[kept], series=self.series[kept], known=self.known[kept])

    def by_series(self) -> Sample:
        """The same rows, each series a group of its own, all named as before."""
        width = int(self.series.max(initial=0)) + 1
        found, number = np.unique(self.group * width + self.series, return_inverse=True)
        cell = number * (2 * PARTS) + self.cell % (2 * PARTS)
        return replace(self, groups=self.groups.gather(found // width), cell=cell)

    def sums(self, weights: np.ndarray) -> np.ndarray:
        """The sum of weights, one a row, by group, window and part: `(groups, 2, PARTS)`."""
        return self._by_cell(weights)

    def _by_cell(self, weights: np.ndarray | None) -> np.ndarray:
        length = len(self.groups) * 2 * PARTS
        return np.bincount(self.cell, weights, minlength=length).reshape(-1, 2, PARTS)


def part_of(window: TimeRange, times: np.ndarray) -> np.ndarray:
    """In which of its parts a window's times lie."""
    return np.asarray((times - window.start) // -(-max(window.length, 1) // PARTS))


def _numbered(names: pl.Series) -> tuple[pl.Series, np.ndarray]:
    """The different names in order, and the number (int64) of each row's; NULL comes last."""
    if isinstance(names.dtype, pl.Categorical):
        codes = names.to_physical().cast(pl.Int64).fill_null(-1).to_numpy() + 1
    else:
        codes = names.rank("dense").cast(pl.Int64).fill_null(0).to_numpy()
    first = np.full(int(codes.max(initial=0)) + 1, -1)
    first[codes[::-1]] = np.arange(len(codes) - 1, -1, -1)
    there = np.flatnonzero(first >= 0)
    text = names.gather(first[there]).cast(pl.String)
    order = text.arg_sort(nulls_last=True).to_numpy()
    table = np.zeros(len(first), dtype=np.int64)
    table[there[order]] = np.arange(len(order))
    return text.gather(order).rename("group"), table[codes]
