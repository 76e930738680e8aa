"""Long arrays made a part at a time, in memory or in files: the same as when made whole."""

from __future__ import annotations

import errno
from unittest import mock

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from traversion_data import schema
from traversion_data.store import arrays, room
from traversion_data.store import series as series_module
from traversion_data.store.known import KnownOrder
from traversion_data.store.latest import LatestIndex, StateColumn
from traversion_data.store.room import Room
from traversion_data.store.series import SeriesIndex
from traversion_data.store.spill import Spill, SpillError
from traversion_data.store.view import StoreView

GROUPED = st.lists(st.tuples(st.integers(0, 5), st.integers(-9, 9)), max_size=60)


@settings(max_examples=60, deadline=None)
@given(GROUPED, st.integers(1, 9))
def test_order_in_groups_is_that_of_a_whole_sort(pairs, rows):
    groups = np.array([group for group, _ in pairs], dtype=np.uint16)
    keys = np.array([key for _, key in pairs], dtype=np.int64)
    counts = np.bincount(groups, minlength=6)
    with mock.patch.object(arrays, "ROWS", rows):
        order = arrays.order_in_groups(groups, keys, counts)
        ascending = arrays.order_in_groups(groups, np.sort(keys), counts)
    assert order.tolist() == np.lexsort((keys, groups)).tolist()
    assert ascending.tolist() == np.argsort(groups, kind="stable").tolist()


@settings(max_examples=40, deadline=None)
@given(st.lists(st.booleans(), max_size=40), st.integers(1, 9))
def test_positions_of_flags(flags, rows):
    with mock.patch.object(arrays, "ROWS", rows):
        assert arrays.positions(np.array(flags, dtype=bool)).tolist() == [
            at for at, flag in enumerate(flags) if flag
        ]


def test_a_column_in_pieces_is_one_array():
    pieces = [pl.Series([1, 2], dtype=pl.UInt16), pl.Series([3], dtype=pl.UInt16)]
    found = arrays.of_column(pl.concat(pieces, rechunk=False))
    assert found.dtype == np.uint16
    assert found.tolist() == [1, 2, 3]


def test_an_array_in_a_file_can_be_written_and_leaves_no_file(tmp_path):
    array = Spill(tmp_path / "spilled").array(1000, np.int64)
    array[:] = np.arange(1000)
    assert array.sum() == 499_500
    assert not list((tmp_path / "spilled").iterdir())
    assert ((tmp_path / "spilled").stat().st_mode & 0o777) == 0o700


def test_where_a_disk_has_no_room_arrays_stay_in_memory(tmp_path, monkeypatch):
    monkeypatch.setattr(room, "_GIVEN_BACK", 0)
    full = OSError(errno.ENOSPC, "full")
    with mock.patch("traversion_data.store.spill.os.posix_fallocate", side_effect=full):
        with pytest.raises(SpillError, match="no space"):
            Spill(tmp_path).array(1, np.int64)
        it = Room(0, Spill(tmp_path))
        assert len(it.array(1 << 17, np.int64)) == 1 << 17
    with pytest.raises(room.MemoryFullError, match="no space"):
        it.check()


ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "time": st.integers(0, 12),
            "length": st.one_of(st.none(), st.integers(0, 9)),
            "service": st.sampled_from("abc"),
            "instance": st.sampled_from([None, "x", "y"]),
            "host": st.sampled_from([None, "x", "h"]),
            "trace_id": st.sampled_from([None, "t", "u"]),
            "severity": st.sampled_from([None, 0, 2, 4, 5]),
            "cpu": st.one_of(st.none(), st.integers(0, 3)),
        }
    ),
    min_size=1,
    max_size=30,
)
OVERRIDES = {"instance": pl.String, "host": pl.String, "trace_id": pl.String, "cpu": pl.Int64}


def snapshot(rows, allocate) -> StoreView:
    full = [
        {
            **{name: value for name, value in row.items() if name != "length"},
            schema.SEQ: (number * 7) % len(rows) + number * 100,
            schema.END_TIME: None if row["length"] is None else row["time"] + row["length"],
            schema.TYPE: "span",
        }
        for number, row in enumerate(rows)
    ]
    frame = pl.DataFrame(
        full, schema_overrides={**OVERRIDES, "severity": pl.Int8, "end_time": pl.Int64}
    )
    return StoreView(schema.conform(frame).sort("time", "seq"), allocate=allocate)


def indexes(view: StoreView) -> list[list[int]]:
    """All arrays of all indexes."""
    known, series = view.kept(KnownOrder.build), view.kept(SeriesIndex.build)
    cpu = StateColumn("cpu", pl.col("cpu"))
    latest = LatestIndex(view, [cpu, StateColumn("severity", pl.col("severity"), at_end=True)])
    found = [
        view.times,
        *view.density.times,
        view.seqs.seqs,
        view.seqs.positions,
        *(view.traces.positions_of(trace) for trace in "tuv"),
        known.times,
        known.positions,
        series.codes,
        series.order,
        *(
            part
            for time in range(14)
            for cells in [latest.at(time)]
            for part in (cells.wanted, cells.position, cells.as_of)
        ),
    ]
    return [array.tolist() for array in found] + [series.names.rows()]


@settings(max_examples=30, deadline=None)
@given(ROWS, st.integers(1, 7), st.sampled_from([0, 1 << 24]))
def test_indexes_are_the_same_made_whole_or_in_parts_and_files(tmp_path_factory, rows, few, table):
    whole = indexes(snapshot(rows, arrays.in_heap))
    it = Room(1 << 40, Spill(tmp_path_factory.mktemp("spilled")))
    with (
        mock.patch.object(arrays, "ROWS", few),
        mock.patch.object(room, "_LONG", 1),
        mock.patch.object(series_module, "_TABLE", table),
    ):
        assert indexes(snapshot(rows, it.array)) == whole
