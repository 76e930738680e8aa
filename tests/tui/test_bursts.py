"""The burst under the pointer, as cells of a track."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from traversion_data.model import TimeRange
from traversion_tui.bursts import burst
from traversion_tui.reading.density import Track

COUNTS = st.lists(st.integers(0, 9), min_size=1, max_size=40)


def track(others: list[int], errors: list[int] | None = None) -> Track:
    zeros = [0] * len(others)
    arrays = (np.array(counts, dtype=np.int64) for counts in (errors or zeros, zeros, others))
    return Track(TimeRange(0, len(others) * 80), len(others), *arrays)


@pytest.mark.parametrize(
    ("others", "errors", "cell", "cells"),
    [
        ([1, 1, 8, 9, 7, 1, 1], None, 3, (2, 5)),
        ([1, 1, 8, 9, 7, 1, 1], None, 0, (0, 7)),
        ([5, 5, 5, 5, 5, 5, 5], [0, 0, 1, 0, 2, 0, 0], 2, (2, 5)),
        ([5, 5, 5, 5, 5, 5, 5], [1, 0, 0, 0, 2, 1, 0], 5, (4, 6)),
        ([5, 0, 0, 0, 5, 5, 5], None, 2, (1, 4)),
        ([5, 5, 5], None, 99, (0, 3)),
    ],
)
def test_it_goes_as_far_as_cells_are_alike(
    others: list[int], errors: list[int] | None, cell: int, cells: tuple[int, int]
) -> None:
    found = burst(track(others, errors), cell)
    start, end = (cell * 80 for cell in cells)
    room = (end - start) // 8
    assert (found.start, found.end) == (start - room, end + room)


@settings(max_examples=100)
@given(COUNTS, st.integers(-3, 50))
def test_the_cell_pointed_at_is_always_inside(others: list[int], cell: int) -> None:
    found = burst(track(others), cell)
    inside = min(max(cell, 0), len(others) - 1)
    assert found.start <= inside * 80 < (inside + 1) * 80 <= found.end
