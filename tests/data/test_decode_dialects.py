"""Real dialects of JSON logs and spans: what each core column is read from."""

from __future__ import annotations

import json

import polars as pl
import pytest

from traversion_data import schema
from traversion_data.decode.json import JsonDecoder
from traversion_data.ingest import complete
from traversion_data.model import FieldMap, Flag, Severity, SpanStatus
from traversion_data.source.base import Chunk

AT = 1_705_333_643_000_000_000  # 2024-01-15T15:47:23Z


def batch_of(*records, name="app.jsonl", **options):
    lines = [record if isinstance(record, str) else json.dumps(record) for record in records]
    decoder = JsonDecoder(name, **options)
    batch = complete(decoder.decode(Chunk(0, 0, 0, ("\n".join(lines) + "\n").encode())))
    return batch, decoder


def rows_of(*records, **options):
    batch, _ = batch_of(*records, **options)
    assert batch.aside.height == 0, batch.aside["reason"].to_list()
    return batch.events.rows(named=True)


def row_of(record, **options):
    return rows_of(record, **options)[0]


def check(row, **expected):
    assert {name: row[name] for name in expected} == expected


def test_plain_log():
    row = row_of(
        {
            "timestamp": "2024-01-15T15:47:23.123456Z",
            "level": "WARNING",
            "service": "db",
            "message": "slow",
            "pool": 5,
        }
    )
    check(
        row,
        time=AT + 123_456_000,
        time_digits=6,
        severity=Severity.WARN,
        service="db",
        message="slow",
        type="log",
        pool=5,
        flags=0,
        error_occurred=False,
    )
    assert row["end_time"] == row["time"]
    assert "level" not in row


def test_pino():
    row = row_of(
        {
            "level": 50,
            "time": 1705333643123,
            "pid": 1,
            "hostname": "web-1",
            "msg": "boom",
            "err": {"type": "Error"},
        }
    )
    check(
        row,
        time=AT + 123_000_000,
        time_digits=3,
        severity=Severity.ERROR,
        host="web-1",
        instance="web-1",
        message="boom",
        error_occurred=True,
    )
    assert row["err.type"] == "Error"


def test_zap_keeps_every_digit_of_an_epoch_fraction():
    row = row_of('{"level":"info","ts":1705333643.123456789,"logger":"x","msg":"hi"}')
    check(row, time=AT + 123_456_789, time_digits=9, message="hi")
    assert "ts" not in row


def test_elastic_common_schema_nested_and_dotted():
    nested = {
        "@timestamp": "2024-01-15T15:47:23.5Z",
        "log": {"level": "error"},
        "service": {"name": "pay"},
        "trace": {"id": "ab" * 16},
        "message": "x",
        "event": {"kind": "event"},
    }
    dotted = {
        "@timestamp": "2024-01-15T15:47:23.5Z",
        "log.level": "error",
        "service.name": "pay",
        "trace.id": "ab" * 16,
        "message": "x",
        "event.kind": "event",
    }
    for row in rows_of(nested, dotted):
        check(
            row,
            time=AT + 500_000_000,
            severity=Severity.ERROR,
            service="pay",
            trace_id="ab" * 16,
            message="x",
            type="event",
        )


def test_otlp_log_record():
    row = row_of(
        {
            "timeUnixNano": "1705333643123456789",
            "observedTimeUnixNano": "1705333644000000000",
            "severityNumber": 17,
            "severityText": "ERROR",
            "body": {"stringValue": "failed"},
            "traceId": "ab" * 16,
            "spanId": "cd" * 8,
            "resource": {"service.name": "orders", "service.instance.id": "o-1"},
        }
    )
    check(
        row,
        time=AT + 123_456_789,
        time_digits=9,
        observed_time=AT + 10**9,
        severity=Severity.ERROR,
        message="failed",
        trace_id="ab" * 16,
        span_id="cd" * 8,
        service="orders",
        instance="o-1",
        type="log",
    )


