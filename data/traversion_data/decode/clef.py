"""Compact log events of Serilog: `@t` and `@mt`, properties beside.

clef-json.org. An event without a level is of the level Information; `@@` begins a property's name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

import orjson

from traversion_data import schema
from traversion_data.decode.base import DecodeOptions, Format, Head
from traversion_data.decode.json import JsonReader
from traversion_data.decode.known import keys, known_mapping
from traversion_data.decode.text_format import head_lines
from traversion_data.decode.unfolding import Json, RecordDecoder
from traversion_data.source.documents import cut_lines_or_elements

_HOW: Final = "CLEF"
_END: Final = "@t.end"
_KNOWN: Final = {
    schema.TIME: keys(_HOW, "@st", "@t"),
    schema.END_TIME: keys(_HOW, _END),
    schema.SEVERITY: keys(_HOW, "@l"),
    schema.MESSAGE: keys(_HOW, "@m"),
    schema.TRACE_ID: keys(_HOW, "@tr"),
    schema.SPAN_ID: keys(_HOW, "@sp"),
    schema.PARENT_SPAN_ID: keys(_HOW, "@ps"),
    schema.SPAN_KIND: keys(_HOW, "@sk"),
    schema.EVENT_ID: (),
    schema.OPERATION: (),
    schema.TYPE: (),
}
_HOLE: Final = re.compile(r"\{\{|\}\}|\{[@$]?(\w+)(?:,-?\d+)?(?::[^{}]*)?\}")
_LONGEST: Final = 64 * 1024


def unfold(event: Json) -> Iterator[Json]:
    """An event with its message as a reader would see it."""
    row = {key[1:] if key.startswith("@@") else key: it for key, it in event.items()}
    row.setdefault("@l", "Information")
    template = row.get("@mt")
    if "@m" not in row and isinstance(template, str):
        row["@m"] = rendered(template, event)
    if "@st" in row:
        row[_END] = row.get("@t")
        row.setdefault("@sk", "Internal")
    yield row


def rendered(template: str, properties: Json) -> str:
    """A message template with its holes filled; holes without a property stay as they are."""

    def fill(hole: re.Match[str]) -> str:
        if hole[1] is None:
            return hole[0][0]
        if hole[1] not in properties:
            return hole[0]
        value = properties[hole[1]]
        return value if isinstance(value, str) else orjson.dumps(value).decode()

    return _HOLE.sub(fill, template[:_LONGEST])


def _fits(head: Head) -> float:
    text = head_lines(head)
    shape = r'^\s*\{.*"@t"\s*:.*"@(?:mt|m|i|l|x)"\s*:|^\s*\{.*"@(?:mt|m|i|l|x)"\s*:.*"@t"\s*:'
    return 0.98 * float(text.str.contains(shape).mean()) if len(text) else 0.0  # type: ignore[arg-type]


def _decoder(options: DecodeOptions) -> RecordDecoder:
    mapping = known_mapping(options, _KNOWN)
    return RecordDecoder(JsonReader(mapping), mapping, options, unfold, "1 MiB")


CLEF: Final = Format("clef", "Serilog CLEF", _fits, cut_lines_or_elements, _decoder)
"""A stamp is when an event was logged, of a span its end; `@st` is then the start."""
