"""Ways to go on with a series, each tried from many origins at once.

A method takes a `Past` and gives forecasts `(series, origins, steps)`: what it would have said at
each origin, knowing nothing after it, for the steps that follow.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from traversion_engine.diagnose.forecast.harmonic import waves
from traversion_engine.diagnose.forecast.smoothing import Setting, ahead, smoothed

CYCLES: Final = 6
"""A seasonal mean goes over at most so many periods."""
_LEVELS: Final = (Setting(0.1), Setting(0.25), Setting(0.5))
_TRENDS: Final = (
    Setting(0.3, 0.05, 0.98),
    Setting(0.5, 0.1, 0.9),
    Setting(0.8, 0.2, 0.9),
    Setting(0.8, 0.2, 0.98),
)


@dataclass(frozen=True)
class Past:
    """Values `(series, time)` without NaN, the origins (indices, ascending), the steps ahead.

    steps: how far ahead of the origin, ascending from 1 on. period: of each series in steps, 0
    without one.
    """

    values: np.ndarray
    origins: np.ndarray
    steps: np.ndarray
    period: np.ndarray


def forecasts(past: Past) -> Iterator[tuple[str, np.ndarray]]:
    """Every method's name and forecasts; those of a season only where a series has a period."""
    yield "last value", last_value(past)
    yield from _smoothing(past)
    first = int(past.origins[0]) + 1
    for window in dict.fromkeys((min(first, 128), min(first, 128) // 2)):
        if window >= 6:
            yield from _lines(past, window)
    yield from _medians(past, min(first, 32))
    if past.period.any():
        yield "seasonal naive", seasonal(past, 1, drift=0.0)
        yield "seasonal mean", seasonal(past, CYCLES, drift=0.0)
        yield "seasonal trend", seasonal(past, CYCLES, drift=1.0)
        yield "seasonal level", seasonal_level(past)
        yield "waves", waves(past.values, past.origins, past.steps, past.period)


def last_value(past: Past) -> np.ndarray:
    """As it was last."""
    return np.repeat(past.values[:, past.origins, None], len(past.steps), axis=2)


def _smoothing(past: Past) -> Iterator[tuple[str, np.ndarray]]:
    settings = _LEVELS + _TRENDS
    levels, trends = smoothed(past.values, settings)
    for number, setting in enumerate(settings):
        level = levels[number][:, past.origins, None]
        trend = trends[number][:, past.origins, None]
        name = "damped trend" if setting.trend else "level"
        yield name, level + trend * ahead(setting.kept, past.steps)


def _lines(past: Past, window: int) -> Iterator[tuple[str, np.ndarray]]:
    """Along the median slope of the last `window` values, from the last one or their line.

    The slope is Theil and Sen's over pairs half a window apart.
    """
    half = window // 2
    pairs = (past.values[:, half:] - past.values[:, :-half]) / half
    slopes = sliding_window_view(pairs, window - half, axis=1)
    slope = np.median(slopes[:, past.origins - window + 1], axis=2)
    windows = sliding_window_view(past.values, window, axis=1)[:, past.origins - window + 1]
    before = np.arange(window) - (window - 1)
    level = np.median(windows - slope[..., None] * before, axis=2)
    rise = slope[..., None] * past.steps
    yield "robust drift", past.values[:, past.origins, None] + rise
    yield "robust line", level[..., None] + rise


def _medians(past: Past, window: int) -> Iterator[tuple[str, np.ndarray]]:
    windows = sliding_window_view(past.values, window, axis=1)[:, past.origins - window + 1]
    level = np.median(windows, axis=2)
    yield "recent median", np.repeat(level[..., None], len(past.steps), axis=2)


def seasonal(past: Past, cycles: int, drift: float) -> np.ndarray:
    """The mean of the same place in up to `cycles` periods before, plus `drift` times their rise.

    A series without a period, or an origin within the first, goes on as it was last.
    """
    period = np.maximum(past.period, 1)[:, None]
    origins = past.origins[None, :]
    known = (origins + 1) // period
    used = np.minimum(known, cycles)
    step = past.steps
    passed = -(-step[None, None, :] // period[..., None])
    total = np.zeros((len(period), len(past.origins), len(step)))
    count = np.zeros_like(total)
    ages = np.zeros_like(total)
    row = np.arange(len(period))[:, None, None]
    for cycle in range(cycles):
        back = passed + cycle
        # a step further ahead reads the same periods, not older ones
        at = origins[..., None] + step - back * period[..., None]
        there = (cycle < used[..., None]) & (at >= 0)
        total += np.where(there, past.values[row, np.maximum(at, 0)], 0.0)
        count += there
        ages += np.where(there, back, 0)
    fallback = past.values[:, past.origins, None]
    none = (count == 0) | (past.period == 0)[:, None, None]
    mean = np.where(none, fallback, total / np.maximum(count, 1))
    if not drift:
        return np.asarray(mean)
    rise = _rise(past, period)
    return np.asarray(mean + np.where(none, 0.0, drift * rise * ages / np.maximum(count, 1)))


def seasonal_level(past: Past) -> np.ndarray:
    """The seasonal mean, moved to the level of the last period."""
    mean = seasonal(past, CYCLES, drift=0.0)
    period = np.maximum(past.period, 1)[:, None]
    used = np.minimum((past.origins[None, :] + 1) // period, CYCLES)
    sums = np.concatenate([np.zeros((len(period), 1)), np.cumsum(past.values, axis=1)], axis=1)
    row = np.arange(len(period))[:, None]
    end = past.origins[None, :] + 1
    newest = (sums[row, end] - sums[row, np.maximum(end - period, 0)]) / period
    span = np.maximum(used, 1) * period
    whole = (sums[row, end] - sums[row, np.maximum(end - span, 0)]) / span
    moved = np.where((past.period[:, None] > 0) & (used > 1), newest - whole, 0.0)
    return np.asarray(mean + moved[..., None])


def _rise(past: Past, period: np.ndarray) -> np.ndarray:
    """By how much a value rises in a period, `(series, origins, 1)`; 0 while too little is known.

    The mean of the differences over a period, of up to `CYCLES` - 1 periods.
    """
    row = np.arange(len(period))[:, None]
    at = np.arange(past.values.shape[1])[None, :]
    before = past.values[row, np.maximum(at - period, 0)]
    change = np.where(at >= period, past.values - before, 0.0)
    sums = np.concatenate([np.zeros((len(period), 1)), np.cumsum(change, axis=1)], axis=1)
    end = past.origins[None, :] + 1
    used = np.clip(end - period, 0, (CYCLES - 1) * period)
    rise = (sums[row, end] - sums[row, end - used]) / np.maximum(used, 1)
    return np.where(used >= np.maximum(period // 3, 3), rise, 0.0)[..., None]
