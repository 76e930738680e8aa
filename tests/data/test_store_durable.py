"""A store in a folder: what is committed comes back as it was, to writers and to readers."""

from __future__ import annotations

import stat
import zlib
from dataclasses import replace

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from traversion_data import schema
from traversion_data.model import DAY, Gap, Recognised, SourceInfo
from traversion_data.store.durable import StoreReader, open_reader, open_store, open_writer
from traversion_data.store.errors import (
    StoreBusyError,
    StoreClosedError,
    StoreError,
    StoreNewerError,
)
from traversion_data.store.generations import is_store
from traversion_data.store.invariants import check
from traversion_data.store.manifest import (
    Manifest,
    ManifestDamagedError,
    SourceEntry,
    decode_manifest,
    encode_manifest,
)
from traversion_data.store.merge import PIECE
from traversion_data.store.position import Position, SourceMark
from traversion_data.store.segment import PARQUET_ROWS, decode, encode
from traversion_data.store.writer import StoreWriter

from .store_faults.lines import START, assert_same, batch_of, fill, lines_of, mark_at, verify

FIRST = batch_of(0, 100)


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "store"


def names(folder, prefix=""):
    return sorted(path.name for path in folder.iterdir() if path.name.startswith(prefix))


def test_rows_aside_and_positions_come_back_after_reopening(folder):
    with open_writer(folder) as store:
        fill(store, 0, 100)
    assert verify(folder) == 100
    with open_writer(folder) as store:
        assert lines_of(store.sources) == 100
        fill(store, 100, 150)
    assert verify(folder) == 150


def test_pieces_are_the_whole(folder):
    with open_writer(folder) as store:
        fill(store, 0, 100)
    with open_reader(folder) as store:
        whole, pieces = store.read(), list(store.pieces())
    assert all(len(it.frames) + bool(it.aside.height) <= 1 for it in pieces)
    frames = tuple(frame for it in pieces for frame in it.frames)
    assert_same(replace(whole, frames=frames, aside=pl.concat(it.aside for it in pieces)), FIRST)


def test_what_was_never_read_is_remembered(folder):
    gap = Gap(0, START, None, "app0.jsonl was cut", 12)
    with open_writer(folder) as store:
        fill(store, 0, 20)
        store.set_missed([gap])
        before = store.generation
        assert store.commit() > before
        assert store.commit() == store.generation
        fill(store, 20, 30)
    with open_writer(folder) as store:
        assert store.read().missing == (gap,)
        assert next(store.pieces()).missed == (gap,)
        fill(store, 30, 40)
    with open_reader(folder) as store:
        assert store.read().missed == (gap,)


def test_what_is_not_committed_is_not_there(folder):
    with open_writer(folder) as store:
        fill(store, 0, 20)
        store.append(batch_of(20, 10), mark_at(30))
        assert store.pending_rows
    assert verify(folder) == 20


def test_a_commit_without_news_writes_nothing(folder):
    with open_writer(folder) as store:
        fill(store, 0, 20)
        before = names(folder)
        store.append(batch_of(20, 0), mark_at(20))
        assert store.commit() == store.generation
        assert names(folder) == before


def test_a_mark_alone_is_committed(folder):
    with open_writer(folder) as store:
        store.describe(mark_at(0))
        store.commit()
    with open_reader(folder) as store:
        assert store.sources == (SourceEntry(mark_at(0)),)


def test_sources_stand_beside_each_other(folder):
    with open_writer(folder) as store:
        fill(store, 0, 40)
        fill(store, 0, 70, source=1)
        fill(store, 40, 60)
    with open_reader(folder) as store:
        assert [lines_of(store.sources, it) for it in (0, 1)] == [60, 70]
    assert not check(folder)


def test_all_files_are_their_owners_alone(folder):
    with open_writer(folder) as store:
        fill(store, 0, 30)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}
    folder.chmod(0o755)
    assert [it.invariant for it in check(folder)] == ["mode"]


def test_only_the_last_two_manifests_and_what_they_name_stay(folder):
    with open_writer(folder) as store:
        fill(store, 0, 100)
        assert len(names(folder, "MANIFEST")) == 2
        assert not check(folder)


# -- who may do what --------------------------------------------------------------------------


def test_a_second_writer_is_refused_and_reads(folder):
    with open_writer(folder) as store:
        fill(store, 0, 50)
        with pytest.raises(StoreBusyError, match=r"process \d+ writes to the store"):
            open_writer(folder)
        second = open_store(folder)
        assert isinstance(second, StoreReader)
        assert "opened read-only" in second.notices[0]
        assert_same(second.read(), batch_of(0, 50))
        second.close()
    first = open_store(folder)
    assert isinstance(first, StoreWriter)
    assert first.notices == ()
    first.close()


def test_a_reader_keeps_its_generation_whatever_the_writer_does(folder):
    with open_writer(folder) as store:
        fill(store, 0, 100)
        with open_reader(folder) as reader:
            needed = set(names(folder, "seg-"))
            fill(store, 100, 200)
            store.compact()
            store.retain(0, None, START)
            fill(store, 200, 220)
            assert_same(reader.read(), batch_of(0, 100))
            assert not reader.read().gaps
            assert needed < set(names(folder))
        fill(store, 220, 230)
        assert not needed & set(names(folder))
        assert not check(folder)


