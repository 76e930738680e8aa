"""Lasting changes of level, found by comparing what follows a step with what precedes it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from traversion_engine.diagnose.anomalies.findings import Findings, Kind, kinds
from traversion_engine.diagnose.anomalies.rolling import Sums, calmed, deviation, middle
from traversion_engine.diagnose.anomalies.spikes import LONGEST, spread_of

LENGTHS: Final = (10, 20, 40, 80)
"""A level is told from so many steps of it, beside twice as many before."""
_TIMES: Final = 12
"""A comparison over a length takes so many lengths of history to know its own noise."""
_FAR: Final = 5.0
"""How many of its own deviations a difference must have."""
LEAST: Final = 2.5
"""A level is off by so many deviations of single values at least: less is nothing to look at."""
_MOST: Final = 24
"""At most so many changes of one series."""
_AWAY: Final = 1.5
"""A change leads away from the usual where it makes the distance so many times as large."""


@dataclass(frozen=True)
class _Contrast:
    """By `(series, step)`: score over the limit (1 = just), score, length on which it shows.

    slope: how much each series usually rises a step.
    """

    over: np.ndarray
    score: np.ndarray
    length: np.ndarray
    slope: np.ndarray


def levels(values: np.ndarray, floor: np.ndarray) -> Findings:
    """Where a series leaves its usual level for more than `LONGEST` steps.

    values: `(series, steps)`, NaN where nothing was recorded, without their season. `value` is the
    mean of the new level and the band lies around that before. A return to the usual is none.
    """
    steps = values.shape[1]
    _, noise = spread_of(values, floor)
    quiet = calmed(values, floor)
    sums = Sums(quiet)
    contrast = _contrast(sums, quiet, noise, steps)
    found: list[tuple[int, int, int, float, float, float, float]] = []
    for row in np.flatnonzero((contrast.over > 1).any(axis=1)).tolist():
        found += _of_one(row, contrast, sums, float(noise[row]))
    table = np.array(found, dtype=np.float64).reshape(-1, 7)
    row, step, last = table[:, :3].astype(np.int64).T
    value, before, reach, score = table[:, 3:].T
    return Findings(
        row, step, last, value, before - reach, before + reach, score, kinds(Kind.LEVEL, len(row))
    )


def _contrast(sums: Sums, quiet: np.ndarray, noise: np.ndarray, steps: int) -> _Contrast:
    shape = quiet.shape
    best = _Contrast(
        np.zeros(shape), np.zeros(shape), np.zeros(shape, dtype=np.int64), np.zeros(shape[0])
    )
    for length in LENGTHS:
        if steps < _TIMES * length:
            break
        at = np.arange(length, steps - length + 1)
        low = np.maximum(at - 2 * length, 0)
        jump = sums.mean(at, at + length) - sums.mean(low, at)
        # on a slope the usual difference is not 0, but as far as the middles lie apart
        apart = (at - low + length) / 2
        slope = middle(jump / apart)
        jump = jump - slope[:, None] * apart
        chance = noise * np.sqrt(1.5 / length)
        own = np.maximum(deviation(jump), chance)[:, None]
        score = np.nan_to_num(np.abs(jump) / own)
        limit = _FAR * (1 + _TIMES / 4 * length / steps)
        over = np.minimum(score / limit, np.nan_to_num(np.abs(jump)) / (LEAST * noise)[:, None])
        inner = slice(length, steps - length + 1)
        better = (over > 1) & (best.over[:, inner] <= 1)
        for name, found in (("over", over), ("score", score)):
            getattr(best, name)[:, inner][better] = found[better]
        best.length[:, inner][better] = length
        best.slope[:] = slope
    return best


def _of_one(
    row: int, contrast: _Contrast, sums: Sums, noise: float
) -> list[tuple[int, int, int, float, float, float, float]]:
    """Row, step, last step, level, level before, half width of the band, score."""
    changes = _changes(contrast.over[row].copy(), contrast.length[row])
    ends = [*changes[1:], sums.steps]
    found = []
    slope = float(contrast.slope[row])
    offset, usual, middle_of = 0.0, 0.0, 0.0
    for step, end in zip(changes, ends, strict=True):
        length = int(contrast.length[row, step])
        value, before = _levels(sums, row, step, end, length)
        if not offset:
            usual, middle_of = before, step - length
        moved = value - usual - slope * ((step + end) / 2 - middle_of)
        if abs(moved) < LEAST * noise:
            offset = 0.0
            continue
        leaves = abs(moved) > _AWAY * abs(offset) or moved * offset < 0
        if leaves and end - step >= LONGEST:
            score = float(contrast.score[row, step])
            reach = abs(value - before) / max(float(contrast.over[row, step]), 1.0)
            found.append((row, step, end - 1, value, before, reach, score))
        offset = moved
    return found


def _levels(sums: Sums, row: int, step: int, end: int, length: int) -> tuple[float, float]:
    low = max(step - 2 * length, 0)
    ask = np.array([[step, low], [end, step]])
    level, before = sums.mean_of(row, ask[0], ask[1])
    return float(level), float(before)


def _changes(over: np.ndarray, length: np.ndarray) -> list[int]:
    """Steps at which a contrast is highest, none where another is still seen, ascending."""
    found: list[int] = []
    while len(found) < _MOST:
        best = int(np.argmax(over))
        if over[best] <= 1:
            break
        found.append(best)
        reach = int(length[best])
        # so far the change is seen: in what follows, and in the longer part that precedes
        over[max(best - reach, 0) : best + 2 * reach + 1] = 0.0
    return sorted(found)
