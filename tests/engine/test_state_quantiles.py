"""Quantiles of slices are those that NumPy gives, however they are laid out."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from traversion_engine.state.quantiles import grouped_quantiles, sliced_quantiles, spread

WANTED = [0.0, 0.5, 0.95, 0.99, 1.0]


@settings(max_examples=50, deadline=None)
@given(
    st.lists(st.integers(0, 2**32 - 1), max_size=60),
    st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), min_size=1, max_size=8),
    st.sampled_from([np.uint32, np.int64]),
)
def test_slices_agree_with_numpy_and_with_groups(
    values: list[int], ends: list[tuple[int, int]], dtype: Any
) -> None:
    array = np.array(values, dtype=dtype)
    low, high = (np.minimum([f(*pair) for pair in ends], len(values)) for f in (min, max))
    found = sliced_quantiles(array, low, high, WANTED)
    for slice_, (first, last) in enumerate(zip(low, high, strict=True)):
        part = array[first:last].astype(np.float64)
        expected = np.quantile(part, WANTED) if len(part) else np.full(len(WANTED), np.nan)
        assert found[:, slice_] == pytest.approx(expected, nan_ok=True)
    rows, owner = spread(low, high)
    again = grouped_quantiles(owner, array[rows], len(low), WANTED)
    assert np.array_equal(found, again, equal_nan=True)


def test_one_long_slice_among_many_short_ones_is_not_padded() -> None:
    values = np.arange(1000, dtype=np.uint32)
    low = np.array([0, *range(100)])
    high = np.array([1000, *range(1, 101)])
    found = sliced_quantiles(values, low, high, [0.5])
    assert found.tolist() == [[499.5, *(float(n) for n in range(100))]]
