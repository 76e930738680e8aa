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
_AWAY: Final = 1.3
"""A change leads away from the usual where it makes the distance so many times as large."""


@dataclass(frozen=True)
class _Contrast:
    """By `(series, step)`: jump, score over the limit (1 = just), score, length it shows on."""

    jump: np.ndarray
    over: np.ndarray
    score: np.ndarray
    length: np.ndarray


def levels(values: np.ndarray, floor: np.ndarray) -> Findings:
    """Where a series leaves its usual level for more than `LONGEST` steps.

    values: `(series, steps)`, NaN where nothing was recorded, without their season. `value` is the
    mean of the new level and the band lies around that before. A return to the usual is none.
    """
    steps = values.shape[1]
    _, spread = spread_of(values, floor)
    quiet = calmed(values, floor)
    sums = Sums(quiet)
    contrast = _contrast(sums, quiet, spread, steps)
    found: list[tuple[int, int, int, float, float, float, float]] = []
    for row in np.flatnonzero((contrast.over > 1).any(axis=1)).tolist():
        found += _of_one(row, contrast, sums, float(spread[row]))
    table = np.array(found, dtype=np.float64).reshape(-1, 7)
    row, step, last = table[:, :3].astype(np.int64).T
    value, before, reach, score = table[:, 3:].T
    return Findings(
        row, step, last, value, before - reach, before + reach, score, kinds(Kind.LEVEL, len(row))
    )


def _contrast(sums: Sums, quiet: np.ndarray, spread: np.ndarray, steps: int) -> _Contrast:
    shape = quiet.shape
    best = _Contrast(
        np.zeros(shape), np.zeros(shape), np.zeros(shape), np.zeros(shape, dtype=np.int64)
    )
    for length in LENGTHS:
        if steps < _TIMES * length:
            break
        at = np.arange(length, steps - length + 1)
        before = sums.mean(np.maximum(at - 2 * length, 0), at)
        jump = sums.mean(at, at + length) - before
        # on a slope the usual difference is not 0
        centred = jump - middle(jump)[:, None]
        chance = spread * np.sqrt(1.5 / length)
        own = np.maximum(deviation(jump), chance)[:, None]
        score = np.nan_to_num(np.abs(centred) / own)
        limit = _FAR * (1 + _TIMES / 4 * length / steps)
        over = np.minimum(score / limit, np.nan_to_num(np.abs(centred)) / (LEAST * spread)[:, None])
        inner = slice(length, steps - length + 1)
        better = (over > 1) & (best.over[:, inner] <= 1)
        for name, found in (("jump", centred), ("over", over), ("score", score)):
            getattr(best, name)[:, inner][better] = found[better]
        best.length[:, inner][better] = length
    return best


def _of_one(
    row: int, contrast: _Contrast, sums: Sums, spread: float
) -> list[tuple[int, int, int, float, float, float, float]]:
    """Row, step, last step, level, level before, half width of the band, score."""
    changes = _changes(contrast.over[row].copy(), contrast.length[row])
    ends = [*changes[1:], sums.steps]
    found = []
    offset = 0.0
    for step, end in zip(changes, ends, strict=True):
        jump = float(contrast.jump[row, step])
        moved = offset + jump
        leaves = abs(moved) > _AWAY * abs(offset) or moved * offset < 0
        if leaves and abs(moved) >= LEAST * spread and end - step >= LONGEST:
            length = int(contrast.length[row, step])
            value, before = _levels(sums, row, step, end, length)
            score = float(contrast.score[row, step])
            reach = abs(value - before) / max(float(contrast.over[row, step]), 1.0)
            found.append((row, step, end - 1, value, before, reach, score))
        offset = moved if abs(moved) >= LEAST * spread else 0.0
    return found


def _levels(sums: Sums, row: int, step: int, end: int, length: int) -> tuple[float, float]:
    low = max(step - 2 * length, 0)
    ask = np.array([[step, low], [end, step]])
    level, before = sums.mean_of(row, ask[0], ask[1])
    return float(level), float(before)


def _changes(over: np.ndarray, length: np.ndarray) -> list[int]:
    """Steps at which a contrast is highest, none within the length of another, ascending."""
    found: list[int] = []
    while len(found) < _MOST:
        best = int(np.argmax(over))
        if over[best] <= 1:
            break
        found.append(best)
        reach = int(length[best])
        over[max(best - reach, 0) : best + reach + 1] = 0.0
    return sorted(found)
