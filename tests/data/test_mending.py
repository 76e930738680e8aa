"""A damaged segment, and its source still there: the rows are read again, the same as they were."""

from __future__ import annotations

import errno
import gzip
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from traversion_data import mending, rereading, schema
from traversion_data.options import LoadOptions
from traversion_data.redact.redaction import Redaction
from traversion_data.store.durable import open_writer
from traversion_data.store.invariants import check
from traversion_data.store.position import SourceMark

from .followed import append, expected, ids, line, lines
from .mended import damage, load, notes, same, segments
from .store_faults.disks import QUICK, FailingDisk, only
from .store_faults.lines import batch_of, mark_at

STANDARD = LoadOptions(redaction=Redaction.standard(b"k" * 32))


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return tmp_path / "store"


def test_rows_of_a_damaged_segment_are_read_again_when_the_store_is_opened(tmp_path, store):
    path = tmp_path / "app.log"
    for first in (0, 30, 60):
        append(path, lines(first, first + 30))
        before = load(path, store=store)
    damage(segments(store)[1])
    same(load(path, store=store), before)
    assert not check(store)
    assert not list(store.glob("bad-*"))
    same(load(path, store=store), before)


def test_a_store_opened_without_anything_new_knows_its_places_still(tmp_path, store):
    path = tmp_path / "app.log"
    path.write_bytes(lines(0, 9))
    for _ in range(4):
        assert ids(load(path, store=store)) == expected(0, 9)


def test_lines_set_aside_come_back_with_their_reasons(tmp_path, store):
    path = tmp_path / "app.log"
    path.write_bytes(lines(0, 5) + b"{broken\n\n" + lines(5, 9) + b"also [broken\n")
    before = load(path, store=store)
    assert before.aside.height == 2
    segments(store, "aside")[0].unlink()
    damage(segments(store)[0])
    same(load(path, store=store), before)


def test_what_was_lost_is_said_to_be_there_again(tmp_path, store):
    path = tmp_path / "app.log"
    path.write_bytes(lines(0, 9))
    load(path, store=store)
    damage(segments(store)[0])
    assert f"9 events that the store had lost were read again from {path}" in notes(
        load(path, store=store)
    )


def test_a_segment_of_several_files_is_filled_from_each_that_is_there(tmp_path, store):
    one, two = tmp_path / "one.log", tmp_path / "two.log"
    one.write_bytes(lines(0, 10))
    two.write_bytes(lines(10, 20))
    load(one, two, store=store)
    with open_writer(store) as writer:
        writer.compact()
    (segment,) = segments(store)
    damage(segment)
    two.unlink()
    view = load(one, store=store)
    assert ids(view) == expected(0, 10)
    assert [(gap.source, gap.bytes) for gap in view.gaps] == [(1, len(lines(10, 20)) - 10)]
    assert "no file holds" in notes(view)
    assert "two.log" in notes(view)
    two.write_bytes(lines(10, 20))
    view = load(one, two, store=store)
    assert ids(view) == expected(0, 20)
    assert not view.gaps


def test_a_source_that_was_rotated_and_compressed_fills_its_gap(tmp_path, store):
    path = tmp_path / "app.log"
    path.write_bytes(lines(0, 40))
    before = load(path, store=store)
    append(path, lines(40, 50))
    damage(segments(store)[0])
    path.with_name("app.log.1.gz").write_bytes(gzip.compress(path.read_bytes()))
    path.write_bytes(lines(900, 903))
    view = load(path, store=store)
    assert not [gap for gap in view.gaps if "damaged" in gap.reason or "lost" in gap.reason]
    kept = view.events.filter(pl.col(schema.SEQ) < 40)
    assert_frame_equal(kept.select(before.events.columns), before.events, categorical_as_str=True)


def test_a_source_that_was_written_anew_fills_nothing(tmp_path, store):
    path = tmp_path / "app.log"
    path.write_bytes(lines(0, 40))
    load(path, store=store)
    damage(segments(store)[0])
    path.write_bytes(lines(500, 540))
    view = load(path, store=store)
    assert ids(view) == expected(500, 540)
    assert any("40 rows" in gap.reason for gap in view.gaps)
    assert "no file holds" in notes(view)
    assert any(path.name.startswith("bad-") for path in store.iterdir())


