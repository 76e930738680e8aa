"""Zipkin's spans by columns: what `zipkin.unfold` says of each, said of many at once."""

from __future__ import annotations

from itertools import chain
from typing import Any, Final

import numpy as np
import polars as pl

from traversion_data.decode.gathering import NewSheet, Runs
from traversion_data.decode.sheet import Records, Sheet, Unusual, behind
from traversion_data.decode.tagging import Tagging
from traversion_data.decode.tags import named
from traversion_data.decode.unfolding import Json

OWN: Final = frozenset({"tags", "annotations"})
RESERVED: Final = frozenset(
    {
        "type",
        "traceId",
        "id",
        "parentId",
        "name",
        "kind",
        "timestamp",
        "duration",
        "localEndpoint",
        "remoteEndpoint",
        "shared",
        "debug",
        "status",
        "value",
    }
)
_ENDPOINTS: Final = ("localEndpoint", "remoteEndpoint")
_IDS: Final = ("traceId", "id")
_FEW: Final = 64
"""Spans that are taken in at once."""


class ZipkinGatherer:
    """Spans and the annotations in them; see `gathering.Gatherer`."""

    def __init__(self, new: NewSheet) -> None:
        self._new = new
        self._fresh: list[Json] = []
        self._said = _Columns(OWN | {*_ENDPOINTS})
        self._endpoints = {key: _Columns(frozenset()) for key in _ENDPOINTS}
        self._failed: list[bool] = []
        self._tags = Tagging(new(), _put_tag)
        self._notes = Records()
        self._counts: list[int] = []

    def take(self, found: Json, _: Runs, /) -> int:
        """See `Gatherer.take`."""
        self._fresh.append(found)
        if len(self._fresh) >= _FEW:
            self._settle()
        return 1 + len(found.get("annotations") or ())

    def raw(self) -> pl.DataFrame:
        """See `Gatherer.raw`."""
        self._settle()
        counts = np.array(self._counts, dtype=np.int64)
        widths = counts + 1
        rows = np.cumsum(widths) - widths
        owner, note_rows = behind(rows, counts)
        owners = owner.tolist()
        sheet = self._new()
        sheet.put("type", rows, ["span"] * len(rows))
        for key, values in self._said.columns.items():
            sheet.put(key, rows, values)
            if key in _IDS:
                if None in values:
                    raise Unusual
                sheet.put(key, note_rows, [values[at] for at in owners])
        for point, columns in self._endpoints.items():
            for key, values in columns.columns.items():
                path = f"{point}.{key}"
                sheet.put(path, rows, values, (point,))
                if point == "localEndpoint":
                    sheet.put(path, note_rows, [values[at] for at in owners], (point,))
        failed = rows[np.array(self._failed, dtype=bool)]
        sheet.put("status", failed, ["error"] * len(failed))
        sheet.put_sheet(rows, self._tags.settled())
        sheet.put("type", note_rows, ["log"] * len(note_rows))
        self._notes.put(sheet, note_rows)
        return sheet.raw(int(widths.sum()))

    def _settle(self) -> None:
        spans, self._fresh = self._fresh, []
        self._said.take(spans)
        for point, columns in self._endpoints.items():
            columns.take([span.get(point) or {} for span in spans])
        tags = [span.get("tags") or {} for span in spans]
        self._failed += [it.get("error", "false") != "false" for it in tags]
        by_key = self._tags.fresh[""]
        for at, held in enumerate(tags, len(self._counts)):
            for key, value in held.items():
                by_key[key][at] = value
        self._tags.added(sum(map(len, tags)))
        for span in spans:
            notes = span.get("annotations") or ()
            self._counts.append(len(notes))
            for note in notes:
                self._notes.take({"timestamp": note["timestamp"], "value": note.get("value")})


class _Columns:
    """What objects say, by key, None where an object says nothing under it."""

    def __init__(self, without: frozenset[str]) -> None:
        self._without = without
        self._count = 0
        self.columns: dict[str, list[Any]] = {}

    def take(self, objects: list[Json]) -> None:
        """Take in objects that follow each other."""
        for key in dict.fromkeys(chain.from_iterable(objects)):
            if key not in self._without and key not in self.columns:
                self.columns[key] = [None] * self._count
        for key, column in self.columns.items():
            column += [it.get(key) for it in objects]
        self._count += len(objects)


def _put_tag(sheet: Sheet, _: str, key: str, rows: np.ndarray, values: list[Any]) -> None:
    sheet.put(named(key, RESERVED), rows, values)
