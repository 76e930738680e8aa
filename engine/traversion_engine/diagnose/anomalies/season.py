"""What repeats by the period of a series."""

from __future__ import annotations

from typing import Final

import numpy as np

from traversion_engine.diagnose.anomalies.rolling import Sums, calmed, deviation, middle
from traversion_engine.diagnose.forecast.periods import periods

FEWEST_CYCLES: Final = 3
_SMOOTHING: Final = 24
"""A profile is smoothed over this part of a period."""
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
    of_each = periods(whole)
    of_each[of_each * FEWEST_CYCLES > steps] = 0
    for period in np.unique(of_each[of_each > 0]).tolist():
        rows = np.flatnonzero(of_each == period)
        found[rows] = _profile(quiet[rows], period)
    before, after = deviation(quiet), deviation(quiet - found)
    found[after > _WORTH * before] = 0.0
    return found


def _profile(values: np.ndarray, period: int) -> np.ndarray:
    series, steps = values.shape
    at = np.arange(steps)
    low = np.maximum(at - period // 2, 0)
    high = np.minimum(low + period, steps)
    low = np.maximum(high - period, 0)
    left = values - Sums(values).mean(low, high)
    cycles = -(-steps // period)
    table = np.full((series, cycles * period), np.nan)
    table[:, :steps] = left
    by_phase = table.reshape(series, cycles, period).transpose(0, 2, 1).reshape(-1, cycles)
    profile = middle(by_phase).reshape(series, period)
    reach = period // (2 * _SMOOTHING)
    around = np.concatenate([profile[:, period - reach :], profile, profile[:, :reach]], axis=1)
    steps_of = np.arange(period)
    smooth = Sums(around).mean(steps_of, steps_of + 2 * reach + 1)
    smooth -= smooth.mean(axis=1, keepdims=True)
    return np.asarray(np.tile(smooth, (1, cycles))[:, :steps])
