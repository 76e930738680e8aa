"""A source read as it grows, a few lines at a time, gives the rows that it gives as a whole."""

from __future__ import annotations

import json
from itertools import pairwise

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from traversion_data import schema
from traversion_data.decode.base import DecodeOptions
from traversion_data.decode.recognise import format_of
from traversion_data.model import SourceInfo
from traversion_data.reading import complete
from traversion_data.source.base import Chunk
from traversion_data.store.head import Head
from traversion_data.store.view import StoreView

RECORDS = (
    lambda n: {"level": "info", "message": f"user {n} logged in", "trace_id": f"{n % 7:032x}"},
    lambda n: {"type": "metric", "cpu_pct": n + 0.25, "interval_s": 10, "duration_ms": 2.5},
    lambda n: {
        "type": "span",
        "span_id": f"{n:016x}",
        "duration_ms": n + 0.5,
        "name": f"op{n % 3}",
    },
    lambda n: {"level": ("WARN", "error")[n % 2], "service": f"svc{n % 4}", "tags": ["a", "b"]},
    lambda n: {"http": {"status_code": 500 + n % 2, "path": "/"}, "msg": 'say "x"\\ é', "ok": True},
    lambda n: {"severity": "ERROR", "end_time": f"2024-01-15T15:48:{n % 60:02d}Z", "host": "h1"},
    lambda n: {"status": ("OK", "error")[n % 2], "kind": "SERVER", "span_id": "0" * 16, "n": n},
)


def json_line(shape: int, n: int) -> str:
    if shape == len(RECORDS):
        return "no JSON at all" if n % 2 else ""
    record = RECORDS[shape](n)
    untimed = n and n % 11 == 0
    return json.dumps(record if untimed else {"timestamp": stamp(n), **record})


def logfmt_line(shape: int, n: int) -> str:
    if shape == len(RECORDS):
        return f'msg="no time here" n={n}'
    pairs = {
        key: f"{value}".lower() if isinstance(value, bool) else value
        for key, value in RECORDS[shape](n).items()
        if not isinstance(value, dict | list)
    }
    said = (f"{k}={json.dumps(v) if ' ' in str(v) else v}" for k, v in pairs.items())
    return " ".join((f"ts={stamp(n)}", *said, *(["n2=7", "n2=8"] if n % 5 == 0 else [])))


def access_line(shape: int, n: int) -> str:
    at = f"15/Jan/2024:15:{n // 60:02d}:{n % 60:02d} +0000"
    took = f" {n * 100}" if shape % 2 else ""
    asked = f'"GET /a/{n}?q=1 HTTP/1.1" {200 + 100 * (n % 4)} {n}'
    return f'10.0.0.{shape} - - [{at}] {asked} "-" "c"{took}'


def text_line(shape: int, n: int) -> str:
    return f"{stamp(n).replace('T', ' ')} {('INFO', 'ERROR')[shape % 2]} [w-{shape}] did {n} things"


def stamp(n: int) -> str:
    return f"2024-01-15T15:{n // 60 % 60:02d}:{n % 60:02d}.{n:06d}Z"


LINES = {"jsonl": json_line, "logfmt": logfmt_line, "access": access_line, "text": text_line}


def read(word: str, batches: list[bytes]) -> StoreView:
    """The rows of a source that comes in these batches."""
    decoder = format_of(word).decoder(DecodeOptions("app.log"))
    head, info = Head(), SourceInfo(0, "app.log", word)
    line = offset = 0
    for data in batches:
        batch = complete(decoder.shape(decoder.read(Chunk(0, line, offset, data))))
        head.append(batch, info)
        line, offset = line + data.count(b"\n"), offset + len(data)
    return head.snapshot()


def by_line(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.sort(schema.SEQ).select(sorted(frame.columns))


@pytest.mark.parametrize("word", LINES)
@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    shapes=st.lists(st.integers(0, len(RECORDS)), min_size=30, max_size=200),
    cuts=st.sets(st.integers(1, 199), max_size=6),
)
def test_small_batches_give_the_rows_of_the_whole(word, shapes, cuts):
    lines = [f"{LINES[word](shape, n)}\n".encode() for n, shape in enumerate([0, *shapes])]
    ends = [0, *sorted(cut for cut in cuts if cut < len(lines)), len(lines)]
    batches = [b"".join(lines[a:b]) for a, b in pairwise(ends)]
    grown, whole = read(word, batches), read(word, [b"".join(lines)])
    assert_frame_equal(by_line(grown.events), by_line(whole.events))
    assert_frame_equal(by_line(grown.aside), by_line(whole.aside))


def test_words_that_come_late_are_understood_like_those_that_came_first():
    levels = ["info"] * 3 + ["error"] + ["mystery"] + [f"odd{n}" for n in range(300)] + ["WARN"]
    lines = [
        f'{{"ts":{1705333643 + n},"level":"{word}","msg":"m"}}\n'.encode()
        for n, word in enumerate(levels)
    ]
    grown = read("jsonl", [b"".join(lines[:3]), *lines[3:6], b"".join(lines[6:])])
    whole = read("jsonl", [b"".join(lines)])
    assert_frame_equal(by_line(grown.events), by_line(whole.events))
    assert grown.events.sort(schema.SEQ)[schema.SEVERITY][-1] == 3


def test_links_are_brought_under_the_schema_by_the_names_of_their_ids():
    turned = pl.DataFrame({schema.SEQ: [1], schema.LINKS: [[{"span_id": "a", "trace_id": "t"}]]})
    assert schema.conform(turned)[schema.LINKS].to_list() == [[{"trace_id": "t", "span_id": "a"}]]
