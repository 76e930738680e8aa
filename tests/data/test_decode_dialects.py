"""Real dialects of JSON logs and spans: what each core column is read from."""

from __future__ import annotations

from traversion_data.model import Severity, SpanStatus

from .decoded import AT, check, row_of, rows_of


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
        service="app",
    )


def test_samples_give_a_column_to_each_metric_they_name():
    sample = {"ts": AT, "service": "db"}
    rows = rows_of(
        {**sample, "type": "metric", "name": "cpu_pct", "value": 81, "unit": "percent"},
        {**sample, "name": "pool.wait", "value": 0.25},
        {**sample, "level": "info", "name": "cpu_pct", "value": 3},
        {**sample, "msg": "restarted", "name": "pool.wait", "value": 9.5},
        {**sample, "type": "metric", "name": "service", "value": 1.5},
    )
    assert [row["type"] for row in rows] == ["metric", "metric", "log", "log", "metric"]
    assert [row["cpu_pct"] for row in rows] == [81.0, None, None, None, None]
    assert [row["pool.wait"] for row in rows] == [None, 0.25, None, None, None]
    assert [row["field.service"] for row in rows] == [None, None, None, None, 1.5]
    assert rows[0]["service"] == "db"
    assert [(row["name"], row["value"]) for row in rows[:2]] == [
        ("cpu_pct", 81),
        ("pool.wait", 0.25),
    ]


def test_a_metric_named_like_a_text_field_keeps_to_its_value():
    rows = rows_of(
        {"ts": AT, "zone": "eu-1", "msg": "x"},
        {"ts": AT, "type": "metric", "name": "zone", "value": 4.5},
    )
    assert [row["zone"] for row in rows] == ["eu-1", None]
    assert rows[1]["value"] == 4.5


def test_a_latency_of_a_metric_is_a_gauge():
    row = row_of({"ts": AT, "type": "metric", "service": "a", "latency_ms": 12.5})
    check(row, duration_ns=None, latency_ms=12.5, end_time=AT)


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
