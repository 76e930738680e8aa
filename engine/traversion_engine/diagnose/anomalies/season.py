"""What repeats by the period of a series."""

from __future__ import annotations

from typing import Final

import numpy as np

from traversion_engine.diagnose.anomalies.rolling import (
    Sums,
    calmed,
    deviation,
    middle,
    running_median,
)
from traversion_engine.diagnose.forecast.periods import (
    autocorrelation,
    periods,
    without_line,
)

FEWEST_CYCLES: Final = 3
_SMOOTHING: Final = 24
"""A profile is smoothed over this part of a period."""
_NEAR: Final = 0.2
_SHORTEST: Final = 4
_BESIDE: Final = 3
_FILLED: Final = 0.7
"""Of a series with fewer values no season can be told."""
_ROUNDS: Final = 3
_WORTH: Final = 0.85
"""A season must bring the deviation below this share of what it was."""


def seasons(values: np.ndarray, floor: np.ndarray) -> np.ndarray:
    """The season of each step, `(series, steps)`, around 0; 0 for series without one.

    A season needs three whole cycles. Each phase has the median of its cycles, so that one
    incident does not become usual.
    """
    series, steps = values.shape
    found = np.zeros_like(values)
    if not series or steps < FEWEST_CYCLES:
        return found
    quiet = calmed(values, floor)
    whole = np.where(np.isfinite(quiet), quiet, middle(quiet)[:, None])
    of_each = _periods(whole)
    of_each[(np.isfinite(values).mean(axis=1) < _FILLED) | (of_each < _SHORTEST)] = 0
    for period in np.unique(of_each[of_each > 0]).tolist():
        rows = np.flatnonzero(of_each == period)
        found[rows] = _profile(quiet[rows], period)
    before, after = deviation(quiet), deviation(quiet - found)
    found[after > _WORTH * before] = 0.0
    return found


def _periods(values: np.ndarray) -> np.ndarray:
    """The period of each series, 0 where there is none that fits in `FEWEST_CYCLES` times.

    Near the highest autocorrelation the one at which values differ least from those a period
    before: autocorrelation is flat there, and one step off moves a steep flank.
    """
    steps = values.shape[1]
    found = periods(values)
    some = np.flatnonzero(found)
    if not len(some):
        return found
    series = values[some]
    alike = autocorrelation(without_line(series), steps // 2)
    lags = np.arange(alike.shape[1])
    low, high = (found[some, None] * part for part in (1 - _NEAR, 1 + _NEAR))
    peak = np.argmax(np.where((lags >= low) & (lags <= high), alike, -np.inf), axis=1)
    tried = np.clip(peak + np.arange(-_BESIDE, _BESIDE + 1)[:, None], 1, steps - 1)
    differs = np.stack([_differs(series, lag) for lag in tried])
    best = tried[np.argmin(differs, axis=0), np.arange(len(some))]
    found[some] = np.where(best * FEWEST_CYCLES <= steps, best, 0)
    return found


def _differs(values: np.ndarray, lag: np.ndarray) -> np.ndarray:
    """The median difference of each series from itself so many steps before."""
    before = np.arange(values.shape[1]) - lag[:, None]
    earlier = np.take_along_axis(values, np.maximum(before, 0), axis=1)
    return middle(np.where(before >= 0, np.abs(values - earlier), np.nan))


def _profile(values: np.ndarray, period: int) -> np.ndarray:
    steps = values.shape[1]
    at = np.arange(steps)
    low = np.clip(at - period // 2, 0, max(steps - period, 0))
    level = Sums(values).mean(low, np.minimum(low + period, steps))
    season = _by_phase(values - level, period)
    for _ in range(_ROUNDS):
        # a median keeps the edge of a level that a mean smears over a whole period
        level = running_median(values - season, period // 2)
        season = _by_phase(values - level, period)
    return season


def _by_phase(left: np.ndarray, period: int) -> np.ndarray:
    """The median of each phase over the cycles, smoothed, around 0; as long as the series."""
    series, steps = left.shape
    cycles = -(-steps // period)
    table = np.full((series, cycles * period), np.nan)
    table[:, :steps] = left
    by_phase = table.reshape(series, cycles, period).transpose(0, 2, 1).reshape(-1, cycles)
    profile = middle(by_phase).reshape(series, period)
    reach = period // (2 * _SMOOTHING)
    around = np.concatenate([profile[:, period - reach :], profile, profile[:, :reach]], axis=1)
    phase = np.arange(period)
    smooth = Sums(around).mean(phase, phase + 2 * reach + 1)
    smooth -= smooth.mean(axis=1, keepdims=True)
    return np.asarray(np.tile(smooth, (1, cycles))[:, :steps])
