"""What was read of one life of a file: enough to know it again, and to say how far."""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from typing import Final

from traversion_data.source.base import START, Chunk, Place
from traversion_data.source.identity import HEAD, MARKER, Peek
from traversion_data.store.position import Position

_MARKS: Final = 64
"""Places whose bytes are remembered, at most: close together at the end, far apart before."""
_STEP: Final = 64 * 1024
"""Bytes between two of them at first."""


class Track:
    """Follows the bytes of a life as they are read, and the chunks cut from them."""

    def __init__(self, generation: str, start: Position | None, head: bytes) -> None:
        """`head`: the first bytes before the start, at most `HEAD`."""
        self.generation = generation
        self.start = Place(start.offset, start.line) if start else START
        self.end = self.start.offset
        self.head = head
        self.marker = self._last = start.marker if start else b""
        self._lines = self.start.line
        self._reached = start
        self._marks: list[tuple[int, bytes]] = [(self.end, self.marker)]

    def add(self, data: bytes) -> None:
        """Note bytes that were read behind the last ones."""
        self.head += data[: HEAD - len(self.head)]
        for at in range(_STEP, len(data), _STEP):
            self._marks.append((self.end + at, data[at - MARKER : at]))
        self.marker = (self.marker + data)[-MARKER:]
        self.end += len(data)
        self._lines += data.count(b"\n")
        self._marks.append((self.end, self.marker))
        while len(self._marks) > _MARKS:
            del self._marks[: _MARKS // 2 : 2]

    def begins(self, look: Peek, size: int) -> bool:
        """Whether a file of so many bytes, fewer than were read here, may be where this began.

        Its first bytes are compared, and those before the places that are remembered in it.
        """
        if not 0 < size < self.end:
            return False
        length = min(size, len(self.head))
        return look(length, 0) == self.head[:length] and all(
            look(len(marker), place - len(marker)) == marker
            for place, marker in self._marks
            if place <= size
        )

    def began(self, pieces: Iterable[bytes]) -> bool:
        """Whether a stream is shorter than what was read here, and may be where this began."""
        before, passed = b"", 0
        for piece in pieces:
            window = before + piece
            start = passed - len(before)
            passed += len(piece)
            length = max(min(len(self.head), passed) - start, 0)
            if window[:length] != self.head[start : start + length]:
                return False
            for place, marker in self._marks:
                at = place - start
                if len(before) < at <= len(window) and window[at - len(marker) : at] != marker:
                    return False
            before = window[-MARKER:]
        return 0 < passed < self.end

    @property
    def whole(self) -> bool:
        """Whether a whole line was read: less does not tell files apart, and is stored nowhere."""
        return self._lines > 0

    @property
    def reached(self) -> Position | None:
        """The position behind the last chunk, None where there was none."""
        return self._reached

    def here(self, inode: tuple[int, int], *, ended: bool) -> Position:
        """The position behind all bytes read; `ended`: bytes without a line end are a line."""
        more = ended and bool(self.marker) and not self.marker.endswith(b"\n")
        return self._position(self.end, self._lines + more, self.marker, inode)

    def behind(self, chunk: Chunk, inode: tuple[int, int]) -> Position:
        """The position behind a chunk; to be asked for each, in order.

        Behind a line too long to be kept there is no marker: the head alone tells the file then.
        """
        long = chunk.long_line
        offset = chunk.offset + (long.length + 1 if long else len(chunk.data))
        line = chunk.first_line + (1 if long else chunk.data.count(b"\n"))
        self._last = b"" if long else (self._last + chunk.data)[-MARKER:]
        self._reached = self._position(offset, line, self._last, inode)
        return self._reached

    def _position(self, offset: int, line: int, marker: bytes, inode: tuple[int, int]) -> Position:
        head = self.head[: min(HEAD, offset)]
        return Position(self.generation, offset, line, len(head), zlib.crc32(head), marker, *inode)
