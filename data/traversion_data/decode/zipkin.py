"""Zipkin's spans, version 2: an array of them, an array of traces, or a span a line.

zipkin.io/zipkin-api: zipkin2-api.yaml. The two halves of a shared span keep their common id.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from typing import Final

from traversion_data import schema
from traversion_data.decode.base import DecodeOptions, Format, Head
from traversion_data.decode.gathering import GatheringDecoder, SheetReader
from traversion_data.decode.known import closed, keys, known_mapping, measured
from traversion_data.decode.tags import named
from traversion_data.decode.unfolding import Json
from traversion_data.decode.zipkin_columns import OWN, RESERVED, ZipkinGatherer
from traversion_data.model import MICROSECOND
from traversion_data.source.documents import cut_lines_or_elements

_HOW: Final = "Zipkin"
_KNOWN: Final = closed(
    {
        schema.TIME: measured(_HOW, "timestamp", MICROSECOND),
        schema.DURATION: measured(_HOW, "duration", MICROSECOND),
        schema.TYPE: keys(_HOW, "type"),
        schema.SERVICE: keys(_HOW, "localEndpoint.serviceName"),
        schema.INSTANCE: keys(_HOW, "localEndpoint.ipv4", "localEndpoint.ipv6"),
        schema.OPERATION: keys(_HOW, "name"),
        schema.MESSAGE: keys(_HOW, "value"),
        schema.TRACE_ID: keys(_HOW, "traceId"),
        schema.SPAN_ID: keys(_HOW, "id"),
        schema.PARENT_SPAN_ID: keys(_HOW, "parentId"),
        schema.SPAN_KIND: keys(_HOW, "kind"),
        schema.STATUS: keys(_HOW, "status"),
    }
)
_BEGINS: Final = re.compile(rb"\s*(?:\[\s*){0,2}\{")
_OWN: Final = re.compile(rb'"(?:localEndpoint|remoteEndpoint|annotations|shared)"\s*:')


def unfold(span: Json) -> Iterator[Json]:
    """A span and the annotations in it."""
    ids = {"traceId": span["traceId"], "id": span["id"]}
    row: Json = {"type": "span"}
    row |= {key: value for key, value in span.items() if key not in OWN}
    tags = span.get("tags") or {}
    if tags.get("error", "false") != "false":
        row["status"] = "error"
    row |= {named(key, RESERVED): value for key, value in tags.items()}
    yield row
    for note in span.get("annotations") or ():
        yield {
            "type": "log",
            **ids,
            "localEndpoint": span.get("localEndpoint"),
            "timestamp": note["timestamp"],
            "value": note.get("value"),
        }


def _fits(head: Head) -> float:
    data = head.data.removeprefix(b"\xef\xbb\xbf")
    named_so = b'"traceId"' in data and b'"id"' in data and _OWN.search(data)
    return 0.98 if _BEGINS.match(data) and named_so else 0.0


def _decoder(options: DecodeOptions) -> GatheringDecoder:
    mapping = known_mapping(options, _KNOWN)
    reader = SheetReader(mapping)
    return GatheringDecoder(reader, mapping, options, unfold, ZipkinGatherer, limit="1 MiB")


ZIPKIN: Final = Format(
    "zipkin", "Zipkin JSON", _fits, partial(cut_lines_or_elements, keys=()), _decoder
)
"""Stamps are the start of spans, in microseconds."""
