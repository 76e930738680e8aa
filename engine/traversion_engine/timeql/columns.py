"""The columns each statement answers with, as the language's page fixes them."""

from __future__ import annotations

from typing import Final, TypeAlias

import polars as pl

from traversion_engine.result import ResultColumn, Role
from traversion_engine.timeql.ast import ShowKind
from traversion_engine.timeql.bound import Column, Kind, Origin

Columns: TypeAlias = tuple[ResultColumn, ...]

_KINDS: Final = {
    Role.TIME: Kind.TIME,
    Role.EVENT: Kind.EVENT,
    Role.SEVERITY: Kind.SEVERITY,
    Role.NUMBER: Kind.NUMBER,
    Role.TEXT: Kind.TEXT,
    Role.BOOLEAN: Kind.BOOLEAN,
}
_TYPES: Final[dict[Role, pl.DataType]] = {
    Role.TIME: pl.Int64(),
    Role.EVENT: pl.Int64(),
    Role.SEVERITY: pl.Int8(),
    Role.NUMBER: pl.Float64(),
    Role.TEXT: pl.String(),
    Role.BOOLEAN: pl.Boolean(),
}


def _text(*names: str) -> Columns:
    return tuple(ResultColumn(name, Role.TEXT) for name in names)


def _number(*names: str, unit: str | None = None) -> Columns:
    return tuple(ResultColumn(name, Role.NUMBER, unit) for name in names)


def _time(*names: str) -> Columns:
    return tuple(ResultColumn(name, Role.TIME) for name in names)


def _event(*names: str) -> Columns:
    return tuple(ResultColumn(name, Role.EVENT) for name in names)


_SEVERITY: Final = (ResultColumn("severity", Role.SEVERITY),)

TIMELINE: Final[Columns] = (
    *_event("seq"),
    *_text("event_id"),
    *_time("time"),
    *_text("type", "service"),
    *_SEVERITY,
    *_text("message"),
    *_number("duration_ms", unit="ms"),
    *_text("trace_id", "span_id"),
)
STATE: Final[Columns] = (
    *_text("service", "instance", "field", "value"),
    *_number("number"),
    *_text("unit"),
    *_time("as_of"),
    *_number("age_ms", unit="ms"),
    ResultColumn("stale", Role.BOOLEAN),
)
STACK: Final[Columns] = (
    *_number("depth"),
    *_event("seq"),
    *_text("service", "operation"),
    *_number("open_ms", "usual_p50_ms", "usual_p99_ms", unit="ms"),
    *_text("trace_id", "waiting_on"),
)
TRAVERSE: Final[Columns] = (
    *_number("depth"),
    *_event("seq", "parent_seq"),
    *_time("time"),
    *_number("lag_ms", unit="ms"),
    *_text("service", "type"),
    *_SEVERITY,
    *_text("message", "kind", "role"),
    *_number("confidence"),
    *_text("evidence"),
)
TRACE: Final[Columns] = (
    *_number("depth"),
    *_event("seq", "parent_seq"),
    *_text("service", "operation"),
    *_time("time"),
    *_number("start_ms", "duration_ms", "self_ms", unit="ms"),
    *_text("status"),
    ResultColumn("critical", Role.BOOLEAN),
    *_number("events"),
)
CALLS: Final[Columns] = (
    *_text("caller", "callee", "operation"),
    *_number("calls"),
    *_number("error_rate", unit="ratio"),
    *_number("p50", "p95", unit="ms"),
    *_number("confidence"),
    *_text("observed"),
)
HISTORY: Final[Columns] = (
    *_event("seq"),
    *_time("time"),
    *_text("instance", "value", "previous"),
    *_number("held_ms", unit="ms"),
)
EDGES: Final[Columns] = (
    *_event("child", "parent"),
    *_text("kind"),
    *_number("confidence"),
    *_number("lag_ms", unit="ms"),
    *_text("evidence"),
)
GOTO: Final[Columns] = _time("time")
MARK: Final[Columns] = (*_text("name"), *_time("time"))
EXPLAIN: Final[Columns] = _text("stage", "what")
HELP: Final[Columns] = _text("topic", "text")
SHOW: Final[dict[ShowKind, Columns]] = {
    "SERVICES": (
        *_text("service"),
        *_number("instances", "events", "errors"),
        *_time("first", "last"),
    ),
    "FIELDS": (
        *_text("field", "type", "unit", "meaning"),
        *_number("filled", "distinct"),
        *_text("example"),
    ),
    "TYPES": (*_text("type"), *_number("events")),
    "SOURCES": (
        *_text("source", "format", "time_field", "zone"),
        *_number("read", "stored", "set_aside", "blank", "redacted"),
        *_number("skew_ms", unit="ms"),
    ),
    "GAPS": (*_text("source"), *_time("from", "to"), *_text("reason"), *_number("bytes")),
    "BOOKMARKS": (*_text("name"), *_time("time"), *_text("note")),
}


def own_columns(columns: Columns) -> dict[str, Column]:
    """The statement's own columns, as a WHERE over its rows names them."""
    return {
        column.name: Column(
            column.name, _KINDS[column.role], column.name, column.unit, origin=Origin.RESULT
        )
        for column in columns
    }


def empty_frame(columns: Columns) -> pl.DataFrame:
    """No rows under these columns."""
    return pl.DataFrame(schema={column.name: _TYPES[column.role] for column in columns})
