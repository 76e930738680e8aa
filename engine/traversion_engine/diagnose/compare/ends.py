"""First and last values: two samples, which are shown and of which nothing can be told."""

from __future__ import annotations

import numpy as np

from traversion_engine.diagnose.compare.effects import Effects
from traversion_engine.diagnose.compare.measure import How, Measure
from traversion_engine.diagnose.compare.sample import Sample


def end_values(sample: Sample, numbers: np.ndarray, measure: Measure) -> Effects:
    """The first or last number of each group and window, in the order of the sample's rows."""
    cell = sample.group * 2 + sample.window
    found = np.full(2 * len(sample.groups), np.nan)
    if measure.how is How.LAST:
        found[cell] = numbers  # the last of equal indices is what stays
    else:
        found[cell[::-1]] = numbers[::-1]
    return single_values(np.arange(len(sample.groups)), *found.reshape(-1, 2).T)


def single_values(group: np.ndarray, a: np.ndarray, b: np.ndarray) -> Effects:
    """One value a window, NaN without; rows that have neither are left out."""
    there = np.flatnonzero(~(np.isnan(a) & np.isnan(b)))
    a, b = a[there], b[there]
    unknown = np.full(len(there), np.nan)
    n_a, n_b = (~np.isnan(side) for side in (a, b))
    return Effects(group[there], a, b, n_a * 1, n_b * 1, unknown, np.zeros(len(there)))
