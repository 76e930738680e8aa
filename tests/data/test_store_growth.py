"""Indexes of a snapshot that grew are those that a rebuild gives."""

from __future__ import annotations

from unittest import mock

import numpy as np
import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from traversion_data import schema
from traversion_data.store import index
from traversion_data.store.arrays import Prefix
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


@settings(deadline=None, max_examples=30)
@given(
    st.lists(
        st.lists(st.tuples(st.integers(-6, 3), st.sampled_from([None, 0, 2, 4])), max_size=9),
        min_size=1,
        max_size=8,
    ),
    st.sampled_from([1, 4, 1000]),
)
def test_snapshot_after_snapshot_has_its_own_events_in_its_indexes(batches, recent) -> None:
    every, views = list[tuple[int, int | None, int]](), list[StoreView]()
    with mock.patch.object(index, "_RECENT", recent):
        for at, batch in enumerate(batches):
            every += [
                (10 * at + time, severity, n % 3 * 1000 + len(every) + n)
                for n, (time, severity) in enumerate(batch)
            ]
            view = snapshot(every)
            if views:
                take_over(views[-1], view, unchanged(views[-1], view))
            for name in ("density", "seqs", "times", "bounds"):
                getattr(view, name)
            views.append(view)
    edges = np.arange(-8, 90, 3)
    for view in views:
        anew, seqs = StoreView(view.events), view.events["seq"].to_numpy()
        assert view.times.tolist() == anew.times.tolist()
        assert view.bounds == anew.bounds
        assert np.array_equal(view.density.counts(edges), anew.density.counts(edges))
        assert view.seqs.positions_of(seqs).tolist() == list(range(view.height))
        assert view.seqs.seqs.tolist() == sorted(seqs.tolist())
        assert view.row(999) is None
        for time in edges.tolist():
            assert view.position(time) == int(np.searchsorted(anew.times, time))
            for move in ("next_at_least", "previous_at_least"):
                assert getattr(view.density, move)(4, time) == getattr(anew.density, move)(4, time)


def test_positions_are_found_across_the_chunks_of_a_frame() -> None:
    events = snapshot([(time, 2, time) for time in (1, 2, 2, 2, 5)]).events
    for cuts in ([1, 4], [2, 1, 2], [2, 0, 3], [5]):
        starts = np.cumsum([0, *cuts])
        parts = [
            events.slice(at, length) for at, length in zip(starts.tolist(), cuts, strict=False)
        ]
        view = StoreView(pl.concat(parts))
        assert [view.position(time) for time in range(7)] == [0, 0, 1, 4, 4, 4, 5]


def test_an_array_that_others_go_on_from_stays_as_it_is() -> None:
    first = Prefix.of(np.arange(3))
    second = first.followed_by(np.array([3]))
    third, other = second.followed_by(np.array([4])), second.followed_by(np.array([9]))
    shorter = third.cut(2).followed_by(np.array([7]))
    assert [it.values.tolist() for it in (first, second, third, other, shorter)] == [
        [0, 1, 2],
        [0, 1, 2, 3],
        [0, 1, 2, 3, 4],
        [0, 1, 2, 3, 9],
        [0, 1, 7],
    ]
    assert np.shares_memory(second.values, third.values)
    assert not np.shares_memory(third.values, other.values)
