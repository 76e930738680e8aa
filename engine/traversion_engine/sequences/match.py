"""The matches of a pattern: earliest completions, their earliest starts, one after another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from traversion_data.model import Nanos
from traversion_engine.sequences.apart import following
from traversion_engine.sequences.chains import Step, climb, earliest, starts
from traversion_engine.sequences.ground import Ground


@dataclass(frozen=True)
class Pattern:
    """Steps with an event, and the places of what may not follow the last one.

    barred_after: until `within` ns after the first event, that moment included; None where nothing
    is barred.
    """

    steps: tuple[Step, ...]
    barred_after: np.ndarray | None
    within: Nanos


@dataclass(frozen=True)
class Found:
    """Matches by their last event: positions, one row a match and one column a step.

    undecided: matches but for the recording's end, which comes before it is known that nothing
    barred follows.
    """

    positions: np.ndarray
    undecided: int


def matches(ground: Ground, pattern: Pattern, until: Nanos) -> Found:
    """All matches that do not overlap within a key.

    until: the last moment of which everything is known, ns.
    """
    levels = climb(ground, pattern.steps, pattern.within)
    ends, latest = levels[-1].places, levels[-1].latest
    if pattern.barred_after is not None and len(pattern.barred_after):
        begun = earliest(ground, levels, ends, _soonest(ground, ends, pattern.within))[0]
        latest = _latest_quiet(ground, pattern, ends, latest)
        quiet = latest >= begun
        ends, latest = ends[quiet], latest[quiet]
    first = _first_of_equal(latest)
    ends, latest = ends[first], latest[first]
    ends = ends[following(ends, latest)]
    soonest = _soonest(ground, ends, pattern.within)
    soonest[1:] = np.maximum(soonest[1:], ends[:-1] + 1)
    chain = earliest(ground, levels, ends, soonest)
    positions = np.column_stack([ground.positions(places) for places in chain])
    positions = positions[np.argsort(positions[:, -1], kind="stable")]
    if pattern.barred_after is None:
        return Found(positions, 0)
    decided = ground.times[positions[:, 0]] <= until - pattern.within
    return Found(positions[decided], int(np.count_nonzero(~decided)))


def _soonest(ground: Ground, ends: np.ndarray, within: Nanos) -> np.ndarray:
    """The least place from which each end is not too far."""
    return ground.from_time(ends, ground.time(ends) - within)


def _latest_quiet(
    ground: Ground, pattern: Pattern, ends: np.ndarray, latest: np.ndarray
) -> np.ndarray:
    """The latest start of a chain to each end after which nothing barred comes in time; else -1.

    The later the start, the longer must it be quiet. All starts of chains to an end that lie
    between its earliest and its latest are starts of chains that go on to somewhere.
    """
    barred = pattern.barred_after
    assert barred is not None
    at = np.searchsorted(barred, ends, side="right")
    some = np.flatnonzero(at < len(barred))
    some = some[ground.keys(barred[at[some]]) == ground.keys(ends[some])]
    loud = barred[at[some]]
    too_late = ground.from_time(loud, ground.time(loud) - pattern.within)
    begins = starts(ground, pattern.steps)
    last = np.searchsorted(begins, np.minimum(too_late, latest[some] + 1)) - 1
    quiet = latest.copy()
    quiet[some] = np.where(last >= 0, begins[last], -1)
    return quiet


def _first_of_equal(ascending: np.ndarray) -> np.ndarray:
    """Indices of values that differ from the one before."""
    return np.flatnonzero(np.append(True, ascending[1:] != ascending[:-1])[: len(ascending)])


def spans(ground: Ground, steps: Sequence[Step]) -> np.ndarray:
    """Nanoseconds of the shortest chain to each event that ends one, however long it takes."""
    top = climb(ground, steps, int(np.iinfo(np.int64).max))[-1]
    return ground.apart(top.latest, top.places)
