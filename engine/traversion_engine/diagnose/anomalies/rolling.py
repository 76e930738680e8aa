"""Running means and medians over `(series, steps)`, robust deviations; NaN is left out."""

from __future__ import annotations

from typing import Final

import numpy as np
import polars as pl

MAD: Final = 1.4826
"""Of normal noise the deviation is so many median absolute deviations."""
_OUTER: Final = 0.8
_OUTER_NORMAL: Final = 1.2816
"""What normal noise has at `_OUTER` of its absolute values."""
_LOCAL: Final = 7
_CLIP: Final = 3.0


def running_median(values: np.ndarray, width: int) -> np.ndarray:
    """The median of the `width` steps around each step, fewer at the ends."""
    series, steps = values.shape
    if not series or not steps:
        return values.copy()
    frame = pl.DataFrame(
        [pl.Series(str(at), row, nan_to_null=True) for at, row in enumerate(values)]
    )
    found = frame.select(pl.all().rolling_median(width, min_samples=1, center=True))
    return np.stack([column.to_numpy() for column in found.get_columns()]).astype(np.float64)


def deviation(values: np.ndarray) -> np.ndarray:
    """The robust deviation of each row around its own median; 0 without values."""
    return MAD * middle(np.abs(values - middle(values)[:, None]))


def spread(values: np.ndarray) -> np.ndarray:
    """As `deviation`, from two quantiles: half as noisy, and a tenth of the values may be wild."""
    far = np.abs(values - middle(values)[:, None])
    return np.asarray((MAD * quantile(far, 0.5) + quantile(far, _OUTER) / _OUTER_NORMAL) / 2)


def middle(values: np.ndarray) -> np.ndarray:
    """The median of each row; 0 without values."""
    return quantile(values, 0.5)


def quantile(values: np.ndarray, share: float) -> np.ndarray:
    """A quantile of each row, between its two nearest values; 0 without values."""
    ordered = np.sort(values, axis=1)
    last = np.maximum(np.isfinite(values).sum(axis=1) - 1, 0)
    at = share * last
    low = np.floor(at).astype(np.int64)
    row = np.arange(len(values))
    below, above = ordered[row, low], ordered[row, np.minimum(low + 1, last)]
    return np.asarray(np.nan_to_num(below + (at - low) * (above - below)))


def calmed(values: np.ndarray, floor: np.ndarray) -> np.ndarray:
    """Values drawn in to three deviations around the running median of their neighbours.

    floor: the least deviation of each series. A single value far out hardly moves a mean then.
    """
    around = running_median(values, _LOCAL)
    reach = _CLIP * np.maximum(deviation(values - around), floor)[:, None]
    return np.asarray(np.clip(values, around - reach, around + reach))


class Sums:
    """Running sums of `(series, steps)` for the mean of any window."""

    def __init__(self, values: np.ndarray) -> None:
        there = np.isfinite(values)
        self.steps = values.shape[1]
        self._sum = _summed(np.where(there, values, 0.0))
        self._count = _summed(there.astype(np.float64))

    def mean(self, low: np.ndarray, high: np.ndarray) -> np.ndarray:
        """Means of the windows `[low, high)`, the same for every series: `(series, windows)`.

        NaN where less than half of a window is there.
        """
        count = self._count[:, high] - self._count[:, low]
        total = self._sum[:, high] - self._sum[:, low]
        enough = 2 * count >= np.maximum(high - low, 1)
        return np.where(enough, total / np.maximum(count, 1), np.nan)

    def mean_of(self, row: int, low: np.ndarray, high: np.ndarray) -> np.ndarray:
        """Means of some windows of one series; 0 where nothing is there."""
        count = self._count[row, high] - self._count[row, low]
        return np.asarray((self._sum[row, high] - self._sum[row, low]) / np.maximum(count, 1))

    def total(self, row: np.ndarray, low: np.ndarray, high: np.ndarray) -> np.ndarray:
        """Sums of the windows `[low, high)`, one of a series each."""
        return np.asarray(self._sum[row, high] - self._sum[row, low])


def _summed(values: np.ndarray) -> np.ndarray:
    return np.concatenate([np.zeros((len(values), 1)), np.cumsum(values, axis=1)], axis=1)
