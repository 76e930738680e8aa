"""Numbers of events: how many, how many a second, how many different."""

from __future__ import annotations

import numpy as np
import polars as pl

from traversion_engine.diagnose.compare.dependence import count_dependence
from traversion_engine.diagnose.compare.effects import Effects
from traversion_engine.diagnose.compare.measure import How, Measure
from traversion_engine.diagnose.compare.sample import Sample
from traversion_engine.diagnose.compare.significance import count_test, normal, too_few_events


def counted(sample: Sample, counts: np.ndarray, measure: Measure) -> Effects:
    """Rows of which `counts` (one bool a row) holds, by group.

    Events are taken as a Poisson process whose variance the windows' parts tell (McCullagh and
    Nelder 1989), as those of one burst are no evidence each.
    """
    cells = sample.sums(counts.astype(np.float64))
    unit = np.array(sample.seconds) if measure.how is How.RATE else np.ones(2)
    return _tested(sample, cells, np.arange(len(cells)), unit)


def count_rows(sample: Sample, group: np.ndarray, cells: np.ndarray) -> Effects:
    """Events a second of things already counted; cells: `(things, 2, PARTS)`, group: of each."""
    return _tested(sample, cells, group, np.array(sample.seconds))


def presence(sample: Sample) -> np.ndarray:
    """The p of having no row in one window beside those in the other; NaN where too few."""
    cells = sample.counts
    return _tested(sample, cells, np.arange(len(cells)), np.ones(2)).p


def different(sample: Sample, values: pl.Series) -> Effects:
    """Numbers of different values, as if each row's window had been chosen by chance.

    A value of c rows is then in one window only with a chance that c alone decides.
    """
    rows = pl.DataFrame({"group": sample.group, "value": values, "b": sample.window == 1})
    each = rows.group_by("group", "value").agg(pl.len(), pl.col("b").sum())
    group = each["group"].to_numpy()
    count, in_b = each["len"].to_numpy().astype(np.float64), each["b"].to_numpy()
    length = len(sample.groups)
    there = np.stack([count > in_b, in_b > 0]).astype(np.float64)
    a, b = (np.bincount(group, side, minlength=length) for side in there)
    share = sample.seconds[1] / max(sum(sample.seconds), 1e-12)
    only_b, only_a = share**count, (1 - share) ** count
    mean = np.bincount(group, only_b - only_a, minlength=length)
    variance = np.bincount(group, only_a + only_b - np.square(only_b - only_a), minlength=length)
    root = np.divide(b - a - mean, np.sqrt(variance), out=np.zeros(length), where=variance > 0)
    n = sample.counts.sum(axis=2)
    p = np.where(too_few_events(n.sum(axis=1), share), np.nan, normal(root))
    filled = np.flatnonzero(n.sum(axis=1))
    return Effects(
        filled, a[filled], b[filled], n[filled, 0], n[filled, 1], p[filled], _size(a, b)[filled]
    )


def _tested(sample: Sample, cells: np.ndarray, group: np.ndarray, unit: np.ndarray) -> Effects:
    """With values a unit of each window: seconds for rates, 1 for numbers."""
    k = cells.sum(axis=2)
    p, root = count_test(k[:, 0], k[:, 1], sample.seconds)
    p = count_dependence(cells).widened(p, root)
    share = sample.seconds[1] / max(sum(sample.seconds), 1e-12)
    p = np.where(too_few_events(k.sum(axis=1), share), np.nan, p)
    a, b = (k / np.maximum(unit, 1e-9)).T
    rates = k / np.maximum(np.array(sample.seconds), 1e-9)
    return Effects(group, a, b, k[:, 0], k[:, 1], p, _size(*rates.T))


def _size(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    return np.asarray(np.divide(np.abs(b - a), a + b, out=np.zeros(len(a)), where=a + b > 0))
