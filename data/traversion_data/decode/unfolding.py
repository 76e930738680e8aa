"""Records that hold many events, or one in another shape: each unfolds into flat JSON lines.

The lines are read column by column as any JSON lines are, so that what a format has to know is only
how one of its records becomes objects of plain keys.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any, Final, TypeAlias

import numpy as np
import orjson
import polars as pl

from traversion_data import schema
from traversion_data.decode.base import Batch, DecodeOptions
from traversion_data.decode.learned import Learned
from traversion_data.decode.line_decoder import NO_TIME, LineReader, service_of
from traversion_data.decode.lines import Lines
from traversion_data.decode.mapping import Mapping
from traversion_data.decode.place import aside, place, too_long
from traversion_data.decode.record import Cells, NotAnEvent, parse, plain
from traversion_data.decode.rows import Rows
from traversion_data.decode.shape import Shape
from traversion_data.decode.splitting import LONG, Nesting, parts
from traversion_data.model import Recognised
from traversion_data.source.base import Chunk

Json: TypeAlias = "dict[str, Any]"

Unfold: TypeAlias = Callable[[dict[str, Any]], Iterable[dict[str, Any]]]
"""From one record to its events in byte order, each an object under the keys of the mapping.

May raise `NotAnEvent`, and what Python raises where a record is not built as its format says.
"""

MANY: Final = "a record holds many events: #N counts events in the order of their bytes"

_BLOCK: Final = 4 * 1024 * 1024
"""Bytes of flat lines that are read at once."""
_BREAKS: Final = bytes.maketrans(b"\r\n", b"  ")
_ILL_BUILT: Final = (TypeError, ValueError, AttributeError, KeyError, IndexError)


@dataclass
class Block:
    """Flat lines, one an event (or a record refused, or a blank), and the record of each."""

    number: int
    lines: list[bytes] = field(default_factory=list)
    owners: list[int] = field(default_factory=list)
    refused: list[tuple[int, str]] = field(default_factory=list)
    size: int = 0

    def add(self, owner: int, lines: list[bytes], reason: str | None = None) -> None:
        """Add lines of a record, by the record's index; a reason says that they are no events."""
        if reason is not None:
            self.refused.append((len(self.lines), reason))
        self.lines += lines
        self.owners += [owner] * len(lines)
        self.size += sum(map(len, lines))


@dataclass(frozen=True)
class Part:
    """What was read of a block: rows, and for each of its lines the place of the record."""

    number: int
    places: Lines
    rows: Rows


@dataclass(frozen=True)
class Parts:
    """A chunk between the two halves of decoding."""

    chunk: Chunk
    parts: tuple[Part, ...]


def one(record: dict[str, Any]) -> Iterable[dict[str, Any]]:
    """A record that is an event as it is."""
    return (record,)


