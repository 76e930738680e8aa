"""Paths that series may take: the forecast plus errors as the backtest has seen them.

An error has a part that stays, as of a wrong slope or level, and a part that is soon forgotten; how
large each is shows in how errors of one origin agree some steps apart. Both together are spread at
every step as the errors of the backtest are (a Gaussian copula with empirical margins).
"""

from __future__ import annotations

from dataclasses import dataclass
from statistics import NormalDist
from typing import Final

import numpy as np

from traversion_engine.diagnose.forecast.backtest import Trial
from traversion_engine.diagnose.forecast.intervals import QUANTILES, offsets, quantiles, relative
from traversion_engine.diagnose.forecast.limits import Limits
from traversion_engine.diagnose.forecast.model import History, covered, missed, trial_of

PATHS: Final = 400
ORIGINS: Final = 60
_SHARES: Final = (np.arange(200) + 0.5) / 200
_NORMAL: Final = np.array([NormalDist().inv_cdf(float(share)) for share in _SHARES])


@dataclass(frozen=True)
class Paths:
    """Values `(series, paths, steps)`; what the backtest found of each series `(series,)`."""

    values: np.ndarray
    method: np.ndarray
    error: np.ndarray
    coverage: np.ndarray


def paths(values: np.ndarray, ahead: int, limits: Limits, random: np.random.Generator) -> Paths:
    """What each of `(series, time)` may do in the next `ahead` steps; `enough` of each."""
    history = History.of(values)
    trial = trial_of(history, np.arange(1, ahead + 1), ORIGINS)
    spread = relative(trial.errors, trial.usual)
    drawn = _shaped(_drawn(spread, ahead, random), spread, trial)
    said = trial.said[:, None] + drawn * (trial.usual * trial.wider)[:, None]
    series, count = said.shape[0], said.shape[1]
    flat = said.reshape(series * count, ahead)
    inside = limits.repeated(count).kept(flat, np.repeat(history.values[:, -1], count))
    middle = offsets(spread, trial.stretches)[1][:, None] * trial.usual
    error = missed(trial.errors - middle[:, None], history)
    return Paths(inside.reshape(said.shape), trial.names, error, covered(spread, trial))


def _drawn(spread: np.ndarray, ahead: int, random: np.random.Generator) -> np.ndarray:
    """Standard normal errors `(series, paths, steps)` that agree as those of the backtest do."""
    near = agreement(spread, 1)
    far = np.clip(agreement(spread, max(ahead // 3, 2)), 0.0, 0.999)
    memory = np.clip((near - far) / np.maximum(1 - far, 1e-9), 0.0, 0.999)[:, None]
    stays = np.sqrt(far)[:, None, None]
    size = (len(spread), PATHS, ahead)
    fresh = random.standard_normal(size)
    soon = np.empty(size)
    soon[..., 0] = fresh[..., 0]
    for step in range(1, ahead):
        soon[..., step] = memory * soon[..., step - 1] + np.sqrt(1 - memory**2) * fresh[..., step]
    constant = random.standard_normal((len(spread), PATHS, 1))
    return np.asarray(stays * constant + np.sqrt(1 - stays**2) * soon)


def agreement(spread: np.ndarray, lag: int) -> np.ndarray:
    """Correlation of errors of one origin `lag` steps apart, of each series; 0 where unknown."""
    steps = spread.shape[2]
    if lag >= steps:
        return np.zeros(len(spread))
    a, b = spread[:, :, :-lag], spread[:, :, lag:]
    both = np.isfinite(a) & np.isfinite(b)
    a, b = np.where(both, a, 0.0), np.where(both, b, 0.0)
    product = (a * b).sum(axis=(1, 2))
    size = np.sqrt((a * a).sum(axis=(1, 2)) * (b * b).sum(axis=(1, 2)))
    return np.asarray(np.where(size > 0, product / np.where(size > 0, size, 1.0), 0.0))


def _shaped(drawn: np.ndarray, spread: np.ndarray, trial: Trial) -> np.ndarray:
    """Normal errors turned into relative errors with the quantiles of the backtest's."""
    flat = spread.reshape(len(spread), -1)
    own = quantiles(flat, tuple(_SHARES)).T
    low, _, high = offsets(spread, trial.stretches)
    first, _, last = quantiles(flat, QUANTILES)
    unit = NormalDist().inv_cdf(QUANTILES[-1])
    shaped = np.empty_like(drawn)
    for at in range(len(drawn)):
        width = max(last[at] - first[at], 1e-12)
        table = (own[at] - (first[at] + last[at]) / 2) * (high[at] - low[at]) / width
        table += (low[at] + high[at]) / 2
        beyond = (high[at] - low[at]) / (2 * unit)
        over = np.maximum(drawn[at] - _NORMAL[-1], 0) + np.minimum(drawn[at] - _NORMAL[0], 0)
        shaped[at] = np.interp(drawn[at], _NORMAL, table) + over * beyond
    return shaped
