"""What a name in a statement stands for: recorded fields, core fields, derived fields."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

import polars as pl

from traversion_data import schema
from traversion_data.attributes import value_at


class FieldKind(StrEnum):
    """How a field's values are compared and shown."""

    NUMBER = "number"
    TEXT = "text"
    BOOLEAN = "boolean"
    TIME = "time"
    DURATION = "duration"
    SEVERITY = "severity"
    STATUS = "status"
    ID = "id"
    DERIVED = "derived"


class UnitSource(StrEnum):
    """How a field's unit is known."""

    SUFFIX = "suffix"
    DECLARED = "declared"
    RANGE = "range"


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a recording.

    name: as statements write it. column: the event column, `attrs` where `path` is set, and the
    field's own name where it is derived. path: the keys inside `attrs`. unit: what a bare number
    is in. stored_unit: what the column's numbers are in (only `duration` differs: ns). meaning:
    one sentence for SHOW FIELDS and HELP.
    """

    name: str
    column: str
    kind: FieldKind
    dtype: pl.DataType
    unit: str | None = None
    unit_source: UnitSource | None = None
    stored_unit: str | None = None
    meaning: str = ""
    path: tuple[str, ...] = ()

    @property
    def derived(self) -> bool:
        """Whether it is computed per service over a window, not recorded."""
        return self.kind is FieldKind.DERIVED

    @property
    def numeric(self) -> bool:
        """Whether its values are numbers that can be added and compared with numbers."""
        kinds = {FieldKind.NUMBER, FieldKind.DURATION, FieldKind.ID, FieldKind.DERIVED}
        return self.kind in kinds and self.dtype.is_numeric()

    def expr(self) -> pl.Expr:
        """The values over an event frame, in `stored_unit`; categories as they are stored.

        A field inside `attrs` is read from its JSON text (NULL where the key is absent).

        Raises:
            ValueError: the field is derived; `state.services.derived_at` gives those.
        """
        if self.derived:
            raise ValueError(f"{self.name} is derived, not recorded")
        if not self.path:
            return pl.col(self.column)
        text = value_at(pl.col(self.column), self.path)
        if self.kind is FieldKind.NUMBER:
            text = text.cast(pl.Float64(), strict=False)
        elif self.kind is FieldKind.BOOLEAN:
            text = pl.when(text == "true").then(True).when(text == "false").then(False)  # noqa: FBT003 values, not flags
        return text.alias(self.name)


@dataclass(frozen=True, slots=True)
class FieldStats:
    """What a field's values are like over the whole recording.

    filled: events that have it. distinct: different values. example: the first one, as
    text. low, high: smallest and largest, numbers only, in the stored unit.
    """

    filled: int
    distinct: int
    example: str | None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Ambiguous:
    """A name that fits several fields, which `candidates` lists."""

    candidates: tuple[Field, ...]


@dataclass(frozen=True, slots=True)
class Unknown:
    """A name that fits no field; `nearest` are those it may be a slip of, best first.

    `synonym` is set where the word is a synonym (`cpu`, `disk`) for which nothing was recorded:
    timeql.md asks for a note then, not for an error.
    """

    nearest: tuple[str, ...] = ()
    synonym: bool = False


def _core(
    name: str, column: str, kind: FieldKind, meaning: str, unit: tuple[str, str] | None = None
) -> Field:
    shown, stored = unit if unit else (None, None)
    source = UnitSource.DECLARED if unit else None
    return Field(name, column, kind, schema.EVENT[column], shown, source, stored, meaning)


CORE: Final = MappingProxyType(
    {
        field.name: field
        for field in (
            _core("seq", schema.SEQ, FieldKind.ID, "number of the event in its source"),
            _core("time", schema.TIME, FieldKind.TIME, "when the event happened; a span's start"),
            _core("end_time", schema.END_TIME, FieldKind.TIME, "a span's end, else the time"),
            _core("observed_time", schema.OBSERVED_TIME, FieldKind.TIME, "when it was collected"),
            _core("type", schema.TYPE, FieldKind.TEXT, "what sort of event it is"),
            _core("service", schema.SERVICE, FieldKind.TEXT, "the service that recorded it"),
            _core("instance", schema.INSTANCE, FieldKind.TEXT, "the replica of the service"),
            _core("host", schema.HOST, FieldKind.TEXT, "the machine it ran on"),
            _core("region", schema.REGION, FieldKind.TEXT, "where that machine stands"),
            _core("operation", schema.OPERATION, FieldKind.TEXT, "what the span or request did"),
            _core("severity", schema.SEVERITY, FieldKind.SEVERITY, "how bad the event says it is"),
            _core("message", schema.MESSAGE, FieldKind.TEXT, "its text"),
            _core("template", schema.TEMPLATE, FieldKind.ID, "which pattern the message follows"),
            _core("event_id", schema.EVENT_ID, FieldKind.ID, "the event's own id"),
            _core("trace_id", schema.TRACE_ID, FieldKind.ID, "the request it belongs to"),
            _core("span_id", schema.SPAN_ID, FieldKind.ID, "the span it is or belongs to"),
            _core("parent_span_id", schema.PARENT_SPAN_ID, FieldKind.ID, "the span that called it"),
            _core("span_kind", schema.SPAN_KIND, FieldKind.TEXT, "which side of a call it is"),
            _core(
                "duration",
                schema.DURATION,
                FieldKind.DURATION,
                "how long it took",
                unit=("ms", "ns"),
            ),
            _core("span_status", schema.STATUS, FieldKind.STATUS, "the span's outcome"),
            _core(
                "error_occurred",
                schema.ERROR_OCCURRED,
                FieldKind.BOOLEAN,
                "whether it is an error by severity, status or exception",
            ),
        )
    }
)
"""The core fields by the name the language gives them."""


def _derived(name: str, dtype: pl.DataType, unit: str | None, meaning: str) -> Field:
    return Field(
        name, name, FieldKind.DERIVED, dtype, unit, UnitSource.DECLARED if unit else None, unit,
        meaning,
    )  # fmt: skip


DERIVED: Final = MappingProxyType(
    {
        field.name: field
        for field in (
            _derived("request_rate", pl.Float64(), "/s", "requests ended per second"),
            _derived("error_rate", pl.Float64(), "ratio", "share of requests that failed"),
            _derived("p50", pl.Float64(), "ms", "median request duration"),
            _derived("p95", pl.Float64(), "ms", "95th percentile of request duration"),
            _derived("p99", pl.Float64(), "ms", "99th percentile of request duration"),
            _derived("in_flight", pl.Float64(), "count", "requests open"),
            _derived("saturation", pl.Float64(), "ratio", "how full its fullest resource is"),
            _derived("last_error", pl.String(), None, "message of its last error"),
            _derived("health", pl.String(), None, "healthy, degraded, failing or silent"),
        )
    }
)
"""Fields computed per service over a trailing window; a recorded field of the name comes first."""

ALIASES: Final = MappingProxyType(
    {
        "eventtype": "type",
        "kind": "type",
        "eventid": "event_id",
        "level": "severity",
        "latency": "duration",
        "servicename": "service",
        "timestamp": "time",
        "ts": "time",
        "status": "span_status",
        "error": "error_occurred",
    }
)
"""Other words for core fields, by matching form; a recorded field of that name comes first."""


def matching_form(name: str) -> str:
    """What is left of a name when case and `_ . -` do not count."""
    return name.casefold().replace("_", "").replace(".", "").replace("-", "")
