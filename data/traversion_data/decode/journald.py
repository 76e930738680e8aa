"""The journal's export as JSON: `journalctl -o json`.

systemd.io: JOURNAL_EXPORT_FORMATS, "Journal JSON Format". Text that is no UTF-8 is an array of its
bytes, a field set more than once an array of its values.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import orjson

from traversion_data import schema
from traversion_data.decode.base import DecodeOptions, Format, Head
from traversion_data.decode.json import JsonReader
from traversion_data.decode.known import closed, keys, known_mapping, measured
from traversion_data.decode.text_format import head_lines
from traversion_data.decode.unfolding import Json, RecordDecoder
from traversion_data.model import MICROSECOND
from traversion_data.source.documents import cut_lines_or_elements

_HOW: Final = "journald"
_SERVICE: Final = "_SYSTEMD_UNIT.name"
_KNOWN: Final = closed(
    {
        schema.TIME: measured(_HOW, "__REALTIME_TIMESTAMP", MICROSECOND),
        schema.SEVERITY: keys(_HOW, "PRIORITY"),
        schema.SERVICE: keys(_HOW, _SERVICE),
        schema.INSTANCE: keys(_HOW, "CONTAINER_NAME", "_HOSTNAME"),
        schema.HOST: keys(_HOW, "_HOSTNAME"),
        schema.MESSAGE: keys(_HOW, "MESSAGE"),
        schema.TRACE_ID: keys(_HOW, "TRACE_ID"),
        schema.SPAN_ID: keys(_HOW, "SPAN_ID"),
    }
)
_NAMES: Final = ("_SYSTEMD_UNIT", "SYSLOG_IDENTIFIER", "_COMM")


def unfold(entry: Json) -> Iterator[Json]:
    """An entry with text for bytes, and the name of what wrote it."""
    row = {key: _text(it) if type(it) is list else it for key, it in entry.items()}
    name = next((row[key] for key in _NAMES if row.get(key)), None)
    row[_SERVICE] = str(name).removesuffix(".service") if name else None
    yield row


def _text(it: list[Any]) -> Any:
    if it and all(type(octet) is int for octet in it):
        return bytes(it).decode(errors="replace")
    parts = [_text(part) if type(part) is list else part for part in it]
    return orjson.dumps(parts).decode()


def _fits(head: Head) -> float:
    text = head_lines(head)
    share = text.str.contains('"__REALTIME_TIMESTAMP"', literal=True).mean() if len(text) else 0
    return 0.98 * float(share)  # type: ignore[arg-type]


def _decoder(options: DecodeOptions) -> RecordDecoder:
    mapping = known_mapping(options, _KNOWN)
    return RecordDecoder(JsonReader(mapping), mapping, options, unfold, "1 MiB")


JOURNALD: Final = Format("journald", "journald JSON", _fits, cut_lines_or_elements, _decoder)
"""Stamps are when the journal received an entry, in microseconds."""
