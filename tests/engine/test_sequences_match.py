"""Matches of generated events, beside a matcher that tries every chain."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from traversion_engine.sequences.chains import NONE, Step
from traversion_engine.sequences.ground import Ground
from traversion_engine.sequences.match import Pattern, matches

WHOLE = 10**6


@dataclass(frozen=True)
class Case:
    """Events by (time, seq): when, of which key, and the letters each passes.

    steps: a letter each, in lower case for one that must not come.
    """

    times: tuple[int, ...]
    keys: tuple[int, ...]
    letters: tuple[str, ...]
    steps: str
    within: int
    until: int


def reference(case: Case) -> tuple[list[tuple[int, ...]], int]:
    """Positions of each match by its last event, and how many are undecided, by trying all."""
    found, undecided = [], 0
    for key in sorted(set(case.keys)):
        after = -1
        while options := sorted(_chains(case, key, after), key=lambda c: (c[-1], c)):
            chain = options[0]
            after = chain[-1]
            if case.steps[-1].islower() and case.times[chain[0]] + case.within > case.until:
                undecided += 1
            else:
                found.append(chain)
    return sorted(found, key=lambda chain: chain[-1]), undecided


def _chains(case: Case, key: int, after: int) -> Iterator[tuple[int, ...]]:
    """Every chain of a key that begins after a position."""
    events = [at for at, of in enumerate(case.keys) if of == key]
    waiting: list[tuple[tuple[int, ...], str, str]] = [((), "", case.steps)]
    while waiting:
        chain, barred, steps = waiting.pop()
        last = chain[-1] if chain else after
        if not steps:
            end = case.times[chain[0]] + case.within
            later = [at for at in events if at > last and case.times[at] <= end]
            if not _any(case, later, barred):
                yield chain
        elif steps[0].islower():
            waiting.append((chain, barred + steps[0].upper(), steps[1:]))
        else:
            for at in events:
                between = [other for other in events if last < other < at]
                begun = case.times[chain[0] if chain else at]
                if (
                    at > last
                    and steps[0] in case.letters[at]
                    and case.times[at] - begun <= case.within
                    and not (chain and _any(case, between, barred))
                ):
                    waiting.append(((*chain, at), "", steps[1:]))


def _any(case: Case, events: Sequence[int], letters: str) -> bool:
    return any(letter in case.letters[at] for at in events for letter in letters)


def ours(case: Case) -> tuple[list[tuple[int, ...]], int]:
    ground = Ground(np.array(case.times, dtype=np.int64))
    steps: list[Step] = []
    barred = [NONE]
    for letter in case.steps:
        at = np.array([i for i, has in enumerate(case.letters) if letter.upper() in has], dtype=int)
        places = ground.places(at, np.array(case.keys, dtype=np.int64)[at])
        if letter.islower():
            barred.append(places)
        else:
            steps.append(Step(places, np.unique(np.concatenate(barred))))
            barred = [NONE]
    after = np.unique(np.concatenate(barred)) if case.steps[-1].islower() else None
    found = matches(ground, Pattern(tuple(steps), after, case.within), case.until)
    return [tuple(row) for row in found.positions.tolist()], found.undecided


@st.composite
def cases(draw: st.DrawFn) -> Case:
    count = draw(st.integers(0, 12))
    gaps = draw(st.lists(st.integers(0, 3), min_size=count, max_size=count))
    times = tuple(int(t) for t in np.cumsum(gaps, dtype=np.int64))
    keys = tuple(draw(st.lists(st.integers(0, 2), min_size=count, max_size=count)))
    kinds = st.sets(st.sampled_from("ABC"), max_size=2).map(lambda s: "".join(sorted(s)))
    letters = tuple(draw(st.lists(kinds, min_size=count, max_size=count)))
    steps = draw(st.sampled_from("ABC")) + draw(st.text("ABCabc", max_size=4))
    end = times[-1] if times else 0
    return Case(
        times, keys, letters, steps, draw(st.integers(0, 12)), end + draw(st.integers(0, 4))
    )


@settings(max_examples=250, deadline=None)
@given(cases())
def test_matches_are_those_of_trying_every_chain(case):
    assert ours(case) == reference(case)


@settings(max_examples=120, deadline=None)
@given(cases(), st.integers(0, 12))
def test_a_recording_that_was_cut_gives_the_matches_known_by_then(case, cut):
    """What is to come changes no match that was decided."""
    cut = min(cut, len(case.times))
    known = case.times[cut - 1] if cut else 0
    earlier = Case(
        case.times[:cut], case.keys[:cut], case.letters[:cut], case.steps, case.within, known - 1
    )
    decided = [
        chain
        for chain in ours(case)[0]
        if chain[-1] < cut
        and (case.steps[-1].isupper() or case.times[chain[0]] + case.within < known)
    ]
    assert ours(earlier)[0] == decided


def rows(events: str, steps: str, within: int = WHOLE) -> list[tuple[int, ...]]:
    """Matches in events one second apart, all of one key; `.` passes nothing, `x` a step `X`."""
    count = len(events)
    case = Case(
        tuple(range(count)), (0,) * count, tuple(e.upper() for e in events), steps, within,
        count + WHOLE,
    )  # fmt: skip
    assert ours(case) == reference(case)
    return ours(case)[0]


@pytest.mark.parametrize(
    ("events", "steps", "within", "expected"),
    [
        pytest.param("A.B", "AB", 2, [(0, 2)], id="within is inclusive"),
        pytest.param("A..B", "AB", 2, [], id="one too late"),
        pytest.param("AAAB", "AB", 2, [(1, 3)], id="the earliest start that still fits"),
        pytest.param("ABAB", "AB", 9, [(0, 1), (2, 3)], id="the earliest completion"),
        pytest.param("AABB", "AB", 9, [(0, 2)], id="the next begins after this one's end"),
        pytest.param("AAA", "AA", 9, [(0, 1)], id="the same event is not taken twice"),
        pytest.param("AAAA", "AA", 9, [(0, 1), (2, 3)], id="two of two"),
        pytest.param("ACB", "AcB", 9, [], id="what must not come between"),
        pytest.param("ACAB", "AcB", 9, [(2, 3)], id="a later start is clean"),
        pytest.param("ABC", "AcB", 9, [(0, 1)], id="after the next step it may"),
        pytest.param("A", "Ab", 3, [(0,)], id="nothing follows"),
        pytest.param("A..B", "Ab", 3, [], id="it follows at the last moment"),
        pytest.param("A...B", "Ab", 3, [(0,)], id="it follows too late to matter"),
        pytest.param("AAB", "Ab", 1, [(0,)], id="one of two starts is followed"),
        pytest.param("A.BC.B", "ABc", 9, [(0, 5)], id="a later completion is quiet"),
        pytest.param("A....ABC", "ABc", 3, [], id="an older start would be quiet but is too old"),
        pytest.param("ABCABC", "ABC", 9, [(0, 1, 2), (3, 4, 5)], id="three steps"),
        pytest.param("ABBC", "ABC", 9, [(0, 1, 3)], id="the earliest of the middle"),
    ],
)  # fmt: skip
def test_rule(events, steps, within, expected):
    assert rows(events, steps, within) == expected


def test_a_million_candidates_of_one_key_chain_up():
    """Half a million matches one after another, and none of them walked in Python."""
    count = 1_000_000
    ground = Ground(np.arange(count, dtype=np.int64))
    every = ground.places(np.arange(count), np.zeros(count, dtype=np.int64))
    pattern = Pattern((Step(every, NONE), Step(every, NONE)), None, 5)
    found = matches(ground, pattern, count)
    assert found.positions.shape == (count // 2, 2)
    assert (found.positions == np.arange(count).reshape(-1, 2)).all()