class RecordDecoder:
    """Decodes the chunks of one source, in order; see `decode.base.Decoder`."""

    def __init__(
        self,
        reader: LineReader,
        mapping: Mapping,
        options: DecodeOptions,
        unfold: Unfold | None = None,
        limit: str = "64 MiB",
        *,
        nesting: Nesting = (),
    ) -> None:
        """Records are events as they stand where there is no `unfold`.

        Events that name no service are of the source. `limit`: the longest line the cut allows.
        `nesting`: the keys of arrays that hold the events of a long record.
        """
        self._reader = reader
        self._mapping = mapping
        self._unfold = unfold
        self._limit = limit
        self._nesting = nesting
        self._shape = Shape(mapping, service_of(options), Learned(dict(mapping.kinds)))
        self._next: int | None = options.numbered or None
        self._many = False
        self._noted: tuple[str, ...] = ()

    @property
    def recognised(self) -> tuple[Recognised, ...]:
        """Which key was taken for which core column, so far."""
        return self._mapping.recognised()

    @property
    def unmet(self) -> tuple[str, ...]:
        """Keys of the field map that nothing held, so far."""
        return self._mapping.unmet()

    @property
    def notes(self) -> tuple[str, ...]:
        """Sentences on what was guessed, and on how events are counted."""
        many = (MANY,) if self._many else ()
        return (*self._mapping.guesses(), *self._shape.notes, *many, *self._noted)

    def read(self, chunk: Chunk) -> Parts:
        """The first half of decoding; see `Decoder`."""
        first = chunk.first_line if self._next is None else self._next
        self._note(chunk)
        if chunk.long_line is not None:
            self._next = first + 1
            return Parts(replace(chunk, first_line=first), ())
        records = _records(chunk)
        with _uncollected():
            read = tuple(self._parts(records, first))
        counted = sum(len(part.places) for part in read)
        self._many = self._many or counted > len(records)
        self._next = first + counted
        return Parts(chunk, read)

    def _note(self, chunk: Chunk) -> None:
        if chunk.note is not None:
            self._noted = (*self._noted, chunk.note)

    def shape(self, cells: Parts) -> Batch:
        """The second half of decoding; see `Decoder`."""
        if cells.chunk.long_line is not None:
            return too_long(cells.chunk, self._limit)
        batches = [self._shaped(cells.chunk, part) for part in cells.parts]
        if len(batches) == 1:
            return batches[0]
        if not batches:
            return Batch(schema.empty(), schema.empty_aside(), 0, 0)
        return Batch(
            pl.concat([batch.events for batch in batches], how="diagonal_relaxed"),
            pl.concat([batch.aside for batch in batches]),
            sum(batch.lines for batch in batches),
            sum(batch.blank for batch in batches),
        )

    def _parts(self, records: Lines, first: int) -> Iterator[Part]:
        """What is read of the records, their events numbered from `first`."""
        block = Block(first)
        for index in range(len(records)):
            for lines, reason in self._flat(records.line(index)):
                block.add(index, lines, reason)
                if block.size >= _BLOCK:
                    yield self._part(block, records)
                    block = Block(block.number + len(block.lines))
        if block.lines:
            yield self._part(block, records)

    def _flat(self, record: bytes) -> Iterator[tuple[list[bytes], str | None]]:
        """The flat lines of a record, some at a time, and why what comes next is none."""
        if self._unfold is None:
            yield [record.translate(_BREAKS)], None
            return
        for objects, reason in self._objects(record):
            yield self._unfolded(objects, self._unfold) if reason is None else ([b""], reason)

    def _objects(self, record: bytes) -> Iterator[tuple[list[Json], str | None]]:
        """The objects of a record, some at a time, and why what comes next is none."""
        if not record.strip():
            yield [], None
            return
        try:
            for found in _found(record, self._nesting):
                yield found, None
        except NotAnEvent as no:
            yield [], str(no)
        except _ILL_BUILT as error:
            yield [], _ill_built(error)

    @staticmethod
    def _unfolded(objects: list[Json], unfold: Unfold) -> tuple[list[bytes], str | None]:
        """The flat lines of objects, at least one, and why they are no events."""
        try:
            return [orjson.dumps(event) for it in objects for event in unfold(it)] or [b""], None
        except NotAnEvent as no:
            return [b""], str(no)
        except _ILL_BUILT as error:
            return [b""], _ill_built(error)

    def _part(self, block: Block, records: Lines) -> Part:
        owners = np.array(block.owners, dtype=np.int64)
        places = Lines(records.data, records.starts[owners], records.ends[owners])
        rows = self._reader.read(Lines.of(b"\n".join(block.lines) + b"\n"))
        refused = [*rows.refused, *block.refused]
        blank = rows.blank - len(block.refused)
        return Part(block.number, places, Rows(rows.raw, refused, blank, rows.lists))

    def _shaped(self, chunk: Chunk, part: Part) -> Batch:
        chunk = replace(chunk, first_line=part.number)
        events, untimed = self._shape.events(part.rows.raw)
        refused = [*part.rows.refused, *((int(line), NO_TIME) for line in untimed)]
        placed = place(events, chunk, part.places)
        count = placed.height + len(refused) + part.rows.blank
        return Batch(placed, aside(refused, chunk, part.places), count, part.rows.blank)


def _ill_built(error: Exception) -> str:
    return f"not built as its format says: {error}"


@contextmanager
def _uncollected() -> Iterator[None]:
    """Parsed JSON has no cycles: the collector would only walk over it, again and again."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _found(record: bytes, nesting: Nesting) -> Iterator[list[dict[str, Any]]]:
    """The objects of a record: itself, those in an array, or parts of a long one."""
    if len(record) > LONG and nesting:
        for part in parts(record, nesting):
            yield [part]
        return
    try:
        found = orjson.loads(record)
    except orjson.JSONDecodeError:
        found = plain(parse(record)[0], Cells())
    records = found if type(found) is list else [found]
    if any(type(it) is not dict for it in records):
        raise NotAnEvent("no JSON object")
    yield records


def _records(chunk: Chunk) -> Lines:
    if chunk.elements is None:
        return Lines.of(chunk.data)
    return Lines(chunk.data, *chunk.elements)
