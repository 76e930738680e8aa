"""The first seam: a source gives bytes; cut into chunks they know their place."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Final, Protocol

import numpy as np


@dataclass(frozen=True, slots=True)
class LongLine:
    """A line too long to decode: all its bytes without the newline, and their digest."""

    length: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Chunk:
    """Whole lines of one source (the last may lack its newline at the end of the source).

    `first_line` is zero-based and counts every line, blank or bad; `offset` is the byte at which
    `data` starts in the (decompressed) source. A line longer than a source hands out stands alone
    in its chunk: `long_line` then says what it was, and `data` holds only its head.

    Of a source that is no lines but a document, `elements` says where in `data` its elements begin
    and end (two int64 arrays, half-open); they are then counted instead of lines. Of a table,
    `table` is an Arrow stream of rows, counted instead; `data` is empty until its last chunk.
    `note` says what is wrong with a document from here on.
    """

    source: int
    first_line: int
    offset: int
    data: bytes
    long_line: LongLine | None = None
    elements: tuple[np.ndarray, np.ndarray] | None = field(default=None, compare=False)
    table: bytes | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """Where the first byte that a source gives stands in its file."""

    offset: int
    line: int

    def of(self, chunk: Chunk) -> Chunk:
        """A chunk that was counted from the first byte given, where it stands in the file."""
        if self == START:
            return chunk
        return replace(
            chunk, offset=chunk.offset + self.offset, first_line=chunk.first_line + self.line
        )


START: Final = Place(0, 0)


class Source(Protocol):
    """Something that yields bytes: a file, standard input, a simulated incident."""

    @property
    def name(self) -> str:
        """What a person calls it: a path as typed, `-`, `scenario:checkout-cascade`."""
        ...

    @property
    def size(self) -> int | None:
        """Bytes of the underlying (possibly compressed) input where known, for progress."""
        ...

    @property
    def position(self) -> int:
        """Bytes of that input consumed so far."""
        ...

    @property
    def notes(self) -> tuple[str, ...]:
        """Sentences on what was met so far: a torn end, files passed over."""
        ...

    @property
    def hold(self) -> float:
        """Seconds that whole lines which have come may wait for others."""
        ...

    @property
    def written(self) -> int | None:
        """When the input was last written, ns UTC, where that is known."""
        ...

    def pieces(self) -> Iterator[bytes]:
        """Yield the whole input once, inflated, in pieces of any size.

        A source that may pause yields an empty piece wherever nothing came for a while.

        Raises:
            InputError: if the input cannot be read; pieces yielded before stay good.
        """
        ...
