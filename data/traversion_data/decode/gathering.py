"""Records that hold many events, gathered from parsed JSON straight into columns.

What a format cannot gather for certain is unfolded record by record instead, which any record can
be; both ways give the same events.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, Final, Protocol, TypeAlias

import numpy as np
import orjson
import polars as pl

from traversion_data.decode.base import DecodeOptions
from traversion_data.decode.json import JsonReader
from traversion_data.decode.lines import Lines
from traversion_data.decode.mapping import Mapping
from traversion_data.decode.record import NotAnEvent
from traversion_data.decode.rows import Rows
from traversion_data.decode.shape import LINE
from traversion_data.decode.sheet import Sheet, Unusual
from traversion_data.decode.splitting import LONG, Nesting, runs
from traversion_data.decode.unfolding import Json, Part, RecordDecoder, Unfold

_FAILS: Final = (
    Unusual,
    NotAnEvent,
    TypeError,
    ValueError,
    AttributeError,
    KeyError,
    IndexError,
    OverflowError,
    pl.exceptions.PolarsError,
)
_SHORT: Final = 96 * 1024
"""Bytes of a record that are parsed at once in any case."""


NewSheet: TypeAlias = Callable[[], Sheet]


class Runs:
    """Elements of the arrays of one record, some of which were cut out of it (`splitting.runs`)."""

    def __init__(self, cut_out: list[bytes]) -> None:
        self._cut_out = cut_out
        self._taken = 0

    @property
    def left(self) -> bool:
        """Whether something that was cut out was not met again."""
        return self._taken < len(self._cut_out)

    def of(self, array: list[Any]) -> Iterator[list[Json]]:
        """The elements of an array, in runs that are parsed when they are asked for.

        Raises:
            Unusual: it holds numbers of its own.
        """
        own: list[Json] = []
        for it in array:
            if type(it) is not int:
                own.append(it)
                continue
            if it != self._taken or not self.left:
                raise Unusual
            yield own
            own = []
            self._taken += 1
            yield orjson.loads(b"[" + self._cut_out[it] + b"]")
        yield own


class Gatherer(Protocol):
    """What a format knows: how its objects become columns.

    Both may raise `Unusual`, and what Python and Polars raise where an object is not built as its
    format says.
    """

    def take(self, found: Json, cut_out: Runs, /) -> int:
        """Take in an object; the number of its events."""
        ...

    def raw(self) -> pl.DataFrame:
        """The raw frame of all events (see `Sheet.raw`)."""
        ...


def _as_it_is(raw: pl.DataFrame) -> pl.DataFrame:
    return raw


class SheetReader(JsonReader):
    """Reads lines as `JsonReader` does, and sheets under the same paths."""

    def __init__(
        self, mapping: Mapping, finish: Callable[[pl.DataFrame], pl.DataFrame] = _as_it_is
    ) -> None:
        """`finish`: what a format still says of every raw frame."""
        super().__init__(mapping)
        self._finish = finish

    def read(self, lines: Lines) -> Rows:
        """See `LineReader.read`."""
        rows = super().read(lines)
        return replace(rows, raw=self._finish(rows.raw))

    def sheet(self) -> Sheet:
        """An empty sheet."""
        return Sheet(self._paths)

    def finished(self, gathered: pl.DataFrame) -> pl.DataFrame:
        """A raw frame from sheets as `read` would give it."""
        raw = self._paths.widen(gathered)
        self._paths.observe(gathered)
        return self._finish(raw.select(pl.col("^#.*$"), *self._paths.ordered(raw)))


class GatheringDecoder(RecordDecoder):
    """Decodes the chunks of one source, in order; see `decode.base.Decoder`."""

    def __init__(
        self,
        reader: SheetReader,
        mapping: Mapping,
        options: DecodeOptions,
        unfold: Unfold,
        gatherer: Callable[[NewSheet], Gatherer],
        *,
        limit: str = "64 MiB",
        nesting: Nesting = (),
    ) -> None:
        """As `RecordDecoder`; a `gatherer` and `unfold` say the same of any objects."""
        super().__init__(reader, mapping, options, unfold, limit, nesting=nesting)
        self._sheets = reader
        self._gatherer = gatherer
        self._arrays = nesting[-1] if nesting else ()

    def _parts(self, records: Lines, first: int) -> Iterator[Part]:
        try:
            yield self._gathered(records, first)
        except _FAILS:
            yield from super()._parts(records, first)

    def _gathered(self, records: Lines, first: int) -> Part:
        gatherer = self._gatherer(self._sheets.sheet)
        owners: list[int] = []
        held: list[int] = []
        refused: dict[int, str] = {}
        for index in range(len(records)):
            for objects, reason, cut_out in self._cut(records.line(index)):
                if reason is not None:
                    refused[len(owners)] = reason
                owners.append(index)
                held.append(sum(gatherer.take(it, cut_out) for it in objects))
                if cut_out.left:
                    raise Unusual
        raw = gatherer.raw()
        events = np.array(held, dtype=np.int64)
        lines = np.maximum(events, 1)
        starts = np.cumsum(lines) - lines
        line = np.arange(raw.height) + np.repeat(starts - (np.cumsum(events) - events), events)
        raw = self._sheets.finished(raw.with_columns(pl.Series(LINE, line.astype(np.uint32))))
        owner = np.repeat(np.array(owners, dtype=np.int64), lines)
        places = Lines(records.data, records.starts[owner], records.ends[owner])
        bad = [(int(starts[at]), reason) for at, reason in refused.items()]
        return Part(first, places, Rows(raw, bad, int((events == 0).sum()) - len(bad)))

    def _cut(self, record: bytes) -> Iterator[tuple[list[Json], str | None, Runs]]:
        """The objects of a record as `_objects` gives them, with the runs cut out of them."""
        if self._arrays and _SHORT < len(record) <= LONG:
            shell, cut_out = runs(record, self._arrays)
            found = [*self._objects(shell)]
            if cut_out and all(reason is None for _, reason in found):
                yield from ((objects, reason, Runs(cut_out)) for objects, reason in found)
                return
        yield from ((objects, reason, Runs([])) for objects, reason in self._objects(record))
