"""Single values, or a few in a row, far above or below their neighbours."""

from __future__ import annotations

from typing import Final

import numpy as np

from traversion_engine.diagnose.anomalies.findings import Findings, Kind, joined, kinds
from traversion_engine.diagnose.anomalies.rolling import running_median, spread
from traversion_engine.diagnose.anomalies.runs import runs
from traversion_engine.diagnose.anomalies.tails import limits

AROUND: Final = 31
"""Steps of the running median that values are compared with."""
LONGEST: Final = 10
"""A longer excursion is a level."""
_USUAL: Final = 200
"""What happens more often than once in so many steps is usual, but for the first few."""
_FEW: Final = 3
_RARE: Final = 1e-4
"""Of what is usual only so rare a part of all steps is worth telling."""


def spread_of(values: np.ndarray, floor: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The running median of each step, and the deviation of each series around it."""
    around = running_median(values, AROUND)
    return around, np.maximum(spread(values - around), floor)


def spikes(values: np.ndarray, floor: np.ndarray) -> Findings:
    """Excursions of at most `LONGEST` steps; `value` is the furthest one of each.

    values: `(series, steps)`, NaN where nothing was recorded, without their season.
    """
    around, noise = spread_of(values, floor)
    score = (values - around) / noise[:, None]
    limit = limits(score)
    limit = np.maximum(limit, _usual_limit(score, limit))
    return joined(_excursions(values, around, score, limit, sign) for sign in (1, -1))


def _excursions(
    values: np.ndarray, around: np.ndarray, score: np.ndarray, limit: np.ndarray, sign: int
) -> Findings:
    """Those upwards (1) or downwards (-1)."""
    far = sign * score
    row, first, end = runs(np.nan_to_num(far) > limit[:, None])
    short = end - first <= LONGEST
    row, first, end = row[short], first[short], end[short]
    span = np.minimum(first[:, None] + np.arange(LONGEST), end[:, None] - 1)
    best = first + np.argmax(far[row[:, None], span], axis=1)
    value, middle, size = values[row, best], around[row, best], far[row, best]
    reach = limit[row] * np.abs(value - middle) / size
    kind = kinds(Kind.SPIKE if sign > 0 else Kind.DROP, len(row))
    return Findings(row, best, end - 1, value, middle - reach, middle + reach, size, kind)


def _usual_limit(score: np.ndarray, limit: np.ndarray) -> np.ndarray:
    """Where too many excursions pass the limit, what only `_RARE` of them would.

    Their heights above the limit are taken as exponential, with the median that they have.
    """
    size = np.abs(np.nan_to_num(score))
    row, first, end = runs(size > limit[:, None])
    found = np.zeros(len(score))
    if not len(row):
        return found
    counts = np.bincount(row, minlength=len(score))
    allowed = np.maximum(_FEW, np.isfinite(score).sum(axis=1) // _USUAL)
    ends = (row * score.shape[1] + np.stack([first, end])).T.ravel()
    height = np.maximum.reduceat(np.append(size.ravel(), 0.0), ends)[::2]
    order = np.lexsort((-height, row))
    start = np.cumsum(counts) - counts
    many = np.flatnonzero(counts > allowed)
    usual = height[order[start[many] + counts[many] // 2]] - limit[many]
    share = counts[many] / np.isfinite(score[many]).sum(axis=1)
    found[many] = limit[many] + usual / np.log(2) * np.log(share / _RARE)
    return found
