"""Severities, durations, ids and outcomes, however they are written."""

from __future__ import annotations

import pytest

from traversion_data import schema
from traversion_data.model import Flag, Severity

from .decoded import AT, check, row_of, rows_of


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


LEVELS = {
    "info": Severity.INFO,
    "30": Severity.INFO,
    50: Severity.ERROR,
    60.0: Severity.FATAL,
    "3": Severity.ERROR,
    0: Severity.FATAL,
    4: Severity.WARN,
    6: Severity.INFO,
    7.0: Severity.DEBUG,
    17: Severity.ERROR,
    " 40 ": Severity.WARN,
    35: None,
    "100": None,
    -1: None,
    30.5: None,
}
"""What stands under `level`: words, pino's and bunyan's tens, syslog's 0 to 7, OpenTelemetry's."""


def test_numbers_among_the_words_of_a_level_are_severities_too():
    rows = rows_of(*({"ts": AT, "level": level, "msg": "x"} for level in LEVELS))
    assert [row["severity"] for row in rows] == list(LEVELS.values())


def test_a_level_is_read_alike_in_whatever_order_its_kinds_come():
    levels = list(reversed(LEVELS))
    rows = rows_of(*({"ts": AT, "level": level, "msg": "x"} for level in levels))
    assert [row["severity"] for row in rows] == [LEVELS[level] for level in levels]


@pytest.mark.parametrize(
    ("value", "level"),
    [(3, Severity.TRACE), (20, Severity.ERROR), (30, Severity.INFO), ("50", Severity.ERROR),
     (0, None), (99, None)],
)  # fmt: skip
def test_a_number_under_severity_is_opentelemetrys_or_else_pinos(value, level):
    check(row_of({"ts": AT, "severity": value, "msg": "x"}), severity=level)


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
