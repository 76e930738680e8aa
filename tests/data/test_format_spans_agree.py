"""Spans by columns and one by one: whatever an exporter writes, both say the same of it."""

from __future__ import annotations

import gc
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from traversion_data import schema
from traversion_data.decode.base import DecodeOptions
from traversion_data.decode.gathering import GatheringDecoder
from traversion_data.decode.jaeger import JAEGER
from traversion_data.decode.otlp import OTLP
from traversion_data.decode.sheet import Unusual
from traversion_data.decode.splitting import runs
from traversion_data.decode.zipkin import ZIPKIN
from traversion_data.source.base import Chunk

from .loaded import load, rows_of

START = 1_705_333_643_000_000_000

KEYS = st.sampled_from(
    ["http.route", "n", "name", "kind", "error", "a.b", "a", "links", "message", "level", "x.y", ""]
)
TEXTS = st.sampled_from(["", "ok", "12", "-3", "true", "false", 'a "quoted" \\ text', "é€😀", "{"])
INTEGERS = st.one_of(st.integers(-9, 9), st.sampled_from([2**53 + 1, -(2**63), 2**63 - 1]))
FLOATS = st.sampled_from([0.0, -0.0, 0.25, 1e300, 3.0, 1e-9])


def mostly(strategy, otherwise):
    return st.one_of(strategy, strategy, strategy, strategy, otherwise)


def maybe(**fields):
    """Objects with each of the fields or not."""
    return st.fixed_dictionaries({}, optional=fields)


def any_values(depth=2):
    plain = st.one_of(
        TEXTS.map(lambda it: {"stringValue": it}),
        TEXTS.map(lambda it: {"stringValue": it}),
        INTEGERS.map(lambda it: {"intValue": str(it)}),
        mostly(INTEGERS, st.sampled_from([2**63, "7", " 7"])).map(lambda it: {"intValue": it}),
        mostly(FLOATS, st.sampled_from([7, "NaN", "Infinity", "0.5"])).map(
            lambda it: {"doubleValue": it}
        ),
        st.booleans().map(lambda it: {"boolValue": it}),
        st.just({"bytesValue": "aGVsbG8="}),
        st.sampled_from([{}, {"stringValue": None}, {"stringValue": "a", "intValue": "1"}]),
    )
    if not depth:
        return plain
    inner = st.lists(any_values(depth - 1), max_size=2)
    pairs = st.lists(attributes(depth - 1), max_size=2)
    return st.one_of(
        plain,
        plain,
        inner.map(lambda it: {"arrayValue": {"values": it}}),
        pairs.map(lambda it: {"kvlistValue": {"values": it}}),
    )


def attributes(depth=2):
    return st.builds(lambda key, value: {"key": key, "value": value}, KEYS, any_values(depth))


IDS = st.sampled_from(["ab" * 8, "AB" * 8, "", "7uGbfsPBsXM=", "no hex"])
STAMPS = st.one_of(
    st.integers(START, START + 10**9).map(str),
    st.integers(START, START + 10**9),
    st.sampled_from([0, "0"]),
)
PAIRS = st.lists(attributes(), max_size=4)
MOMENTS = maybe(
    timeUnixNano=STAMPS, name=TEXTS, attributes=PAIRS, droppedAttributesCount=st.integers(0, 2)
)
SPANS = maybe(
    traceId=IDS,
    spanId=IDS,
    parentSpanId=IDS,
    name=TEXTS,
    kind=st.sampled_from([0, 1, 3, "SPAN_KIND_SERVER"]),
    startTimeUnixNano=STAMPS,
    endTimeUnixNano=STAMPS,
    attributes=PAIRS,
    events=st.lists(MOMENTS, max_size=2),
    links=st.lists(maybe(traceId=IDS, spanId=IDS, attributes=PAIRS), max_size=2),
    status=maybe(code=st.sampled_from([0, 2, "STATUS_CODE_OK"]), message=TEXTS),
    flags=st.integers(0, 3),
    droppedEventsCount=st.integers(0, 2),
    traceState=TEXTS,
)
LOGS = maybe(
    timeUnixNano=STAMPS,
    observedTimeUnixNano=STAMPS,
    severityNumber=st.sampled_from([0, 1, 17, "SEVERITY_NUMBER_WARN"]),
    severityText=TEXTS,
    body=any_values(),
    attributes=PAIRS,
    traceId=IDS,
    spanId=IDS,
    eventName=TEXTS,
    droppedAttributesCount=st.integers(0, 2),
)
AROUND = maybe(attributes=PAIRS, droppedAttributesCount=st.integers(0, 2))


