"""The growing end of a store: batches in any order in, sorted immutable snapshots out."""

from __future__ import annotations

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from traversion_data import schema
from traversion_data.decode.base import Batch
from traversion_data.model import SourceInfo
from traversion_data.store.head import Head


def batch(times, first=0, **extra):
    frame = pl.DataFrame(
        {
            schema.SEQ: range(first, first + len(times)),
            schema.TIME: times,
            schema.END_TIME: times,
            schema.SERVICE: ["db"] * len(times),
            **{name: [value] * len(times) for name, value in extra.items()},
        },
        schema_overrides={schema.SEQ: pl.Int64, schema.TIME: pl.Int64, schema.SERVICE: pl.String},
    )
    return Batch(schema.conform(frame), schema.empty_aside(), len(times), 0)


def info(read=0, *, complete=False):
    return SourceInfo(0, "app.jsonl", "JSON Lines", read=read, stored=read, complete=complete)


@settings(max_examples=60, deadline=None)
@given(batches=st.lists(st.lists(st.integers(0, 50), max_size=8), max_size=8), pick=st.randoms())
def test_snapshots_on_the_way_change_nothing_in_the_end(batches, pick):
    stepwise, at_once = Head(), Head()
    first = 0
    for times in batches:
        for head in (stepwise, at_once):
            head.append(batch(times, first), info(first + len(times)))
        first += len(times)
        if pick.random() < 0.5:
            stepwise.snapshot()
    one, other = stepwise.snapshot().events, at_once.snapshot().events
    assert_frame_equal(one, other)
    assert one.select("time", "seq").rows() == sorted(one.select("time", "seq").rows())
    assert one.height == first


def test_a_snapshot_stays_as_it_was():
    head = Head()
    head.append(batch([5, 7]), info(2))
    view = head.snapshot()
    head.append(batch([6], first=2, extra=1), info(3, complete=True))
    later = head.snapshot()
    assert view.times.tolist() == [5, 7]
    assert not view.complete
    assert later.times.tolist() == [5, 6, 7]
    assert later.complete
    assert later.generation == view.generation + 1
    assert later.events["extra"].to_list() == [None, 1, None]


def test_pending_counts_what_no_snapshot_shows():
    head = Head()
    head.append(batch([1, 2]), info(2))
    assert (head.pending, head.view.height) == (2, 0)
    head.snapshot()
    assert (head.pending, head.view.height) == (0, 2)


def test_a_description_reaches_the_next_snapshot():
    head = Head()
    head.describe(info())
    assert head.view.sources == ()
    assert head.snapshot().sources[0].name == "app.jsonl"


def test_integer_columns_of_one_batch_widen_to_another():
    head = Head()
    head.append(batch([1], v=1), info(1))
    head.snapshot()
    head.append(batch([2], first=1, v=0.5), info(2))
    assert head.snapshot().events["v"].to_list() == [1.0, 0.5]
