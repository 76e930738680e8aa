"""What a file shows of itself when it is met: enough to say whose bytes it holds."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from traversion_data.source.blocks import PIECE
from traversion_data.source.file import FileSource
from traversion_data.source.identity import HEAD, holds, peek, rest_of
from traversion_data.source.inflate import COMPRESSED
from traversion_data.source.track import Track
from traversion_data.store.position import Position


class Looked(Protocol):
    """A file that was met under a path."""

    @property
    def path(self) -> Path:
        """The path."""
        ...

    @property
    def status(self) -> os.stat_result:
        """Its status when it was met."""
        ...

    @property
    def head(self) -> bytes:
        """Its first bytes, inflated, at most `HEAD`."""
        ...

    def holds(self, position: Position) -> bool:
        """Whether it has what was read before a position."""
        ...

    def ends_at(self, position: Position) -> bool:
        """Whether it has what was read before a position, and nothing more."""
        ...

    def end(self) -> Position:
        """The position behind its last whole line, as of a life of its own."""
        ...

    def begins(self, track: Track) -> bool:
        """Whether it may be the beginning of what was read, and no more than that."""
        ...


@dataclass(frozen=True, slots=True)
class LookedPlain:
    """A file as it is; `descriptor` is open on it."""

    path: Path
    status: os.stat_result
    head: bytes
    descriptor: int

    def holds(self, position: Position) -> bool:
        """See `Looked.holds`."""
        return self.status.st_size >= position.offset and holds(peek(self.descriptor), position)

    def ends_at(self, position: Position) -> bool:
        """See `Looked.ends_at`."""
        return self.status.st_size == position.offset and self.holds(position)

    def end(self) -> Position:
        """See `Looked.end`."""
        track = Track(f"{self.status.st_ino:x}-copy", None, b"")
        left = self.status.st_size
        while left and (piece := os.pread(self.descriptor, min(left, PIECE), track.end)):
            left -= len(piece)
            last = piece.rfind(b"\n") + 1
            track.add(piece[:last] if not left else piece)
        return track.here((self.status.st_dev, self.status.st_ino), ended=False)

    def begins(self, track: Track) -> bool:
        """See `Looked.begins`."""
        return track.begins(peek(self.descriptor), self.status.st_size)


@dataclass(frozen=True, slots=True)
class LookedPacked:
    """A compressed file."""

    path: Path
    status: os.stat_result
    head: bytes

    def holds(self, position: Position) -> bool:
        """See `Looked.holds`."""
        return self.rest(position) is not None

    def ends_at(self, position: Position) -> bool:
        """See `Looked.ends_at`."""
        rest = self.rest(position)
        return rest is not None and not any(rest)

    def begins(self, track: Track) -> bool:
        """See `Looked.begins`."""
        return track.began(FileSource(self.path).pieces())

    def end(self) -> Position:
        """See `Looked.end`."""
        track = Track(f"{self.status.st_ino:x}-copy", None, b"")
        for piece in FileSource(self.path).pieces():
            track.add(piece)
        return track.here((self.status.st_dev, self.status.st_ino), ended=True)

    def rest(self, position: Position) -> Iterator[bytes] | None:
        """The inflated bytes behind a position, None where it does not hold it."""
        return rest_of(FileSource(self.path).pieces(), position)


def look_at(path: Path, status: os.stat_result, descriptor: int) -> LookedPlain | LookedPacked:
    """Look at a file that is open.

    Raises:
        OSError: if it cannot be read.
    """
    head = os.pread(descriptor, HEAD, 0)
    if not head.startswith(COMPRESSED):
        return LookedPlain(path, status, head, descriptor)
    first = b""
    for piece in FileSource(path).pieces():
        first += piece
        if len(first) >= HEAD:
            break
    return LookedPacked(path, status, first[:HEAD])
