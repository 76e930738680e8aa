"""A bound of memory: rows go to the disk and stay what they were, or reading stops and says so."""

from __future__ import annotations

import json
import mmap
from pathlib import Path
from unittest import mock

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from traversion_data import schema
from traversion_data.decode.base import Batch
from traversion_data.ingest import Loader, LoadOptions
from traversion_data.intake import Intake, Wanted
from traversion_data.model import SourceInfo
from traversion_data.source import file, tail
from traversion_data.source.file import FileSource
from traversion_data.store import head as heads
from traversion_data.store import merge, room
from traversion_data.store.head import Head
from traversion_data.store.room import Room
from traversion_data.store.spill import Spill, SpillError, in_memory
from traversion_data.store.unread import Block, Unread
from traversion_data.store.view import StoreView

PLENTY = 1 << 40


@pytest.fixture(autouse=True)
def _at_once(monkeypatch) -> None:
    """Nothing is waited for that may be given back."""
    monkeypatch.setattr(room, "_LOOK", 0)
    monkeypatch.setattr(room, "_GIVEN_BACK", 0)


def frame(seconds: list[int], first: int = 0) -> pl.DataFrame:
    """Events at some seconds, numbered from `first` on."""
    return schema.conform(
        pl.DataFrame(
            {
                schema.SEQ: range(first, first + len(seconds)),
                schema.TIME: [second * 10**9 for second in seconds],
                schema.SERVICE: [f"service {second % 3}" for second in seconds],
                schema.MESSAGE: [None if second % 5 == 0 else f"é {second}" for second in seconds],
                schema.ERROR_OCCURRED: [second % 2 == 0 for second in seconds],
                "size": [second / 2 for second in seconds],
            }
        )
    )


def write(path: Path, seconds: list[int]) -> FileSource:
    path.write_bytes(
        b"".join(
            json.dumps(
                {"ts": 1_705_333_643 + at, "msg": f"m {at} {n}", "service": path.stem}
            ).encode()
            + b"\n"
            for n, at in enumerate(seconds)
        )
    )
    return FileSource(path)


def batch_of(events: pl.DataFrame) -> Batch:
    return Batch(events, schema.empty_aside(), events.height, 0)


def of_files() -> int:
    """Bytes of maps of files that are in this process's memory."""
    return int(Path("/proc/self/statm").read_text().split()[2]) * mmap.PAGESIZE


def bounded(folder: Path, limit: int = PLENTY) -> Head:
    head = Head()
    head.bound(Room(limit, Spill(folder)))
    return head


def test_a_frame_put_away_is_the_same_and_leaves_no_file(tmp_path):
    before = frame(list(range(100)))
    away = Spill(tmp_path / "spilled").away(before)
    assert away.equals(before)
    assert away.schema == before.schema
    assert not list((tmp_path / "spilled").iterdir())
    assert ((tmp_path / "spilled").stat().st_mode & 0o777) == 0o700


def test_what_is_put_away_takes_no_memory_until_it_is_looked_at(tmp_path):
    rows = 1 << 20
    columns = {name: np.arange(rows, dtype=np.int64) for name in "abcd"}
    frame = pl.DataFrame(columns)
    before = of_files()
    away = Spill(tmp_path).away(frame)
    assert of_files() - before < frame.estimated_size() / 4
    assert away["c"].sum() == frame["c"].sum()


def test_what_reads_otherwise_than_it_was_written_is_never_used(tmp_path):
    with (
        mock.patch("traversion_data.store.spill.zlib.crc32", side_effect=range(100)),
        pytest.raises(SpillError, match="reads otherwise"),
    ):
        Spill(tmp_path).away(frame([1, 2, 3]))


def test_rows_stay_in_memory_where_they_cannot_be_put_away(tmp_path):
    (tmp_path / "file").write_bytes(b"")
    it = Room(0, Spill(tmp_path / "file"))
    rows = frame([1])
    assert it.put_away(rows) is rows
    with pytest.raises(room.MemoryFullError, match="rows cannot be put into"):
        it.check()


def test_rows_that_one_late_row_brings_back_are_put_away_again(tmp_path):
    head = bounded(tmp_path, 0)
    with (
        mock.patch.object(heads, "PIECE", 8),
        mock.patch.object(merge, "PIECE", 8),
        mock.patch.object(Room, "check"),
    ):
        head.append(batch_of(frame(list(range(1, 65)))), SourceInfo(0, "a", "JSON Lines"))
        head.snapshot()
        with mock.patch.object(Spill, "away", side_effect=lambda frame: frame) as away:
            head.append(batch_of(frame([0], 64)), SourceInfo(0, "a", "JSON Lines"))
            assert head.snapshot().events[schema.SEQ].to_list() == [64, *range(64)]
    assert sum(call.args[0].height for call in away.call_args_list) >= 57


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.lists(st.integers(0, 60), min_size=1, max_size=40), min_size=1, max_size=4),
    st.sampled_from([0, PLENTY]),
)
def test_bounded_or_not_the_snapshot_is_the_same(tmp_path_factory, files, share):
    folder = tmp_path_factory.mktemp("bounded")
    sources = [write(folder / f"s{n}.jsonl", seconds) for n, seconds in enumerate(files)]
    with (
        mock.patch.multiple(room, PIECE=8, _SAMPLE=2, _SHARE=1 << 50 if not share else 1),
        mock.patch.object(heads, "PIECE", 8),
        mock.patch.object(merge, "PIECE", 8),
    ):
        there = Loader(sources, Head()).run()
        here = Loader(
            [FileSource(source.path) for source in sources],
            bounded(folder / "spilled"),
            LoadOptions(block=200),
        ).run()
    assert here.events.equals(there.events)
    assert here.sources == there.sources


