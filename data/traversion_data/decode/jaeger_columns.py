"""Jaeger's spans by columns: what `jaeger.unfold` says of each, said of many at once."""

from __future__ import annotations

from functools import partial
from operator import itemgetter
from typing import Any, Final

import numpy as np
import orjson
import polars as pl

from traversion_data.decode.gathering import NewSheet, Runs
from traversion_data.decode.jaeger_values import (
    RESERVED,
    log_of,
    process_of,
    references,
    status_of,
)
from traversion_data.decode.sheet import Records, Sheet, Unusual, behind, beside
from traversion_data.decode.tagging import Tagging
from traversion_data.decode.tags import named
from traversion_data.decode.unfolding import Json

_NEEDED: Final = ("traceID", "spanID", "startTime")
_SAID: Final = ("operationName", "duration")
_FAILED: Final = ("error", "otel.status_code")


class JaegerGatherer:
    """Spans of traces and the logs in them; see `gathering.Gatherer`."""

    def __init__(self, new: NewSheet) -> None:
        self._new = new
        self._said: dict[str, list[Any]] = {key: [] for key in (*_NEEDED, *_SAID)}
        self._parents: list[Any] = []
        self._links: dict[int, list[Json]] = {}
        self._warnings: list[Any] = []
        self._failed: dict[int, Json] = {}
        self._tags = Tagging(new(), partial(_put_tag, self._failed))
        self._logs = Records()
        self._counts: list[int] = []
        self._around: list[Json] = []
        self._met: dict[bytes, int] = {}
        self._which: list[int] = []

    def take(self, found: Json, cut_out: Runs) -> int:
        """See `Gatherer.take`."""
        processes: dict[str, int] = {}
        for key, process in (found.get("processes") or {}).items():
            processes[key] = self._surround(process)
        before = len(self._counts)
        for spans in cut_out.of(found["spans"]):
            self._take_spans(spans, processes)
        return len(self._counts) - before + sum(self._counts[before:])

    def raw(self) -> pl.DataFrame:
        """See `Gatherer.raw`."""
        counts = np.array(self._counts, dtype=np.int64)
        widths = counts + 1
        rows = np.cumsum(widths) - widths
        sheet, shared = self._new(), self._new()
        shared.put_rows(range(len(self._around)), self._around)
        self._put(sheet, rows, counts)
        if shared.taken & sheet.taken:
            raise Unusual
        which = np.repeat(np.array(self._which, dtype=np.int64), widths)
        return beside(sheet.raw(int(widths.sum())), shared.raw(len(self._around)), which)

    def _surround(self, process: Json) -> int:
        """Which of those that surround spans a process is: it is written out in every trace."""
        written = orjson.dumps(process)
        which = self._met.setdefault(written, len(self._around))
        if which == len(self._around):
            self._around.append(process_of(process))
        return which

    def _take_spans(self, spans: list[Json], processes: dict[str, int]) -> None:
        for key in _NEEDED:
            self._said[key] += map(itemgetter(key), spans)
        for key in _SAID:
            self._said[key] += [span.get(key) for span in spans]
        self._warnings += [span.get("warnings") or None for span in spans]
        for span in spans:
            parent, links = references(span)
            self._parents.append(parent)
            if links:
                self._links[len(self._counts)] = links
            which = processes.get(span.get("processID", ""))
            if which is None:
                which = self._surround(span.get("process") or {})
            self._which.append(which)
            logs = span.get("logs") or ()
            self._counts.append(len(logs))
            for log in logs:
                self._logs.take(log_of(log))
        self._take_tags(spans, len(self._counts) - len(spans))

    def _take_tags(self, spans: list[Json], first: int) -> None:
        by_key, added = self._tags.fresh[""], 0
        for at, span in enumerate(spans, first):
            pairs = span.get("tags") or ()
            added += len(pairs)
            for pair in pairs:
                value = pair["value"]
                if type(value) is str and pair.get("type") == "int64":
                    value = int(value)
                by_key[pair["key"]][at] = value
        self._tags.added(added)

    def _put(self, sheet: Sheet, rows: np.ndarray, counts: np.ndarray) -> None:
        said = self._said
        owner, log_rows = behind(rows, counts)
        sheet.put("type", rows, ["span"] * len(rows))
        for key in ("traceID", "spanID"):
            sheet.put(key, rows, said[key])
            sheet.put(key, log_rows, [said[key][at] for at in owner.tolist()])
        for key in ("operationName", "startTime", "duration"):
            sheet.put(key, rows, said[key])
        sheet.put_sheet(rows, self._tags.settled())
        at = np.array([*self._failed], dtype=np.int64)
        sheet.put("status", rows[at], [status_of(row) for row in self._failed.values()])
        sheet.put("parentSpanID", rows, self._parents)
        for which, links in self._links.items():
            sheet.keep("links", int(rows[which]), links)
        sheet.put("warnings", rows, self._warnings)
        self._logs.put(sheet, log_rows)


def _put_tag(
    failed: dict[int, Json],
    sheet: Sheet,
    _: str,
    key: str,
    rows: np.ndarray,
    values: list[Any],
) -> None:
    """Put down a tag, and by row in `failed` what it says of a span's end."""
    sheet.put(named(key, RESERVED), rows, values)
    if key in _FAILED:
        for at, value in zip(rows.tolist(), values, strict=True):
            failed.setdefault(at, {})[key] = value
