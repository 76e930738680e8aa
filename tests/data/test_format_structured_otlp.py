"""OTLP JSON by its specification: spans, their events and links, logs, all kinds of metrics."""

from __future__ import annotations

import json

from traversion_data import schema
from traversion_data.decode.otlp import OTLP
from traversion_data.model import Flag, Severity, SpanStatus

from .loaded import FORMS, MILLI, SECOND, check, load, rows_of, sample

AT = 1_705_333_643 * SECOND
TRACE = "5b8efff798038103d269b633813fc60c"


def test_spans():
    rows, info = sample("otlp.jsonl")
    assert info.format == "OTLP JSON"
    assert info.time_field == "timeUnixNano"
    check(
        rows[0],
        time=AT + 1,
        end_time=AT + 250 * MILLI + 1,
        duration_ns=250 * MILLI,
        type="span",
        service="cart",
        instance="cart-1",
        host="node-a",
        region="eu-1",
        operation="GET /cart",
        span_kind="server",
        span_status=SpanStatus.ERROR,
        trace_id=TRACE,
        span_id="eee19b7ec3c1b174",
        parent_span_id="eee19b7ec3c1b173",
        error_occurred=True,
        links=[{"trace_id": "5b8efff798038103d269b633813fc60d", "span_id": "eee19b7ec3c1b175"}],
        retry=True,
        ratio=0.25,
        http__response__status_code=503,
        attributes__name="basket",
        user__tier="gold",
        status__message="upstream",
        status__code="error",
        scope__name="io.shop",
        flags=0,
    )
    assert json.loads(rows[0][schema.ATTRS])["tags"] == ["a", 2]
    # ids as base64, names of kinds and codes, numbers instead of texts
    check(
        rows[2],
        time=AT - 100 * MILLI,
        duration_ns=400 * MILLI,
        trace_id=TRACE,
        span_id="eee19b7ec3c1b173",
        parent_span_id=None,
        span_kind="client",
        span_status=SpanStatus.OK,
        error_occurred=False,
    )


def test_events_of_spans_are_events_of_their_own():
    rows, _ = sample("otlp.jsonl")
    check(
        rows[1],
        type="log",
        time=AT + 100 * MILLI,
        end_time=AT + 100 * MILLI,
        trace_id=TRACE,
        span_id="eee19b7ec3c1b174",
        message="no answer",
        operation="exception",
        service="cart",
        exception__type="Timeout",
        error_occurred=True,
    )


def test_logs():
    rows, _ = sample("otlp.jsonl")
    check(
        rows[3],
        type="log",
        time=AT + 200 * MILLI,
        observed_time=AT + SECOND,
        severity=Severity.ERROR,
        message="cart failed",
        session=7,
        trace_id=TRACE,
        span_id="eee19b7ec3c1b174",
        flags=0,
    )
    check(
        rows[4],
        time=AT + 2 * SECOND,
        severity=Severity.WARN,
        message="slow",
        body__took=5,
        flags=Flag.GUESSED_TIME,
    )


def test_metrics():
    rows, _ = sample("otlp.jsonl")
    at = AT + 3 * SECOND
    gauge, total, histogram, exponential, summary = rows[5:]
    assert {row["type"] for row in rows[5:]} == {"metric"}
    assert [row["time"] for row in rows[5:]] == [at + n for n in range(5)]
    check(gauge, queue__length=12.0, unit="{item}", queue="orders", name="queue.length")
    check(total, requests=3.5, temporality="cumulative", monotonic=True, time_digits=9)
    check(
        histogram,
        http__server__duration__count=4,
        http__server__duration__sum=10.0,
        http__server__duration__min=1.0,
        http__server__duration__max=5.5,
        temporality="delta",
        unit="ms",
    )
    assert json.loads(histogram[schema.ATTRS]) == {"bucketCounts": [3, 1], "explicitBounds": [5]}
    check(exponential, size__count=3, size__sum=7.5, scale=1, positive__offset=2)
    check(summary, gc__pause__count=9, gc__pause__min=0.01, gc__pause__p99=0.3)


