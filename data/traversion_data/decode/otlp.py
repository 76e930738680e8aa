"""OpenTelemetry's JSON: the Collector's file exporter, line by line, and whole documents.

opentelemetry.io: OTLP specification (JSON Protobuf encoding), data models of logs and metrics.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from typing import Final

import polars as pl

from traversion_data import schema
from traversion_data.decode.base import DecodeOptions, Format, Head
from traversion_data.decode.gathering import GatheringDecoder, SheetReader
from traversion_data.decode.known import closed, keys, known_mapping
from traversion_data.decode.otlp_columns import EVENT, ITEM, LOG, SPAN, OtlpGatherer
from traversion_data.decode.otlp_metrics import points
from traversion_data.decode.otlp_values import (
    STATUS,
    attributes,
    identity,
    linked,
    listed,
    said,
    scopes,
    stamp,
)
from traversion_data.decode.record import NotAnEvent
from traversion_data.decode.shape import FLAGS
from traversion_data.decode.unfolding import Json
from traversion_data.model import Flag
from traversion_data.source.documents import cut_lines_or_elements

_HOW: Final = "OTLP"
_KNOWN: Final = closed(
    {
        schema.TIME: keys(_HOW, "timeUnixNano", "startTimeUnixNano"),
        schema.END_TIME: keys(_HOW, "endTimeUnixNano"),
        schema.OBSERVED_TIME: keys(_HOW, "observedTimeUnixNano"),
        schema.TYPE: keys(_HOW, "type"),
        schema.SEVERITY: keys(_HOW, "severityNumber", "severityText"),
        schema.SERVICE: keys(_HOW, "resource.service.name"),
        schema.INSTANCE: keys(
            _HOW, "resource.service.instance.id", "resource.k8s.pod.name", "resource.host.name"
        ),
        schema.HOST: keys(_HOW, "resource.host.name", "resource.k8s.node.name"),
        schema.REGION: keys(_HOW, "resource.cloud.region"),
        schema.OPERATION: keys(_HOW, "name", "eventName"),
        schema.MESSAGE: keys(_HOW, "body"),
        schema.TRACE_ID: keys(_HOW, "traceId"),
        schema.SPAN_ID: keys(_HOW, "spanId"),
        schema.PARENT_SPAN_ID: keys(_HOW, "parentSpanId"),
        schema.SPAN_KIND: keys(_HOW, "kind"),
        schema.STATUS: keys(_HOW, "status.code"),
    }
)
_KEYS: Final = (b"resourceSpans", b"resourceLogs", b"resourceMetrics")
_NESTING: Final = (
    _KEYS,
    (b"scopeSpans", b"scopeLogs", b"scopeMetrics"),
    (b"spans", b"logRecords", b"metrics"),
)
_BEGINS: Final = re.compile(
    rb'\s*(?:\[\s*)?\{\s*"(?:resourceSpans|resourceLogs|resourceMetrics)"\s*:\s*\['
)
_REQUEST_OR_ITEM: Final = ITEM | {"resourceSpans", "resourceLogs", "resourceMetrics"}
_LONGEST: Final = 64 * 1024 * 1024
_TIMES: Final = ("i:timeUnixNano", "i:startTimeUnixNano")
_OBSERVED: Final = "i:observedTimeUnixNano"


def unfold(record: Json) -> Iterator[Json]:
    """The events of an export request, or of one resource in it.

    Raises:
        NotAnEvent: it is neither.
    """
    if record and not record.keys() & _REQUEST_OR_ITEM:
        raise NotAnEvent(
            "no OTLP request: it has none of resourceSpans, resourceLogs and resourceMetrics"
        )
    for item in listed(record, "resourceSpans"):
        yield from _resource_spans(item)
    for item in listed(record, "resourceLogs"):
        yield from _resource_logs(item)
    for item in listed(record, "resourceMetrics"):
        yield from _resource_metrics(item)
    yield from _resource_spans(record)
    yield from _resource_logs(record)
    yield from _resource_metrics(record)


def _resource_spans(item: Json) -> Iterator[Json]:
    for around, scope in scopes(item, "scopeSpans"):
        for span in listed(scope, "spans"):
            yield from _span(span, around)


def _resource_logs(item: Json) -> Iterator[Json]:
    for around, scope in scopes(item, "scopeLogs"):
        for record in listed(scope, "logRecords"):
            yield _log(record, around)


def _resource_metrics(item: Json) -> Iterator[Json]:
    for around, scope in scopes(item, "scopeMetrics"):
        for metric in listed(scope, "metrics"):
            yield from points(metric, around)


def _span(span: Json, around: Json) -> Iterator[Json]:
    ids = {"traceId": identity(span.get("traceId")), "spanId": identity(span.get("spanId"))}
    row = {
        "type": "span",
        **ids,
        "parentSpanId": identity(span.get("parentSpanId")),
        "name": span.get("name"),
        "kind": span.get("kind"),
        "startTimeUnixNano": stamp(span.get("startTimeUnixNano")),
        "endTimeUnixNano": stamp(span.get("endTimeUnixNano")),
        **around,
    }
    status = span.get("status")
    if status:
        row["status.code"] = STATUS.get(status.get("code"))
        row["status.message"] = status.get("message") or None
    attributes(span.get("attributes"), row)
    if not span.keys() <= SPAN:
        row |= {key: value for key, value in span.items() if key not in SPAN and value}
    if span.get("links"):
        row["links"] = [linked(link) for link in span["links"]]
    yield row
    for event in listed(span, "events"):
        yield _span_event(event, ids, around)


def _span_event(event: Json, ids: Json, around: Json) -> Json:
    row = {
        "type": "log",
        "timeUnixNano": stamp(event.get("timeUnixNano")),
        **ids,
        **around,
        "eventName": event.get("name"),
    }
    attributes(event.get("attributes"), row)
    row["body"] = row.get("exception.message") or row.get("message") or event.get("name")
    if not event.keys() <= EVENT:
        row |= {key: value for key, value in event.items() if key not in EVENT and value}
    return row


def _log(record: Json, around: Json) -> Json:
    row = {
        "type": "log",
        "timeUnixNano": stamp(record.get("timeUnixNano")),
        "observedTimeUnixNano": stamp(record.get("observedTimeUnixNano")),
        "severityNumber": record.get("severityNumber") or None,
        "severityText": record.get("severityText") or None,
        "traceId": identity(record.get("traceId")),
        "spanId": identity(record.get("spanId")),
        "eventName": record.get("eventName") or None,
        **around,
    }
    attributes(record.get("attributes"), row)
    said(record.get("body"), row)
    if not record.keys() <= LOG:
        row |= {key: value for key, value in record.items() if key not in LOG and value}
    return row


def _fits(head: Head) -> float:
    return 1.0 if _BEGINS.match(head.data.removeprefix(b"\xef\xbb\xbf")) else 0.0


def _guessed(raw: pl.DataFrame) -> pl.DataFrame:
    """Flag the times of events that have none but when they were observed."""
    if _OBSERVED not in raw.columns:
        return raw
    missing = [pl.col(name).is_null() for name in _TIMES if name in raw.columns]
    guessed = pl.all_horizontal(pl.col(_OBSERVED).is_not_null(), *missing)
    flag = pl.when(guessed).then(int(Flag.GUESSED_TIME)).otherwise(0).cast(pl.UInt32)
    return raw.with_columns(pl.col(FLAGS) | flag)


def _decoder(options: DecodeOptions) -> GatheringDecoder:
    mapping = known_mapping(options, _KNOWN)
    reader = SheetReader(mapping, _guessed)
    return GatheringDecoder(reader, mapping, options, unfold, OtlpGatherer, nesting=_NESTING)


OTLP: Final = Format(
    "otlp",
    "OTLP JSON",
    _fits,
    partial(cut_lines_or_elements, keys=_KEYS, longest=_LONGEST),
    _decoder,
)
"""Stamps of spans are their start; logs' are when they happened, else when they were observed."""
