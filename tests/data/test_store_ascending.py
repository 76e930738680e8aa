"""Many searches at once in a long ascending array find what single ones find."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from traversion_data.store.arrays import in_heap
from traversion_data.store.ascending import Ascending

LONG = 300_000


def spread(length: int, distinct: int) -> np.ndarray:
    return np.sort(np.random.default_rng(length).integers(-distinct, distinct, length))


LONG_ONES = {
    "blocks fit": spread(LONG - LONG % 32, 1 << 60),
    "a rest remains": spread(LONG + 31, 1 << 60),
    "runs of equals longer than a block": spread(LONG + 1, 900),
    "all equal": np.zeros(LONG, dtype=np.int64),
}


@pytest.mark.parametrize("name", LONG_ONES)
@given(data=st.data())
@settings(max_examples=40)
def test_every_limit_finds_what_is_smaller(name: str, data: st.DataObject) -> None:
    values = LONG_ONES[name]
    places = data.draw(st.lists(st.integers(0, len(values) - 1), max_size=20))
    near = [int(values[place]) + by for place in places for by in (-1, 0, 1)]
    edges = [int(values[0]) - 1, int(values[-1]), int(values[-1]) + 1]
    limits = np.array(sorted({*near, *edges}), dtype=np.int64)
    found = Ascending.of(values).below(limits)
    assert found.tolist() == [int(np.count_nonzero(values < limit)) for limit in limits]


def test_a_short_one_and_an_empty_one() -> None:
    limits = np.array([-5, 0, 3, 9], dtype=np.int64)
    assert Ascending.of(np.array([0, 0, 3], dtype=np.int64)).below(limits).tolist() == [0, 0, 2, 3]
    assert Ascending.of(np.empty(0, dtype=np.int64)).below(limits).tolist() == [0, 0, 0, 0]


def test_going_on_leaves_what_was_as_it_was() -> None:
    values = LONG_ONES["a rest remains"]
    before = Ascending.of(values)
    limits = np.array([int(values[-1]), int(values[-1]) + 2], dtype=np.int64)
    known = before.below(limits).tolist()
    after = before.followed_by(np.array([int(values[-1]) + 1] * 40, dtype=np.int64), in_heap)
    assert before.below(limits).tolist() == known
    assert after.below(limits).tolist() == [known[0], known[1] + 40]
    assert after.cut(len(values)).below(limits).tolist() == known