def test_a_folder_of_other_files_is_not_taken_for_a_store(folder):
    folder.mkdir()
    (folder / "notes.txt").write_text("mine")
    with pytest.raises(StoreError, match="holds other files and no store"):
        open_store(folder)
    assert names(folder) == ["notes.txt"]
    assert not is_store(folder)


def test_reading_makes_no_store(folder):
    with pytest.raises(StoreError, match="holds no store"):
        open_reader(folder)
    folder.mkdir()
    with pytest.raises(StoreError, match="holds no store"):
        open_reader(folder)
    assert not names(folder)


def test_a_file_in_the_folders_place_is_refused(folder):
    folder.write_text("a file")
    with pytest.raises(StoreClosedError, match="not a directory"):
        open_writer(folder)


def rewrite_newest(folder, **changes):
    path = folder / names(folder, "MANIFEST")[-1]
    manifest = replace(decode_manifest(path.read_bytes()), **changes)
    path.write_bytes(encode_manifest(manifest))


def test_a_later_format_is_read_where_it_can_be_and_never_written(folder):
    with open_writer(folder) as store:
        fill(store, 0, 30)
    rewrite_newest(folder, format=2)
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    with pytest.raises(StoreNewerError, match="does not write to it"):
        open_writer(folder)
    with open_store(folder) as store:
        assert isinstance(store, StoreReader)
        assert "later version" in store.notices[0]
        assert_same(store.read(), batch_of(0, 30))
    rewrite_newest(folder, format=3, readable_by=3)
    with pytest.raises(StoreNewerError, match="use that version"):
        open_store(folder)
    del before["LOCK"], before[names(folder, "MANIFEST")[-1]]
    after = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert before.items() <= after.items()


# -- laying together and letting go -----------------------------------------------------------


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


# -- bytes ------------------------------------------------------------------------------------

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
CELLS = {
    pl.Int64(): st.integers(-(2**63), 2**63 - 1),
    pl.UInt64(): st.integers(0, 2**64 - 1),
    pl.Float64(): st.floats(allow_nan=False),
    pl.Float32(): st.floats(width=32, allow_nan=False),
    pl.Boolean(): st.booleans(),
    pl.String(): TEXT,
    pl.Binary(): st.binary(max_size=10),
    pl.List(pl.String()): st.lists(TEXT, max_size=3),
    pl.List(pl.Float64()): st.lists(st.floats(allow_nan=False), max_size=3),
    pl.Struct({"a": pl.Int64(), "b": pl.String()}): st.fixed_dictionaries(
        {"a": st.integers(-5, 5), "b": TEXT}
    ),
    pl.Datetime("ns", "UTC"): st.none(),
    pl.Null(): st.none(),
    schema.EVENT[schema.SERVICE]: TEXT,
}


@st.composite
def frames(draw):
    rows = draw(st.integers(0, 6))
    columns = {}
    for number in range(draw(st.integers(0, 4))):
        dtype = draw(st.sampled_from(list(CELLS)))
        cells = draw(st.lists(CELLS[dtype] | st.none(), min_size=rows, max_size=rows))
        columns[draw(TEXT.filter(bool)) + str(number)] = pl.Series(cells, dtype=dtype)
    columns[schema.SEQ] = pl.Series(range(rows), dtype=pl.Int64)
    columns[schema.HOST] = pl.Series(draw(st.lists(TEXT, min_size=rows, max_size=rows)))
    return schema.conform(pl.DataFrame(columns))


@settings(max_examples=150, deadline=None)
@given(frame=frames(), parquet=st.booleans())
def test_every_type_survives_both_formats(frame, parquet):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("traversion_data.store.segment.PARQUET_ROWS", 0 if parquet else PARQUET_ROWS)
        encoded = encode(frame)
    assert encoded.suffix == ("parquet" if parquet else "arrow")
    back = decode(bytes(encoded.data), f"x.{encoded.suffix}")
    assert back.schema == frame.schema
    assert_frame_equal(back, frame, check_exact=True)


@given(
    flip=st.integers(0, 2**20),
    name=st.text(st.characters(), max_size=10) | st.just("\udcff.log"),
    marker=st.binary(max_size=64),
    offset=st.integers(0, 2**63),
    generation=st.integers(1, 10**12),
)
@settings(max_examples=100, deadline=None)
def test_manifests_come_back_and_no_bit_of_one_may_change(name, marker, offset, generation, flip):
    info = SourceInfo(3, name, "JSON", recognised=(Recognised("time", name, "how"),), notes=(name,))
    position = Position(name, offset, 7, 256, 99, marker, 1, 2)
    manifest = Manifest(generation, sources=(SourceEntry(SourceMark(info, position), 5),))
    data = encode_manifest(manifest)
    assert decode_manifest(data) == manifest
    bits = bytearray(data)
    bits[flip // 8 % len(data)] ^= 1 << flip % 8
    with pytest.raises(ManifestDamagedError):
        decode_manifest(bytes(bits))


def test_a_manifest_names_no_file_outside_the_folder(folder):
    with open_writer(folder) as store:
        fill(store, 0, 10)
    path = folder / names(folder, "MANIFEST")[-1]
    body = path.read_bytes().split(b"\n", 1)[1].replace(b'"seg-0', b'"../seg-0')
    path.write_bytes(b"%08x %d\n" % (zlib.crc32(body), len(body)) + body)
    with open_reader(folder) as store:
        assert "damaged" in store.notices[0]
