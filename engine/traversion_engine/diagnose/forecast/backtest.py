"""The rolling backtest: every method tried on the series itself, the best chosen for each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from traversion_engine.diagnose.forecast.intervals import (
    QUANTILES,
    growth,
    offsets,
    pinball,
    relative,
    widening,
)
from traversion_engine.diagnose.forecast.methods import Past, forecasts

ORIGINS: Final = 120
"""At most so many moments are forecast from."""
FEWEST: Final = 10
"""Values that a series needs at least."""
BLENDED: Final = 3
PLAIN: Final = 0.9
"""The last value, the simplest, stays unless another method's loss is below so much of its."""
BLEND: Final = "blend"


@dataclass(frozen=True)
class Trial:
    """What the method chosen for each series said.

    names: `(series,)`. said: forecasts from the last origin, `(series, steps)`. errors: `(series,
    origins, steps)`, actual less forecast, NaN where nothing was recorded. usual: their usual size
    `(series, steps)`. wider: how much wider than these intervals have to be, likewise. stretches:
    about how many separate errors there are, `(series,)`.
    """

    names: np.ndarray
    said: np.ndarray
    errors: np.ndarray
    usual: np.ndarray
    wider: np.ndarray
    stretches: np.ndarray


def origins(length: int, first: int, most: int = ORIGINS) -> np.ndarray:
    """Indices to forecast from, evenly spread, the last one always among them."""
    stride = max(1, -(-(length - first) // most))
    return np.arange(length - 1, first - 1, -stride)[::-1]


def tried(past: Past, recorded: np.ndarray, begin: np.ndarray) -> Trial:
    """Every method from every origin, and of each series the one with the least pinball loss.

    recorded: whether each value was recorded, `(series, time)`. begin: index of each series' first.
    """
    found = list(forecasts(past))
    names = [name for name, _ in found]
    said = np.stack([values for _, values in found])
    actual = _actual(past, recorded, begin)
    stretches = _stretches(past, actual)
    errors = actual - said[:, :, :-1]
    losses = np.stack([loss(of_method, past.steps, stretches) for of_method in errors])
    losses[0] *= PLAIN
    order = np.argsort(losses, axis=0, kind="stable")
    row = np.arange(len(past.values))
    best = order[0]
    mixed = np.mean([said[order[rank], row] for rank in range(min(BLENDED, len(said)))], axis=0)
    mixed_errors = actual - mixed[:, :-1]
    better = loss(mixed_errors, past.steps, stretches) < losses[best, row]
    chosen = np.where(better[:, None, None], mixed, said[best, row])
    chosen_errors = np.where(better[:, None, None], mixed_errors, errors[best, row])
    labels = np.where(better, BLEND, np.array(names)[best])
    usual, power = growth(chosen_errors, past.steps)
    wider = widening(power, past.steps, stretches * past.steps.mean())
    return Trial(labels, chosen[:, -1], chosen_errors, usual, wider, stretches)


def loss(errors: np.ndarray, steps: np.ndarray, stretches: np.ndarray) -> np.ndarray:
    """Mean pinball loss of each series with the quantiles its own errors give, all steps alike."""
    usual, _ = growth(errors, steps)
    quantile = offsets(relative(errors, usual), stretches)
    total = np.zeros(len(errors))
    for wanted, offset in zip(QUANTILES, quantile, strict=True):
        lost = pinball(errors - (offset[:, None] * usual)[:, None, :], wanted)
        count = np.isfinite(lost).sum(axis=1)
        mean = np.nansum(lost, axis=1) / np.maximum(count, 1)
        total += mean.sum(axis=1) / np.maximum((count > 0).sum(axis=1), 1)
    return total


def _actual(past: Past, recorded: np.ndarray, begin: np.ndarray) -> np.ndarray:
    """What came `(series, origins but the last, steps)`, NaN beyond the history."""
    at = past.origins[:-1, None] + past.steps
    length = past.values.shape[1]
    inside = np.minimum(at, length - 1)
    there = recorded[:, inside] & (at < length)
    # what is said before a first period is over tells nothing of what is said later
    needed = begin + np.maximum(past.period, min(past.origins[0], FEWEST - 2))
    there &= (past.origins[:-1] >= needed[:, None])[..., None]
    return np.where(there, past.values[:, inside], np.nan)


def _stretches(past: Past, actual: np.ndarray) -> np.ndarray:
    known = np.isfinite(actual).any(axis=2)
    begun = past.origins[:-1][np.argmax(known, axis=1)] if known.shape[1] else past.origins[-1:]
    first = np.where(known.any(axis=1), begun, past.origins[-1])
    typical = max(float(past.steps.mean()), 1.0)
    return np.asarray(np.maximum((past.values.shape[1] - 1 - first) / typical, 1.0))
