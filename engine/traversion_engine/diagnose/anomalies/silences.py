"""Services and gauges from which nothing comes any more."""

from __future__ import annotations

from typing import Final

import numpy as np

from traversion_engine.diagnose.anomalies.findings import Findings, Kind, kinds
from traversion_engine.diagnose.anomalies.rolling import Sums
from traversion_engine.diagnose.anomalies.runs import runs
from traversion_engine.diagnose.anomalies.series import begun

_BEFORE: Final = 60
"""What is expected is the mean of so many steps before."""
_LEARNED: Final = 20
_MISSED: Final = 12.0
"""So many must be missing, in units of how unevenly they come: by chance (Poisson) it is one run in
160,000."""
_REGULAR: Final = 5.0
"""The least number missing, however regularly they come."""
_AS_LONG: Final = 3
"""A silence is so many times longer than the usual pause."""
_USUAL: Final = 2
"""What came so often is usual."""


def silences(counts: np.ndarray) -> Findings:
    """Runs of steps without anything, from services that usually have something.

    counts: `(series, steps)`. Nothing is told of the time before the first. A run that reaches the
    end is one, too. `value` and the band are counts a step.
    """
    steps = counts.shape[1]
    row, first, end = runs((counts == 0) & begun(counts))
    length = end - first
    sums = Sums(counts)
    low = np.maximum(first - _BEFORE, _first_of(counts)[row])
    usual = _means(sums, row, low, first)
    uneven = _unevenness(counts)[row]
    missed = usual * length
    enough = missed >= np.maximum(_MISSED * uneven, _REGULAR)
    learned = first - low >= min(_LEARNED, steps // 4)
    found = enough & learned & (length >= _AS_LONG * _usual_pause(row, length, counts.shape[0]))
    row, first, end = row[found], first[found], end[found]
    expected, missed, uneven = usual[found], missed[found], uneven[found]
    spread = np.sqrt(expected * uneven / (end - first))
    score = missed / np.sqrt(np.maximum(missed * uneven, 1e-9))
    return Findings(
        row,
        first,
        end - 1,
        np.zeros(len(row)),
        np.maximum(expected - 3 * spread, 0.0),
        expected + 3 * spread,
        score,
        kinds(Kind.SILENCE, len(row)),
    )


def quiet_steps(found: Findings, shape: tuple[int, int]) -> np.ndarray:
    """Which steps of which series lie inside a silence."""
    change = np.zeros((shape[0], shape[1] + 1), dtype=np.int64)
    np.add.at(change, (found.row, found.step), 1)
    np.add.at(change, (found.row, found.last + 1), -1)
    return np.asarray(np.cumsum(change, axis=1)[:, :-1] > 0)


def _first_of(counts: np.ndarray) -> np.ndarray:
    return np.asarray(np.argmax(counts > 0, axis=1))


def _means(sums: Sums, row: np.ndarray, low: np.ndarray, high: np.ndarray) -> np.ndarray:
    total = sums.total(row, low, high)
    return np.asarray(total / np.maximum(high - low, 1))


def _unevenness(counts: np.ndarray) -> np.ndarray:
    """Variance over mean of what comes in a step: 1 by chance, below if regularly."""
    there = np.where(begun(counts), counts, np.nan)
    known = np.isfinite(there)
    size = np.maximum(known.sum(axis=1), 1)
    mean = np.nansum(there, axis=1) / size
    ordered = np.sort(there, axis=1)
    # the upper half tells of the noise, as silences lie in the lower one
    upper = ordered[np.arange(len(ordered)), np.minimum((0.84 * size).astype(np.int64), size - 1)]
    half = ordered[np.arange(len(ordered)), size // 2]
    spread = np.nan_to_num(np.maximum(upper - half, 0.0)) ** 2
    found = np.full(len(counts), 1.0)
    np.divide(spread, mean, out=found, where=mean > 0)
    return np.asarray(np.clip(found, 0.1, None))


def _usual_pause(row: np.ndarray, length: np.ndarray, rows: int) -> np.ndarray:
    """Of each run the longest pause that its series had more often than `_USUAL` times."""
    usual = np.zeros(rows)
    order = np.lexsort((-length, row))
    start = np.searchsorted(row[order], np.arange(rows))
    nth = np.arange(len(row)) - start[row[order]]
    third = order[nth == _USUAL]
    usual[row[third]] = length[third]
    return np.asarray(usual[row])
