"""Sequences before an error, grown from its nearest event backwards, one event at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np

from traversion_engine.diagnose.patterns.chance import tail
from traversion_engine.diagnose.patterns.items import Items
from traversion_engine.diagnose.patterns.lanes import Lane

LONGEST: Final = 4
_STARTS: Final = 300
_FEWEST_STARTS: Final = 40
_QUESTIONS: Final = 100_000
_FRONTS: Final = 32
"""Items tried in front of a sequence."""
_ENDS: Final = 12
"""Items that sequences are grown from."""
_GROWN: Final = 8
"""Sequences of a length that are grown further."""
_EXACT: Final = 8
"""Sequences of a length, of each error and window, whose share by chance is worked out."""


@dataclass(frozen=True)
class Question:
    """One error in one lane: what comes within the window (µs) before it?

    starts: entries at which the error began, none of it having been within a window before.
    sampled: those of them that sequences are grown from. barred: items that the error is itself.
    """

    lane: Lane
    window: int
    error: int
    starts: np.ndarray
    sampled: np.ndarray
    barred: np.ndarray


@dataclass(frozen=True)
class Candidate:
    """A sequence of items before an error.

    hits of trials; share: that by chance; chance: the probability of as many hits.
    """

    pattern: tuple[int, ...]
    question: Question
    hits: int
    trials: int
    share: float
    chance: float


@dataclass
class Grown:
    """What came of it: the candidates, and how many were tested to find them."""

    candidates: list[Candidate]
    tests: int = 0


Level: TypeAlias = list[tuple[tuple[int, ...], np.ndarray]]
"""Sequences of one length, with the entry of each one's first event before each start, or -1."""


@dataclass(frozen=True)
class Fronts:
    """Items tried in front of others, with each one's share by chance; needed: fewest hits."""

    items: np.ndarray
    shares: np.ndarray
    needed: int


def question(lane: Lane, window: int, error: int, found: Items) -> Question:
    """An error that begins wherever none of it came within a window before."""
    entries = lane.occurrences(error)
    apart = np.diff(lane.axis[entries], prepend=lane.axis[entries[:1]] - window - 1)
    starts = entries[apart > window]
    most = max(min(_STARTS, _QUESTIONS // max(len(found.counts), 1)), _FEWEST_STARTS)
    sampled = starts
    if len(starts) > most:
        sampled = starts[np.linspace(0, len(starts) - 1, most).astype(np.int64)]
    barred = np.flatnonzero(found.kinds == found.kinds[error])
    return Question(lane, window, error, starts, sampled, barred)


def grow(asked: Question, coverages: np.ndarray, least: int, check: Callable[[], None]) -> Grown:
    """All sequences that were worth testing; coverages: of each item alone, by stratum."""
    starts, lane = asked.sampled, asked.lane
    trials = len(starts)
    needed = max(min(least, trials * least // max(len(asked.starts), 1)), 2)
    items = np.setdiff1d(np.arange(len(coverages)), asked.barred)
    if trials < needed or not len(items):
        return Grown([])
    before = lane.earlier(starts)[None, :]
    firsts = lane.step(items[:, None], starts[None, :], before, asked.window)
    hits = (firsts >= 0).sum(axis=1)
    shares = lane.expected(coverages[items], starts)
    chance = tail(hits, trials, shares)
    grown = Grown([], len(items))
    enough = np.flatnonzero(hits >= needed)
    best = enough[np.lexsort((-hits[enough], chance[enough]))]
    for at in best:
        grown.candidates.append(
            Candidate(
                (int(items[at]),),
                asked,
                int(hits[at]),
                trials,
                float(shares[at]),
                float(chance[at]),
            )
        )
    fronts = best[:_FRONTS]
    level: Level = [((int(items[at]),), firsts[at]) for at in best[:_ENDS]]
    tried = Fronts(items[fronts], shares[fronts], needed)
    for _ in range(LONGEST - 1):
        check()
        level = list(_longer(asked, level, tried, grown))[:_GROWN]
    return grown


def _longer(
    asked: Question,
    level: Level,
    tried: Fronts,
    grown: Grown,
) -> Iterator[tuple[tuple[int, ...], np.ndarray]]:
    """Sequences of one event more, the least probable by chance first."""
    if not level or not len(tried.items):
        return
    lane, starts, fronts, needed = asked.lane, asked.sampled, tried.items, tried.needed
    before = np.stack([first for _, first in level])
    firsts = lane.step(fronts[:, None, None], before[None, :, :], before[None, :, :], asked.window)
    hits = (firsts >= 0).sum(axis=2).T
    held = np.array([[front in pattern for front in fronts.tolist()] for pattern, _ in level])
    grown.tests += int((~held).sum())
    hits[held] = 0
    parents = (before >= 0).sum(axis=1)[:, None]
    # independent of each other, so many of the shorter one's hits would have it in front
    guess = tail(hits, parents, tried.shares[None, :])
    guess[hits < needed] = 2.0
    order = np.argsort(guess, axis=None, kind="stable")[:_EXACT]
    found: list[tuple[Candidate, np.ndarray]] = []
    for parent, front in zip(*np.unravel_index(order, guess.shape), strict=True):
        if hits[parent, front] < needed:
            continue
        pattern = (int(fronts[front]), *level[parent][0])
        share = float(lane.expected(lane.coverage(pattern, asked.window), starts))
        chance = float(tail(hits[parent, front], len(starts), share))
        candidate = Candidate(pattern, asked, int(hits[parent, front]), len(starts), share, chance)
        found.append((candidate, firsts[front, parent]))
    found.sort(key=lambda pair: (pair[0].chance, -pair[0].hits))
    for candidate, first in found:
        grown.candidates.append(candidate)
        yield candidate.pattern, first
