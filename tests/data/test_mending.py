"""A damaged segment, and its source still there: the rows are read again, the same as they were."""

from __future__ import annotations

import bz2
import errno
import gzip
import json
import lzma
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from traversion_data import mending, rereading, schema
from traversion_data.decode.base import Batch
from traversion_data.intake import Intake, Wanted
from traversion_data.model import FieldMap
from traversion_data.options import LoadOptions
from traversion_data.redact.redaction import Redaction
from traversion_data.store.durable import open_writer
from traversion_data.store.head import Head
from traversion_data.store.invariants import check
from traversion_data.store.position import SourceMark

from .followed import accounts, append, expected, ids, line, lines
from .store_faults.disks import QUICK, FailingDisk, only
from .store_faults.lines import batch_of, mark_at

STANDARD = LoadOptions(redaction=Redaction.standard(b"k" * 32))


def load(*paths: Path, store: Path, options: LoadOptions | None = None):
    """Everything there is, kept in a store; the last snapshot."""
    wanted = Wanted(paths=tuple(str(path) for path in paths), store=store)
    return Intake(wanted, Head(), options).run()


def segments(store: Path, kind: str = "seg") -> list[Path]:
    return sorted(store.glob(f"{kind}-*"))


def damage(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def same(view, before) -> None:
    """Every row is as it was, and nothing is missing."""
    assert not view.gaps
    columns = before.events.columns
    assert set(columns) == set(view.events.columns)
    assert_frame_equal(
        view.events.select(columns), before.events, categorical_as_str=True, check_dtypes=True
    )
    assert_frame_equal(view.aside, before.aside)
    accounts(view)


def notes(view) -> str:
    return "\n".join(note for source in view.sources for note in source.notes)


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


@pytest.mark.parametrize(
    ("suffix", "pack"),
    [(".gz", gzip.compress), (".bz2", bz2.compress), (".xz", lzma.compress)],
)
def test_a_compressed_source_fills_its_gap(tmp_path, store, suffix, pack):
    path = tmp_path / f"app.log{suffix}"
    path.write_bytes(pack(lines(0, 500)))
    before = load(path, store=store)
    damage(segments(store)[0])
    same(load(path, store=store), before)


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


TRACE = """\
2024-01-15 15:47:2{0},000 ERROR app boom {0}
Traceback (most recent call last):
  File "app.py", line {0}, in run
ValueError: no {0}
2024-01-15 15:47:2{0},500 INFO app went on
"""


def test_events_of_many_lines_come_back_whole(tmp_path, store):
    path = tmp_path / "app.log"
    for first in (0, 3, 6):
        append(path, "".join(TRACE.format(n) for n in range(first, first + 3)).encode())
        before = load(path, store=store)
    for segment in segments(store)[:2]:
        damage(segment)
    same(load(path, store=store), before)


def test_lines_without_a_time_of_their_own_take_the_time_they_had(tmp_path, store):
    """The segment begins with a line whose time stood on the line before it."""
    path = tmp_path / "app.log"
    timed = b'{"ts": 1705333643, "event_id": "e0", "msg": "timed"}\n'
    path.write_bytes(timed)
    load(path, store=store)
    append(path, b'{"event_id": "e1", "msg": "untimed"}\n' + line(7))
    before = load(path, store=store)
    damage(segments(store)[1])
    view = load(path, store=store)
    known = before.events.select(schema.SEQ, schema.TIME, schema.FLAGS)
    if view.gaps:
        assert "stay lost" in notes(view)
    else:
        assert_frame_equal(view.events.select(known.columns), known)


def spans(first: int, last: int) -> bytes:
    found = [
        {
            "traceId": f"{n:032x}",
            "spanId": f"{n + 1:016x}",
            "name": f"span {n}",
            "startTimeUnixNano": str(1_705_333_643_000_000_000 + n * 1_000_000),
            "endTimeUnixNano": str(1_705_333_643_000_000_000 + n * 1_000_000 + 500),
        }
        for n in range(first, last)
    ]
    record = {"resourceSpans": [{"resource": {}, "scopeSpans": [{"spans": found}]}]}
    return json.dumps(record).encode() + b"\n"


def test_records_of_many_events_come_back_with_their_numbers(tmp_path, store):
    path = tmp_path / "spans.jsonl"
    path.write_bytes(b"".join(spans(n, n + 7) for n in range(0, 70, 7)))
    before = load(path, store=store)
    assert before.height == 70
    damage(segments(store)[0])
    same(load(path, store=store), before)


def test_a_segment_that_ends_within_a_record_comes_back(tmp_path, store):
    """Sorted by time, the rows of a record may stand in two segments."""
    path = tmp_path / "spans.jsonl"
    path.write_bytes(b"".join(spans(n, n + 7) for n in range(0, 70, 7)))
    before = load(path, store=store)
    with open_writer(store) as writer:
        (mark,) = (it.mark for it in writer.sources)
        (frame,) = writer.read().frames
    for kept in store.iterdir():
        kept.unlink()
    with open_writer(store) as writer:
        for part in (frame[:24], frame[24:]):
            writer.append(Batch(part, schema.empty_aside(), part.height, 0), mark)
            writer.commit()
    damage(segments(store)[1])
    same(load(path, store=store), before)


def test_a_document_fills_its_gap(tmp_path, store):
    path = tmp_path / "events.json"
    rows = [json.loads(line(n)) for n in range(40)]
    path.write_text(json.dumps(rows, indent=1))
    load(path, store=store)
    with open_writer(store) as writer:
        before = writer.read()
        damage(segments(store)[0])
        after = mending.mend(writer, writer.read(), None).stored
    assert not after.gaps
    assert_frame_equal(after.frames[0], before.frames[0])


@pytest.mark.parametrize("write", ["write_csv", "write_parquet", "write_ipc"])
def test_a_table_fills_its_gap(tmp_path, store, write):
    path = tmp_path / "table"
    numbers = range(50)
    table = pl.DataFrame(
        {
            "ts": [1_705_333_643 + number for number in numbers],
            "event_id": [f"e{number}" for number in numbers],
            "size": [number * 0.5 for number in numbers],
        }
    )
    getattr(table, write)(path)
    before = load(path, store=store)
    assert before.height == 50
    damage(segments(store)[0])
    same(load(path, store=store), before)


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


def test_it_is_read_again_as_it_was_read_whatever_is_said_now(tmp_path, store):
    path = tmp_path / "app.log"
    path.write_bytes(b'{"when": "2024-01-15T15:47:23", "event_id": "e1", "what": "x"}\n')
    said = LoadOptions(FieldMap((("time", "when"), ("message", "what"))), tz="Asia/Tokyo")
    before = load(path, store=store, options=said)
    damage(segments(store)[0])
    same(load(path, store=store), before)


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


@settings(max_examples=4, deadline=None)
@given(st.randoms(use_true_random=False))
def test_whatever_is_damaged_comes_back(random):
    """Commits of any size of two files, some laid together, and any of their segments damaged."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        store, paths = folder / "store", (folder / "app.log", folder / "err.log")
        trace = 0
        for _ in range(random.randrange(1, 4)):
            for number in range(random.randrange(1, 60)):
                if random.random() < 0.5:
                    more = random.choice([b"", b"{broken\n", b"\n"])
                    append(paths[0], line(random.randrange(900), pad="x" * number) + more)
                else:
                    append(paths[1], TRACE.format(trace % 10).encode())
                    trace += 1
            there = [path for path in paths if path.exists()]
            before = load(*there, store=store)
            if random.random() < 0.3:
                with open_writer(store) as writer:
                    writer.compact()
        kept = [*segments(store), *segments(store, "aside")]
        for victim in random.sample(kept, random.randrange(1, len(kept) + 1)):
            damage(victim)
        same(load(*there, store=store), before)
        assert not check(store)
