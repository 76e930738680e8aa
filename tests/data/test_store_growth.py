"""Indexes of a snapshot that grew are those that a rebuild gives."""

from __future__ import annotations

import numpy as np
import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from traversion_data import schema
from traversion_data.store.growth import take_over, unchanged
from traversion_data.store.index import Density, SeqIndex
from traversion_data.store.view import StoreView

EVENTS = st.lists(
    st.tuples(st.integers(0, 30), st.sampled_from([None, 0, 2, 3, 4, 5])), max_size=40
)


def snapshot(events: list[tuple[int, int | None, int]]) -> StoreView:
    """Events of (time, severity, seq), sorted."""
    frame = pl.DataFrame(
        {
            "seq": [seq for _, _, seq in events],
            "time": [time for time, _, _ in events],
            "end_time": [time for time, _, _ in events],
            "severity": [severity for _, severity, _ in events],
        },
        schema_overrides={"seq": pl.Int64, "time": pl.Int64, "end_time": pl.Int64},
    )
    return StoreView(schema.conform(frame).sort("time", "seq"))


def numbered(first: list[tuple[int, int | None]], more: list[tuple[int, int | None]]):
    """Two sources whose lines come in turns, so that numbers are in no order of time."""
    every = [
        (time, severity, at % 3 * 1000 + at) for at, (time, severity) in enumerate(first + more)
    ]
    return snapshot(every[: len(first)]), snapshot(every)


@settings(deadline=None, max_examples=150)
@given(EVENTS, EVENTS)
def test_indexes_taken_over_are_those_built_anew(first, more) -> None:
    before, view = numbered(first, more)
    built, seqs = before.density, before.seqs
    same = unchanged(before, view)
    assert view.events.head(same).equals(before.events.head(same))
    if same < before.height:
        assert not view.page(same, 1).equals(before.page(same, 1))
    take_over(before, view, same)
    assert {"density", "seqs"} <= view.__dict__.keys()
    for made, anew in zip(view.density.times, Density.build(view.events).times, strict=True):
        assert np.array_equal(made, anew)
    anew = SeqIndex.build(view.events)
    assert np.array_equal(view.seqs.seqs, anew.seqs)
    assert np.array_equal(view.seqs.positions, anew.positions)
    assert before.density is built
    assert before.seqs is seqs


def test_what_nobody_has_built_is_not_built() -> None:
    before, view = numbered([(1, 2)], [(2, 4)])
    take_over(before, view, unchanged(before, view))
    assert not {"density", "seqs"} & view.__dict__.keys()


def test_rows_before_the_first_change_are_not_looked_at_again() -> None:
    before, view = numbered([(time, 2) for time in range(30)], [(40, 4)])
    _ = before.density
    take_over(before, view, unchanged(before, view))
    assert len(view.density.times[4]) == 1
    assert unchanged(before, view) == 30
