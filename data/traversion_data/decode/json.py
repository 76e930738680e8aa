"""JSON Lines of any dialect."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Final

import numpy as np
import polars as pl

from traversion_data import schema
from traversion_data.decode.base import Batch
from traversion_data.decode.learned import Learned
from traversion_data.decode.lines import Lines
from traversion_data.decode.mapping import Mapping
from traversion_data.decode.rows import read
from traversion_data.decode.shape import LINE, Shape
from traversion_data.decode.times import Clock
from traversion_data.model import FieldMap, Recognised, seq_of
from traversion_data.source.base import Chunk

ASIDE_TEXT: Final = 4096
"""Bytes of a set-aside line that are kept."""
NO_TIME: Final = "no event time on this line or before it; --map time=KEY names the key"


@dataclass
class Paths:
    """Key paths of one source in the order met; the number that become columns is limited."""

    known: dict[str, None] = field(default_factory=dict)

    def admit(self, path: str) -> bool:
        """Whether a path may be a column."""
        if path in self.known:
            return True
        if len(self.known) >= schema.MAX_LEARNED and not Mapping.named(path):
            return False
        self.known[path] = None
        return True


class JsonDecoder:
    """Decodes the chunks of one source, in order."""

    def __init__(self, name: str, field_map: FieldMap | None = None, zone: str = "UTC") -> None:
        self._mapping = Mapping(field_map or FieldMap(), Clock(zone))
        self._paths = Paths()
        self._shape = Shape(self._mapping, PurePath(name).name or name, Learned())
        self._exact: dict[str, bool] = {}

    @property
    def format(self) -> str:
        """The format's name in `SHOW SOURCES`."""
        return "JSON Lines"

    @property
    def recognised(self) -> tuple[Recognised, ...]:
        """Which key was taken for which core column, so far."""
        return self._mapping.recognised()

    def decode(self, chunk: Chunk) -> Batch:
        """Decode one chunk; bad lines are set aside, never raised."""
        if chunk.long_line is not None:
            return _too_long(chunk)
        lines = Lines.of(chunk.data)
        rows = read(lines, range(len(lines)), self._paths.admit, self._is_exact)
        order = [name for path in self._paths.known for name in _cells(path) if name in rows.raw.columns]
        raw = rows.raw.select(pl.col("^#.*$"), *order)
        events, untimed = self._shape.events(raw)
        refused = [*rows.refused, *((int(line), NO_TIME) for line in untimed)]
        return Batch(
            place(events, chunk, lines), aside(refused, chunk, lines), len(lines), rows.blank
        )

    def _is_exact(self, path: str) -> bool:
        found = self._exact.get(path)
        if found is None:
            found = self._exact[path] = self._mapping.exact(path)
        return found


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
