"""JSON lines of known loggers: time, severity, service, message and ids where each puts them."""

from __future__ import annotations

import json

import pytest

from traversion_data.model import Severity

from .loaded import AT, MILLI, check, rows_of

TRACE, SPAN = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
INFO, WARN, ERROR = Severity.INFO, Severity.WARN, Severity.ERROR

DIALECTS = {
    "ecs nested": (
        {
            "@timestamp": "2024-01-15T15:47:23.500Z",
            "ecs": {"version": "8.11.0"},
            "log": {"level": "ERROR", "logger": "com.shop.Pay"},
            "service": {"name": "pay", "node": {"name": "pay-1"}},
            "host": {"name": "node-a"},
            "message": "declined",
            "trace": {"id": TRACE},
            "span": {"id": SPAN},
            "error": {"type": "Declined", "message": "no funds"},
        },
        {"severity": ERROR, "service": "pay", "message": "declined", "trace_id": TRACE}
        | {"span_id": SPAN, "host": "node-a", "time": AT + 500 * MILLI},
    ),
    "ecs dotted": (
        {
            "@timestamp": "2024-01-15T15:47:23.500Z",
            "log.level": "WARN",
            "message": "slow",
            "service.name": "pay",
            "trace.id": TRACE,
            "span.id": SPAN,
            "process.thread.name": "main",
            "log.logger": "com.shop.Pay",
        },
        {"severity": WARN, "service": "pay", "message": "slow", "trace_id": TRACE, "span_id": SPAN}
        | {"time": AT + 500 * MILLI},
    ),
    "pino": (
        {"level": 40, "time": 1705333643500, "pid": 7, "hostname": "node-a", "msg": "slow"},
        {"severity": WARN, "host": "node-a", "message": "slow", "time": AT + 500 * MILLI},
    ),
    "bunyan": (
        {
            "name": "pay",
            "hostname": "node-a",
            "pid": 7,
            "level": 50,
            "msg": "declined",
            "time": "2024-01-15T15:47:23.500Z",
            "v": 0,
        },
        {"severity": ERROR, "service": "pay", "host": "node-a", "message": "declined"}
        | {"time": AT + 500 * MILLI},
    ),
    "zap": (
        {"level": "warn", "ts": 1705333643.5, "caller": "a/b.go:7", "msg": "slow", "logger": "pay"},
        {"severity": WARN, "message": "slow", "time": AT + 500 * MILLI},
    ),
    "zerolog": (
        {"level": "error", "time": 1705333643, "message": "declined", "error": "no funds"},
        {"severity": ERROR, "message": "declined", "time": AT, "error_occurred": True},
    ),
    "logrus": (
        {"level": "warning", "msg": "slow", "time": "2024-01-15T16:47:23+01:00", "size": 10},
        {"severity": WARN, "message": "slow", "time": AT, "size": 10},
    ),
    "slog": (
        {
            "time": "2024-01-15T15:47:23.500000001Z",
            "level": "WARN+1",
            "source": {"function": "main.main", "file": "a.go", "line": 7},
            "msg": "slow",
            "service": "pay",
            "trace_id": TRACE,
        },
        {"severity": WARN, "service": "pay", "message": "slow", "trace_id": TRACE}
        | {"time": AT + 500 * MILLI + 1},
    ),
    "structlog": (
        {
            "event": "declined",
            "level": "error",
            "logger": "pay",
            "timestamp": "2024-01-15T15:47:23.5Z",
        },
        {"severity": ERROR, "message": "declined", "time": AT + 500 * MILLI},
    ),
    "winston": (
        {
            "level": "warn",
            "message": "slow",
            "service": "pay",
            "timestamp": "2024-01-15T15:47:23.500Z",
        },
        {"severity": WARN, "service": "pay", "message": "slow", "time": AT + 500 * MILLI},
    ),
    "log4j2": (
        {
            "instant": {"epochSecond": 1705333643, "nanoOfSecond": 500000001},
            "thread": "main",
            "level": "ERROR",
            "loggerName": "com.shop.Pay",
            "message": "declined",
            "endOfBatch": False,
            "loggerFqcn": "org.apache.logging.log4j.spi.AbstractLogger",
            "contextMap": {"traceId": TRACE, "spanId": SPAN},
            "threadId": 1,
        },
        {"severity": ERROR, "message": "declined", "trace_id": TRACE, "span_id": SPAN}
        | {"time": AT + 500 * MILLI + 1},
    ),
    "log4j2 with a moment": (
        {"timeMillis": 1705333643500, "thread": "main", "level": "WARN", "message": "slow"},
        {"severity": WARN, "message": "slow", "time": AT + 500 * MILLI},
    ),
}


FORMATS = {"bunyan": "bunyan", "log4j2": "log4j2 JSON"}


@pytest.mark.parametrize("name", DIALECTS)
def test_a_dialect(name):
    record, wanted = DIALECTS[name]
    (row,), info = rows_of(json.dumps(record).encode() + b"\n")
    assert info.format == FORMATS.get(name, "JSON Lines")
    check(row, type="log", **wanted)
