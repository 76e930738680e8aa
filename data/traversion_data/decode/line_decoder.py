"""Events a line: any format whose lines can be read into flat, typed cells."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Protocol

from traversion_data.decode.base import Batch, DecodeOptions
from traversion_data.decode.learned import Learned
from traversion_data.decode.lines import Lines
from traversion_data.decode.mapping import Mapping
from traversion_data.decode.naming import service_in
from traversion_data.decode.place import aside, place, too_long
from traversion_data.decode.rows import NONE, Rows
from traversion_data.decode.shape import Shape
from traversion_data.decode.times import Clock
from traversion_data.model import Recognised
from traversion_data.source.base import Chunk

NO_TIME: Final = "no event time on this line or before it; --map time=KEY names the key"


class LineReader(Protocol):
    """What a format knows: how its lines become cells."""

    def read(self, lines: Lines) -> Rows:
        """All lines of a block: a raw frame (see `rows.Rows`), refused lines, blank lines."""
        ...


@dataclass(frozen=True)
class Cells:
    """A chunk between the two halves of decoding."""

    chunk: Chunk
    lines: Lines
    rows: Rows


class LineDecoder:
    """Decodes the chunks of one source, in order."""

    def __init__(self, reader: LineReader, mapping: Mapping, name: str) -> None:
        """`name` is the service of events that name none."""
        self._reader = reader
        self._mapping = mapping
        self._shape = Shape(mapping, name, Learned(dict(mapping.kinds)))

    @property
    def recognised(self) -> tuple[Recognised, ...]:
        """Which key was taken for which core column, so far."""
        return self._mapping.recognised()

    @property
    def unmet(self) -> tuple[str, ...]:
        """Keys of the field map that no line held, so far."""
        return self._mapping.unmet()

    @property
    def notes(self) -> tuple[str, ...]:
        """Sentences on what was guessed."""
        return (*self._mapping.guesses(), *self._shape.notes)

    def decode(self, chunk: Chunk) -> Batch:
        """Both halves at once."""
        return self.shape(self.read(chunk))

    def read(self, chunk: Chunk) -> Cells:
        """The first half of decoding; see `Decoder`."""
        if chunk.long_line is not None:
            return Cells(chunk, Lines.of(b""), NONE)
        lines = Lines.of(chunk.data)
        return Cells(chunk, lines, self._reader.read(lines))

    def shape(self, cells: Cells) -> Batch:
        """The second half of decoding; see `Decoder`."""
        chunk, lines, rows = cells.chunk, cells.lines, cells.rows
        if chunk.long_line is not None:
            return too_long(chunk)
        events, untimed = self._shape.events(rows.raw)
        refused = [*rows.refused, *((int(line), NO_TIME) for line in untimed)]
        placed = place(events, chunk, lines, rows.last)
        count = placed.height + len(refused) + rows.blank
        return Batch(placed, aside(refused, chunk, lines), count, rows.blank)


def mapping_of(options: DecodeOptions) -> Mapping:
    """What is known of a source's keys before it is read."""
    return Mapping(options.field_map, clock_of(options), dict(options.kinds))


def clock_of(options: DecodeOptions) -> Clock:
    """How times that leave something out are read."""
    return Clock(options.zone, options.written, options.zone_named)


def service_of(options: DecodeOptions) -> str:
    """The service of events that name none: what the source's name tells of it."""
    return service_in(options.name)
