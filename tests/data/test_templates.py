"""Message templates: one for messages that differ only in what varies, the same in every run."""

from __future__ import annotations

from zlib import crc32

import polars as pl
import pytest

from traversion_data import schema
from traversion_data.templates import masked

from .decoded import AT, rows_of
from .loaded import sample


def template_of(text):
    return pl.DataFrame({"it": [text]}).select(masked(pl.col("it"))).item()


@pytest.mark.parametrize(
    ("text", "template"),
    [
        ("user 4711 logged in", "user <*> logged in"),
        ("user 4a7b logged in", "user <*> logged in"),
        ("took 12.5ms of 1,000", "took <*> of <*>"),
        ("GET /api/v1/orders/17?x=1 HTTP/1.1", "GET <*> HTTP/<*>"),
        ("can't open 'a b' or \"c d\"", "can't open <*> or <*>"),
        ("from 10.0.0.1:8080 to https://x.y/z?q=1 ok", "from <*> to <*> ok"),
        ("id 123e4567-e89b-12d3-a456-426614174000 and deadbeef", "id <*> and <*>"),
        ("at 0x7ffe and/or text/html", "at <*> and/or text/html"),
        ("first\nsecond\nthird", "first<*>"),
        ("größer 12 é", "größer <*> é"),
        ("nothing varies", "nothing varies"),
        ("", ""),
    ],
)
def test_what_varies_is_masked(text, template):
    assert template_of(text) == template


def test_log_events_of_any_format_have_a_template():
    rows, _ = sample("access.log")
    assert rows[0][schema.TEMPLATE] == crc32(b"GET <*> HTTP/<*> <*>")
    rows = rows_of(
        {"ts": AT, "msg": "user 1 logged in"},
        {"ts": AT, "msg": "user 2 logged in", "level": "error"},
        {"ts": AT, "msg": "user has gone"},
    )
    first, second, third = (row[schema.TEMPLATE] for row in rows)
    assert first == second == crc32(b"user <*> logged in")
    assert third == crc32(b"user has gone")


def test_what_is_no_log_event_has_none():
    rows = rows_of(
        {"ts": AT, "type": "metric", "msg": "sample 1", "cpu": 3},
        {"ts": AT, "span_id": "a" * 16, "trace_id": "b" * 32, "duration_ms": 3, "msg": "call 1"},
        {"ts": AT, "level": "info", "n": 3},
    )
    assert [row[schema.TEMPLATE] for row in rows] == [None, None, None]


def test_a_long_message_of_many_variables_is_masked_in_one_go():
    # an alternative that has no end in sight would be looked for anew behind each variable
    assert template_of("deadbeef-" * 100_000) == "<*>-" * 100_000
