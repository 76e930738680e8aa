"""JSON documents: Jaeger's and Zipkin's traces, arrays of events, events printed prettily."""

from __future__ import annotations

import json
from itertools import repeat

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from traversion_data import schema
from traversion_data.decode.splitting import LONG
from traversion_data.model import Flag, Severity, SpanStatus
from traversion_data.source.blocks import CHUNK
from traversion_data.source.documents import cut_elements

from .loaded import AT, FORMS, MILLI, check, load, rows_of, sample


def test_jaeger():
    rows, info = sample("jaeger.json")
    assert info.format == "Jaeger JSON"
    check(
        rows[0],
        type="span",
        time=AT + 1000,
        end_time=AT + 250 * MILLI + 1000,
        duration_ns=250 * MILLI,
        service="driver",
        host="node-a",
        instance="node-a",
        operation="HTTP GET /dispatch",
        span_kind="server",
        span_status=SpanStatus.ERROR,
        error_occurred=True,
        trace_id="1f2e3d4c5b6a7988",
        span_id="00000000000000a1",
        parent_span_id=None,
        http__status_code=500,
    )
    check(
        rows[1],
        type="log",
        time=AT + 100 * MILLI,
        span_id="00000000000000a1",
        service="driver",
        message="retry",
        severity=Severity.ERROR,
        attempt=2,
    )
    check(
        rows[2],
        service="mysql",
        parent_span_id="00000000000000a1",
        span_kind="client",
        links=[{"trace_id": "aaaaaaaaaaaaaaaa", "span_id": "00000000000000b1"}],
        error_occurred=False,
    )


def test_zipkin():
    rows, info = sample("zipkin.json")
    assert info.format == "Zipkin JSON"
    assert (info.read, info.set_aside) == (4, 1)
    check(
        rows[0],
        type="span",
        time=AT,
        duration_ns=300 * MILLI,
        service="frontend",
        instance="192.168.99.1",
        operation="get /api",
        span_kind="client",
        span_status=SpanStatus.ERROR,
        trace_id="5af7183fb1d4cf5f",
        parent_span_id="6b221d5bc9e6496c",
        http__path="/api",
        tags__name="other",
        remoteEndpoint__serviceName="backend",
    )
    check(rows[1], type="log", time=AT + 100 * MILLI, message="wire send", service="frontend")
    # the server's half of a shared span keeps the id that both have
    check(rows[2], span_id=rows[0]["span_id"], service="backend", span_kind="server", shared=True)


def test_zipkin_by_the_line_and_by_the_trace():
    spans = json.loads((FORMS / "zipkin.json").read_bytes())[:2]
    lines = "\n".join(map(json.dumps, spans)).encode() + b"\n"
    for data in (lines, json.dumps([spans]).encode(), json.dumps([spans[:1], spans[1:]]).encode()):
        rows, info = rows_of(data)
        assert info.format == "Zipkin JSON"
        assert [row["service"] for row in rows] == ["frontend", "frontend", "backend"]


def test_an_array_of_events():
    rows, info = sample("events.json")
    assert info.format == "JSON document"
    check(
        rows[0],
        time=AT + 500 * MILLI,
        severity=Severity.ERROR,
        service="pay",
        message='no {brackets] "here"',
        order__id=7,
        offset=4,
        seq=0,
    )
    assert json.loads(rows[0][schema.ATTRS]) == {"order.lines": [1, 2]}
    text = (FORMS / "events.json").read_bytes()
    assert json.loads(text[rows[1]["offset"] :][: rows[1]["length"]])["message"] == "ok"


@pytest.mark.parametrize(
    "write",
    [
        lambda events: "\n".join(json.dumps(event, indent=2) for event in events),
        lambda events: "".join(json.dumps(event, indent=1) for event in events),
        lambda events: json.dumps({"events": events, "next": None}),
        lambda events: "\ufeff" + json.dumps(events),
    ],
    ids=["printed prettily", "without a break", "in an object", "behind a byte order mark"],
)
def test_events_however_they_are_put_together(write):
    events = json.loads((FORMS / "events.json").read_bytes())
    rows, info = rows_of(write(events).encode())
    assert info.format == "JSON document"
    assert [row["message"] for row in rows] == [event["message"] for event in events]


