"""JSON that is no lines: an array of events, an object that holds one, events printed prettily."""

from __future__ import annotations

import re
from functools import partial
from typing import Final

from traversion_data.decode.base import DecodeOptions, Format, Head
from traversion_data.decode.json import JsonReader
from traversion_data.decode.line_decoder import mapping_of
from traversion_data.decode.lines import Lines
from traversion_data.decode.unfolding import RecordDecoder
from traversion_data.source.brackets import Brackets
from traversion_data.source.documents import cut_elements

_KEYS: Final = (b"events", b"logs", b"records", b"entries", b"logEvents")
_LINES: Final = 0.3
"""Where more of the lines than this are whole objects, only the first one is torn."""
_ARRAY: Final = re.compile(rb"\s*(?:\[|\{\s*" + rb'"(?:' + b"|".join(_KEYS) + rb')"\s*:\s*\[)\s*\{')


def _fits(head: Head) -> float:
    """Arrays of objects, and objects that go on over the end of their first line."""
    data = head.data.removeprefix(b"\xef\xbb\xbf").lstrip()
    if _ARRAY.match(data):
        return 0.95
    line, feed, _ = data.partition(b"\n")
    brackets = Brackets()
    brackets.scan(line)
    lines = Lines.of(data[: data.rfind(b"\n") + 1])
    if len(lines) and lines.objects().mean() > _LINES:
        return 0.0
    spread = feed and line.startswith(b"{") and brackets.level > 0 and not brackets.in_string
    return 0.9 if spread else 0.0


def _decoder(options: DecodeOptions) -> RecordDecoder:
    mapping = mapping_of(options)
    return RecordDecoder(JsonReader(mapping), mapping, options)


JSON_DOCUMENT: Final = Format(
    "json", "JSON document", _fits, partial(cut_elements, keys=_KEYS), _decoder
)
"""Stamps are what their key says, as in JSON Lines."""
