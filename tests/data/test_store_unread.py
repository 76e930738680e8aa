"""Frames decoded column by column: alike in every answer, and nothing decoded that is not asked."""

from __future__ import annotations

from unittest import mock

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from traversion_data import schema
from traversion_data.decode.base import Batch
from traversion_data.model import SourceInfo
from traversion_data.store import segment
from traversion_data.store.durable import open_reader, open_writer
from traversion_data.store.head import Head
from traversion_data.store.merge import follows, joined, merge
from traversion_data.store.position import SourceMark
from traversion_data.store.segment import UndecodableError, encode, opened
from traversion_data.store.unread import Block, Unread

MARK = SourceMark(SourceInfo(0, "s", "text"))


def frame(times: list[int], first: int = 0, **learned) -> pl.DataFrame:
    rows = {
        schema.SEQ: range(first, first + len(times)),
        schema.SOURCE: [0] * len(times),
        schema.OFFSET: range(len(times)),
        schema.LENGTH: [1] * len(times),
        schema.TIME: sorted(times),
        schema.SERVICE: [f"service {time % 3}" for time in times],
        schema.MESSAGE: [None if time % 5 == 0 else f"é {time}" for time in times],
        **{name: [value] * len(times) for name, value in learned.items()},
    }
    return schema.conform(pl.DataFrame(rows, strict=False))


class Counted:
    """A frame whose columns say when they are decoded."""

    def __init__(self, whole: pl.DataFrame) -> None:
        self.whole = whole
        self.asked: list[str] = []

    def unread(self) -> Unread:
        times = {schema.TIME: self.whole[schema.TIME]}
        return Unread.of(Block(self.whole.schema, self._decode, times))

    def _decode(self, name: str) -> pl.Series:
        self.asked.append(name)
        return self.whole[name]


@pytest.fixture
def small_parquet(monkeypatch):
    monkeypatch.setattr(segment, "PARQUET_ROWS", 1)


def test_only_what_is_asked_for_is_decoded_and_that_once():
    counted = Counted(frame(list(range(50)), size=1.5))
    it = counted.unread()
    assert (it.height, it.width, it.shape) == (50, len(schema.EVENT) + 1, (50, it.width))
    assert it.schema == counted.whole.schema
    assert it.columns == counted.whole.columns
    assert it.slice(7, 20).head(5).tail(3).height == 3
    assert joined([it, frame([99])]).height == 51
    assert counted.asked == []
    it[schema.SEQ], it[schema.SEQ][3], it[[schema.TIME, schema.SEQ]]
    it.select(pl.col(schema.SEQ).max(), late=pl.col("size") > 1)
    it.slice(3, 4)["size"]
    assert counted.asked == [schema.SEQ, "size"]


def test_of_chosen_rows_only_what_is_asked_for_is_decoded():
    counted = Counted(frame(list(range(50)), size=1.5))
    it = counted.unread()
    assert it.filter(pl.col(schema.TIME) > 40).height == 9
    assert it[np.array([3, 5, 4])].height == 3
    assert counted.asked == []
    assert it.filter(pl.col(schema.SEQ) > 40)["size"].len() == 9
    assert counted.asked == [schema.SEQ, "size"]


def test_of_rows_only_the_blocks_they_are_in_are_decoded():
    first, second = Counted(frame(list(range(10)))), Counted(frame(list(range(10, 20)), 10))
    it = joined([first.unread(), second.unread()])
    assert it.slice(12, 3).rows() == second.whole.slice(2, 3).rows()
    assert it[np.array([13, 11])].rows() == second.whole[[3, 1]].rows()
    assert first.asked == []
    assert it.estimated_size() < first.whole.estimated_size() + second.whole.estimated_size()


QUESTIONS = {
    "filter": lambda it: it.filter(pl.col(schema.SERVICE) == "service 1"),
    "filter of nothing": lambda it: it.filter(pl.col("size").is_null()),
    "filters": lambda it: it.filter(pl.col("seq") > 2, pl.col("size").is_not_null()),
    "filter by all": lambda it: it.filter(pl.all_horizontal(pl.all().is_not_null())),
    "filter by series": lambda it: it.filter(pl.Series([True, False, False] * 3)),
    "filter, then columns": lambda it: it.filter(pl.col("size").is_not_null()).select("seq"),
    "gather one": lambda it: it[np.array([7])],
    "gather backwards": lambda it: it[np.array([6, 7, 2, 2])].select("seq", "message"),
    "gather from the end": lambda it: it[np.array([-1, 2])],
    "gather nothing": lambda it: it[np.array([], dtype=np.int64)],
    "row": lambda it: it[3],
    "gather": lambda it: it[np.arange(0, it.height, 3)],
    "columns": lambda it: it[[schema.TIME, schema.MESSAGE]],
    "one column": lambda it: it[schema.MESSAGE].to_frame(),
    "number of rows": lambda it: it.select(pl.len()),
    "wildcard": lambda it: it.select(pl.all().null_count()),
    "pattern": lambda it: it.select("^se.*$"),
    "names": lambda it: it.select([schema.TIME, "size"]),
    "expressions": lambda it: it.select(
        pl.col("size").max(), n=pl.struct("seq", "time").n_unique()
    ),
    "with_columns": lambda it: it.with_columns(text=pl.col("size").cast(pl.String)),
    "lazy": lambda it: it.lazy().filter(pl.col(schema.SEQ) > 3).select("size").collect(),
    "groups": lambda it: it.group_by(schema.SERVICE).len().sort("len", schema.SERVICE),
    "slice": lambda it: it.slice(2, 5),
    "slice from the end": lambda it: it.slice(-3, 2),
    "slice short of the end": lambda it: it.slice(1, -2),
    "slice of nothing": lambda it: it.slice(it.height + 1, 2),
    "head": lambda it: it.head(4),
    "head but the last": lambda it: it.head(-2),
    "tail": lambda it: it.tail(4),
    "tail but the first": lambda it: it.tail(-2),
    "joined": lambda it: pl.concat([it, it]),
    "cleared": lambda it: it.clear(),
    "rows": lambda it: it[1:4],
}


