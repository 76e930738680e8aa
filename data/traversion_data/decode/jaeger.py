"""Jaeger's JSON, as its user interface saves traces and its HTTP API gives them.

jaegertracing.io: API of the query service; github.com/jaegertracing/jaeger/model/json.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from typing import Final

from traversion_data import schema
from traversion_data.decode.base import DecodeOptions, Format, Head
from traversion_data.decode.gathering import GatheringDecoder, SheetReader
from traversion_data.decode.jaeger_columns import JaegerGatherer
from traversion_data.decode.jaeger_values import (
    RESERVED,
    log_of,
    process_of,
    references,
    status_of,
)
from traversion_data.decode.known import closed, keys, known_mapping, measured
from traversion_data.decode.tags import tagged
from traversion_data.decode.unfolding import Json
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
_NESTING: Final = ((b"spans",),)
_BEGINS: Final = re.compile(rb"\s*\{")
_SPANS: Final = re.compile(rb'"spans"\s*:\s*\[')


def unfold(trace: Json) -> Iterator[Json]:
    """The spans of a trace and the logs in them."""
    processes: dict[str, Json] = {}
    for key, process in (trace.get("processes") or {}).items():
        processes[key] = process_of(process)
    for span in trace["spans"]:
        around = processes.get(span.get("processID"))
        if around is None:
            around = process_of(span.get("process") or {})
        yield from _span(span, around)


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
    tagged(span.get("tags"), row, RESERVED)
    row["status"] = status_of(row)
    parent, links = references(span)
    row["parentSpanID"] = parent
    if links:
        row["links"] = links
    if span.get("warnings"):
        row["warnings"] = span["warnings"]
    yield row
    for log in span.get("logs") or ():
        yield ids | around | log_of(log)


def _fits(head: Head) -> float:
    own = _BEGINS.match(head.data) and b'"traceID"' in head.data and _SPANS.search(head.data)
    return 1.0 if own else 0.0


def _decoder(options: DecodeOptions) -> GatheringDecoder:
    mapping = known_mapping(options, _KNOWN)
    reader = SheetReader(mapping)
    return GatheringDecoder(reader, mapping, options, unfold, JaegerGatherer, nesting=_NESTING)


JAEGER: Final = Format(
    "jaeger", "Jaeger JSON", _fits, partial(cut_elements, keys=(b"data",)), _decoder
)
"""Stamps are the start of spans, in microseconds; a trace is read as a whole."""
