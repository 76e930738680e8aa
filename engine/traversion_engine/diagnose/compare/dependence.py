"""How far rows near each other are alike: those of one burst are no evidence each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from traversion_engine.diagnose.compare.sample import PARTS, Sample
from traversion_engine.diagnose.compare.significance import student

_ENOUGH: Final = 200
"""From so many rows on, bursts are seen in the parts of the windows, below from row to row."""
_LIKE_PARTS: Final = 11
"""The same of the parts of windows, in degrees of freedom."""
_ROUNDING: Final = 1e-12
"""Squares about a mean that are less than this share of the squares are rounding."""
_ALIKE: Final = 3.0
"""Estimates of one thing in two windows seldom differ by a larger factor."""
_LIKE_OTHERS: Final = 24
"""What is usual of the other groups counts like so many pairs of rows."""


@dataclass(frozen=True)
class Dependence:
    """By how much the variance of a window's sum exceeds that of independent rows, by group.

    factor: 1 or more. df: with how many degrees of freedom it is known; inf where it is 1.
    """

    factor: np.ndarray
    df: np.ndarray

    @classmethod
    def of_windows(cls, factor: np.ndarray, df: np.ndarray) -> Dependence:
        """From estimates in each window: `(groups, 2)`, df 0 where a window tells nothing.

        The mean of both where they may be of one thing, else the lesser: if both windows are alike,
        as is tested, what is true of the steadier is true of the other. A window in which values
        rise or jump would else hide that they did.
        """
        known = df > 0
        lesser = np.where(known, factor, np.inf).min(axis=1)
        greater = np.where(known, factor, 0.0).max(axis=1)
        lesser = np.where(known.any(axis=1), lesser, 1.0)
        alike = known & (factor <= _ALIKE * lesser[:, None])
        either = greater <= _ALIKE * lesser
        found = np.where(either, _over((factor * alike).sum(axis=1), alike.sum(axis=1)), lesser)
        surer = (df * alike).sum(axis=1)
        found = np.maximum(found, 1.0)
        return cls(found, np.where(found > 1, np.maximum(surer, 1.0), np.inf))

    def widened(self, p: np.ndarray, root: np.ndarray) -> np.ndarray:
        """The p given where rows are independent, else that of the smaller root."""
        bursty = self.factor > 1
        wider = p.copy()
        wider[bursty] = student(root[bursty] / np.sqrt(self.factor[bursty]), self.df[bursty])
        return np.asarray(np.maximum(p, wider))


def dependence(sample: Sample, score: np.ndarray) -> Dependence:
    """Of scores, one a row, after each window's mean is taken out.

    By the variance of a window's parts (batch means), in small groups by the correlation of each
    row with the next of its series, which is corrected for its bias (Marriott and Pope 1954).
    """
    score = score - score.mean() if len(score) else score
    n, s = sample.counts, sample.sums(score)
    sums = s.sum(axis=2)
    mean = _over(sums, n.sum(axis=2))
    squares = sample.sums(score * score).sum(axis=2)
    about = squares - sums * mean
    factor, df = _batches(n, s, np.where(about > _ROUNDING * squares, about, 0.0))
    small = n.sum(axis=(1, 2)) < _ENOUGH
    if small.any():
        kept = small[sample.group]
        near, known = _from_row_to_row(sample.where(kept), score[kept], mean, small)
        factor = np.where(small[:, None], near, factor)
        df = np.where(small[:, None], known, df)
    return Dependence.of_windows(factor, df)


def share_dependence(k: np.ndarray, n: np.ndarray) -> Dependence:
    """Of shares that are already counted; k of n: `(rows, 2, PARTS)`."""
    whole, passing = n.sum(axis=2), k.sum(axis=2)
    return Dependence.of_windows(*_batches(n, k, passing - passing * _over(passing, whole)))


def count_dependence(counts: np.ndarray) -> Dependence:
    """Of numbers of events; counts: `(groups, 2, PARTS)`."""
    mean = counts.sum(axis=2) / PARTS
    excess = np.square(counts - mean[:, :, None]).sum(axis=2)
    df = np.where(mean > 0, PARTS - 1, 0)
    return Dependence.of_windows(*_judged(_over(_over(excess, mean), df), df))


def _batches(n: np.ndarray, sums: np.ndarray, squares: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """By the parts: rows and their sum in each; squares: about the mean of each window."""
    rows = n.sum(axis=2)
    mean = _over(sums.sum(axis=2), rows)[:, :, None]
    variance = _over(squares, rows - 1)[:, :, None]
    varies = (n > 0) & (variance > 0)
    excess = np.where(varies, _over(np.square(sums - n * mean), n * variance), 0.0)
    df = np.where(varies, 1 - _over(n, rows[:, :, None] + np.zeros(n.shape)), 0.0).sum(axis=2)
    return _judged(_over(excess.sum(axis=2), df), df)


def _judged(factor: np.ndarray, df: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Factors of `(groups, 2)` and their degrees of freedom, from what each group's parts say.

    Nearer to what is usual of the groups, as a dozen parts tell little; where a group itself is
    beyond twice the error, or both its windows are beyond it once, its own.
    """
    known = df > 0
    usual = np.array([_middle(factor[known[:, at], at]) for at in (0, 1)])
    weight = df + _LIKE_PARTS
    shrunk = (factor * df + usual * _LIKE_PARTS) / weight
    errors = np.where(known, (factor - 1) / np.sqrt(2 / np.maximum(df, 1)), 0.0)
    own = (errors > 1) | (errors.max(axis=1, keepdims=True) > 2)
    own &= factor > shrunk
    found = np.maximum(np.where(own, factor, shrunk), 1.0)
    surer = np.where(own, df, weight * weight / np.maximum(df, 1))
    return found, np.where(known, surer, 0.0)


