"""Everything about one event, as rows of a page."""

from __future__ import annotations

import json
from typing import Any, Final

import polars as pl

from traversion_data import schema
from traversion_data.model import SOURCE_SHIFT, Flag, Nanos, Severity, SpanStatus
from traversion_data.store.view import StoreView
from traversion_tui.formats import TimeFormat, duration, event_name
from traversion_tui.reading.rows import headline, letter
from traversion_tui.text import HAIRLINE, Piece, SafeText, safe

_BEGINNING: Final = {
    schema.TIME, schema.OBSERVED_TIME, schema.TYPE, schema.SERVICE, schema.INSTANCE, schema.HOST,
    schema.REGION, schema.OPERATION, schema.EVENT_ID, schema.TRACE_ID, schema.SPAN_ID,
    schema.PARENT_SPAN_ID, schema.SPAN_KIND, schema.LINKS,
}  # fmt: skip
"""What is known of a span when it starts; all else it may have set at its end."""

_INSIDE: Final = {
    schema.SEQ, schema.SOURCE, schema.OFFSET, schema.LENGTH, schema.TIME_DIGITS, schema.TEMPLATE,
    schema.ATTRS,
}  # fmt: skip
_NAMES: Final = {schema.DURATION: "duration", schema.STATUS: "span status"}
LONGEST: Final = 4096


def place(view: StoreView, values: dict[str, Any]) -> str:
    """`file:line@byte` of the raw line, the line counted from 1 as editors do."""
    ordinal = values[schema.SOURCE] or 0
    names = {source.ordinal: source.name for source in view.sources}
    line = (values[schema.SEQ] & ((1 << SOURCE_SHIFT) - 1)) + 1
    return f"{names.get(ordinal, f'source {ordinal}')}:{line}@{values[schema.OFFSET] or 0}"


def as_json(values: dict[str, Any]) -> str:
    """The event as one line of JSON, ASCII only, without what is absent."""
    kept = {key: value for key, value in values.items() if value is not None}
    return json.dumps(kept, default=str)


def detail(view: StoreView, position: int, playhead: Nanos, times: TimeFormat) -> list[list[Piece]]:
    """All that is known of an event; an outcome that lies ahead of the playhead is dim."""
    values = view.page(position, 1).row(0, named=True)
    ahead = (values[schema.END_TIME] or values[schema.TIME]) > playhead
    mark = " " if ahead else letter(values)
    rows: list[list[Piece]] = [
        [(f"{mark if mark != ' ' else 'text'}+b", safe(f"{mark} ")),
         ("bright+b", safe(values[schema.SERVICE] or "")), ("text", safe("  ")),
         ("text", headline(values, ended=not ahead)), HAIRLINE],
        [("muted", safe(f"{event_name(values[schema.SEQ])}   {times.full(values[schema.TIME])}   "
                        f"{place(view, values)}"))],
        [],
    ]  # fmt: skip
    known, later = _facts(view.events, values, times)
    width = min(max((len(name) for name, _ in known + later), default=0), 32)
    rows += [_row(name, value, width, "text") for name, value in known + ([] if ahead else later)]
    if ahead and later:
        rows += [[], [("future", safe("known only after the playhead"))]]
        rows += [_row(name, value, width, "future") for name, value in later]
    return rows


def _row(name: SafeText, value: SafeText, width: int, role: str) -> list[Piece]:
    return [("muted", safe(name[:width].ljust(width + 2))), (role, value)]


def _facts(
    events: pl.DataFrame, values: dict[str, Any], times: TimeFormat
) -> tuple[list[tuple[SafeText, SafeText]], list[tuple[SafeText, SafeText]]]:
    """What is known at the start, and what only at the end."""
    known: list[tuple[SafeText, SafeText]] = []
    later: list[tuple[SafeText, SafeText]] = []
    for name in events.columns:
        value = values[name]
        if value is None or value == [] or name in _INSIDE or (name == schema.FLAGS and not value):
            continue
        if name == schema.END_TIME and value == values[schema.TIME]:
            continue
        target = known if name in _BEGINNING else later
        target.append((safe(_NAMES.get(name, name)), safe(_shown(name, value, times)[:LONGEST])))
    later += [(safe(key), safe(value)) for key, value in _attributes(values.get(schema.ATTRS))]
    return known, later


def _shown(name: str, value: Any, times: TimeFormat) -> str:
    match name:
        case schema.TIME | schema.END_TIME | schema.OBSERVED_TIME:
            return times.full(value)
        case schema.DURATION:
            return duration(value)
        case schema.SEVERITY if 0 <= value <= max(Severity):
            return Severity(value).word
        case schema.STATUS if value in set(SpanStatus):
            return SpanStatus(value).name.lower()
        case schema.FLAGS:
            return ", ".join(flag.name.lower().replace("_", " ") for flag in Flag if value & flag)
        case _ if isinstance(value, bool):
            return "true" if value else "false"
        case _:
            return str(value)


def _attributes(text: str | None) -> list[tuple[str, str]]:
    """The remaining attributes; JSON that does not parse is shown as it is."""
    if not text:
        return []
    try:
        read = json.loads(text)
    except (ValueError, RecursionError):
        return [(schema.ATTRS, text)]
    if not isinstance(read, dict):
        return [(schema.ATTRS, text)]
    return [
        (str(key), value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))
        for key, value in read.items()
    ]
