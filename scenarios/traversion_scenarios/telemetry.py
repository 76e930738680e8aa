"""What the simulated services write: spans, logs, errors, metrics and changes, as JSON lines.

Lines stand in the order in which they would have been written: logs and metrics at once, a span
when it ends. The exporter is cut at both ends of the recording in such a way that every trace
is whole: traces that began before the start or were still open at the end are left out.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final, NamedTuple

from traversion_scenarios.kernel import Kernel
from traversion_scenarios.laws import Draws

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_ENCODER: Final = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False, allow_nan=False)
_NAMED_BY_ID: Final = frozenset({"log", "error", "deploy", "config"})


class Origin(NamedTuple):
    """Which service and instance writes a line."""

    service: str
    instance: str


@dataclass(eq=False, slots=True)
class Span:
    """A span being recorded; `attributes` may grow until it is finished."""

    trace_id: str
    span_id: str
    parent_span_id: str | None
    origin: Origin
    operation: str
    kind: str
    start: int
    attributes: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class _Trace:
    start: int
    open: int = 0


class Recorder:
    """Collects lines while the simulation runs and gives them out as bytes afterwards."""

    def __init__(self, kernel: Kernel, draws: Draws) -> None:
        self._kernel = kernel
        self._draws = draws
        self._traces: dict[str, _Trace] = {}
        self._lines: list[tuple[int, str | None, dict[str, Any]]] = []

    def start(
        self,
        origin: Origin,
        operation: str,
        kind: str,
        parent: Span | None,
        attributes: Mapping[str, Any],
    ) -> Span:
        """Opens a span; without a parent it is the root of a new trace."""
        now = self._kernel.now
        trace_id = self._draws.hex(32) if parent is None else parent.trace_id
        self._traces.setdefault(trace_id, _Trace(now)).open += 1
        parent_id = None if parent is None else parent.span_id
        return Span(
            trace_id,
            self._draws.hex(16),
            parent_id,
            origin,
            operation,
            kind,
            now,
            dict(attributes),
        )

    def finish(self, span: Span, severity: str, message: str) -> None:
        """Ends a span now and writes it."""
        self._traces[span.trace_id].open -= 1
        line = {
            "timestamp": span.start,
            "type": "span",
            "service": span.origin.service,
            "instance": span.origin.instance,
            "severity": severity,
            "message": message,
            "trace_id": span.trace_id,
            "span_id": span.span_id,
            "parent_span_id": span.parent_span_id,
            "operation": span.operation,
            "span_kind": span.kind,
            "duration_ms": (self._kernel.now - span.start) / 1_000,
            "status": "error" if severity == "error" else "ok",
            **span.attributes,
        }
        self._lines.append((self._kernel.now, span.trace_id, line))

    def log(self, span: Span, severity: str, message: str, attributes: Mapping[str, Any]) -> None:
        """Writes a log line, of type `error` from severity error on, within a span."""
        kind = "error" if severity in {"error", "fatal"} else "log"
        ids = {"trace_id": span.trace_id, "span_id": span.span_id}
        fields = {"severity": severity, "message": message, **ids, **attributes}
        self._write(span.trace_id, kind, span.origin, fields)

    def event(self, origin: Origin, kind: str, fields: Mapping[str, Any]) -> None:
        """Writes a line that belongs to no request: a metric sample, a deploy, a job's log."""
        self._write(None, kind, origin, fields)

    def lines(self, start_ns: int, length: int) -> Iterator[bytes]:
        """The lines of the first `length` microseconds, whole traces only, in order of writing."""
        number = 0
        for written, trace_id, line in self._lines:
            if trace_id is None:
                if not 0 <= written < length:
                    continue
            elif self._traces[trace_id].start < 0 or self._traces[trace_id].open:
                continue
            named = {}
            if line["type"] in _NAMED_BY_ID:
                number += 1
                named = {"event_id": f"evt-{number:06}"}
            stamped = {"timestamp": _iso(start_ns, line["timestamp"]), **named}
            yield (
                _ENCODER.encode(
                    stamped | {k: v for k, v in line.items() if k != "timestamp"}
                ).encode()
                + b"\n"
            )

    def _write(
        self, trace_id: str | None, kind: str, origin: Origin, fields: Mapping[str, Any]
    ) -> None:
        now = self._kernel.now
        line = {
            "timestamp": now,
            "type": kind,
            "service": origin.service,
            "instance": origin.instance,
            **fields,
        }
        self._lines.append((now, trace_id, line))


def _iso(start_ns: int, micros: int) -> str:
    moment = _EPOCH + timedelta(microseconds=start_ns // 1_000 + micros)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
