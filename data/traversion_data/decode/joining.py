"""Events that span lines: which lines belong together, and where a stream may be parted."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from time import monotonic
from typing import Final, TypeAlias

import numpy as np
import polars as pl

from traversion_data.decode.base import Cut
from traversion_data.decode.blank import nothing
from traversion_data.decode.lines import Lines
from traversion_data.decode.text_block import TextBlock
from traversion_data.source import blocks
from traversion_data.source.base import Chunk

Begins: TypeAlias = Callable[[Lines], np.ndarray]
"""Which lines begin an event: a boolean per line."""

MAX_EVENT: Final = 1024 * 1024
"""Bytes of one event's lines that are held back for more; a longer event is cut there."""
_TAIL: Final = 64 * 1024


@dataclass(frozen=True)
class Joined:
    """Lines put together to events.

    first: the line at which each event begins, ascending. last: by line, the last line of the event
    that begins there (else the line itself). tails: per event its further lines joined by line
    feeds, NULL where there are none. flags: per event. blank: blank lines that belong to none.
    """

    first: np.ndarray
    last: np.ndarray
    tails: pl.Series
    flags: np.ndarray
    blank: int


def join(block: TextBlock, lines: Lines, begins: np.ndarray) -> Joined:
    """Give every line to the event that begins at it or before it.

    What stands before the first beginning is an event of its own, and so is what goes on for more
    than `MAX_EVENT` bytes.
    """
    said = ~block.blank & ~block.hollow
    begins = begins & said
    orphans = np.flatnonzero(said)
    if len(orphans):
        begins[orphans[0]] = True
        begins |= _too_far(lines.starts, begins) & said
    at_line = np.arange(len(said))
    first = np.flatnonzero(begins)
    owner = np.cumsum(begins) - 1
    last_of = first.copy()
    last_of[owner[orphans]] = orphans
    last = at_line.copy()
    last[first] = last_of
    owned = owner >= 0
    inner = owned & ~begins & ~block.hollow
    if len(first):
        inner &= at_line <= last_of[np.maximum(owner, 0)]
    flags = block.flags[first]
    tails = nothing(pl.String(), len(first))
    if inner.any():
        at = np.flatnonzero(inner)
        np.bitwise_or.at(flags, owner[at], block.flags[at])
        further = (
            pl.DataFrame({"owner": owner[at], "text": block.text.gather(at)})
            .group_by("owner", maintain_order=True)
            .agg(pl.col("text").str.join("\n"))
        )
        tails = tails.clone().scatter(further["owner"], further["text"])
    return Joined(first, last, tails, flags, int((block.blank & ~inner).sum()))


def _too_far(starts: np.ndarray, begins: np.ndarray) -> np.ndarray:
    """Lines at which an event has gone on for another `MAX_EVENT` bytes."""
    first = np.flatnonzero(begins)
    owner = np.maximum(np.cumsum(begins) - 1, 0)
    stretch = (starts - starts[first[owner]]) // MAX_EVENT
    return np.asarray(np.diff(stretch, prepend=0) > 0)


def parting(begins: Begins) -> Cut:
    """A cut that parts only before a line that begins an event.

    The lines of the last event are held back for those that may follow, `MAX_EVENT` bytes of them
    at most, and of a source that pauses no longer than it may hold lines back.
    """

    def cut(pieces: Iterable[bytes], ordinal: int, hold: float) -> Iterator[Chunk | None]:
        held: Chunk | None = None
        since = 0.0
        for chunk in blocks.cut(pieces, ordinal, hold):
            if chunk is None:
                if held is not None and monotonic() - since >= hold:
                    yield held
                    held = None
                yield None
                continue
            if chunk.long_line is not None:
                if held is not None:
                    yield held
                    held = None
                yield chunk
                continue
            whole = chunk if held is None else _after(held, chunk)
            ready, held = _parted(whole, begins)
            since = monotonic()
            if ready is not None:
                yield ready
        if held is not None:
            yield held

    return cut


def _after(held: Chunk, chunk: Chunk) -> Chunk:
    return Chunk(held.source, held.first_line, held.offset, held.data + chunk.data)


def _parted(chunk: Chunk, begins: Begins) -> tuple[Chunk | None, Chunk | None]:
    """A chunk up to its last event, and that event."""
    at = _last_beginning(chunk.data, begins)
    if len(chunk.data) - at > MAX_EVENT:
        return chunk, None
    if at == 0:
        return None, chunk
    line = chunk.first_line + chunk.data.count(b"\n", 0, at)
    return (
        Chunk(chunk.source, chunk.first_line, chunk.offset, chunk.data[:at]),
        Chunk(chunk.source, line, chunk.offset + at, chunk.data[at:]),
    )


def _last_beginning(data: bytes, begins: Begins) -> int:
    """Where the last event begins, 0 where none is seen to; looks at ever more of the end."""
    size = _TAIL
    while True:
        start = max(0, len(data) - size)
        if start:
            start = data.rfind(b"\n", 0, start) + 1
        lines = Lines.of(data[start:])
        found = np.flatnonzero(begins(lines))
        if len(found):
            return start + int(lines.starts[found[-1]])
        if start == 0 or size > MAX_EVENT:
            return 0
        size *= 4
