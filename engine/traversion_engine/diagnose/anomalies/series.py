"""Values by service and step, on a scale on which their noise is even."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

import numpy as np

from traversion_engine.diagnose.anomalies.grid import Grid
from traversion_engine.diagnose.anomalies.rolling import middle

_HALF: Final = 3 / 8
"""Anscombe (1948): `2 * sqrt(count + 3/8)` of a Poisson count has variance 1."""
_LEAST_NOISE: Final = 0.1
"""As for one in twelve steps."""
_CHANGES: Final = 5


class Scale(StrEnum):
    """How values were made to have even noise."""

    PLAIN = "plain"
    ROOT = "root of counts"
    SHARE = "root of counts beside their expectation"
    LOG = "logarithm"


@dataclass(frozen=True)
class Series:
    """One field of several services.

    values: `(services, steps)` on `scale`, NaN where nothing was recorded. floor: the least
    deviation of each service's values, steady: of their means. counts: how many samples or
    requests stand in each step, where their absence means silence. trials, base: of a share, the
    number of requests and the usual expected root. least: a value cannot be below it.
    """

    field: str
    services: tuple[str, ...]
    grid: Grid
    values: np.ndarray
    floor: np.ndarray
    steady: np.ndarray
    scale: Scale
    counts: np.ndarray | None = None
    trials: np.ndarray | None = None
    base: np.ndarray | None = None
    least: float = -np.inf

    def of(self, rows: np.ndarray) -> Series:
        """Some of the services."""
        counts, trials, base = (
            None if whole is None else whole[rows]
            for whole in (self.counts, self.trials, self.base)
        )
        return replace(
            self,
            services=tuple(self.services[at] for at in rows.tolist()),
            values=self.values[rows],
            floor=self.floor[rows],
            steady=self.steady[rows],
            counts=counts,
            trials=trials,
            base=base,
        )

    def shown(self, rows: np.ndarray, steps: np.ndarray, values: np.ndarray) -> np.ndarray:
        """Values of the scale, one for each (row, step), in the unit of the field."""
        if self.scale is Scale.LOG:
            return np.asarray(np.exp(values))
        if self.scale is Scale.ROOT:
            return np.asarray(_squared(values) / (self.grid.step / 1e9))
        if self.scale is Scale.SHARE and self.trials is not None and self.base is not None:
            trials = self.trials[rows, steps]
            counts = _squared(values + self.base[rows, steps])
            return np.asarray(np.minimum(counts / np.maximum(trials, 1), 1.0))
        return np.asarray(np.maximum(values, self.least))


def rate(field: str, services: tuple[str, ...], grid: Grid, counts: np.ndarray) -> Series:
    """Requests a second, from their number in each step; NaN before a service's first."""
    values = np.where(begun(counts), 2 * np.sqrt(counts + _HALF), np.nan)
    steady = _noise_of_counts(middle(np.where(begun(counts), counts, np.nan)))
    return Series(field, services, grid, values, np.ones(len(counts)), steady, Scale.ROOT, counts)


def share(
    field: str, services: tuple[str, ...], grid: Grid, failed: np.ndarray, trials: np.ndarray
) -> Series:
    """The share of requests that failed, beside what the usual share gives of so many."""
    there = trials > 0
    usual = middle(np.where(there, failed / np.maximum(trials, 1), np.nan))
    base = 2 * np.sqrt(usual[:, None] * trials + _HALF)
    values = np.where(there, 2 * np.sqrt(failed + _HALF) - base, np.nan)
    floor = np.ones(len(trials))
    steady = _noise_of_counts(middle(np.where(there, usual[:, None] * trials, np.nan)))
    return Series(field, services, grid, values, floor, steady, Scale.SHARE, None, trials, base)


def latency(field: str, services: tuple[str, ...], grid: Grid, values: np.ndarray) -> Series:
    """A quantile of durations, by its logarithm; the least deviation is a hundredth."""
    logs = np.log(np.where(values > 0, values, np.nan))
    floor = np.full(len(values), 0.01)
    return Series(field, services, grid, logs, floor, floor, Scale.LOG)


def gauge(
    field: str,
    services: tuple[str, ...],
    grid: Grid,
    values: np.ndarray,
    counts: np.ndarray | None,
) -> Series:
    """A gauge as it is; its least deviation is one step of its usual resolution."""
    known = np.isfinite(values)
    floor = np.maximum(_resolution(values), 1e-6 * middle(np.abs(values)))
    floor = np.where(floor > 0, floor, 1e-9)
    least = 0.0 if known.any() and np.nanmin(values) >= 0 else -np.inf
    return Series(field, services, grid, values, floor, floor, Scale.PLAIN, counts, least=least)


def begun(counts: np.ndarray) -> np.ndarray:
    """Whether anything was counted by each step."""
    return np.asarray(np.maximum.accumulate(counts > 0, axis=1))


def carried(values: np.ndarray) -> np.ndarray:
    """Values with each gap filled by the last value before it."""
    steps = np.arange(values.shape[1])
    last = np.maximum.accumulate(np.where(np.isfinite(values), steps, 0), axis=1)
    return np.take_along_axis(values, last, axis=1)


def _noise_of_counts(expected: np.ndarray) -> np.ndarray:
    """The deviation of the root of a Poisson count: 1, but less where there is mostly none."""
    return np.asarray(np.sqrt(np.maximum(1 - np.exp(-1.2 * expected), _LEAST_NOISE)))


def _resolution(values: np.ndarray) -> np.ndarray:
    """The usual size of a change from one value to the next.

    Of a series that hardly ever changes a hundredth of its values, of whole numbers at least 1.
    """
    change = np.abs(np.diff(carried(values), axis=1))
    often = (change > 0).sum(axis=1) >= _CHANGES
    whole = np.where(np.isfinite(values), values == np.rint(values), True).all(axis=1)  # noqa: FBT003 a value
    least = np.maximum(middle(np.abs(values)) / 100, np.where(whole, 1.0, 0.0))
    return np.where(often, middle(np.where(change > 0, change, np.nan)), least)


def _squared(values: np.ndarray) -> np.ndarray:
    return np.asarray(np.maximum(np.maximum(values, 0.0) ** 2 / 4 - _HALF, 0.0))
