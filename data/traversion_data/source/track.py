"""What was read of one life of a file: enough to know it again, and to say how far."""

from __future__ import annotations

import zlib

from traversion_data.source.base import START, Chunk, Place
from traversion_data.source.identity import HEAD, MARKER
from traversion_data.store.position import Position


class Track:
    """Follows the bytes of a life as they are read, and the chunks cut from them."""

    def __init__(self, generation: str, start: Position | None, head: bytes) -> None:
        """`head`: the first bytes before the start, at most `HEAD`."""
        self.generation = generation
        self.start = Place(start.offset, start.line) if start else START
        self.end = self.start.offset
        self.head = head
        self.marker = self._last = start.marker if start else b""

    def add(self, data: bytes) -> None:
        """Note bytes that were read behind the last ones."""
        self.head += data[: HEAD - len(self.head)]
        self.marker = (self.marker + data)[-MARKER:]
        self.end += len(data)

    def here(self, inode: tuple[int, int]) -> Position:
        """The position behind all bytes read."""
        return self._position(self.end, 0, self.marker, inode)

    def behind(self, chunk: Chunk, inode: tuple[int, int]) -> Position:
        """The position behind a chunk; to be asked for each, in order.

        Behind a line too long to be kept there is no marker: the head alone tells the file then.
        """
        long = chunk.long_line
        offset = chunk.offset + (long.length + 1 if long else len(chunk.data))
        line = chunk.first_line + (1 if long else chunk.data.count(b"\n"))
        self._last = b"" if long else (self._last + chunk.data)[-MARKER:]
        return self._position(offset, line, self._last, inode)

    def _position(self, offset: int, line: int, marker: bytes, inode: tuple[int, int]) -> Position:
        head = self.head[: min(HEAD, offset)]
        return Position(self.generation, offset, line, len(head), zlib.crc32(head), marker, *inode)