def test_numbers_count_events_and_lines_without_any_are_accounted_for():
    view, info = load((FORMS / "otlp.jsonl").read_bytes())
    assert "a record holds many events: #N counts events in the order of their bytes" in info.notes
    assert (info.stored, info.set_aside, info.blank) == (10, 2, 1)
    assert view.events[schema.SEQ].sort().to_list() == [0, 1, 2, 3, 4, 6, 7, 8, 9, 10]
    torn, ill = view.aside.sort(schema.SEQ).rows(named=True)
    assert (torn[schema.SEQ], ill[schema.SEQ]) == (11, 12)
    assert torn["reason"].startswith("not valid JSON")
    assert ill["reason"] == "not built as its format says: resourceSpans is no array"
    text = (FORMS / "otlp.jsonl").read_bytes()
    row = view.events.filter(seq=3).row(0, named=True)
    assert text[row["offset"] :][: row["length"]].startswith(b'{"resourceLogs"')


def test_documents_give_the_same_events_as_lines():
    lines = (FORMS / "otlp.jsonl").read_bytes().splitlines()
    requests = [json.loads(line) for line in (lines[0], lines[1], lines[3])]
    core = [schema.TIME, schema.TYPE, schema.SERVICE, schema.MESSAGE, schema.SPAN_ID]
    wanted = load(b"\n".join(lines))[0].events.select(core)
    for document in (
        json.dumps(requests).encode(),
        json.dumps(requests, indent=2).encode(),
        b"\n".join(json.dumps(request, indent=1).encode() for request in requests),
    ):
        view, info = load(document)
        assert info.format == "OTLP JSON"
        assert view.events.select(core).equals(wanted)
        assert info.set_aside == 0


def test_a_document_that_is_cut_off_keeps_what_stands_before():
    line = (FORMS / "otlp.jsonl").read_bytes().splitlines()[0]
    item = json.dumps(json.loads(line)["resourceSpans"][0], indent=1).encode()
    document = b'{\n"resourceSpans": [' + b",\n".join([item] * 3)
    _, info = load(document[:-40])
    assert (info.stored, info.set_aside) == (6, 1)
    assert info.notes[-1].startswith("the document is cut off at byte")


def test_a_line_of_4_mib_and_a_deep_one():
    span = {
        "traceId": "ab" * 16,
        "spanId": "cd" * 8,
        "name": "x",
        "startTimeUnixNano": "1705333643",
    }
    spans = [{**span, "attributes": [{"key": "k", "value": {"stringValue": "v" * 900}}]}] * 5000
    big = json.dumps({"resourceSpans": [{"scopeSpans": [{"spans": spans}]}]}).encode()
    assert len(big) > 4 << 20
    value = {"arrayValue": {"values": []}}
    for _ in range(50):
        value = {"arrayValue": {"values": [value]}}
    spans = [{**span, "attributes": [{"key": "k", "value": value}]}]
    deep = json.dumps({"resourceSpans": [{"scopeSpans": [{"spans": spans}]}]}).encode()
    rows, info = rows_of(big + b"\n" + deep + b"\n")
    assert (len(rows), info.set_aside) == (5000, 1)


def test_one_resource_longer_than_is_parsed_at_once():
    span = {"traceId": "ab" * 16, "name": "x" * 1000, "startTimeUnixNano": "1705333643000000000"}
    spans = [{**span, "spanId": f"{n:016x}"} for n in range(1, 16_001)]
    resource = {"attributes": [{"key": "service.name", "value": {"stringValue": "cart"}}]}
    scopes = [{"scope": {"name": "a"}, "spans": spans[:1]}, {"spans": spans[1:]}]
    request = {"resourceSpans": [{"scopeSpans": scopes, "resource": resource}]}
    view, info = load(json.dumps(request).encode())
    assert info.stored == 16_000
    assert view.events[schema.SERVICE].unique().to_list() == ["cart"]
    found = view.events.sort(schema.SEQ)[schema.SPAN_ID].to_list()
    assert found == [span["spanId"] for span in spans]
    assert view.events["scope.name"].drop_nulls().len() == 1


