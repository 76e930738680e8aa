"""The period of a series, from how much it is like itself some steps earlier."""

from __future__ import annotations

from typing import Final

import numpy as np

ALIKE: Final = 0.4
"""The least autocorrelation at a period; at one of half the history a quarter more."""
_NEAR: Final = 12
"""The period may be off by one part in so many."""
_CYCLES: Final = 1.7
"""A period must fit at least so often into the history."""


def periods(values: np.ndarray) -> np.ndarray:
    """The period of each series in steps, int64, 0 where it has none.

    values: `(series, steps)`, without NaN. The period is the highest local maximum of the
    autocorrelation of what a straight line leaves, behind its first negative value.
    """
    series, steps = values.shape
    longest = int(steps / _CYCLES)
    found = np.zeros(series, dtype=np.int64)
    if longest < 3:
        return found
    bent = without_line(values)
    alike = autocorrelation(bent, longest + 1)
    below = np.maximum.accumulate(alike < 0, axis=1)
    inner = alike[:, 1:-1]
    share = np.arange(1, longest) / steps
    least = ALIKE * (1 + np.clip(share - 0.25, 0.0, 0.25))
    peak = (inner >= alike[:, :-2]) & (inner > alike[:, 2:]) & below[:, 1:-1] & (inner > least)
    # two cycles are as much alike as one, so a shorter one is taken where it is nearly as good
    height = np.where(peak, inner, -1.0)
    good = height >= 0.85 * height.max(axis=1, keepdims=True)
    there = peak.any(axis=1)
    found[there] = np.argmax(good & peak, axis=1)[there] + 1
    return _sharpened(bent, found, longest)


def _sharpened(values: np.ndarray, period: np.ndarray, longest: int) -> np.ndarray:
    """The period near each whose waves have the most power, where there are four of them.

    A flat peak tells it badly, and with fewer waves power leaks into their neighbours.
    """
    at = np.arange(values.shape[1])
    best, power = period.copy(), np.full(len(period), -1.0)
    reach = np.maximum(period // _NEAR, 1)
    for offset in range(-int(reach.max(initial=0)), int(reach.max(initial=0)) + 1):
        tried = np.clip(period + offset, 2, longest)
        angle = 2j * np.pi * at[None, :] / tried[:, None]
        found = sum(
            np.abs((values * np.exp(angle * wave)).sum(axis=1)) ** 2 for wave in range(1, 4)
        )
        better = (period > 0) & (4 * period <= len(at)) & (abs(offset) <= reach) & (found > power)
        best[better], power[better] = tried[better], found[better]
    return best


def autocorrelation(values: np.ndarray, lags: int) -> np.ndarray:
    """Of each series at lags 0 to `lags` - 1, for as many pairs as there are at each lag."""
    steps = values.shape[1]
    spectrum = np.fft.rfft(values, 2 * steps, axis=1)
    products = np.fft.irfft(np.abs(spectrum) ** 2, axis=1)[:, :lags]
    mean = products / (steps - np.arange(lags))
    variance = np.maximum(mean[:, :1], 0)
    alike = np.zeros_like(mean)
    np.divide(mean, variance, out=alike, where=variance > 1e-12 * (1 + np.abs(values).max()))
    return np.asarray(alike)


def without_line(values: np.ndarray) -> np.ndarray:
    """What the least-squares line of each series leaves."""
    at = np.arange(values.shape[1]) - (values.shape[1] - 1) / 2
    middle = values - values.mean(axis=1, keepdims=True)
    slope = middle @ at / max(float(at @ at), 1.0)
    return np.asarray(middle - slope[:, None] * at)
