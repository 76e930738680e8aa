"""OTLP's spans and logs by columns: what `otlp.unfold` says of each, said of many at once."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import chain
from typing import Any, Final

import numpy as np
import polars as pl

from traversion_data.decode.gathering import NewSheet, Runs
from traversion_data.decode.otlp_values import (
    RESERVED,
    STATUS,
    any_value,
    fraction,
    identity,
    linked,
    listed,
    said,
    scopes,
    stamp,
    whole,
)
from traversion_data.decode.sheet import Sheet, Unusual, behind, beside
from traversion_data.decode.tagging import Tagging
from traversion_data.decode.unfolding import Json

SPAN: Final = frozenset(
    [
        "traceId",
        "spanId",
        "parentSpanId",
        "name",
        "kind",
        "startTimeUnixNano",
        "endTimeUnixNano",
        "attributes",
        "events",
        "links",
        "status",
    ]
)
EVENT: Final = frozenset(["name", "timeUnixNano", "attributes"])
_LISTS: Final = ("attributes", "events")
LOG: Final = frozenset(
    [
        "timeUnixNano",
        "observedTimeUnixNano",
        "severityNumber",
        "severityText",
        "body",
        "attributes",
        "traceId",
        "spanId",
        "eventName",
    ]
)
_REQUEST: Final = frozenset(["resourceSpans", "resourceLogs"])
_NO_ITEM: Final = frozenset(["resourceMetrics", "scopeMetrics"]) | _REQUEST
ITEM: Final = frozenset(["resource", "scopeSpans", "scopeLogs", "scopeMetrics", "schemaUrl"])
"""Keys of what is under one resource in a request, of which each has one at least."""
_TEXT: Final = "stringValue"
_SAID: Final = frozenset(["message", "exception.message"])


class OtlpGatherer:
    """Spans with their events and logs of export requests; see `gathering.Gatherer`."""

    def __init__(self, new: NewSheet) -> None:
        self._new = new
        self._spans = _Items(SPAN, new())
        self._events = _Items(EVENT, new())
        self._logs = _Items(LOG, new())
        self._told: list[Any] = []
        self._widths: list[int] = []
        self._of_spans: list[bool] = []
        self._around: list[Json] = []
        self._lengths: list[int] = []

    def take(self, found: Json, cut_out: Runs) -> int:
        """See `Gatherer.take`."""
        before = len(self._widths), len(self._events)
        if found.keys() <= _REQUEST:
            for item in listed(found, "resourceSpans"):
                self._take_spans(item, cut_out)
            for item in listed(found, "resourceLogs"):
                self._take_logs(item, cut_out)
        elif found.keys() & _NO_ITEM or not found.keys() & ITEM:
            raise Unusual
        else:
            self._take_spans(found, cut_out)
            self._take_logs(found, cut_out)
        return len(self._widths) - before[0] + len(self._events) - before[1]

    def raw(self) -> pl.DataFrame:
        """See `Gatherer.raw`."""
        widths = np.array(self._widths, dtype=np.int64)
        of_spans = np.array(self._of_spans, dtype=bool)
        rows = np.cumsum(widths) - widths
        sheet, shared = self._new(), self._new()
        shared.put_rows(range(len(self._around)), self._around)
        self._put_spans(sheet, rows[of_spans], widths[of_spans] - 1)
        self._put_logs(sheet, rows[~of_spans])
        if shared.taken & sheet.taken:
            raise Unusual
        scope = np.repeat(np.arange(len(self._lengths)), self._lengths)
        own = sheet.raw(int(widths.sum()))
        return beside(own, shared.raw(len(self._around)), np.repeat(scope, widths))

    def _take_spans(self, item: Json, cut_out: Runs) -> None:
        for around, scope in scopes(item, "scopeSpans"):
            before = len(self._widths)
            for spans in cut_out.of(listed(scope, "spans")):
                self._spans.take(spans)
                moments = [listed(span, "events") for span in spans]
                self._widths += [1 + len(events) for events in moments]
                events = [*chain.from_iterable(moments)]
                self._events.take(events)
                self._told += map(_told, events)
            self._surround(around, len(self._widths) - before, spans=True)

    def _take_logs(self, item: Json, cut_out: Runs) -> None:
        for around, scope in scopes(item, "scopeLogs"):
            before = len(self._widths)
            for logs in cut_out.of(listed(scope, "logRecords")):
                self._logs.take(logs)
                self._widths += [1] * len(logs)
            self._surround(around, len(self._widths) - before, spans=False)

    def _surround(self, around: Json, count: int, *, spans: bool) -> None:
        self._around.append(around)
        self._lengths.append(count)
        self._of_spans += [spans] * count

    def _put_spans(self, sheet: Sheet, rows: np.ndarray, events: np.ndarray) -> None:
        spans = self._spans
        if not spans:
            return
        owner, event_rows = behind(rows, events)
        sheet.put("type", rows, ["span"] * len(rows))
        for key in ("traceId", "spanId"):
            ids = _ids(spans.said[key])
            sheet.put_some("s", key, rows, ids)
            sheet.put_some("s", key, event_rows, ids.gather(owner))
        sheet.put_some("s", "parentSpanId", rows, _ids(spans.said["parentSpanId"]))
        for key in ("name", "kind"):
            sheet.put(key, rows, spans.said[key])
        for key in ("startTimeUnixNano", "endTimeUnixNano"):
            sheet.put_some("i", key, rows, _stamps(spans.said[key]))
        spans.put_attributes(sheet, rows)
        _put_statuses(sheet, rows, spans.said["status"])
        spans.put_others(sheet, rows)
        for row, links in zip(rows.tolist(), spans.said["links"], strict=True):
            if links:
                sheet.keep("links", row, [linked(link) for link in links])
        if self._events:
            self._put_events(sheet, event_rows)

    def _put_events(self, sheet: Sheet, rows: np.ndarray) -> None:
        events = self._events
        sheet.put("type", rows, ["log"] * len(rows))
        sheet.put_some("i", "timeUnixNano", rows, _stamps(events.said["timeUnixNano"]))
        sheet.put("eventName", rows, events.said["name"])
        events.put_attributes(sheet, rows)
        sheet.put("body", rows, self._told)
        events.put_others(sheet, rows)

    def _put_logs(self, sheet: Sheet, rows: np.ndarray) -> None:
        logs = self._logs
        if not logs:
            return
        sheet.put("type", rows, ["log"] * len(rows))
        for key in ("timeUnixNano", "observedTimeUnixNano"):
            sheet.put_some("i", key, rows, _stamps(logs.said[key]))
        for key in ("severityNumber", "severityText", "eventName"):
            sheet.put(key, rows, [it or None for it in logs.said[key]])
        for key in ("traceId", "spanId"):
            sheet.put_some("s", key, rows, _ids(logs.said[key]))
        logs.put_attributes(sheet, rows)
        bodies: list[Json] = [{} for _ in rows]
        for body, row in zip(logs.said["body"], bodies, strict=True):
            said(body, row)
        sheet.put_rows(rows.tolist(), bodies)
        logs.put_others(sheet, rows)


class _Items:
    """Items of one kind: what each says under known keys, its attributes, and what else it says."""

    def __init__(self, known: Collection[str], sheet: Sheet) -> None:
        self._known = frozenset(known)
        self.said: dict[str, list[Any]] = {key: [] for key in known if key not in _LISTS}
        """By key what each item says under it, None where nothing."""
        self._others: dict[str, tuple[list[int], list[Any]]] = {}
        self._count = 0
        self._attributes = Tagging(sheet, _put_attribute, "kvlistValue")

    def __len__(self) -> int:
        return self._count

    def take(self, items: Sequence[Json]) -> None:
        """Take in items that follow each other."""
        for key, column in self.said.items():
            column += [item.get(key) for item in items]
        for key in set().union(*items) - self._known:
            other = self._others.setdefault(key, ([], []))
            for at, item in enumerate(items, self._count):
                if value := item.get(key):
                    other[0].append(at)
                    other[1].append(value)
        fresh, added = self._attributes.fresh, 0
        texts = fresh[_TEXT]
        for at, item in enumerate(items, self._count):
            pairs = item.get("attributes") or ()
            added += len(pairs)
            for pair in pairs:
                held = pair["value"]
                if _TEXT in held and len(held) == 1:
                    texts[pair["key"]][at] = held[_TEXT]
                    continue
                for kind, value in held.items():
                    fresh[kind][pair["key"]][at] = value
        self._count += len(items)
        self._attributes.added(added)

    def put_others(self, sheet: Sheet, rows: np.ndarray) -> None:
        """What stands in items beside what is known, but for nothing, zero and the like."""
        for key, (at, values) in self._others.items():
            where = rows[at]
            if dict in map(type, values):
                sheet.put_rows(where.tolist(), [{key: value} for value in values])
            else:
                sheet.put(key, where, values)

    def put_attributes(self, sheet: Sheet, rows: np.ndarray) -> None:
        """The attributes of all items, each in its row."""
        sheet.put_sheet(rows, self._attributes.settled())


def _put_attribute(sheet: Sheet, kind: str, key: str, rows: np.ndarray, values: list[Any]) -> None:
    """Attributes of one kind and key."""
    if None in values:
        raise Unusual
    if key in RESERVED:
        key = f"attributes.{key}"
    if kind in ("stringValue", "bytesValue", "boolValue"):
        sheet.put(key, rows, values)
    elif kind == "intValue":
        if str in map(type, values):
            texts = pl.Series(values, dtype=pl.String, strict=True)
            sheet.add("i", key, rows, texts.cast(pl.Int64))
        else:
            sheet.put(key, rows, [whole(value) for value in values])
    elif kind == "doubleValue":
        sheet.put(key, rows, [fraction(value) for value in values])
    elif kind == "arrayValue":
        sheet.put(key, rows, [any_value({kind: value}) for value in values])
    elif kind == "kvlistValue":
        sheet.put_rows(rows.tolist(), [{key: any_value({kind: value})} for value in values])
    else:
        raise Unusual


def _told(event: Json) -> Any:
    """What an event of a span says in words."""
    told = {
        pair["key"]: any_value(pair["value"])
        for pair in event.get("attributes") or ()
        if pair["key"] in _SAID
    }
    return told.get("exception.message") or told.get("message") or event.get("name")


def _put_statuses(sheet: Sheet, rows: np.ndarray, statuses: list[Json | None]) -> None:
    there = [(row, it) for row, it in zip(rows.tolist(), statuses, strict=True) if it]
    at = np.array([row for row, _ in there], dtype=np.int64)
    sheet.put("status.code", at, [STATUS.get(it.get("code")) for _, it in there])
    sheet.put("status.message", at, [it.get("message") or None for _, it in there])


def _stamps(values: list[Any]) -> pl.Series:
    """Times in ns, NULL where none is said."""
    try:
        found = pl.Series(values, dtype=pl.String, strict=True).cast(pl.Int64)
    except (TypeError, pl.exceptions.InvalidOperationError):
        found = pl.Series([stamp(it) for it in values], dtype=pl.Int64, strict=True)
    return found.set(found == 0, None)


def _ids(values: list[Any]) -> pl.Series:
    """Ids in lower-case hexadecimal digits, NULL where none is said."""
    found = pl.Series(values, dtype=pl.String, strict=True)
    if found.str.contains("[^0-9a-f]").any():
        found = pl.Series([identity(it) for it in found], dtype=pl.String, strict=True)
    return found.set(found == "", None)
