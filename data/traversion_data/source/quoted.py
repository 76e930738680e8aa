"""Cut lines of which some belong together, because a quoted field holds a line feed."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from typing import Final

import numpy as np

from traversion_data.source import blocks
from traversion_data.source.base import Chunk

MAX_RECORD: Final = 1024 * 1024
"""Bytes of a record that is held back for its closing quote; then the quote is none."""


def cut_quoted(
    pieces: Iterable[bytes], ordinal: int, hold: float = math.inf
) -> Iterator[Chunk | None]:
    """Chunks of whole lines that end outside quotes; see `decode.base.Cut`."""
    held: Chunk | None = None
    for chunk in blocks.cut(pieces, ordinal, hold):
        if chunk is None:
            yield None
            continue
        if chunk.long_line is not None:
            if held is not None:
                yield held
                held = None
            yield chunk
            continue
        whole = chunk if held is None else _joined(held, chunk)
        ready, held = _parted(whole)
        if ready is not None:
            yield ready
    if held is not None:
        yield held


def _joined(held: Chunk, chunk: Chunk) -> Chunk:
    return Chunk(held.source, held.first_line, held.offset, held.data + chunk.data)


def _parted(chunk: Chunk) -> tuple[Chunk | None, Chunk | None]:
    """A chunk up to its last whole record, and the rest."""
    data = chunk.data
    if data.count(b'"') % 2 == 0:
        return chunk, None
    octets = np.frombuffer(data, dtype=np.uint8)
    feeds = np.flatnonzero(octets == ord("\n"))
    quotes = np.flatnonzero(octets == ord('"'))
    outside = feeds[np.searchsorted(quotes, feeds) % 2 == 0]
    at = int(outside[-1]) + 1 if len(outside) else 0
    if len(data) - at > MAX_RECORD:
        return chunk, None
    if at == 0:
        return None, chunk
    line = chunk.first_line + data.count(b"\n", 0, at)
    return (
        Chunk(chunk.source, chunk.first_line, chunk.offset, data[:at]),
        Chunk(chunk.source, line, chunk.offset + at, data[at:]),
    )
