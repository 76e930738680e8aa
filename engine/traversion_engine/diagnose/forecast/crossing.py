"""When paths first reach where a condition holds."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from traversion_data.model import Nanos
from traversion_engine.diagnose.forecast.intervals import QUANTILES

NOT_EXPECTED = -1


@dataclass(frozen=True)
class Crossing:
    """Of each series: times (int64 ns) by which 10, 50 and 90 % of the paths had reached it.

    A time is `NOT_EXPECTED` where fewer reach it at all. start: where the paths begin (ns).
    reached: the share of paths that do.
    """

    start: Nanos
    p10: np.ndarray
    p50: np.ndarray
    p90: np.ndarray
    reached: np.ndarray


def crossing(
    holds: np.ndarray, at: Nanos, step: Nanos, gap: Nanos, random: np.random.Generator
) -> Crossing:
    """From whether it holds `(series, paths, steps)` at each `step` (ns) after `at`.

    What holds at a moment began to with some sample of the step before it, each as likely; samples
    are `gap` ns apart, so on average half of that later than a place drawn from the step.
    """
    reached = holds.any(axis=2)
    passed = np.argmax(holds, axis=2) + random.random(reached.shape) + min(gap / step, 1.0) / 2
    ordered = np.sort(np.where(reached, passed, np.inf), axis=1)
    count = ordered.shape[1]
    p10, p50, p90 = (
        _times(ordered[:, min(int(share * count), count - 1)], at, step) for share in QUANTILES
    )
    return Crossing(at, p10, p50, p90, reached.mean(axis=1))


def _times(passed: np.ndarray, at: Nanos, step: Nanos) -> np.ndarray:
    known = np.isfinite(passed)
    after = np.rint(np.where(known, passed, 0.0) * step).astype(np.int64)
    return np.where(known, at + after, NOT_EXPECTED)
