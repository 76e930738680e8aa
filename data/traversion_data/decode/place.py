"""Where events and set-aside lines stand in their source."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import numpy as np
import polars as pl

from traversion_data import schema
from traversion_data.decode.base import Batch
from traversion_data.decode.lines import Lines
from traversion_data.decode.shape import LINE
from traversion_data.model import seq_of
from traversion_data.source.base import Chunk

ASIDE_TEXT: Final = 4096
"""Bytes of a set-aside line that are kept."""


def place(
    events: pl.DataFrame, chunk: Chunk, lines: Lines, last: np.ndarray | None = None
) -> pl.DataFrame:
    """Stamp events with their number and place in the source, under the schema.

    last: by line, the last line of the event that begins there, where events span lines.
    """
    at = events[LINE].to_numpy()
    starts = lines.starts[at]
    length = lines.ends[at if last is None else last[at]] - starts
    source = pl.Series(schema.SOURCE, [chunk.source], dtype=pl.UInt16)
    stamps = (
        pl.Series(schema.SEQ, at + np.int64(seq_of(chunk.source, chunk.first_line))),
        source.new_from_index(0, len(at)),
        pl.Series(schema.OFFSET, (starts + chunk.offset).astype(np.uint64)),
        pl.Series(schema.LENGTH, length.astype(np.uint32)),
    )
    rest = [column for column in events.get_columns() if column.name != LINE]
    return schema.conform(pl.DataFrame(stamps).hstack(rest))


def aside(refused: Iterable[tuple[int, str]], chunk: Chunk, lines: Lines) -> pl.DataFrame:
    """A frame of set-aside lines, in line order, from line indexes and reasons."""
    refused = sorted(refused)
    if not refused:
        return schema.empty_aside()
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


def too_long(chunk: Chunk, limit: str = "1 MiB") -> Batch:
    """A line beyond the limit is set aside with its length and digest, so it can be found again."""
    assert chunk.long_line is not None
    length, digest = chunk.long_line.length, chunk.long_line.sha256
    row = {
        schema.SEQ: [seq_of(chunk.source, chunk.first_line)],
        schema.SOURCE: [chunk.source],
        schema.OFFSET: [chunk.offset],
        schema.LENGTH: [min(length, 2**32 - 1)],
        "reason": [f"longer than {limit}: {length} bytes, SHA-256 {digest}"],
        "text": [chunk.data.decode(errors="replace")],
    }
    return Batch(schema.empty(), pl.DataFrame(row, schema=schema.ASIDE), 1, 0)


def _head(line: bytes) -> str:
    return line[:ASIDE_TEXT].decode(errors="replace")
