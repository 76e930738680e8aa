"""Means, quantiles and extremes of numbers, tested by ranks: no outlier makes a difference."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType
from typing import Final

import numpy as np

from traversion_engine.diagnose.compare.counts import presence
from traversion_engine.diagnose.compare.dependence import dependence
from traversion_engine.diagnose.compare.effects import Effects
from traversion_engine.diagnose.compare.gathered import Gathered
from traversion_engine.diagnose.compare.measure import How, Measure
from traversion_engine.diagnose.compare.ordered import Ordered, numbers_of
from traversion_engine.diagnose.compare.sample import Sample
from traversion_engine.diagnose.compare.significance import (
    normal,
    rank_sum_exact,
    share_test,
    too_few,
)

_EXACT: Final = 24
"""Up to so many samples in both windows every permutation is counted."""
_SHARES: Final = MappingProxyType({How.LOWEST: 0.0, How.HIGHEST: 1.0})
_MATTERS: Final = 0.2
"""Above, how improbable a difference is to the last digit matters to nobody."""


def level(sample: Sample, numbers: np.ndarray, measure: Measure) -> Effects:
    """A gauge or duration; numbers: finite, one a row of the sample.

    Means, and deviations from the median, are tested by the rank sums (Mann and Whitney 1947),
    quantiles by these or by how many lie beyond the quantile of both windows together, extremes by
    how many lie beyond the other window's (Rosenbaum 1954).
    """
    n = sample.counts.sum(axis=2)
    if measure.how is How.MEAN:
        a, b = _means(sample, numbers, n).T
        p, root, size = _ranked(numbers_of(sample, _aligned(sample, numbers)), n)
        p = _any_instance(sample, numbers, _agreeing(p, root, b - a), b - a)
    elif measure.how is How.SPREAD:
        a, b = _deviations(sample, numbers, n).T
        middles = numbers_of(sample, numbers).quantiles(0.5)[sample.group, sample.window]
        p, root, size = _ranked(numbers_of(sample, np.abs(numbers - middles)), n)
        p = _agreeing(p, root, b - a)
    else:
        share = _SHARES.get(measure.how, measure.quantile or 0.5)
        ordered = numbers_of(sample, numbers)
        a, b = ordered.quantiles(share).T
        p, root, size = _ranked(ordered, n)
        if measure.how is How.QUANTILE:
            p = _quantile_p(ordered, share, n, _agreeing(p, root, b - a), b - a)
        else:
            p = _extreme_p(ordered, measure.how, n)
    return compared(sample, Effects(np.arange(len(a)), a, b, n[:, 0], n[:, 1], p, size))


def total(sample: Sample, numbers: np.ndarray) -> Effects:
    """Sums: of each row it is asked which window it fell into, as if that had been by chance."""
    n = sample.counts.sum(axis=2)
    sums = sample.sums(numbers)
    a, b = sums.sum(axis=2).T
    seconds = np.array(sample.seconds)
    weight = seconds[::-1] / max(seconds.sum(), 1e-12)
    squares = sample.sums(numbers * numbers).sum(axis=2)
    spread = np.sqrt(squares @ (weight * weight))
    difference = b * weight[1] - a * weight[0]
    root = np.divide(difference, spread, out=np.zeros(len(a)), where=spread > 0)
    p = dependence(sample, numbers).widened(normal(root), root)
    whole = np.abs(a) + np.abs(b)
    size = np.divide(np.abs(b - a), whole, out=np.zeros(len(a)), where=whole > 0)
    return compared(sample, Effects(np.arange(len(a)), a, b, n[:, 0], n[:, 1], p, size))


def compared(sample: Sample, found: Effects) -> Effects:
    """Where one window has no samples, that itself is tested; where both have few, nothing is."""
    p, size = found.p.copy(), found.size.copy()
    lone = (found.a_n == 0) | (found.b_n == 0)
    p[too_few(found.a_n, found.b_n)] = np.nan
    if lone.any():
        p[lone] = presence(sample)[lone]
        size[lone] = 1.0
    a = np.where(found.a_n > 0, found.a, np.nan)
    b = np.where(found.b_n > 0, found.b, np.nan)
    return replace(found, a=a, b=b, p=p, size=size).filled()


def _any_instance(
    sample: Sample, numbers: np.ndarray, of_all: np.ndarray, change: np.ndarray
) -> np.ndarray:
    """The smaller of the p of a group and of any one of its series, each as often as it is tried.

    One instance of many may have changed, which is lost among the ranks of the others.
    """
    each = sample.by_series()
    if len(each.groups) == len(sample.groups):
        return of_all
    n = each.counts.sum(axis=2)
    owner = np.zeros(len(n), dtype=np.int64)
    owner[each.group] = sample.group
    p, root, _ = _ranked(numbers_of(each, numbers), n)
    p = _agreeing(p, root, change[owner])
    p[n.min(axis=1) == 0] = 1.0
    tried = np.bincount(owner[n.min(axis=1) > 0], minlength=len(of_all))
    least = np.ones(len(of_all))
    np.minimum.at(least, owner, p)
    least = np.minimum(of_all, least)
    return np.where(tried > 1, np.minimum((1 + tried) * least, 1.0), of_all)


def _aligned(sample: Sample, numbers: np.ndarray) -> np.ndarray:
    """Numbers less the mean of their series, so that each instance is compared with itself.

    As Hodges and Lehmann (1962) align blocks. Series of one window only lose their group's mean.
    """
    width = int(sample.series.max(initial=0)) + 1
    series = sample.group * width + sample.series
    rows = np.bincount(series, minlength=len(sample.groups) * width)
    in_b = np.bincount(series, sample.window, minlength=len(rows))
    sums = np.bincount(series, numbers, minlength=len(rows))
    of_group = sums.reshape(-1, width).sum(axis=1) / np.maximum(
        rows.reshape(-1, width).sum(axis=1), 1
    )
    both = (in_b > 0) & (in_b < rows)
    mean = np.where(both, sums / np.maximum(rows, 1), np.repeat(of_group, width))
    return np.asarray(numbers - mean[series])


def _means(sample: Sample, numbers: np.ndarray, n: np.ndarray) -> np.ndarray:
    """Of each group and window; 0 without rows."""
    return np.asarray(sample.sums(numbers).sum(axis=2) / np.maximum(n, 1))


def _deviations(sample: Sample, numbers: np.ndarray, n: np.ndarray) -> np.ndarray:
    """Standard deviations of each group and window; NaN of a single row."""
    rest = numbers - _means(sample, numbers, n)[sample.group, sample.window]
    squares = sample.sums(rest * rest).sum(axis=2)
    return np.where(n > 1, np.sqrt(squares / np.maximum(n - 1, 1)), np.nan)


def _ranked(
    ordered: Ordered | Gathered, n: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """p, z and effect size (1 = no overlap) of the rank sums by group."""
    sample = ordered.sample
    ranks = ordered.ranks()
    whole = n.sum(axis=1)
    sums = sample.sums(ranks).sum(axis=2)
    squares = sample.sums(ranks * ranks).sum(axis=(1, 2))
    mean = (whole + 1) / 2
    spread = np.maximum(squares - whole * mean * mean, 0.0)
    both = n[:, 0] * n[:, 1]
    variance = both * spread / np.maximum(whole * (whole - 1), 1)
    away = sums[:, 1] - n[:, 1] * mean
    z = np.divide(away, np.sqrt(variance), out=np.zeros(len(away)), where=variance > 0)
    p = normal(z)
    exact = (whole <= _EXACT) & (both > 0) & (variance > 0) & (p < _MATTERS)
    for group in np.flatnonzero(exact):
        rows = np.flatnonzero(sample.group == group)
        p[group] = rank_sum_exact(ranks[rows], sample.window[rows] == 1)
    size = np.divide(2 * np.abs(away), both, out=np.zeros(len(away)), where=both > 0)
    return dependence(sample, ranks).widened(p, z), z, np.minimum(size, 1.0)


def _quantile_p(
    ordered: Ordered | Gathered,
    share: float,
    n: np.ndarray,
    of_ranks: np.ndarray,
    change: np.ndarray,
) -> np.ndarray:
    """The smaller of two, twice: what holds of either alone holds of both (Bonferroni)."""
    sample = ordered.sample
    beyond = (ordered.numbers > ordered.pooled(share)[sample.group]).astype(np.float64)
    k = sample.sums(beyond).sum(axis=2)
    of_tail, tail = share_test(k[:, 0], n[:, 0], k[:, 1], n[:, 1])
    of_tail = dependence(sample, beyond).widened(of_tail, tail)
    both = np.minimum(of_ranks, _agreeing(of_tail, tail, change))
    return np.asarray(np.minimum(2 * both, 1.0))


def _extreme_p(ordered: Ordered | Gathered, how: How, n: np.ndarray) -> np.ndarray:
    """The chance that so many of the outermost rows are all of one window, twice.

    Where rows depend on each other, so many fewer are as good as independent.
    """
    sample = ordered.sample
    sign = 1.0 if how is How.HIGHEST else -1.0
    outer = (sign * ordered.quantiles(_SHARES[how])).min(axis=1)
    beyond = sample.sums((sign * ordered.numbers > outer[sample.group]).astype(np.float64))
    k = beyond.sum(axis=2)
    whole = n.sum(axis=1)
    factor = dependence(sample, ordered.ranks()).factor
    found = np.ones(len(k))
    for group in np.flatnonzero(n.min(axis=1) > 0):
        side = int(k[group, 1] > 0)
        steps = np.arange(int(k[group].sum()))
        chance = np.prod((n[group, side] - steps) / (whole[group] - steps))
        found[group] = min(2 * float(chance) ** (1 / factor[group]), 1.0)
    return found


def _agreeing(p: np.ndarray, root: np.ndarray, change: np.ndarray) -> np.ndarray:
    """The p given where the test and the value that is shown point the same way, else 1."""
    return np.asarray(np.where(np.sign(root) * np.sign(np.nan_to_num(change)) > 0, p, 1.0))