def test_other_lines_of_the_same_length_before_the_marker_fill_nothing(tmp_path, store):
    """Head and marker are as they were, and what is between is not."""
    path = tmp_path / "app.log"
    path.write_bytes(lines(10, 60))
    load(path, store=store)
    damage(segments(store)[0])
    data = path.read_bytes()
    path.write_bytes(data.replace(line(30), line(99)[:-3] + b"\n\n\n"))
    view = load(path, store=store)
    assert view.height == 0
    assert any("50 rows" in gap.reason for gap in view.gaps)
    assert "it is not what it was" in notes(view)


def test_what_was_redacted_is_redacted_again(tmp_path, store):
    path = tmp_path / "app.log"
    path.write_bytes(line(1, password="hunter22") + line(2, password="swordfish"))
    before = load(path, store=store, options=STANDARD)
    assert before.sources[0].redacted
    damage(segments(store)[0])
    same(load(path, store=store, options=STANDARD), before)


def test_what_was_redacted_does_not_come_back_in_the_clear(tmp_path, store):
    path = tmp_path / "app.log"
    path.write_bytes(line(1, password="hunter22"))
    load(path, store=store, options=STANDARD)
    damage(segments(store)[0])
    view = load(path, store=store)
    assert view.height == 0
    assert "were redacted" in notes(view)
    assert not any(b"hunter22" in path.read_bytes() for path in store.iterdir())


def test_only_chunks_are_held_in_memory(tmp_path, store, monkeypatch):
    """A range is read in pieces, and what is not lost is let go at once."""
    path = tmp_path / "app.log"
    path.write_bytes(lines(0, 20_000))
    before = load(path, store=store)
    largest = []
    real = rereading.picked

    def watched(batch, lost):
        largest.append(batch.events.height)
        return real(batch, lost)

    monkeypatch.setattr(rereading, "picked", watched)
    damage(max(segments(store), key=lambda it: it.stat().st_size))
    same(load(path, store=store), before)
    assert len(largest) > 1
    assert max(largest) < 20_000


def test_a_store_is_repaired_from_its_sources(tmp_path, store):
    path = tmp_path / "app.log"
    path.write_bytes(lines(0, 9))
    load(path, store=store)
    damage(segments(store)[0])
    report = mending.repair(store)
    assert report.sound, report.sentences
    assert report.events == 9
    assert any(f"read again from {path}" in it for it in report.sentences)


def test_what_cannot_be_repaired_is_told_of(tmp_path, store):
    path = tmp_path / "app.log"
    path.write_bytes(lines(0, 9))
    load(path, store=store)
    damage(segments(store)[0])
    path.unlink()
    report = mending.repair(store)
    assert not report.sound
    assert any("9 events" in it and "no file holds" in it for it in report.sentences)


def test_reading_again_can_be_stopped(tmp_path, store):
    path = tmp_path / "app.log"
    path.write_bytes(lines(0, 9))
    load(path, store=store)
    damage(segments(store)[0])
    with open_writer(store) as writer:
        mended = mending.mend(writer, writer.read(), None, lambda: True)
    assert mended.stored.gaps
    assert "was stopped" in mended.sentences[0]
    assert ids(load(path, store=store)) == expected(0, 9)


def test_what_the_disk_does_not_take_stays_a_gap(tmp_path, store):
    path = tmp_path / "app.log"
    path.write_bytes(lines(0, 9))
    load(path, store=store)
    damage(segments(store)[0])
    full = FailingDisk(QUICK, lambda *_: None)
    with open_writer(store, full) as writer:
        stored = writer.read()
        full.fails = only("create", code=errno.ENOSPC)
        mended = mending.mend(writer, stored, None)
    assert mended.stored.gaps == stored.gaps
    assert "no room" in mended.sentences[0]
    assert ids(load(path, store=store)) == expected(0, 9)


def test_rows_that_were_read_from_a_pipe_stay_lost(tmp_path, store):
    with open_writer(store) as writer:
        batch, info = batch_of(0, 10), mark_at(10).info
        writer.append(batch, SourceMark(info))
        writer.commit()
        damage(segments(store)[0])
        mended = mending.mend(writer, writer.read(), None)
    assert mended.stored.gaps
    assert "not known where they were read" in mended.sentences[0]
