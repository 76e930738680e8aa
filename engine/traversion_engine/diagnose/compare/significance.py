"""How probable a difference is by chance: exact tests, the G-test, and false-discovery control.

All are two-sided. Arrays hold one entry a comparison.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from math import comb, erfc, sqrt
from typing import Final

import numpy as np

LEVEL: Final = 0.05
"""The share of false discoveries among all, at most, on average."""
_FEW: Final = 50.0
"""Where fewer are expected in any cell, a table is tested exactly: G is still too bold at ten."""
_MANY_SAMPLES: Final = 10_000_000
_TOGETHER: Final = 256
"""Tables that are tested at once."""


def too_few(n_a: np.ndarray, n_b: np.ndarray) -> np.ndarray:
    """Whether so few samples could not differ significantly whatever their values were.

    The most extreme of all ways to divide them has the probability 1 / C(n_a + n_b, n_b).
    """
    least = np.minimum(n_a, n_b)
    doubtful = np.flatnonzero(least < 4)
    found = np.zeros(len(n_a), dtype=bool)
    for at in doubtful:
        ways = comb(min(int(n_a[at] + n_b[at]), _MANY_SAMPLES), int(least[at]))
        found[at] = 2 / ways > LEVEL
    return found


def too_few_events(k: np.ndarray, share: float) -> np.ndarray:
    """Whether so few events could not differ, of which `share` is expected in one window."""
    return np.asarray(np.minimum(1.0, 2 * max(min(share, 1 - share), 1e-9) ** k) > LEVEL)


def normal(z: np.ndarray) -> np.ndarray:
    """The probability of a standard normal further from 0 than z."""
    return np.array([erfc(abs(one) / sqrt(2)) for one in z.tolist()])


def student(t: np.ndarray, df: np.ndarray) -> np.ndarray:
    """The same of Student's t: Hill's normal approximation (CACM algorithm 395, 1970)."""
    df = np.maximum(df, 1.0)
    a = df - 0.5
    b = 48 * a * a
    z2 = a * np.log1p(np.square(t) / df)
    z = np.sqrt(z2)
    z = (((((-0.4 * z2 - 3.3) * z2 - 24) * z2 - 85.5) / (0.8 * z2 * z2 + 100 + b)) + z2 + 3) / b * z
    return normal(np.sqrt(z2) + z)


def share_test(
    k_a: np.ndarray, n_a: np.ndarray, k_b: np.ndarray, n_b: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """The p and the signed root of G for k_a of n_a beside k_b of n_b.

    Fisher's exact test with mid-p (Lancaster 1961) where fewer than fifty are expected in a cell,
    the G-test elsewhere. p is 1 where a side is empty.
    """
    n = n_a + n_b
    k = k_a + k_b
    safe = np.maximum(n, 1)
    expected = np.stack([n_a * k, n_b * k, n_a * (n - k), n_b * (n - k)]) / safe
    seen = np.stack([k_a, k_b, n_a - k_a, n_b - k_b]).astype(np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        terms = np.where(seen > 0, seen * np.log(seen / expected), 0.0)
    root = np.sqrt(np.maximum(2 * terms.sum(axis=0), 0.0))
    root *= np.sign(k_b * n_a - k_a * n_b)
    p = normal(root)
    empty = (n_a == 0) | (n_b == 0)
    few = np.flatnonzero((expected.min(axis=0) < _FEW) & ~empty)
    for rows in np.array_split(few, -(-len(few) // _TOGETHER) or 1):
        p[rows] = _fisher(*(one[rows].astype(np.int64) for one in (k_a, n_a, k_b, n_b)))
    p[empty] = 1.0
    root[empty] = 0.0
    return p, root


def count_test(
    k_a: np.ndarray, k_b: np.ndarray, seconds: tuple[float, float]
) -> tuple[np.ndarray, np.ndarray]:
    """The p and the signed root of G for events counted in two windows of these lengths.

    Given the sum, the second count is binomial (Przyborowski and Wilenski 1940): exact with mid-p
    where fewer than fifty are expected, the G-test elsewhere.
    """
    share = seconds[1] / max(sum(seconds), 1e-12)
    k = (k_a + k_b).astype(np.float64)
    seen = np.stack([k_a, k_b]).astype(np.float64)
    expected = np.stack([k * (1 - share), k * share])
    with np.errstate(divide="ignore", invalid="ignore"):
        terms = np.where(seen > 0, seen * np.log(seen / expected), 0.0)
    root = np.sqrt(np.maximum(2 * terms.sum(axis=0), 0.0)) * np.sign(k_b - expected[1])
    p = normal(root)
    for at in np.flatnonzero(expected.min(axis=0) < _FEW):
        total = int(k[at])
        if 0 < share < 1 and total < _MANY_SAMPLES:
            p[at] = _two_sided(_binomial(total, share), int(k_b[at]))
    return p, root


def rank_sum_exact(ranks: np.ndarray, in_b: np.ndarray) -> float:
    """The share of all ways to divide the samples whose rank sums differ as much as these.

    ranks: midranks of all; in_b: which stand in the second window. Every permutation is counted,
    none is drawn, so ties are no matter.
    """
    doubled = np.rint(ranks * 2).astype(np.int64)
    ways = _ways(tuple(sorted(doubled.tolist())), int(in_b.sum()))
    sums = np.arange(len(ways))
    middle = doubled.sum() * in_b.sum() / len(ranks)
    far = np.abs(sums - middle) >= abs(doubled[in_b].sum() - middle) - 1e-9
    return float(ways[far].sum() / ways.sum())


def false_discovery(p: np.ndarray) -> np.ndarray:
    """Each p corrected over all (Benjamini and Hochberg 1995); NaN is no test and stays."""
    corrected = np.full(len(p), np.nan)
    tested = np.flatnonzero(~np.isnan(p))
    order = tested[np.argsort(p[tested], kind="stable")]
    raw = p[order] * len(order) / np.arange(1, len(order) + 1)
    corrected[order] = np.minimum(np.minimum.accumulate(raw[::-1])[::-1], 1.0)
    return corrected


@lru_cache(maxsize=512)
def _ways(doubled: Sequence[int], chosen: int) -> np.ndarray:
    """By each sum of doubled ranks, the number of ways to choose so many with that sum."""
    total = sum(doubled)
    table = np.zeros((chosen + 1, total + 1))
    table[0, 0] = 1
    for rank in doubled:
        table[1:, rank:] += table[:-1, : total + 1 - rank].copy()
    return np.asarray(table[chosen])


def _fisher(k_a: np.ndarray, n_a: np.ndarray, k_b: np.ndarray, n_b: np.ndarray) -> np.ndarray:
    k = k_a + k_b
    low, high = np.maximum(0, k - n_a), np.minimum(k, n_b)
    width = int((high - low).max(initial=0)) + 1
    x = low[:, None] + np.arange(width)
    there = x <= high[:, None]
    x = np.minimum(x, high[:, None])
    logs = _log_factorials(1 << int((n_a + n_b).max(initial=1)).bit_length())
    fixed = logs[n_a] + logs[n_b] + logs[k] + logs[n_a + n_b - k] - logs[n_a + n_b]
    far = k[:, None] - x
    chances = fixed[:, None] - logs[x] - logs[n_b[:, None] - x] - logs[far]
    chances = np.where(there, np.exp(chances - logs[n_a[:, None] - far]), 0.0)
    limit = chances[np.arange(len(k)), k_b - low][:, None]
    less = np.where(chances < limit * (1 - 1e-9), chances, 0.0).sum(axis=1)
    like = np.where(np.abs(chances - limit) <= limit * 1e-9, chances, 0.0).sum(axis=1)
    return np.where(high > low, np.minimum(less + like / 2, 1.0), 1.0)


def _binomial(n: int, share: float) -> np.ndarray:
    x = np.arange(n + 1)
    logs = _log_choose(n, x) + x * np.log(share) + (n - x) * np.log1p(-share)
    return np.asarray(np.exp(logs))


def _two_sided(chances: np.ndarray, at: int) -> float:
    """The outcomes less probable than one, and half of those as probable as it."""
    limit = chances[at]
    less = chances[chances < limit * (1 - 1e-9)].sum()
    like = chances[np.abs(chances - limit) <= limit * 1e-9].sum()
    return float(min(less + like / 2, 1.0)) if len(chances) > 1 else 1.0


def _log_choose(n: int, k: np.ndarray) -> np.ndarray:
    logs: np.ndarray = _log_factorials(1 << max(n, 1).bit_length())
    return np.asarray(logs[n] - logs[k] - logs[n - k])


@lru_cache(maxsize=4)
def _log_factorials(size: int) -> np.ndarray:
    return np.concatenate([[0.0], np.cumsum(np.log(np.arange(1, size + 1)))])