def test_lines_come_while_a_source_pauses():
    line = (FORMS / "otlp.jsonl").read_bytes().splitlines(keepends=True)[0]
    found = [it and it.data for it in OTLP.cut([line[:50], b"", line[50:], b"", line, b""], 0, 0)]
    assert found == [None, line, None, line, None]


def request(signal, items, *, scope=None, **beside):
    """One export request of one resource and scope, as bytes."""
    kinds = {"Spans": "spans", "Logs": "logRecords", "Metrics": "metrics"}
    scopes = [{**(scope or {}), kinds[signal]: items}]
    return json.dumps({f"resource{signal}": [{f"scope{signal}": scopes, **beside}]}).encode()


STAMP = str(AT)


def test_what_was_dropped_and_by_which_schema_things_are_named():
    span = {
        "startTimeUnixNano": STAMP,
        "droppedEventsCount": 2,
        "events": [{"timeUnixNano": STAMP, "name": "retry", "droppedAttributesCount": 3}],
    }
    scope = {
        "scope": {"name": "io.shop", "droppedAttributesCount": 4},
        "schemaUrl": "https://opentelemetry.io/schemas/1.26.0",
    }
    resource = {"droppedAttributesCount": 5}
    url = "https://opentelemetry.io/schemas/1.24.0"
    rows, _ = rows_of(request("Spans", [span], scope=scope, resource=resource, schemaUrl=url))
    check(rows[0], droppedEventsCount=2, droppedAttributesCount=None)
    check(rows[1], message="retry", droppedAttributesCount=3)
    for row in rows:
        check(row, scope__droppedAttributesCount=4, resource__droppedAttributesCount=5)
        check(row, scope__schemaUrl=scope["schemaUrl"], resource__schemaUrl=url)


def test_numbers_that_writers_leave_out_are_zero():
    point = {"timeUnixNano": STAMP}
    metrics = [
        {"name": "took", "histogram": {"dataPoints": [point], "aggregationTemporality": 1}},
        {"name": "size", "exponentialHistogram": {"dataPoints": [{**point, "zeroCount": "3"}]}},
        {"name": "pause", "summary": {"dataPoints": [point]}},
        {"name": "open", "sum": {"dataPoints": [{**point, "asInt": "-2"}]}},
    ]
    histogram, exponential, summary, total = rows_of(request("Metrics", metrics))[0]
    check(histogram, took__count=0, temporality="delta", monotonic=None)
    check(exponential, size__count=0, zeroCount=3)
    check(summary, pause__count=0)
    check(total, open=-2.0, monotonic=False)


def test_a_point_without_a_recorded_value_gives_its_series_none():
    points = [{"timeUnixNano": STAMP, "flags": 1}, {"timeUnixNano": STAMP, "asDouble": 0.5}]
    rows, _ = rows_of(request("Metrics", [{"name": "load", "gauge": {"dataPoints": points}}]))
    assert [row["load"] for row in rows] == [None, 0.5]
    assert rows[0]["flags"] == 0


def test_severity_numbers_one_to_twenty_four():
    logs = [{"timeUnixNano": STAMP, "severityNumber": number} for number in range(25)]
    rows, _ = rows_of(request("Logs", logs))
    assert [row["severity"] for row in rows] == [None, *(n // 4 for n in range(24))]


def test_bodies_of_any_kind_and_attributes_in_bytes():
    values = [
        {"intValue": "5"},
        {"arrayValue": {"values": [{"stringValue": "a"}, {"doubleValue": 0.5}]}},
        {"kvlistValue": {"values": [{"key": "msg", "value": {"stringValue": "full"}}]}},
        {"bytesValue": "aGVsbG8="},
        {},
    ]
    logs = [{"timeUnixNano": STAMP, "body": value} for value in values]
    logs[0]["attributes"] = [{"key": "raw", "value": {"bytesValue": "aGVsbG8="}}]
    rows, info = rows_of(request("Logs", logs))
    assert info.set_aside == 0
    assert [row["message"] for row in rows] == ["5", '["a",0.5]', "full", "aGVsbG8=", None]
    assert rows[0]["raw"] == "aGVsbG8="
