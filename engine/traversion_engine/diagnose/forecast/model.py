"""From values of several series to quantiles of what comes."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Final

import numpy as np

from traversion_engine.diagnose.forecast.backtest import FEWEST, ORIGINS, Trial, origins, tried
from traversion_engine.diagnose.forecast.intervals import offsets, relative
from traversion_engine.diagnose.forecast.limits import Limits
from traversion_engine.diagnose.forecast.methods import Past
from traversion_engine.diagnose.forecast.periods import periods

LONGER: Final = 1.25
"""How many times as long as what is predicted the history has to be."""


@dataclass(frozen=True)
class Forecast:
    """Quantiles `(series, steps)` and what the backtest found of each series `(series,)`.

    error: mean absolute error of the median, in the field's unit, NaN where the backtest had
    nothing to compare. coverage: share of what came that lay between p10 and p90.
    """

    p10: np.ndarray
    p50: np.ndarray
    p90: np.ndarray
    method: np.ndarray
    error: np.ndarray
    coverage: np.ndarray

    def of(self, chosen: np.ndarray) -> Forecast:
        """Some of the series."""
        return Forecast(*(getattr(self, item.name)[chosen] for item in fields(self)))


def enough(values: np.ndarray, span: float) -> np.ndarray:
    """Which series `(series, time)`, NaN where unknown, have a history of at least `span` steps.

    Ten values at least, half of all there, and one among the newest tenth.
    """
    recorded = np.isfinite(values)
    length = values.shape[1]
    lasted = length - np.where(recorded.any(axis=1), np.argmax(recorded, axis=1), length)
    count = recorded.sum(axis=1)
    newest = recorded[:, -max(length // 10, 2) :].any(axis=1)
    return np.asarray((count >= FEWEST) & (lasted >= span) & (2 * count >= lasted) & newest)


@dataclass(frozen=True)
class History:
    """Values with their holes filled `(series, time)`; which were recorded; where each begins."""

    values: np.ndarray
    recorded: np.ndarray
    begin: np.ndarray

    @classmethod
    def of(cls, values: np.ndarray) -> History:
        """A hole keeps the value before it; what lies before the first value gets that."""
        recorded = np.isfinite(values)
        begin = np.where(recorded.any(axis=1), np.argmax(recorded, axis=1), values.shape[1])
        at = np.where(recorded, np.arange(values.shape[1]), 0)
        at = np.maximum.accumulate(at, axis=1)
        at = np.maximum(at, np.minimum(begin, values.shape[1] - 1)[:, None])
        filled = np.take_along_axis(values, at, axis=1)
        return cls(np.nan_to_num(filled), recorded, begin)


def forecast(values: np.ndarray, steps: np.ndarray, limits: Limits) -> Forecast:
    """Quantiles of each series so many steps after its last value.

    values: `(series, time)` at equal distances, `enough` of each, NaN where nothing was recorded.
    steps: ascending.
    """
    history = History.of(values)
    trial = trial_of(history, steps)
    spread = relative(trial.errors, trial.usual)
    low, middle, high = offsets(spread, trial.stretches)[..., None] * trial.usual
    low, high = (middle + (side - middle) * trial.wider for side in (low, high))
    last = history.values[:, -1]
    p10, p50, p90 = (limits.kept(trial.said + part, last) for part in (low, middle, high))
    error = missed(trial.errors - middle[:, None], history)
    coverage = covered(spread, trial)
    return Forecast(p10, p50, p90, trial.names, error, coverage)


def missed(errors: np.ndarray, history: History) -> np.ndarray:
    """Mean absolute error of each series, NaN without any; what only rounding leaves is 0."""
    known = np.isfinite(errors)
    count = known.sum(axis=(1, 2))
    total = np.abs(np.where(known, errors, 0.0)).sum(axis=(1, 2))
    mean = np.divide(total, count, out=np.full(len(errors), np.nan), where=count > 0)
    return np.asarray(np.where(mean < 1e-9 * np.abs(history.values).max(axis=1), 0.0, mean))


def trial_of(history: History, steps: np.ndarray, most: int = ORIGINS) -> Trial:
    """The backtest of a history, from at most so many origins."""
    length = history.values.shape[1]
    first = min(max(FEWEST - 2, length // 3), max(length - 2, 0))
    past = Past(history.values, origins(length, first, most), steps, periods(history.values))
    return tried(past, history.recorded, history.begin)


def covered(spread: np.ndarray, trial: Trial) -> np.ndarray:
    """Share within an interval from the other half of the origins, NaN where one half is empty.

    spread: relative errors `(series, origins, steps)`.
    """
    half = spread.shape[1] // 2
    if not half:
        return np.full(len(spread), np.nan)
    inside = np.zeros(len(spread))
    count = np.zeros(len(spread))
    for seen, kept in ((spread[:, :half], spread[:, half:]), (spread[:, half:], spread[:, :half])):
        low, middle, high = offsets(kept, np.maximum(trial.stretches / 2, 1))[..., None, None]
        low, high = (middle + (side - middle) * trial.wider[:, None] for side in (low, high))
        known = np.isfinite(seen)
        inside += (known & (seen >= low) & (seen <= high)).sum(axis=(1, 2))
        count += known.sum(axis=(1, 2))
    return np.where(count > 0, inside / np.maximum(count, 1), np.nan)
