"""OTLP's spans beside a plain reading of the specification, span by span."""

from __future__ import annotations

import json
from base64 import b64encode

from hypothesis import given, settings
from hypothesis import strategies as st

from traversion_data import schema
from traversion_data.decode.gathering import GatheringDecoder
from traversion_data.model import SpanStatus

from .loaded import rows_of

START = 1_705_333_643_000_000_000
KEYS = ("http.route", "retries", "name", "kind", "cache.hit", "labels", "value")
OWN = {"name", "kind", "value", "status", "type", "body", "links", "unit"}
"""Names that an event has of itself."""
KINDS = [None, "internal", "server", "client", "producer", "consumer"]

VALUES = st.one_of(
    st.sampled_from(["", "/cart", "12", "é€😀"]).map(lambda it: ({"stringValue": it}, it)),
    st.integers(-(2**40), 2**40).map(lambda it: ({"intValue": str(it)}, it)),
    st.integers(-(2**40), 2**40).map(lambda it: ({"intValue": it}, it)),
    st.sampled_from([0.25, -1e9, 3.0]).map(lambda it: ({"doubleValue": it}, it)),
    st.just(({"doubleValue": "NaN"}, "NaN")),
    st.booleans().map(lambda it: ({"boolValue": it}, it)),
    st.binary(max_size=4).map(b64encode).map(bytes.decode).map(lambda it: ({"bytesValue": it}, it)),
    st.lists(st.integers(0, 9), max_size=2).map(
        lambda it: ({"arrayValue": {"values": [{"intValue": str(n)} for n in it]}}, it)
    ),
    st.integers(0, 9).map(
        lambda it: (
            {"kvlistValue": {"values": [{"key": "in", "value": {"intValue": str(it)}}]}},
            {"in": it},
        )
    ),
    st.just(({}, None)),
)
ATTRIBUTES = st.dictionaries(st.sampled_from(KEYS), VALUES, max_size=5)


@st.composite
def spans(draw):
    """A span as written, and what is meant: core columns, and fields by path."""
    start, took = START + draw(st.integers(0, 10**9)), draw(st.integers(0, 10**9))
    number, code = draw(st.integers(0, 5)), draw(st.sampled_from([None, 0, 1, 2]))
    span_id = draw(st.integers(1, 2**64 - 1))
    attributes = draw(ATTRIBUTES)
    written = {
        "traceId": f"{span_id:032X}",
        "spanId": f"{span_id:016x}",
        "name": draw(st.sampled_from(["GET /", "work"])),
        "kind": number,
        "startTimeUnixNano": draw(st.sampled_from([str, int]))(start),
        "endTimeUnixNano": str(start + took),
        "attributes": [{"key": key, "value": value} for key, (value, _) in attributes.items()],
        "droppedAttributesCount": draw(st.integers(0, 2)),
    }
    if code is not None:
        written["status"] = {"code": code, "message": "why"} if code else {}
    core = {
        schema.TRACE_ID: f"{span_id:032x}",
        schema.SPAN_ID: f"{span_id:016x}",
        schema.OPERATION: written["name"],
        schema.SPAN_KIND: KINDS[number],
        schema.TIME: start,
        schema.END_TIME: start + took,
        schema.DURATION: took,
        schema.STATUS: {1: SpanStatus.OK, 2: SpanStatus.ERROR}.get(code),
        schema.TYPE: "span",
    }
    fields = {f"attributes.{key}" if key in OWN else key: it for key, (_, it) in attributes.items()}
    fields["droppedAttributesCount"] = written["droppedAttributesCount"] or None
    fields["status.message"] = "why" if code else None
    return written, core, fields


def said(row, path):
    """What a row says under a path, in a column or beside them."""
    beside = json.loads(row[schema.ATTRS] or "{}")
    found = row.get(path)
    if found is None and path in schema.EVENT:
        found = row.get(f"field.{path}")
    return beside.get(path) if found is None else found


def flat(fields):
    for path, value in fields.items():
        if isinstance(value, dict):
            yield from flat({f"{path}.{key}": inner for key, inner in value.items()})
        else:
            yield path, value


@settings(max_examples=80, deadline=None)
@given(st.lists(spans(), min_size=1, max_size=6), st.integers(1, 3))
def test_spans_are_what_the_specification_says(found, resources):
    groups = [found[at::resources] for at in range(resources)]
    request = {
        "resourceSpans": [
            {
                "resource": {
                    "attributes": [{"key": "service.name", "value": {"stringValue": f"s{at}"}}]
                },
                "scopeSpans": [{"scope": {"name": "io"}, "spans": [it[0] for it in group]}],
            }
            for at, group in enumerate(groups)
        ]
    }
    rows, info = rows_of(json.dumps(request).encode())
    assert (info.stored, info.set_aside) == (len(found), 0)
    wanted = [(at, it) for at, group in enumerate(groups) for it in group]
    for row, (at, (_, core, fields)) in zip(rows, wanted, strict=True):
        assert {name: row[name] for name in core} == core
        assert (row[schema.SERVICE], row["scope.name"]) == (f"s{at}", "io")
        expected = dict(flat(fields))
        assert {path: said(row, path) for path in expected} == expected


def test_more_keys_than_may_be_columns(monkeypatch):
    monkeypatch.setattr(GatheringDecoder, "_flat", None)  # nothing but columns is to be asked
    numbers = range(2 * schema.MAX_LEARNED)
    found = [
        {
            "spanId": f"{n + 1:016x}",
            "startTimeUnixNano": str(START + n),
            "attributes": [
                {"key": f"text.{n}", "value": {"stringValue": "1234567890123456789"}},
                {"key": f"whole.{n}", "value": {"intValue": str(2**62 + n)}},
            ],
        }
        for n in numbers
    ]
    request = {"resourceSpans": [{"scopeSpans": [{"spans": found}]}]}
    rows, _ = rows_of(json.dumps(request).encode())
    for n, row in zip(numbers, rows, strict=True):
        assert said(row, f"text.{n}") == "1234567890123456789"
        assert said(row, f"whole.{n}") == 2**62 + n
    learned = [name for name in rows[0] if name.startswith(("text.", "whole."))]
    assert len(learned) <= schema.MAX_LEARNED
