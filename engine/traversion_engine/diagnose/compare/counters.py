"""Counters, which only grow: how much a second, over the steps between two samples of a series."""

from __future__ import annotations

import numpy as np

from traversion_data.model import SECOND
from traversion_engine.diagnose.compare.effects import Effects
from traversion_engine.diagnose.compare.levels import level
from traversion_engine.diagnose.compare.measure import How, Measure
from traversion_engine.diagnose.compare.sample import Sample


def counter(sample: Sample, readings: np.ndarray, measure: Measure) -> Effects:
    """Growth a second, summed over the series of a group; steps are tested as a level is.

    A reading below the one before is a fresh start, and all of it has grown since.
    """
    width = int(sample.series.max(initial=0)) + 1
    series = (sample.group * 2 + sample.window) * width + sample.series
    order = np.lexsort((sample.known, series))
    key, value, time = series[order], readings[order], sample.known[order]
    follows = np.zeros(len(order), dtype=bool)
    follows[1:] = (key[1:] == key[:-1]) & (time[1:] > time[:-1])
    grown = np.diff(value, prepend=0.0)
    grown = np.where(grown < 0, value, grown)
    lasted = np.diff(time, prepend=0) / SECOND
    at = order[follows]
    back = np.argsort(at, kind="stable")
    steps = sample.where(at[back])
    grown, lasted, key = (part[follows][back] for part in (grown, lasted, key))
    found = level(steps, grown / lasted, Measure(measure.label, How.MEAN))
    cells = len(sample.groups) * 2 * width
    much = np.bincount(key, grown, minlength=cells)
    long = np.bincount(key, lasted, minlength=cells)
    rates = np.divide(much, long, out=np.zeros(cells), where=long > 0)
    rates = rates.reshape(-1, 2, width).sum(axis=2)[found.group]
    a = np.where(found.a_n > 0, rates[:, 0], np.nan)
    b = np.where(found.b_n > 0, rates[:, 1], np.nan)
    return Effects(found.group, a, b, found.a_n, found.b_n, found.p, found.size)