def test_reading_stops_at_the_limit_and_says_what_is_missing(tmp_path):
    sources = [write(tmp_path / f"{name}.jsonl", list(range(500))) for name in "ab"]
    with mock.patch.object(heads, "PIECE", 40), mock.patch.object(file, "PIECE", 2_000):
        view = Loader(sources, bounded(tmp_path / "spilled", 1), LoadOptions(block=2_000)).run()
    assert 0 < view.height < 500
    first, second = view.sources
    assert "--max-memory allows" in first.notes[0]
    assert not view.complete
    assert first.read == first.stored == view.height
    assert second.read == 0
    assert [gap.source for gap in view.gaps] == [0, 1]
    assert view.gaps[0].start == view.events[schema.TIME].max()
    assert [gap.bytes for gap in view.gaps] == [None, sources[1].size]


def test_reading_waits_for_what_works_beside_it_before_it_stops(tmp_path):
    it = Room(1, Spill(tmp_path))
    left = iter([True, True, False])
    it.shared_with(lambda: next(left))
    with pytest.raises(room.MemoryFullError):
        it.check()
    assert next(left, None) is None
    it.shared_with(lambda: True)
    with mock.patch.object(room, "in_memory", side_effect=[2, 2, 1]):
        it.check()


def test_what_is_given_back_after_a_while_ends_no_reading(tmp_path, monkeypatch):
    monkeypatch.setattr(room, "_GIVEN_BACK", 60)
    with mock.patch.object(room, "in_memory", side_effect=[2, 2, 1]):
        Room(1, Spill(tmp_path)).check()


def test_what_is_put_away_is_decoded_for_that_alone(tmp_path):
    rows = frame([1, 2, 3])
    asked = list[str]()

    def decode(name: str) -> pl.Series:
        asked.append(name)
        return rows[name]

    kept = Unread.of(Block(rows.schema, decode, {schema.TIME: rows[schema.TIME]}))
    before = kept.estimated_size()
    assert Room(PLENTY, Spill(tmp_path)).put_away(kept).equals(rows)
    assert asked
    assert kept.estimated_size() == before


def opened(path: Path, folder: Path, limit: int) -> StoreView:
    """What is read of a file into a store within a limit of memory."""
    wanted = Wanted(
        paths=(str(path),), store=folder / "store", room=Room(limit, Spill(folder / "spilled"))
    )
    return Intake(wanted, Head(), LoadOptions(block=2_000)).run()


def test_with_a_store_reading_keeps_to_the_limit_too_and_goes_on_the_next_time(tmp_path):
    path = write(tmp_path / "a.jsonl", list(range(500))).path
    whole = Loader([FileSource(path)], Head()).run()
    with mock.patch.object(heads, "PIECE", 40), mock.patch.object(tail, "PIECE", 2_000):
        first = opened(path, tmp_path, 1)
        assert 0 < first.height < 500
        assert any("--max-memory allows" in note for note in first.sources[0].notes)
        assert [(gap.source, gap.end) for gap in first.gaps] == [(0, None)]
        second = opened(path, tmp_path, PLENTY)
    assert second.events.drop(schema.SOURCE).equals(whole.events.drop(schema.SOURCE))
    assert not second.gaps
    assert (second.sources[0].read, second.sources[0].stored) == (500, 500)


def test_where_nearly_all_is_taken_reading_waits_for_what_works_beside_it(tmp_path):
    it = Room(1000, Spill(tmp_path))
    left = iter([True, True, False])
    it.shared_with(lambda: next(left))
    with mock.patch.object(room, "in_memory", return_value=900):
        it.check()
    assert next(left, None) is None
    it.shared_with(mock.Mock(side_effect=AssertionError("nothing to wait for")))
    with mock.patch.object(room, "in_memory", return_value=800):
        it.check()


def test_few_long_rows_are_laid_out_together(tmp_path):
    limit = 16 << 20
    head = bounded(tmp_path, limit)
    texts = pl.Series(schema.MESSAGE, [str(at) * 8_000 for at in range(100, 500)])
    long = frame(list(range(400))).with_columns(texts)
    with mock.patch.object(Room, "check"):
        for at in range(0, 400, 20):
            head.append(batch_of(long.slice(at, 20)), SourceInfo(0, "a", "JSON Lines"))
            view = head.snapshot()
    chunks = view.events[schema.TIME].chunk_lengths()
    assert max(chunks) * 24_000 <= limit / 8
    assert view.events.equals(long)


def test_the_system_says_how_much_memory_is_taken():
    assert in_memory() > 1 << 20
