"""A store in a folder: what is committed comes back as it was, to writers and to readers."""

from __future__ import annotations

import stat
from dataclasses import replace

import polars as pl
import pytest

from traversion_data.model import Gap
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
    SourceEntry,
    decode_manifest,
    encode_manifest,
)
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


def test_files_of_others_in_the_folder_are_let_be(folder):
    with open_writer(folder) as store:
        fill(store, 0, 30)
        for name in ("notes.tmp", "seg-old.arrow", "MANIFEST-copy", "readme"):
            (folder / name).write_bytes(b"mine")
        fill(store, 30, 60)
        store.compact()
    with open_writer(folder):
        kept = names(folder)
    assert {"notes.tmp", "seg-old.arrow", "MANIFEST-copy", "readme"} < set(kept)


def test_only_the_last_two_manifests_and_what_they_name_stay(folder):
    with open_writer(folder) as store:
        fill(store, 0, 100)
        assert len(names(folder, "MANIFEST")) == 2
        assert not check(folder)


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
