"""Of the sequences that chance does not explain, those that do not explain each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from traversion_engine.diagnose.patterns.chance import tail
from traversion_engine.diagnose.patterns.grow import Candidate, Question
from traversion_engine.diagnose.patterns.items import Items

_DOUBT: Final = 0.05
_NEARLY: Final = 0.75
"""A sequence that leads to an error this often, as a share of its part, is told instead of it."""
_FIRST: Final = 2
"""So many times as often before the error's beginning as only after it."""


@dataclass(frozen=True)
class Chosen:
    """A sequence and, of each time it led to its error, the entries of its events and the error."""

    candidate: Candidate
    first: np.ndarray
    last: np.ndarray
    errors: np.ndarray

    @property
    def support(self) -> int:
        """How often it led to the error."""
        return len(self.errors)


def choose(candidates: Sequence[Candidate], least: int, items: Items) -> list[Chosen]:
    """Those of one error, all found significant; the least probable by chance come first."""
    limit = max((one.chance for one in candidates), default=0.0)
    kept: list[Chosen] = []
    for least_probable in sorted(candidates, key=lambda one: (one.chance, -len(one.pattern))):
        if any(_within(least_probable.pattern, other.candidate.pattern) for other in kept):
            continue
        if not _leads(least_probable, items):
            continue
        found = _fullest(least_probable, candidates, items)
        one = found.candidate
        left = _unexplained(found, kept)
        if int(left.sum()) < least:
            continue
        trials = len(one.question.starts) - (found.support - int(left.sum()))
        if kept and float(tail(left.sum(), trials, one.share)) > limit:
            continue
        kept.append(found)
    return kept


def _leads(one: Candidate, items: Items) -> bool:
    """Whether a sequence needs each of its events, goes before, and is more than the request."""
    return _comes_first(one) and not _is_its_request(one, items) and _needs_each(one, items)


def _is_its_request(one: Candidate, items: Items) -> bool:
    """Whether spans that just led to the failing one in its own trace are what came before it.

    They are to be compared with other traces, not with other times.
    """
    lane = one.question.lane
    if lane.units is not None or not items.begins[list(one.pattern)].any():
        return False
    traces = items.traces[lane.rows[_entries(one.question, one.pattern, one.question.sampled)]]
    own = (traces[:-1] == traces[-1]) & items.begins[list(one.pattern)][:, None]
    return bool(own.any(axis=0).mean() > 1 / 2)


def _fullest(one: Candidate, candidates: Sequence[Candidate], items: Items) -> Chosen:
    """The longest sequence with this one in it that led to the error nearly as often."""
    found = _everywhere(one)
    longer = [
        other
        for other in candidates
        if len(other.pattern) > len(one.pattern) and _within(one.pattern, other.pattern)
    ]
    for other in sorted(longer, key=lambda other: (-len(other.pattern), other.chance)):
        whole = _everywhere(other)
        if whole.support >= _NEARLY * found.support and _leads(other, items):
            return whole
    return found


def _within(one: tuple[int, ...], other: tuple[int, ...]) -> bool:
    """Whether one of two sequences is the other with events left out."""
    short, long = sorted((one, other), key=len)
    rest = iter(long)
    return all(item in rest for item in short)


def _entries(asked: Question, pattern: Sequence[int], starts: np.ndarray) -> np.ndarray:
    """The entries of the latest such sequence before each start, one row an event.

    Starts without one within the window are left out.
    """
    lane = asked.lane
    rows = lane.chain(pattern, starts, lane.earlier(starts), asked.window)
    return np.vstack([rows, starts])[:, rows[0] >= 0]


def _needs_each(one: Candidate, items: Items) -> bool:
    """Whether no event of it would stand in its place by chance as often."""
    asked, lane, pattern = one.question, one.question.lane, one.pattern
    if len(pattern) == 1:
        return True
    entries = _entries(asked, pattern, asked.sampled)
    for at, code in enumerate(pattern):
        rest = pattern[:at] + pattern[at + 1 :]
        without = max(_entries(asked, rest, asked.sampled).shape[1], entries.shape[1])
        begin = lane.axis[entries[1]] - asked.window if at == 0 else lane.axis[entries[at - 1]]
        gap = max(int(np.mean(lane.axis[entries[at + 1]] - begin)), 1)
        share = lane.expected(lane.coverage((code,), gap), asked.sampled)
        by_chance = tail(entries.shape[1], without, share)
        if float(by_chance) > _DOUBT / max(len(items.counts), 1):
            return False
    return True


def _comes_first(one: Candidate) -> bool:
    """Whether it does not as well begin only after the error, as what goes along with it does."""
    asked, lane, starts = one.question, one.question.lane, one.question.sampled
    before = lane.chain(one.pattern, starts, lane.earlier(starts), asked.window)[0] >= 0
    ends = np.searchsorted(lane.axis, lane.axis[starts] + asked.window, side="right")
    first = last = lane.latest(one.pattern[-1], ends)
    if len(one.pattern) > 1:
        first = lane.chain(one.pattern[:-1], last, last, asked.window)[0]
    after = first > starts
    return bool(before.sum() >= _FIRST * (after & ~before).sum())


def _everywhere(one: Candidate) -> Chosen:
    entries = _entries(one.question, one.pattern, one.question.starts)
    return Chosen(one, entries[0], entries[-2], entries[-1])


def _unexplained(found: Chosen, kept: Sequence[Chosen]) -> np.ndarray:
    """Which of its errors no sequence kept before stands before too."""
    left = np.ones(found.support, dtype=bool)
    asked = found.candidate.question
    rows = asked.lane.rows[found.errors]
    for other in kept:
        lane, pattern = other.candidate.question.lane, other.candidate.pattern
        entries = lane.entries_of(rows)
        window = max(asked.window, other.candidate.question.window)
        first = lane.chain(pattern, entries, lane.earlier(entries), window)[0]
        left &= (entries < 0) | (first < 0)
    return left