def test_otlp_span():
    row = row_of(
        {
            "name": "GET /cart",
            "kind": "SPAN_KIND_SERVER",
            "traceId": "ab" * 16,
            "spanId": "cd" * 8,
            "parentSpanId": "",
            "startTimeUnixNano": "1705333643000000000",
            "endTimeUnixNano": "1705333643250000000",
            "status": {"code": "STATUS_CODE_ERROR"},
            "serviceName": "cart",
        }
    )
    check(
        row,
        time=AT,
        end_time=AT + 250_000_000,
        duration_ns=250_000_000,
        type="span",
        span_kind="server",
        operation="GET /cart",
        parent_span_id=None,
        span_status=SpanStatus.ERROR,
        error_occurred=True,
        service="cart",
    )
    assert row["status.code"] == "STATUS_CODE_ERROR"


def test_numeric_span_status_and_kind():
    row = row_of(
        {
            "traceId": "a",
            "spanId": "b",
            "startTime": AT,
            "endTime": AT + 5,
            "kind": 3,
            "status": {"code": 2},
        }
    )
    check(row, span_kind="client", span_status=SpanStatus.ERROR, duration_ns=5, type="span")


def test_datadog():
    row = row_of(
        {
            "timestamp": "2024-01-15T15:47:23Z",
            "status": "info",
            "message": "m",
            "dd": {"trace_id": 123456789012345678, "span_id": "42", "service": "web"},
        }
    )
    check(row, trace_id="123456789012345678", span_id="42", message="m")


def test_gelf():
    row = row_of(
        {
            "version": "1.1",
            "host": "h1",
            "short_message": "down",
            "timestamp": 1705333643.072,
            "level": 3,
            "_app": "web",
        }
    )
    check(
        row, time=AT + 72_000_000, severity=Severity.ERROR, message="down", host="h1", service="web"
    )


def test_journald():
    row = row_of(
        {
            "__REALTIME_TIMESTAMP": "1705333643123456",
            "PRIORITY": "4",
            "MESSAGE": "hm",
            "_HOSTNAME": "n1",
            "SYSLOG_IDENTIFIER": "sshd",
        }
    )
    check(
        row, time=AT + 123_456_000, severity=Severity.WARN, message="hm", host="n1", service="sshd"
    )


def test_google_cloud():
    row = row_of(
        {
            "timestamp": "2024-01-15T15:47:23.000000001Z",
            "severity": "NOTICE",
            "jsonPayload": {"message": "deploy"},
            "logging.googleapis.com/spanId": "cd" * 8,
            "receiveTimestamp": "2024-01-15T15:47:24Z",
        }
    )
    check(
        row,
        time=AT + 1,
        severity=Severity.INFO,
        message="deploy",
        span_id="cd" * 8,
        observed_time=AT + 10**9,
    )


def test_docker_and_kubernetes():
    row = row_of(
        {
            "log": "started\n",
            "stream": "stdout",
            "time": "2024-01-15T15:47:23.5Z",
            "kubernetes": {
                "pod_name": "web-77",
                "container_name": "web",
                "labels": {"app": "shop"},
            },
        }
    )
    check(row, message="started\n", service="shop", instance="web-77", stream="stdout")
    assert row["kubernetes.container_name"] == "web"


def test_mongodb():
    row = row_of(
        {
            "t": {"$date": "2024-01-15T15:47:23.123+00:00"},
            "s": "W",
            "c": "NETWORK",
            "msg": "Connection ended",
        }
    )
    check(
        row, time=AT + 123_000_000, severity=Severity.WARN, message="Connection ended", c="NETWORK"
    )


def test_structlog_event_is_the_message():
    check(
        row_of({"event": "user logged in", "level": "info", "timestamp": "2024-01-15T15:47:23Z"}),
        message="user logged in",
        type="log",
    )


