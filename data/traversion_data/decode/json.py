"""JSON Lines of any dialect."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePath
from typing import Final

import numpy as np
import polars as pl

from traversion_data import schema
from traversion_data.decode import columns, rows
from traversion_data.decode.base import Batch
from traversion_data.decode.learned import Learned
from traversion_data.decode.lines import Lines
from traversion_data.decode.mapping import Mapping
from traversion_data.decode.paths import Paths
from traversion_data.decode.rows import Rows
from traversion_data.decode.shape import LINE, Shape
from traversion_data.decode.times import Clock
from traversion_data.model import FieldMap, Recognised, seq_of
from traversion_data.source.base import Chunk

ASIDE_TEXT: Final = 4096
"""Bytes of a set-aside line that are kept."""
NO_TIME: Final = "no event time on this line or before it; --map time=KEY names the key"


@dataclass(frozen=True)
class Cells:
    """A chunk between the two halves of decoding: its cells, and what was read line by line."""

    chunk: Chunk
    lines: Lines
    raw: pl.DataFrame
    exact: Rows


class JsonDecoder:
    """Decodes the chunks of one source, in order."""

    def __init__(self, name: str, field_map: FieldMap | None = None, zone: str = "UTC") -> None:
        self._mapping = Mapping(field_map or FieldMap(), Clock(zone))
        self._paths = Paths(self._mapping)
        self._shape = Shape(self._mapping, PurePath(name).name or name, Learned())

    @property
    def format(self) -> str:
        """The format's name in `SHOW SOURCES`."""
        return "JSON Lines"

    @property
    def recognised(self) -> tuple[Recognised, ...]:
        """Which key was taken for which core column, so far."""
        return self._mapping.recognised()

    @property
    def unmet(self) -> tuple[str, ...]:
        """Keys of the field map that no line held, so far."""
        return self._mapping.unmet()

    def decode(self, chunk: Chunk) -> Batch:
        """Decode one chunk; bad lines are set aside, never raised."""
        return self.shape(self.read(chunk))

    def read(self, chunk: Chunk) -> Cells:
        """The first half of `decode`: from bytes to typed cells.

        Chunks must pass it in order, but the next may do so in another thread while `shape` is at
        work on this one: the two halves share no state that changes.
        """
        if chunk.long_line is not None:
            return Cells(chunk, Lines.of(b""), pl.DataFrame(), rows.NONE)
        lines = Lines.of(chunk.data)
        raw, exact = self._read(lines)
        return Cells(chunk, lines, raw, exact)

    def shape(self, cells: Cells) -> Batch:
        """The second half of `decode`: from typed cells to events, in order too."""
        chunk, lines = cells.chunk, cells.lines
        if chunk.long_line is not None:
            return _too_long(chunk)
        events, untimed = self._shape.events(cells.raw)
        refused = [*cells.exact.refused, *((int(line), NO_TIME) for line in untimed)]
        return Batch(
            place(events, chunk, lines),
            aside(refused, chunk, lines),
            len(lines),
            cells.exact.blank,
        )

    def _read(self, lines: Lines) -> tuple[pl.DataFrame, Rows]:
        """All lines as one raw frame: column by column what can be, line by line the rest."""
        objects = lines.objects()
        quick = columns.read(lines, np.flatnonzero(objects), self._paths.tree())
        left = np.sort(np.concatenate([np.flatnonzero(~objects), quick.back]))
        exact = rows.read(lines, left.tolist(), self._paths.admit, self._paths.exact)
        parts = [part for part in (quick.raw, exact.raw) if part is not None and part.height]
        raw = pl.concat(parts, how="diagonal").sort(LINE) if parts else exact.raw
        raw = self._paths.widen(raw)
        self._paths.observe(exact.raw)
        self._paths.observe_lists(exact.lists)
        return raw.select(pl.col("^#.*$"), *self._paths.ordered(raw)), exact


def place(events: pl.DataFrame, chunk: Chunk, lines: Lines) -> pl.DataFrame:
    """Stamp events with their number and place in the source, under the schema."""
    at = events[LINE].to_numpy()
    stamped = events.drop(LINE).with_columns(
        pl.Series(schema.SEQ, at.astype(np.int64) + seq_of(chunk.source, chunk.first_line)),
        pl.lit(chunk.source, dtype=pl.UInt16).alias(schema.SOURCE),
        pl.Series(schema.OFFSET, (lines.starts[at] + chunk.offset).astype(np.uint64)),
        pl.Series(schema.LENGTH, (lines.ends[at] - lines.starts[at]).astype(np.uint32)),
    )
    return schema.conform(stamped)


def aside(refused: list[tuple[int, str]], chunk: Chunk, lines: Lines) -> pl.DataFrame:
    """A frame of set-aside lines, in line order."""
    refused = sorted(refused)
    return pl.DataFrame(
        {
            schema.SEQ: [seq_of(chunk.source, chunk.first_line + index) for index, _ in refused],
            schema.SOURCE: [chunk.source] * len(refused),
            schema.OFFSET: [chunk.offset + int(lines.starts[index]) for index, _ in refused],
            schema.LENGTH: [int(lines.ends[index] - lines.starts[index]) for index, _ in refused],
            "reason": [reason for _, reason in refused],
            "text": [_head(lines.line(index)) for index, _ in refused],
        },
        schema=schema.ASIDE,
    )


def _too_long(chunk: Chunk) -> Batch:
    """A line beyond the limit is set aside with its length and digest, so it can be found again."""
    assert chunk.long_line is not None
    length, digest = chunk.long_line.length, chunk.long_line.sha256
    row = {
        schema.SEQ: [seq_of(chunk.source, chunk.first_line)],
        schema.SOURCE: [chunk.source],
        schema.OFFSET: [chunk.offset],
        schema.LENGTH: [min(length, 2**32 - 1)],
        "reason": [f"longer than 1 MiB: {length} bytes, SHA-256 {digest}"],
        "text": [_head(chunk.data)],
    }
    return Batch(schema.empty(), pl.DataFrame(row, schema=schema.ASIDE), 1, 0)


def _head(line: bytes) -> str:
    return line[:ASIDE_TEXT].decode(errors="replace")


def _cells(path: str) -> tuple[str, ...]:
    return tuple(f"{kind}:{path}" for kind in "bifshx")
