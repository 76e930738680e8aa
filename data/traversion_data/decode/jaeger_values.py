"""Tags, references and logs as Jaeger's JSON writes them, to plain values."""

from __future__ import annotations

from typing import Final

from traversion_data.decode.tags import tagged
from traversion_data.decode.unfolding import Json

RESERVED: Final = frozenset(
    {
        "type",
        "traceID",
        "spanID",
        "parentSpanID",
        "operationName",
        "startTime",
        "duration",
        "status",
        "text",
        "links",
        "warnings",
    }
)
_SAID: Final = ("message", "event", "exception.message", "error.object", "stack")


def process_of(process: Json) -> Json:
    """What a process says of all its spans."""
    around: Json = {"process.serviceName": process.get("serviceName")}
    tagged(process.get("tags"), around, frozenset(), "process.")
    return around


def status_of(row: Json) -> str | None:
    """How a span ended, by its tags."""
    said = row.get("otel.status_code")
    failed = row.get("error")
    if said is None and failed is not None:
        return "error" if failed not in (False, "false", "") else None
    return str(said) if said is not None else None


def references(span: Json) -> tuple[str | None, list[Json]]:
    """The span's parent, in its own trace, and the spans it refers to beside."""
    given = span.get("references")
    if not given:
        return span.get("parentSpanID") or None, []
    if len(given) == 1 and given[0].get("traceID") == span["traceID"]:
        return given[0].get("spanID"), []
    references = [
        {"traceId": it.get("traceID"), "spanId": it.get("spanID"), "type": it.get("refType")}
        for it in given
    ]
    own = [it for it in references if it["traceId"] == span["traceID"]]
    parents = [it for it in own if it["type"] == "CHILD_OF"] or own
    if not parents:
        return None, references
    return parents[0]["spanId"], [it for it in references if it is not parents[0]]


def log_of(log: Json) -> Json:
    """A log of a span, with what it says as `text`."""
    fields: Json = {}
    tagged(log.get("fields"), fields, RESERVED)
    row: Json = {"type": "log", "startTime": log["timestamp"]}
    said = next((key for key in _SAID if fields.get(key)), None)
    if said is not None:
        row["text"] = str(fields.pop(said) if said in _SAID[:2] else fields[said])
    return row | fields
