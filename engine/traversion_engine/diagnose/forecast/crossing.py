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

    A time is `NOT_EXPECTED` where fewer reach it at all. reached: the share of paths that do.
    """

    p10: np.ndarray
    p50: np.ndarray
    p90: np.ndarray
    reached: np.ndarray


def crossing(holds: np.ndarray, times: np.ndarray) -> Crossing:
    """From whether it holds `(series, paths, steps)` at each of `times`."""
    any_step = holds.any(axis=2)
    first = np.where(any_step, np.argmax(holds, axis=2), len(times))
    ordered = np.sort(first, axis=1)
    count = ordered.shape[1]
    known: list[np.ndarray] = []
    for share in QUANTILES:
        step = ordered[:, min(int(share * count), count - 1)]
        at: np.ndarray = np.append(times, Nanos(NOT_EXPECTED))[step]
        known.append(at)
    return Crossing(known[0], known[1], known[2], any_step.mean(axis=1))