def test_metric_sample():
    row = row_of({"time": AT // 10**9, "pod": "db-0", "cpu_pct": 81.5, "mem_mb": 400})
    check(
        row,
        type="metric",
        time_digits=0,
        instance="db-0",
        cpu_pct=81.5,
        mem_mb=400,
        service="app.jsonl",
    )


def test_a_latency_of_a_metric_is_a_gauge():
    row = row_of({"ts": AT, "type": "metric", "service": "a", "latency_ms": 12.5})
    check(row, duration_ns=None, latency_ms=12.5, end_time=AT)


@pytest.mark.parametrize(
    ("written", "nanos", "digits"),
    [
        (1705333643, AT, 0),
        (1705333643123, AT + 123_000_000, 3),
        (1705333643123456, AT + 123_456_000, 6),
        (AT + 7, AT + 7, 9),
        ("1705333643", AT, 0),
        ("1705333643.25", AT + 250_000_000, 2),
        (1705333643.5, AT + 500_000_000, 1),
        ("2024-01-15 15:47:23", AT, 0),
        ("2024-01-15 15:47:23,250", AT + 250_000_000, 3),
        ("2024-01-15T17:47:23+02:00", AT, 0),
        ("2024-01-15T17:47:23.1+0200", AT + 100_000_000, 1),
        ("2024-01-15T10:17:23-05:30", AT, 0),
        ("2024-01-15T15:47:23.1234567891234Z", AT + 123_456_789, 9),
        ("20240115T154723Z", AT, 0),
        ("15/Jan/2024:16:47:23 +0100", AT, 0),
        ("Mon, 15 Jan 2024 15:47:23 GMT", AT, 0),
        (0, 0, 0),
    ],
)
@pytest.mark.parametrize("key", ["timestamp", "time", "ts", "@timestamp", "eventTime"])
def test_times(key, written, nanos, digits):
    check(row_of({key: written, "msg": "x"}), time=nanos, time_digits=digits, flags=0)


def test_a_time_in_the_zone_given():
    check(row_of({"time": "2024-01-15 16:47:23", "msg": "x"}, zone="Europe/Berlin"), time=AT)


def test_a_local_hour_that_comes_twice_is_the_first():
    check(
        row_of({"time": "2024-10-27 02:30:00", "msg": "x"}, zone="Europe/Berlin"),
        time=1_729_989_000_000_000_000,
    )


def test_time_by_its_values():
    batch, decoder = batch_of({"kiedy": "2024-01-15T15:47:23Z", "msg": "x", "n": 7})
    check(batch.events.row(0, named=True), time=AT, n=7)
    assert decoder.recognised[0].key == "kiedy"
    assert decoder.recognised[0].how == "ISO-8601, Z"


def test_a_number_that_is_no_time_is_not_taken_for_one():
    check(row_of({"time": 12.5, "ts": AT, "msg": "x"}), time=AT)


@pytest.mark.parametrize(
    ("first", "how"),
    [
        ({"ts": AT}, "epoch nanoseconds"),
        ({"ts": AT // 10**9}, "epoch seconds"),
        ({"ts": "1705333643123"}, "epoch milliseconds"),
        ({"ts": "2024-01-15T15:47:23.123456Z"}, "ISO-8601, 6 digits, Z"),
        ({"ts": "2024-01-15T15:47:23.123+01:00"}, "ISO-8601, 3 digits, offset"),
        ({"ts": "2024-01-15 15:47:23"}, "ISO-8601, no zone"),
    ],
)
def test_what_was_understood_is_said(first, how):
    _, decoder = batch_of({**first, "msg": "x"})
    assert decoder.recognised[0].how == how


@pytest.mark.parametrize(
    ("key", "word", "level"),
    [
        ("severity", "warning", Severity.WARN),
        ("level", "ERR", Severity.ERROR),
        ("lvl", "critical", Severity.FATAL),
        ("log.level", "Emerg", Severity.FATAL),
        ("severityText", "Notice", Severity.INFO),
        ("severity_text", "panic", Severity.FATAL),
        ("severityNumber", 1, Severity.TRACE),
        ("severityNumber", 24, Severity.FATAL),
        ("level", 10, Severity.TRACE),
        ("level", 30, Severity.INFO),
        ("level", 60, Severity.FATAL),
        ("levelname", "DEBUG", Severity.DEBUG),
    ],
)
def test_severities(key, word, level):
    check(row_of({"ts": AT, key: word}), severity=level)


def test_a_severity_that_is_none_is_kept_as_a_field():
    row = row_of({"ts": AT, "severity": "purple", "message": "x"})
    check(row, severity=None, **{"field.severity": "purple"})


@pytest.mark.parametrize(
    ("key", "value", "nanos"),
    [
        ("duration_ms", 20.118, 20_118_000),
        ("durationMs", 20, 20_000_000),
        ("duration_ns", 7, 7),
        ("duration_us", 7, 7_000),
        ("duration_s", 1.5, 1_500_000_000),
        ("elapsed_seconds", 2, 2_000_000_000),
        ("latency_ms", 3, 3_000_000),
        ("responseTimeMs", "4", 4_000_000),
        ("duration", "12ms", 12_000_000),
        ("duration", "1.5s", 1_500_000_000),
        ("elapsed", "250µs", 250_000),
        ("duration", "1m2.5s", 62_500_000_000),
    ],
)
def test_durations(key, value, nanos):
    row = row_of({"ts": AT, "msg": "x", key: value})
    check(row, duration_ns=nanos, end_time=AT, type="log")
    assert [name for name in row if name not in schema.EVENT] == []


@pytest.mark.parametrize(
    ("key", "value"),
    [("duration", 12), ("duration_ms", -1), ("duration", "long"), ("p95_latency_ms", 4.5)],
)
def test_what_is_no_duration_stays_a_field(key, value):
    check(row_of({"ts": AT, "msg": "x", key: value}), duration_ns=None, **{key: value})


def test_span_ends_after_its_duration():
    row = row_of(
        {
            "ts": AT,
            "type": "span",
            "trace_id": "t",
            "span_id": 7,
            "parent_span_id": None,
            "duration_ms": 5,
            "service": "a",
        }
    )
    check(row, end_time=AT + 5_000_000, span_id="7", parent_span_id=None)


def test_ids_become_text_and_zeros_name_nothing():
    row = row_of(
        {
            "ts": AT,
            "traceId": 12345678901234567890123,
            "spanId": 5,
            "parentSpanId": "0000000000000000",
        }
    )
    check(row, trace_id="12345678901234567890123", span_id="5", parent_span_id=None, flags=0)


@pytest.mark.parametrize(
    ("record", "occurred"),
    [
        ({"level": "error"}, True),
        ({"level": "warn"}, False),
        ({"http": {"status_code": 500}}, True),
        ({"http.response.status_code": 404}, False),
        ({"status": "503"}, True),
        ({"status_code": 200}, False),
        ({"error": True}, True),
        ({"error": False}, False),
        ({"error": "timeout"}, True),
        ({"error": "None"}, False),
        ({"error": ""}, False),
        ({"error": "0"}, False),
        ({"exception": {"type": "ValueError"}}, True),
        ({"exception.type": "ValueError"}, True),
        ({"span_id": "a", "trace_id": "t", "duration_ms": 1, "status": "ERROR"}, True),
        ({"span_id": "a", "trace_id": "t", "duration_ms": 1, "status": "OK"}, False),
        ({}, False),
    ],
)
def test_error_occurred(record, occurred):
    check(row_of({"ts": AT, "message": "m", **record}), error_occurred=occurred)


def test_error_that_changes_its_type_still_counts():
    rows = rows_of(
        {"ts": AT, "error": False}, {"ts": AT, "error": False}, {"ts": AT, "error": "timeout"}
    )
    assert [row["error_occurred"] for row in rows] == [False, False, True]
    check(rows[2], error=None, attrs='{"error":"timeout"}', flags=Flag.DRIFTED)


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


def test_two_dialects_in_one_file():
    rows = rows_of(
        {"timestamp": "2024-01-15T15:47:23Z", "message": "a", "svc": 1},
        {"ts": AT + 5, "msg": "b"},
        {"timestamp": "2024-01-15T15:47:23Z", "ts": 9, "message": "c", "msg": "d"},
    )
    assert [(row["time"], row["message"], row["msg"]) for row in rows] == [
        (AT, "a", None),
        (AT + 5, "b", None),
        (AT, "c", "d"),
    ]
    assert [row["ts"] for row in rows] == [None, None, 9]


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


def test_a_line_without_a_time_stands_at_the_one_before():
    rows = rows_of(
        {"msg": "first"}, {"ts": AT, "msg": "a"}, {"msg": "b"}, {"ts": "whenever", "msg": "c"}
    )
    assert [row["time"] for row in rows] == [AT] * 4
    assert [bool(row["flags"] & Flag.GUESSED_TIME) for row in rows] == [True, False, True, True]
    assert rows[3]["ts"] == "whenever"


def test_lines_before_any_time_are_set_aside_with_the_remedy():
    batch, _ = batch_of({"msg": "a"}, {"msg": "b"})
    assert batch.events.height == 0
    assert "--map time=KEY" in batch.aside["reason"][0]


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
