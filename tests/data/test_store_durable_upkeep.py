"""Segments laid together, and the oldest let go: no other row is touched."""

from __future__ import annotations

import weakref
from dataclasses import replace
from unittest import mock

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from traversion_data import schema
from traversion_data.model import DAY
from traversion_data.store import entries, plans, segment
from traversion_data.store.durable import open_reader, open_writer
from traversion_data.store.invariants import check
from traversion_data.store.manifest import Part, SegmentEntry
from traversion_data.store.merge import PIECE

from .store_faults.lines import START, batch_of, fill, mark_at, verify


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "store"


def names(folder, prefix=""):
    return sorted(path.name for path in folder.iterdir() if path.name.startswith(prefix))


def test_compaction_keeps_every_row_and_makes_few_files(folder):
    with open_writer(folder) as store:
        fill(store, 0, 400)
        assert store.wants_compaction
        assert store.compact() > 70
        assert not store.wants_compaction
        assert [len(names(folder, it)) for it in ("seg", "aside")] == [1, 1]
        assert store.compact() == 0
        fill(store, 400, 420)
    assert verify(folder) == 420


def test_compaction_by_few_rows_at_once_comes_to_an_end_too(folder, monkeypatch):
    monkeypatch.setattr(plans, "SMALL", 100)
    with open_writer(folder) as store:
        fill(store, 0, 900)
        store.compact(200)
        assert not store.wants_compaction
        frames = [frame for frame in store.read().frames if frame.height >= 100]
        assert len(frames) > 3
        assert all(frame.height <= 200 for frame in frames)
        fill(store, 900, 950)
        store.compact(200)
        assert not store.wants_compaction
    assert verify(folder) == 950


def entry(serial: int, rows: int, length: int, document: int | None = None) -> SegmentEntry:
    """A segment of rows of a length each; or of one document, whose length each of them has."""
    start, end = serial * 10**9, serial * 10**9 + (document or rows * length)
    part = Part(0, rows, rows * (document or length), start, start + rows - 1, start, end)
    times = (serial, serial)
    return SegmentEntry(
        f"s{serial}", "seg", 1, 0, rows, *times, part.min_seq, part.max_seq, (part,)
    )


def test_few_long_rows_are_laid_together_at_once():
    def together(*, length: int = 0, document: int | None = None) -> int:
        entries = [entry(n, 5000, length, document) for n in range(40)]
        return len(plans.next_group(entries, plans.LEAST_GROUP))

    assert together(length=200) == plans.LEAST_GROUP // 5000
    assert 1 < together(length=2000) < 5
    assert together(length=4000) == 0
    assert together(document=1_000_000) == plans.LEAST_GROUP // 5000


@pytest.mark.parametrize("order", [1, -1])
def test_rows_laid_together_are_not_held_beside_what_is_made_of_them(order):
    frames = [batch_of(at, at + 50).events for at in range(0, 200, 50)][::order]
    rows = pl.concat(frames, how="diagonal_relaxed").sort(schema.TIME, schema.SEQ)
    held = [weakref.ref(frame) for frame in frames]
    encoded = list[pl.DataFrame]()

    def encode(frame):
        assert not any(ref() is not None for ref in held)
        encoded.append(frame)
        return segment.encode(frame)

    with mock.patch.object(entries, "encode", encode):
        entries.segments_of_events(frames, lambda: 1)
    assert_frame_equal(pl.concat(encoded), rows, check_column_order=False)


def test_large_commits_are_cut_into_even_segments_in_order(folder):
    count = PIECE + 1000
    batch = batch_of(0, count)
    with open_writer(folder) as store:
        store.append(batch, mark_at(count))
        store.commit()
        assert len(names(folder, "seg")) == -(-batch.events.height // PIECE)
        assert names(folder, "seg")[0].endswith(".parquet")
    assert verify(folder) == count


def test_retention_by_size_drops_the_oldest_and_counts_them(folder):
    with open_writer(folder) as store:
        fill(store, 0, 500, step=50)
        cap = store.bytes // 2
        assert store.retain(cap, None, START) > 0
        assert store.bytes <= cap
        on_disk = sum(p.stat().st_size for p in folder.iterdir() if p.name.startswith("seg-"))
        assert on_disk <= cap
        stored = store.read()
        left = sum(frame.height for frame in stored.frames)
        assert 0 < left == batch_of(0, 500).events.height - stored.sources[0].dropped_events
        oldest = min(frame[schema.TIME].min() for frame in stored.frames)
        assert oldest > START + 100_000_000
    assert not check(folder)


def test_retention_by_age_drops_what_is_older(folder):
    with open_writer(folder) as store:
        fill(store, 0, 1000, step=100)
        now = START + 1000 * 1_000_000
        assert store.retain(None, 500 * 1_000_000, now)
        times = pl.concat([frame[schema.TIME] for frame in store.read().frames])
        assert times.min() >= now - 620 * 1_000_000
    assert not check(folder)


@pytest.mark.parametrize("now", [START + 3650 * DAY, START - 3650 * DAY])
def test_a_clock_that_jumps_empties_no_store(folder, now):
    with open_writer(folder) as store:
        fill(store, 0, 100)
        assert store.retain(None, DAY, now) == 0
    assert verify(folder) == 100


def test_retention_may_take_everything(folder):
    with open_writer(folder) as store:
        fill(store, 0, 100)
        store.retain(0, None, START)
        assert store.bytes == 0
        assert not names(folder, "seg")
        fill(store, 100, 120)
    assert not check(folder)


def test_learned_columns_may_differ_between_commits(folder):
    columns = [
        {},
        {"a": pl.Series([1, None])},
        {"a": pl.Series([1.5, 2.5]), "b": pl.Series([True, None])},
        {"b": pl.Series(["text", "more"])},
        {"a": pl.Series(["x", "y"]), "b": pl.Series([None, None])},
    ]
    batches = [
        replace(it, events=it.events.with_columns(**new))
        for first, new in zip([0, 2, 4, 7, 14], columns, strict=True)
        if (it := batch_of(first, 2))
    ]
    one_by_one, at_once = folder, folder.with_name("at-once")
    for each, target in ((True, one_by_one), (False, at_once)):
        with open_writer(target) as store:
            for number, batch in enumerate(batches):
                store.append(batch, mark_at(number * 2 + 2))
                if each:
                    store.commit()
            store.commit()
    with open_writer(one_by_one) as store:
        found = [list(it.columns[-2:]) for it in store.read().frames]
        assert sorted(found) == [
            ["a", "b"],
            ["a", "b"],
            ["load", "a"],
            ["load", "b"],
            ["retries", "load"],
        ]
        store.compact()
        (compacted,) = store.read().frames
    with open_reader(at_once) as store:
        (whole,) = store.read().frames
    assert_frame_equal(compacted, whole)
    assert whole.schema["a"] == whole.schema["b"] == pl.String
    assert sorted(whole["seq"]) == [0, 1, 2, 3, 4, 5, 7, 8, 14, 15]
