"""The rows of both windows: to which group, window and part of a window each belongs."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import polars as pl

from traversion_data.model import SECOND, TimeRange

PARTS: Final = 12
"""Each window is divided into so many parts, whose differences show whether rows come in bursts."""


@dataclass(frozen=True)
class Sample:
    """Rows of window a, then of window b, each in the order in which they were known.

    groups: names, by number. group, window (0 or 1), part (0 to PARTS - 1), series (a number for
    each instance): int64, one entry a row. seconds: the lengths of both windows.
    """

    groups: pl.Series
    group: np.ndarray
    window: np.ndarray
    part: np.ndarray
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
        window = np.repeat(np.array([0, 1]), sizes)
        starts = np.array([one.start for one in windows])[window]
        lengths = np.array([max(one.length, 1) for one in windows])[window]
        part = np.minimum((known - starts) * PARTS // lengths, PARTS - 1)
        names, group = _numbered(groups)
        _, number = _numbered(series)
        return cls(
            names, group, window, part, number, known,
            (windows[0].length / SECOND, windows[1].length / SECOND),
        )  # fmt: skip

    def where(self, kept: np.ndarray) -> Sample:
        """Only some rows; kept: one bool a row."""
        return replace(
            self,
            group=self.group[kept],
            window=self.window[kept],
            part=self.part[kept],
            series=self.series[kept],
            known=self.known[kept],
        )

    def by_series(self) -> Sample:
        """The same rows, each series a group of its own, all named as before."""
        width = int(self.series.max(initial=0)) + 1
        found, number = np.unique(self.group * width + self.series, return_inverse=True)
        return replace(self, groups=self.groups.gather(found // width), group=number)

    def sums(self, weights: np.ndarray | None = None) -> np.ndarray:
        """Rows, or the sum of their weights, by group, window and part: `(groups, 2, PARTS)`."""
        cell = (self.group * 2 + self.window) * PARTS + self.part
        length = len(self.groups) * 2 * PARTS
        found = np.bincount(cell, weights, minlength=length)
        return found.reshape(len(self.groups), 2, PARTS)


def _numbered(names: pl.Series) -> tuple[pl.Series, np.ndarray]:
    """The different names in order, and the number of each row's; NULL comes last."""
    different = names.unique()
    text = different.cast(pl.String)
    order = text.arg_sort(nulls_last=True)
    table = pl.DataFrame(
        {"name": different.gather(order), "number": np.arange(len(different), dtype=np.int64)}
    )
    found = names.to_frame("name").join(
        table, on="name", how="left", nulls_equal=True, maintain_order="left"
    )
    return text.gather(order).rename("group"), found["number"].to_numpy()
