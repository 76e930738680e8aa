"""Gaps filled from sources of every kind: compressed, of many lines, documents, tables."""

from __future__ import annotations

import bz2
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

from traversion_data import mending, schema
from traversion_data.decode.base import Batch
from traversion_data.model import FieldMap
from traversion_data.options import LoadOptions
from traversion_data.store.durable import open_writer
from traversion_data.store.invariants import check

from .followed import append, line, lines
from .mended import damage, load, notes, same, segments


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return tmp_path / "store"


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


def test_many_gaps_of_a_compressed_source_are_filled_in_one_go(tmp_path, store):
    path = tmp_path / "app.log.gz"
    path.write_bytes(gzip.compress(lines(0, 60)))
    before = load(path, store=store)
    with open_writer(store) as writer:
        (mark,) = (it.mark for it in writer.sources)
        (frame,) = writer.read().frames
    for kept in store.iterdir():
        kept.unlink()
    with open_writer(store) as writer:
        for at in range(0, 60, 10):
            part = frame[at : at + 10]
            writer.append(Batch(part, schema.empty_aside(), 10, 0), mark)
            writer.commit()
    for segment in segments(store):
        damage(segment)
    same(load(path, store=store), before)


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


def test_it_is_read_again_as_it_was_read_whatever_is_said_now(tmp_path, store):
    path = tmp_path / "app.log"
    path.write_bytes(b'{"when": "2024-01-15T15:47:23", "event_id": "e1", "what": "x"}\n')
    said = LoadOptions(FieldMap((("time", "when"), ("message", "what"))), tz="Asia/Tokyo")
    before = load(path, store=store, options=said)
    damage(segments(store)[0])
    same(load(path, store=store), before)


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
