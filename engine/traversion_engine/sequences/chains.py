"""Chains: one event for each step, each strictly after the one before, none forbidden between.

The chains to one event close under the earlier and under the later of two, step by step: so there
is one earliest and one latest chain, and starts and ends of chains grow together. That makes every
question about them a search in sorted arrays.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from traversion_data.model import Nanos
from traversion_engine.sequences.ground import Ground

NONE = np.empty(0, dtype=np.int64)


@dataclass(frozen=True)
class Step:
    """Places of the events that a step takes, and of those that may not stand before it.

    barred: between the event of the step before and this one's, both left out. All ascending.
    """

    places: np.ndarray
    barred: np.ndarray


@dataclass(frozen=True)
class Level:
    """The events that end a chain of the steps so far; `latest` is the latest start of each's."""

    places: np.ndarray
    latest: np.ndarray
    barred: np.ndarray


def climb(ground: Ground, steps: Sequence[Step], within: Nanos) -> list[Level]:
    """One level a step: places with a chain that is no longer than `within` ns.

    `latest` ascends with the places.
    """
    first = steps[0]
    levels = [Level(first.places, first.places, first.barred)]
    for step in steps[1:]:
        below = levels[-1]
        before = np.searchsorted(below.places, step.places) - 1
        reached = before >= 0
        places, before = step.places[reached], before[reached]
        fits = below.places[before] >= _lowest(ground, step.barred, places)
        fits &= ~ground.longer(below.latest[before], places, within)
        levels.append(Level(places[fits], below.latest[before[fits]], step.barred))
    return levels


def earliest(
    ground: Ground, levels: Sequence[Level], ends: np.ndarray, start: np.ndarray
) -> list[np.ndarray]:
    """The earliest chain to each of `ends` that begins at or after `start`; one array a step.

    Every end is of the last level and has such a chain.
    """
    chain = [ends]
    for below, level in zip(levels[-2::-1], levels[:0:-1], strict=True):
        unbarred = np.searchsorted(below.places, _lowest(ground, level.barred, chain[-1]))
        in_time = np.searchsorted(below.latest, start)
        chain.append(below.places[np.maximum(unbarred, in_time)])
    return chain[::-1]


def starts(ground: Ground, steps: Sequence[Step]) -> np.ndarray:
    """The events of the first step from which a chain of any length goes to the last."""
    above = steps[-1].places
    for step, after in zip(steps[-2::-1], steps[:0:-1], strict=True):
        places = step.places
        beyond = np.searchsorted(above, places, side="right")
        reached = beyond < len(above)
        places, beyond = places[reached], beyond[reached]
        fits = ground.keys(above[beyond]) == ground.keys(places)
        barred = np.searchsorted(after.barred, places, side="right")
        stopped = barred < len(after.barred)
        fits[stopped] &= above[beyond[stopped]] <= after.barred[barred[stopped]]
        above = places[fits]
    return above


def _lowest(ground: Ground, barred: np.ndarray, places: np.ndarray) -> np.ndarray:
    """The least place from which nothing barred lies before each of some places of its key."""
    lowest = ground.first(places)
    if len(barred):
        last = np.searchsorted(barred, places) - 1
        stopped = last >= 0
        lowest[stopped] = np.maximum(lowest[stopped], barred[last[stopped]])
    return lowest
