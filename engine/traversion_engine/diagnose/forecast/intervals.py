"""Quantiles of what comes from the errors of a backtest, so that the coverage is real.

Errors are taken relative to how large they usually are so many steps ahead, and those of all
steps together say how they are spread (split conformal prediction: Lei et al. 2018, "Distribution-
free predictive inference for regression", section 2.2). Errors that overlap in time say less than
as many separate ones, so the spread is widened by how few of these there were.
"""

from __future__ import annotations

from typing import Final

import numpy as np

WANTED: Final = 0.8
"""The share of what comes that should lie within the interval."""
QUANTILES: Final = (0.1, 0.5, 0.9)
_SURE: Final = 10.0
"""From about so many separate stretches on, a series' own skew is believed."""


def growth(errors: np.ndarray, steps: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The usual size of an error so many steps ahead, `(series, steps)`, and its power `(series,)`.

    errors: `(series, origins, steps)`, NaN where unknown. Fitted to the mean absolute errors, each
    step by how many separate stretches it was seen in.
    """
    size = np.abs(errors)
    count = np.isfinite(size).sum(axis=1)
    mean = np.nansum(size, axis=1) / np.maximum(count, 1)
    least = 1e-9 * np.nanmax(mean, axis=1, initial=0.0, keepdims=True)
    weight = np.where(mean > 0, count / steps, 0.0)
    total = np.maximum(weight.sum(axis=1, keepdims=True), 1e-300)
    x = np.log(steps)[None, :]
    y = np.log(np.maximum(mean, np.maximum(least, 1e-300)))
    middle_x = (weight * x).sum(axis=1, keepdims=True) / total
    middle_y = (weight * y).sum(axis=1, keepdims=True) / total
    spread = (weight * (x - middle_x) ** 2).sum(axis=1, keepdims=True)
    joint = (weight * (x - middle_x) * (y - middle_y)).sum(axis=1, keepdims=True)
    # a prior of one stretch at the square root, as of a random walk, where little is known
    power = np.clip((joint + 0.25) / (spread + 0.5), 0.0, 1.2)
    fitted = np.exp(middle_y + power * (x - middle_x))
    usual = np.where((mean > 0).any(axis=1, keepdims=True), fitted, 0.0)
    return usual, power[:, 0]


def relative(errors: np.ndarray, usual: np.ndarray) -> np.ndarray:
    """Errors over their usual size; 0 where that is 0."""
    size = usual[:, None, :]
    return np.where(size > 0, errors / np.where(size > 0, size, 1.0), errors * 0)


def offsets(relatives: np.ndarray, stretches: np.ndarray) -> np.ndarray:
    """Quantiles `(3, series)` of relative errors `(series, …)`.

    stretches: about how many separate errors each series has; with few the quantiles are taken for
    symmetric.
    """
    flat = relatives.reshape(len(relatives), -1)
    low, middle, high = quantiles(flat, QUANTILES)
    half = quantiles(np.abs(flat), (WANTED,))[0]
    believed = stretches / (stretches + _SURE)
    symmetric = (1 - believed) * half
    return np.array([believed * low - symmetric, believed * middle, believed * high + symmetric])


def widening(power: np.ndarray, steps: np.ndarray, span: np.ndarray) -> np.ndarray:
    """How much wider intervals have to be than errors were, `(series, steps)`.

    span: steps over which errors were seen. Errors that grow with the distance agree with each
    other as far as it reaches, so those far ahead were seen but a few times.
    """
    seen = steps[None, :] / span[:, None]
    return np.asarray(1 + _FEW * steps.mean() / span[:, None] + _FAR * power[:, None] * seen)


_FEW: Final = 0.5
_FAR: Final = 2.5


def quantiles(values: np.ndarray, wanted: tuple[float, ...]) -> np.ndarray:
    """Of each row, `(wanted, rows)`, between the nearest two; NaN left out, 0 without any."""
    ordered = np.sort(values, axis=1)
    count = np.isfinite(ordered).sum(axis=1)
    place = np.outer(wanted, np.maximum(count - 1, 0))
    low = place.astype(np.int64)
    high = np.minimum(low + 1, np.maximum(count - 1, 0))
    row = np.arange(len(ordered))
    a, b = ordered[row, low], ordered[row, high]
    return np.where(count > 0, a + (b - a) * (place - low), 0.0)


def pinball(error: np.ndarray, quantile: float) -> np.ndarray:
    """Loss of a quantile that lies `error` below what came (Koenker & Bassett 1978)."""
    return np.maximum(quantile * error, (quantile - 1) * error)