def test_what_is_no_event_in_an_array_is_set_aside():
    _, info = load(b'[{"ts":1705333643,"msg":"a"}, 5, "x", [1], {"ts":1705333644,"msg":"b"}]')
    assert (info.read, info.stored, info.set_aside) == (5, 2, 3)


def test_a_document_cut_off_between_its_elements():
    _, info = load(b'[{"ts":1705333643,"msg":"a"},\n')
    assert (info.read, info.stored) == (1, 1)
    assert info.notes[-1] == (
        "the document is cut off at byte 30; what stands before that was read"
    )


def test_a_bracket_that_closes_nothing_ends_a_document_begun_in_an_earlier_run():
    rest = b',{"ts":1705333643,"msg":"a"}, {"ts":1705333644,"msg":"b"}],"total":0}'
    _, info = load(rest, written_as="json")
    assert (info.stored, info.set_aside) == (2, 0)


def test_an_event_without_a_time_takes_the_one_before():
    rows, _ = rows_of(b'[{"ts":1705333643,"msg":"a"},{"msg":"b"}]')
    check(rows[1], time=AT, flags=Flag.GUESSED_TIME)


_SCALARS = st.one_of(st.none(), st.integers(), st.sampled_from(['"', "\\", '\\"{', "[", "}", "é"]))
_VALUES = st.recursive(
    _SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=8,
)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.dictionaries(st.text(max_size=4), _VALUES, max_size=3), max_size=4),
    _VALUES,
    st.integers(1, 40),
    st.sampled_from([None, 1]),
)
def test_elements_are_found_wherever_pieces_end(items, beside, size, indent):
    for value, keys in ((items, ()), ({"x": beside, "data": items, "y": [1]}, (b"data",))):
        text = json.dumps(value, indent=indent).encode()
        pieces = (text[at : at + size] for at in range(0, len(text), size))
        found = [
            chunk.data[start:end]
            for chunk in cut_elements(pieces, 0, keys=keys)
            if chunk is not None
            for start, end in zip(*chunk.elements, strict=True)
        ]
        assert [json.loads(element) for element in found] == items


def test_elements_come_while_a_source_pauses():
    cut = cut_elements([b'[{"a":1},', b"", b'{"b":2}', b"", b"]"], 0, hold=0)
    assert [chunk and chunk.data for chunk in cut] == [
        b'[{"a":1}',
        None,
        b',{"b":2}',
        None,
        b"]",
    ]


def test_a_document_is_held_only_a_chunk_at_a_time():
    element = b'{"k":"' + b"v" * 10_000 + b'"},'
    sizes = [
        len(chunk.data)
        for chunk in cut_elements((b"[", *repeat(element, 6000), b"{}]"), 0)
        if chunk
    ]
    assert sum(sizes) > 6000 * 10_000
    assert max(sizes) < CHUNK + (1 << 20)


def test_a_document_without_an_end_says_so():
    (chunk,) = cut_elements([b'[{"a": "x'], 0)
    assert chunk.note == "the document is cut off at byte 9; what stands before that was read"


def long_trace(spans):
    trace = json.loads((FORMS / "jaeger.json").read_bytes())["data"][0]
    first = trace["spans"][0]
    many = [{**first, "spanID": f"{n:016x}", "logs": [], "x": "y" * 1000} for n in range(spans)]
    return {**trace, "spans": many}


def test_one_trace_longer_than_is_parsed_at_once():
    text = json.dumps({"data": [long_trace(15_000)]}).encode()
    assert len(text) > LONG
    view, info = load(text)
    assert (info.stored, info.set_aside) == (15_000, 0)
    assert view.events[schema.SPAN_ID].n_unique() == 15_000
    assert view.events.filter(pl.col(schema.SERVICE) == "driver").height == 15_000
    last = view.events.sort(schema.SEQ)[schema.SPAN_ID][-1]
    assert last == f"{14_999:016x}"


def test_lines_behind_a_torn_one_are_lines():
    line = b'{"ts":1705333643,"msg":"a","in":{"x":1}}\n'
    _, info = load(line[:33] + b"\n" + line * 5)
    assert (info.format, info.stored, info.set_aside) == ("JSON Lines", 5, 1)
    span = (FORMS / "otlp.jsonl").read_bytes().splitlines(keepends=True)[0]
    _, info = load(span[:300] + b"\n" + span * 2)
    assert (info.format, info.stored, info.set_aside) == ("OTLP JSON", 6, 1)