@pytest.mark.parametrize("question", QUESTIONS)
@pytest.mark.parametrize("number", [1, 2.5, "1"])
def test_every_answer_is_that_of_the_whole_frame(question, number):
    pieces = [frame([1, 2, 3, 4, 5], size=number), frame([6, 7], 5), frame([8, 9], 7, size=4)]
    whole = joined(pieces)
    it = joined([Counted(piece).unread() for piece in pieces])
    assert isinstance(it, Unread)
    ask = QUESTIONS[question]
    assert ask(it).equals(ask(whole))
    assert ask(it).schema == ask(whole).schema
    with pytest.raises(pl.exceptions.ColumnNotFoundError):
        it.get_column("absent")
    assert it.get_column("absent", default=None) is None


TIMES = st.lists(st.integers(0, 40), min_size=1, max_size=12)


@settings(max_examples=60, deadline=None)
@given(st.lists(TIMES, min_size=1, max_size=5), TIMES)
def test_a_head_that_took_them_over_sorts_in_what_comes_later(pieces, late):
    plain, taken = Head(), Head()
    first = 0
    frames = []
    for times in pieces:
        frames.append(frame(times, first, size=first))
        first += len(times)
    with mock.patch("traversion_data.store.head.PIECE", 2):
        plain.restore(frames, schema.empty_aside())
        taken.restore([Counted(it).unread() for it in frames], schema.empty_aside())
    for head in (plain, taken):
        head.snapshot()
        head.append(Batch(frame(late, first), schema.empty_aside(), len(late), 0), MARK.info)
    assert taken.snapshot().events.equals(plain.snapshot().events)


def test_ties_in_time_are_told_apart_by_number_and_only_they():
    counted = Counted(frame([5, 6]))
    assert follows(frame([1, 4]), counted.unread())
    assert counted.asked == []
    assert not follows(frame([1, 5], 2), counted.unread())
    assert follows(frame([1, 5], -2), counted.unread())
    assert set(counted.asked) == {schema.SEQ}
    assert merge(counted.unread(), [frame([5], 9)]).events[schema.SEQ].to_list() == [0, 9, 1]


def test_a_store_gives_what_was_committed(tmp_path, small_parquet):
    events = frame(list(range(500)), size=0.5, path="/a")
    with open_writer(tmp_path / "store") as store:
        store.append(Batch(events, schema.empty_aside(), 500, 0), MARK)
        store.commit()
    with open_reader(tmp_path / "store") as store:
        (there,) = store.read().frames
    assert isinstance(there, Unread)
    assert there.equals(events)


def test_a_changed_byte_of_any_column_is_a_gap_before_anything_is_decoded(tmp_path, small_parquet):
    with open_writer(tmp_path / "store") as store:
        store.append(Batch(frame(list(range(500))), schema.empty_aside(), 500, 0), MARK)
        store.commit()
    (path,) = (tmp_path / "store").glob("seg-*.parquet")
    whole = path.read_bytes()
    with mock.patch.object(pl, "scan_parquet") as decoder:
        for at in range(0, len(whole), max(len(whole) // 60, 1)):
            path.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
            with open_reader(tmp_path / "store") as store:
                stored = store.read()
            assert not stored.frames
            assert "sum does not match" in stored.gaps[0].reason
        assert not decoder.called


def test_bytes_that_are_no_events_are_refused(small_parquet):
    data = bytes(encode(frame([1, 2])).data)
    name = "seg-00000001-00000000.parquet"
    assert opened(data, name).equals(frame([1, 2]))
    with pytest.raises(UndecodableError, match="cannot be decoded"):
        opened(data[:-9], name)


def test_many_segments_are_decoded_together(small_parquet):
    name = "seg-00000001-00000000.parquet"
    pieces = [frame([1, 2], size=1), frame([3], 2), frame([4, 5], 3, size=2.5)]
    it = joined([opened(bytes(encode(piece).data), name) for piece in pieces])
    with mock.patch.object(pl, "collect_all", side_effect=pl.collect_all) as together:
        assert it[schema.SERVICE].to_list() == joined(pieces)[schema.SERVICE].to_list()
        assert it["size"].to_list() == [1, 1, None, 2.5, 2.5]
        assert it.equals(joined(pieces))
    assert together.called
    with mock.patch.object(pl, "collect_all", side_effect=pl.exceptions.ComputeError):
        it = joined([opened(bytes(encode(piece).data), name) for piece in pieces])
        assert it[schema.SEQ].to_list() == [0, 1, 2, 3, 4]


def test_a_segment_of_an_earlier_version_comes_under_this_schema(small_parquet):
    older = frame([1, 2]).drop(schema.TEMPLATE)
    there = opened(bytes(encode(older).data), "seg-00000001-00000000.parquet")
    assert there.schema == frame([1, 2]).schema
    assert there[schema.TEMPLATE].null_count() == 2
