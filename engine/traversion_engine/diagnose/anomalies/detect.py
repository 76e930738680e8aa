"""Every kind of anomaly of a field, from its series."""

from __future__ import annotations

import numpy as np

from traversion_engine.diagnose.anomalies.findings import Findings, joined
from traversion_engine.diagnose.anomalies.grid import FEWEST_STEPS
from traversion_engine.diagnose.anomalies.levels import levels
from traversion_engine.diagnose.anomalies.season import seasons
from traversion_engine.diagnose.anomalies.series import Series
from traversion_engine.diagnose.anomalies.silences import quiet_steps, silences
from traversion_engine.diagnose.anomalies.spikes import spikes

_EDGE = 2
"""A change of level is no spike of the steps beside it."""


def detect(series: Series) -> Findings:
    """Levels, spikes, drops and silences, by service and step; values as the field shows them."""
    values = series.values
    parts = []
    if series.counts is not None:
        quiet = silences(series.counts)
        values = np.where(quiet_steps(quiet, values.shape), np.nan, values)
        parts.append(_of_counts(series, quiet))
    season = seasons(values, series.floor)
    plain = values - season
    level = levels(plain, series.steady)
    spike = spikes(plain, series.floor)
    spike = spike.where(~_beside(spike, level, values.shape))
    parts.append(_shown(series, joined((level, spike)), season))
    return joined(parts)


def long_enough(series: Series) -> np.ndarray:
    """Which services have enough steps with a value to tell what is usual."""
    return np.asarray(np.isfinite(series.values).sum(axis=1) >= FEWEST_STEPS)


def _beside(spike: Findings, level: Findings, shape: tuple[int, int]) -> np.ndarray:
    change = np.zeros((shape[0], shape[1]), dtype=bool)
    for reach in range(-_EDGE, _EDGE + 1):
        for at in (level.step, level.last + 1):
            change[level.row, np.clip(at + reach, 0, shape[1] - 1)] = True
    return np.asarray(change[spike.row, spike.step])


def _of_counts(series: Series, found: Findings) -> Findings:
    per_second = 1e9 / series.grid.step
    return Findings(
        found.row,
        found.step,
        found.last,
        found.value * per_second,
        found.low * per_second,
        found.high * per_second,
        found.score,
        found.kind,
    )


def _shown(series: Series, found: Findings, season: np.ndarray) -> Findings:
    usual = season[found.row, found.step]
    value, low, high = (
        series.shown(found.row, found.step, part + usual)
        for part in (found.value, found.low, found.high)
    )
    return Findings(found.row, found.step, found.last, value, low, high, found.score, found.kind)
