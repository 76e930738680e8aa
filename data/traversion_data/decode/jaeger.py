"""Jaeger's JSON, as its user interface saves traces and its HTTP API gives them.

jaegertracing.io: API of the query service; github.com/jaegertracing/jaeger/model/json.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from typing import Any, Final

from traversion_data import schema
from traversion_data.decode.base import DecodeOptions, Format, Head
from traversion_data.decode.json import JsonReader
from traversion_data.decode.known import closed, keys, known_mapping, measured
from traversion_data.decode.tags import tagged
from traversion_data.decode.unfolding import Json, RecordDecoder
from traversion_data.model import MICROSECOND
from traversion_data.source.documents import cut_elements

_HOW: Final = "Jaeger"
_KNOWN: Final = closed(
    {
        schema.TIME: measured(_HOW, "startTime", MICROSECOND),
        schema.DURATION: measured(_HOW, "duration", MICROSECOND),
        schema.TYPE: keys(_HOW, "type"),
        schema.SEVERITY: keys(_HOW, "level"),
        schema.SERVICE: keys(_HOW, "process.serviceName"),
        schema.INSTANCE: keys(
            _HOW,
            "process.service.instance.id",
            "process.k8s.pod.name",
            "process.hostname",
            "process.host.name",
        ),
        schema.HOST: keys(_HOW, "process.hostname", "process.host.name"),
        schema.REGION: keys(_HOW, "process.cloud.region"),
        schema.OPERATION: keys(_HOW, "operationName"),
        schema.MESSAGE: keys(_HOW, "text"),
        schema.TRACE_ID: keys(_HOW, "traceID"),
        schema.SPAN_ID: keys(_HOW, "spanID"),
        schema.PARENT_SPAN_ID: keys(_HOW, "parentSpanID"),
        schema.SPAN_KIND: keys(_HOW, "span.kind"),
        schema.STATUS: keys(_HOW, "status"),
    }
)
_RESERVED: Final = frozenset(
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
_NESTING: Final = ((b"spans",),)
_BEGINS: Final = re.compile(rb"\s*\{")
_SPANS: Final = re.compile(rb'"spans"\s*:\s*\[')
_SAID: Final = ("message", "event", "exception.message", "error.object", "stack")


def unfold(trace: Json) -> Iterator[Json]:
    """The spans of a trace and the logs in them."""
    processes: dict[str, Json] = {}
    for key, process in (trace.get("processes") or {}).items():
        processes[key] = _process(process)
    for span in trace["spans"]:
        around = processes.get(span.get("processID"))
        if around is None:
            around = _process(span.get("process") or {})
        yield from _span(span, around)


def _process(process: Json) -> Json:
    around: Json = {"process.serviceName": process.get("serviceName")}
    tagged(process.get("tags"), around, frozenset(), "process.")
    return around


def _span(span: Json, around: Json) -> Iterator[Json]:
    ids = {"traceID": span["traceID"], "spanID": span["spanID"]}
    row: Json = {
        "type": "span",
        **ids,
        "operationName": span.get("operationName"),
        "startTime": span["startTime"],
        "duration": span.get("duration"),
        **around,
    }
    tagged(span.get("tags"), row, _RESERVED)
    row["status"] = _status(row)
    parent, links = _references(span)
    row["parentSpanID"] = parent
    if links:
        row["links"] = links
    if span.get("warnings"):
        row["warnings"] = span["warnings"]
    yield row
    for log in span.get("logs") or ():
        yield _log(log, ids, around)


def _status(row: Json) -> str | None:
    said = row.get("otel.status_code")
    failed = row.get("error")
    if said is None and failed is not None:
        return "error" if failed not in (False, "false", "") else None
    return str(said) if said is not None else None


def _references(span: Json) -> tuple[str | None, list[Json]]:
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


def _log(log: Json, ids: Json, around: Json) -> Json:
    row: Json = {"type": "log", "startTime": log["timestamp"], **ids, **around}
    fields: dict[str, Any] = {}
    tagged(log.get("fields"), fields, _RESERVED)
    said = next((key for key in _SAID if fields.get(key)), None)
    if said is not None:
        row["text"] = str(fields.pop(said) if said in _SAID[:2] else fields[said])
    return row | fields


def _fits(head: Head) -> float:
    own = _BEGINS.match(head.data) and b'"traceID"' in head.data and _SPANS.search(head.data)
    return 1.0 if own else 0.0


def _decoder(options: DecodeOptions) -> RecordDecoder:
    mapping = known_mapping(options, _KNOWN)
    return RecordDecoder(JsonReader(mapping), mapping, options, unfold, nesting=_NESTING)


JAEGER: Final = Format(
    "jaeger", "Jaeger JSON", _fits, partial(cut_elements, keys=(b"data",)), _decoder
)
"""Stamps are the start of spans, in microseconds; a trace is read as a whole."""
