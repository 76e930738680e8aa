"""Exponential smoothing with a damped trend, for many series and settings in one pass.

Gardner & McKenzie 1985, "Forecasting trends in time series", equations 1 to 3.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True)
class Setting:
    """Weights of the newest value in level and trend; what is left of the trend a step later."""

    level: float
    trend: float = 0.0
    kept: float = 0.0


def smoothed(values: np.ndarray, settings: tuple[Setting, ...]) -> tuple[np.ndarray, np.ndarray]:
    """Level and trend after each step: two arrays `(settings, series, steps)`.

    values: `(series, steps)`, without NaN.
    """
    alpha, beta, phi = (
        np.array([getattr(setting, name) for setting in settings])[:, None]
        for name in ("level", "trend", "kept")
    )
    shape = (values.shape[1], len(settings), len(values))
    levels, trends = np.empty(shape), np.zeros(shape)
    levels[0] = values[:, 0]
    for step in range(1, shape[0]):
        carried = phi * trends[step - 1]
        expected = levels[step - 1] + carried
        error = values[:, step] - expected
        levels[step] = expected + alpha * error
        trends[step] = carried + alpha * beta * error
    return np.moveaxis(levels, 0, 2), np.moveaxis(trends, 0, 2)


def ahead(kept: float, steps: np.ndarray) -> np.ndarray:
    """How many times the trend has been added after so many steps (int, from 1 on)."""
    return np.asarray(np.cumsum(np.power(kept, np.arange(1, int(steps[-1]) + 1)))[steps - 1])