def _middle(factors: np.ndarray) -> float:
    """What is usual of some groups; none of fewer than three."""
    return float(np.median(factors)) if len(factors) > 2 else 1.0


def _from_row_to_row(
    sample: Sample, score: np.ndarray, mean: np.ndarray, small: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    rest = score - mean[sample.group, sample.window]
    window = sample.group * 2 + sample.window
    series = window * (int(sample.series.max(initial=0)) + 1) + sample.series
    order = np.argsort(series, kind="stable")
    rest, series, window = rest[order], series[order], window[order]
    beside = series[1:] == series[:-1]
    count = 2 * len(small)
    pairs = np.bincount(window[1:][beside], minlength=count)
    rows = np.bincount(window, minlength=count)
    of_series = _over(np.bincount(series, rest), np.bincount(series))
    rest = rest - of_series[series]
    square = np.bincount(window, rest * rest, minlength=count)
    product = np.bincount(window[1:][beside], (rest[1:] * rest[:-1])[beside], minlength=count)
    raw = _over(_over(product, pairs), _over(square, rows))
    ends = _over(rows - pairs, rows)
    rho = np.clip(raw + ends * (1 + 3 * raw), -0.99, 0.99)
    pairs = np.where((square > 0) & (pairs > 2), pairs, 0).reshape(-1, 2)
    rho = _shrunk(rho.reshape(-1, 2), pairs)
    factor = (1 + rho) / (1 - rho)
    df = np.maximum(rows.reshape(-1, 2).sum(axis=1, keepdims=True) / factor - 2, 1.0)
    return factor, np.where(pairs > 0, df, 0.0)


def _shrunk(rho: np.ndarray, pairs: np.ndarray) -> np.ndarray:
    """Correlations nearer to what is usual of the groups, the fewer pairs they are known from.

    A dozen samples tell next to nothing of it, those of the same field in other groups much.
    """
    usual = _over((rho * pairs).sum(axis=0), pairs.sum(axis=0))
    nearer = (rho * pairs + usual * _LIKE_OTHERS) / (pairs + _LIKE_OTHERS)
    return np.asarray(np.maximum(nearer, 0.0))


def _over(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """One by the other, 0 where the other is not positive."""
    return np.asarray(np.divide(a, b, out=np.zeros(np.broadcast(a, b).shape), where=b > 0))