def groups(scopes, items, strategy):
    """Resources with scopes that hold items."""
    of_scope = st.fixed_dictionaries(
        {items: st.lists(strategy, min_size=1, max_size=4)},
        optional={
            "scope": maybe(name=TEXTS, version=TEXTS, attributes=PAIRS),
            "schemaUrl": TEXTS,
        },
    )
    resource = st.fixed_dictionaries(
        {scopes: st.lists(of_scope, min_size=1, max_size=2)}, optional={"resource": AROUND}
    )
    return st.lists(resource, min_size=1, max_size=2)


REQUESTS = st.one_of(
    groups("scopeSpans", "spans", SPANS).map(lambda it: {"resourceSpans": it}),
    groups("scopeLogs", "logRecords", LOGS).map(lambda it: {"resourceLogs": it}),
)
VALUES = st.one_of(TEXTS, INTEGERS, FLOATS, st.booleans(), st.none(), st.just([1, "a"]))
TAGS = st.lists(
    st.fixed_dictionaries(
        {"key": KEYS, "value": VALUES},
        optional={"type": st.sampled_from(["string", "int64", "bool", "float64"])},
    ),
    max_size=4,
)
MICROS = st.integers(START // 1000, START // 1000 + 10**6)
REFERENCES = st.lists(
    maybe(
        refType=st.sampled_from(["CHILD_OF", "FOLLOWS_FROM"]),
        traceID=st.sampled_from(["aa", "bb"]),
        spanID=st.sampled_from(["01", "02"]),
    ),
    max_size=2,
)
TRACES = st.fixed_dictionaries(
    {
        "traceID": st.just("aa"),
        "spans": st.lists(
            st.fixed_dictionaries(
                {"traceID": st.just("aa"), "spanID": IDS, "startTime": MICROS},
                optional={
                    "operationName": TEXTS,
                    "duration": st.integers(0, 10**6),
                    "references": REFERENCES,
                    "tags": TAGS,
                    "logs": st.lists(
                        st.fixed_dictionaries({"timestamp": MICROS, "fields": TAGS}), max_size=2
                    ),
                    "processID": st.sampled_from(["p1", "p2"]),
                    "warnings": st.sampled_from([None, ["late"]]),
                    "flags": st.just(1),
                },
            ),
            max_size=4,
        ),
        "processes": st.fixed_dictionaries(
            {}, optional={"p1": maybe(serviceName=TEXTS, tags=TAGS), "p2": maybe(tags=TAGS)}
        ),
    }
)
ENDPOINTS = maybe(serviceName=TEXTS, ipv4=st.just("10.0.0.1"), port=st.integers(1, 9))
ZIPKINS = st.fixed_dictionaries(
    {"traceId": IDS, "id": IDS},
    optional={
        "parentId": IDS,
        "kind": st.sampled_from(["CLIENT", "SERVER"]),
        "name": TEXTS,
        "timestamp": MICROS,
        "duration": st.integers(1, 10**6),
        "localEndpoint": ENDPOINTS,
        "remoteEndpoint": ENDPOINTS,
        "tags": st.dictionaries(KEYS, TEXTS, max_size=4),
        "annotations": st.lists(
            st.fixed_dictionaries({"timestamp": MICROS}, optional={"value": TEXTS}), max_size=2
        ),
        "shared": st.booleans(),
    },
)
FORMATS = {
    "otlp": (OTLP, REQUESTS),
    "jaeger": (JAEGER, TRACES),
    "zipkin": (ZIPKIN, ZIPKINS),
}


def decoded(form, data, *, by_columns):
    """Events by column name, and what was not taken for an event."""
    decoder = form.decoder(DecodeOptions("traces.json", written=START))
    if not by_columns:
        decoder._gatherer = refusing
    batch = decoder.shape(decoder.read(Chunk(0, 0, 0, data)))
    events = {column.name: column for column in batch.events.get_columns()}
    attrs = [json.loads(it) if it else None for it in events.pop(schema.ATTRS)]
    return events, (attrs, batch.aside.rows(), batch.blank, batch.lines)


def refusing(_):
    raise Unusual


def differing(one, other):
    assert one.keys() == other.keys()
    return [name for name in one if not one[name].equals(other[name], null_equal=True)]


@pytest.mark.parametrize("word", FORMATS)
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_columns_say_what_records_say(word, data):
    form, strategy = FORMATS[word]
    records = data.draw(st.lists(strategy, min_size=1, max_size=3))
    text = "\n".join(map(json.dumps, records)).encode()
    quick, beside = decoded(form, text, by_columns=True)
    exact, wanted = decoded(form, text, by_columns=False)
    assert not differing(quick, exact)
    assert beside == wanted


def long_request(spans, **more):
    pairs = [{"key": "n", "value": {"intValue": "7"}}, {"key": "s", "value": {"stringValue": "x"}}]
    link = {"traceId": "cd" * 16, "spanId": "ef" * 8}
    found = [
        {
            "traceId": "ab" * 16,
            "spanId": f"{n:016x}",
            "parentSpanId": "",
            "name": f'}},{{"traceId":"{n}",',
            "startTimeUnixNano": str(START + n),
            "attributes": pairs,
            "links": [link, link] if n % 3 == 0 else [],
            **more,
        }
        for n in range(1, spans)
    ]
    third = spans // 3
    scopes = [{"scope": {"name": "a"}, "spans": found[:third]}, {"spans": found[third:]}]
    return {"resourceSpans": [{"scopeSpans": scopes}, {"scopeSpans": scopes}]}


@pytest.mark.parametrize(
    "layout",
    [{}, {"separators": (",", ":")}, {"indent": 1}],
    ids=["with blanks", "compact", "printed prettily"],
)
def test_runs_cut_out_of_a_long_record(layout, monkeypatch):
    monkeypatch.setattr(GatheringDecoder, "_flat", None)  # nothing but columns is to be asked
    text = json.dumps(long_request(1500), **layout).encode()
    shell, found = runs(text, [b"spans"])
    assert len(found) > 10
    assert len(shell) < len(text) / 3
    rows, info = rows_of(text.replace(b"\n", b" ") + b"\n")
    assert (info.stored, info.set_aside) == (2998, 0)
    names = [f"{n:016x}" for n in range(1, 1500)]
    assert [row[schema.SPAN_ID] for row in rows] == names + names
    assert [row["scope.name"] for row in rows[:1500]] == ["a"] * 500 + [None] * 999 + ["a"]
    assert {row["n"] for row in rows} == {7}
    assert [len(row[schema.LINKS] or ()) for row in rows[:4]] == [0, 0, 2, 0]


@pytest.mark.parametrize("odd", [{"attributes": 7}, {"startTimeUnixNano": "soon"}])
def test_a_long_record_that_is_ill_built_is_refused_as_a_short_one_is(odd):
    texts = [json.dumps(long_request(count, **odd)).encode() + b"\n" for count in (3, 1500)]
    infos = [
        load(text + json.dumps(long_request(3)).encode(), written_as="otlp")[1] for text in texts
    ]
    assert [(info.stored, info.set_aside) for info in infos] == [(4, 1), (4, 1)]


def long_traces(spans):
    """A Jaeger trace, and Zipkin's spans, of so many spans."""
    tags = [{"key": "n", "type": "int64", "value": 7}, {"key": "error", "value": True}]
    ids = [f"{n:016x}" for n in range(1, spans + 1)]
    jaegers = [
        {"traceID": "ab", "spanID": it, "startTime": START // 1000, "tags": tags} for it in ids
    ]
    zipkins = [{"traceId": "ab", "id": it, "tags": {"n": "7", "error": "true"}} for it in ids]
    return {"jaeger": [{"spans": jaegers, "processes": {}}], "zipkin": zipkins}


@pytest.mark.parametrize("word", FORMATS)
def test_what_was_parsed_is_given_back_without_the_collector(word):
    count = 2000
    records = {"otlp": [long_request(count)], **long_traces(count)}[word]
    decoder = FORMATS[word][0].decoder(DecodeOptions("traces.json", written=START))
    chunk = Chunk(0, 0, 0, "\n".join(map(json.dumps, records)).encode())
    decoder.read(chunk)
    gc.collect()
    gc.disable()
    try:
        decoder.read(chunk)
        assert gc.collect() < 100
    finally:
        gc.enable()
