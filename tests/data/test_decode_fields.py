"""Which key gives which column, and where the keys beside the core go."""

from __future__ import annotations

import json

import polars as pl

from traversion_data import schema
from traversion_data.model import FieldMap, Flag

from .decoded import AT, batch_of, check, row_of, rows_of


def test_map_overrides_names():
    given = FieldMap(
        (("time", "meta.when"), ("service", "who"), ("duration", "took_ms"), ("message", "t"))
    )
    batch, decoder = batch_of(
        {
            "timestamp": "2020-01-01T00:00:00Z",
            "meta": {"when": AT},
            "who": "db",
            "took_ms": 2,
            "t": "hello",
        },
        field_map=given,
    )
    check(
        batch.events.row(0, named=True),
        time=AT,
        service="db",
        duration_ns=2_000_000,
        message="hello",
        timestamp="2020-01-01T00:00:00Z",
    )
    assert [(r.column, r.how) for r in decoder.recognised][:2] == [
        ("time", "as mapped"),
        ("service", "as mapped"),
    ]


def test_nested_and_odd_values_are_kept():
    row = row_of(
        {
            "ts": AT,
            "user": {"id": 7, "tags": ["a", 1.5]},
            "empty": {},
            "none": None,
            "list": [],
            "source": "nginx",
            "big": 2**70,
        }
    )
    check(
        row,
        **{
            "user.id": 7,
            "field.source": "nginx",
            "big": str(2**70),
            "attrs": '{"user.tags":["a",1.5],"list":[]}',
            "flags": Flag.DRIFTED,
        },
    )
    assert "empty" not in row
    assert "none" not in row


def test_integers_widen_to_floats_and_other_clashes_go_to_attrs():
    rows = rows_of(
        {"ts": AT, "v": 1},
        {"ts": AT, "v": 2.5},
        {"ts": AT, "v": "three"},
        {"ts": AT, "v": [4]},
        {"ts": AT, "v": True},
    )
    assert [row["v"] for row in rows] == [1.0, 2.5, None, None, None]
    assert [row["attrs"] for row in rows] == [
        None,
        None,
        '{"v":"three"}',
        '{"v":[4]}',
        '{"v":true}',
    ]
    assert [row["flags"] for row in rows] == [0, 0, Flag.DRIFTED, 0, Flag.DRIFTED]


def test_columns_are_bounded():
    batch, _ = batch_of({"ts": AT, **{f"k{n}": n for n in range(400)}})
    assert len(schema.learned(batch.events)) <= schema.MAX_LEARNED
    assert json.loads(batch.events["attrs"][0])["k399"] == 399


def test_events_conform_to_the_schema():
    batch, _ = batch_of({"ts": AT, "msg": "x"})
    core = {name: dtype for name, dtype in batch.events.schema.items() if name in schema.EVENT}
    assert core == pl.Schema(schema.EVENT)
    assert batch.to_arrow().num_rows == 1


def test_links_of_a_span():
    span = {"ts": AT, "traceId": "a", "spanId": "b", "duration_ms": 1}
    rows = rows_of(
        {
            **span,
            "links": [
                {"traceId": "t1", "spanId": "s1", "x": 1},
                {"trace_id": "t2", "span_id": "s2"},
            ],
        },
        {"ts": AT, "links": "none"},
        span,
    )
    assert [row["links"] for row in rows] == [
        [{"trace_id": "t1", "span_id": "s1"}, {"trace_id": "t2", "span_id": "s2"}],
        None,
        None,
    ]


def test_only_keys_that_gave_a_value_are_said_to_be_recognised():
    _, decoder = batch_of({"ts": AT, "status_code": 200, "kind": "weekly", "msg": "x"})
    assert [found.column for found in decoder.recognised] == ["time", "message"]
