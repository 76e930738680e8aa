"""The growing end of a store: batches in any order in, sorted immutable snapshots out."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from unittest import mock

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from traversion_data import schema
from traversion_data.decode.base import Batch
from traversion_data.model import SourceInfo
from traversion_data.store import head as head_module
from traversion_data.store import merge
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


@contextmanager
def pieces_of(rows):
    with mock.patch.object(merge, "PIECE", rows), mock.patch.object(head_module, "PIECE", rows):
        yield


@settings(max_examples=80, deadline=None)
@given(
    batches=st.lists(st.lists(st.integers(0, 50), max_size=12), max_size=10),
    extras=st.sampled_from(
        [{}, {"v": 1}, {"v": 0.5}, {"note": "a text of more than twelve bytes"}]
    ),
    piece=st.sampled_from([4, 16, 1000]),
    pick=st.randoms(),
)
def test_snapshots_and_pieces_change_nothing_in_the_end(batches, extras, piece, pick):
    stepwise, plain, first = Head(), [], 0
    with pieces_of(piece):
        for times in batches:
            one = batch(times, first, **(extras if pick.random() < 0.5 else {}))
            plain += [one.events] if times else []
            stepwise.append(one, info(first + len(times)))
            first += len(times)
            if pick.random() < 0.4:
                view = stepwise.snapshot()
                assert view.height == first
        found = stepwise.snapshot().events
    expected = pl.concat([schema.empty(), *plain], how="diagonal_relaxed").sort("time", "seq")
    assert_frame_equal(found, expected, check_column_order=False)


def test_chunks_before_the_new_rows_are_shared_and_stay_few():
    head, addresses = Head(), []
    with pieces_of(64):
        for number in range(40):
            first = 16 * number
            head.append(batch([*range(first, first + 15), first - 3], first), info())
            if number % 8 == 7:
                view = head.snapshot()
                addresses.append(view.events["seq"].slice(0, 32).to_arrow().buffers()[1].address)
    assert len(set(addresses)) == 1
    assert view.events["seq"].n_chunks() <= 640 // 32
    assert view.times.tolist() == sorted(view.times.tolist())


def test_few_rows_after_many_cost_no_copy_of_the_many():
    head = Head()
    head.append(batch(range(1000)), info())
    before = head.snapshot().events["seq"]
    for at in range(1000, 1064):
        head.append(batch([at], at), info())
        view = head.snapshot()
    lengths = view.events["seq"].chunk_lengths()
    assert lengths[0] == 1000
    assert len(lengths) < 9
    assert (
        view.events["seq"].head(1000).to_arrow().buffers()[1].address
        == before.to_arrow().buffers()[1].address
    )


def test_a_second_source_over_the_same_time_is_sorted_in():
    head = Head()
    with pieces_of(16):
        for source in range(3):
            for at in range(0, 96, 16):
                head.append(batch(range(at, at + 16), (source << 40) + at), info())
        view = head.snapshot()
    assert view.events.select("time", "seq").rows() == [
        (at, (source << 40) + at) for at in range(96) for source in range(3)
    ]


def test_texts_that_repeat_are_kept_once():
    pods = [f"email-worker-{n % 5}-of-the-blue-cell" for n in range(4096)]
    names = pl.Series("pod", pods).str.to_lowercase()
    one = batch(range(4096))
    head = Head()
    with pieces_of(4096):
        head.append(replace(one, events=one.events.with_columns(names)), info())
        column = head.snapshot().events["pod"]
    assert column.to_list() == pods
    texts = column.to_arrow(compat_level=pl.CompatLevel.newest()).buffers()[2:]
    assert sum(buffer.size for buffer in texts) < 1000


def test_a_text_that_comes_late_is_kept_among_those_that_repeat():
    names = ["the-first-name-of-many"] * 5000 + [None, "another-name-of-few"] * 500
    one = batch(range(6000))
    head = Head()
    with pieces_of(6000):
        events = one.events.with_columns(pl.Series("pod", names))
        head.append(replace(one, events=events), info())
        assert head.snapshot().events["pod"].to_list() == names


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
