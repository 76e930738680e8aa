"""Cut a stream of bytes into chunks of whole lines, holding no more than one chunk."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from hashlib import sha256
from time import monotonic
from typing import Final

from traversion_data.errors import InputError
from traversion_data.source.base import Chunk, LongLine

FIRST_CHUNK: Final = 256 * 1024
CHUNK: Final = 16 * 1024 * 1024
_GROWTH: Final = 4
MAX_LINE: Final = 1024 * 1024
LINE_HEAD: Final = 64 * 1024
PIECE: Final = 1024 * 1024

BOM: Final = b"\xef\xbb\xbf"


def cut(
    pieces: Iterable[bytes], ordinal: int, hold: float = math.inf, longest: int = MAX_LINE
) -> Iterator[Chunk | None]:
    """Yield chunks of about `CHUNK` bytes from pieces of any size.

    The first has `FIRST_CHUNK`, so that something can be shown soon, and each next one more.

    Whole lines wait `hold` seconds at most for a chunk to fill, and not at all where the last one
    was handed out so long ago. That is looked at whenever a piece comes, so pieces that come slowly
    should have empty ones between them; each gives None when what is ripe has been handed out.

    Lines end with a line feed; a last line without one is a line. A line longer than `longest`
    comes as a chunk of its own that holds its first `LINE_HEAD` bytes. A byte order mark at the
    start is skipped. An `InputError` of the pieces is raised after all that was read before it.
    """
    buffer = bytearray()
    line, offset, wanted, fresh = 0, 0, FIRST_CHUNK, True
    long = _LongLine()
    failed: list[InputError] = []
    since = handed = math.inf
    for piece in until_failure(pieces, failed):
        if buffer or piece:
            since = min(since, monotonic())
        if long.open:
            end = piece.find(b"\n")
            long.add(piece if end < 0 else piece[:end])
            if end < 0:
                if not piece:
                    yield None
                continue
            yield long.close(ordinal, line, offset)
            offset += long.length + 1
            line += 1
            buffer += piece[end + 1 :]
        else:
            buffer += piece
        if fresh and len(buffer) >= len(BOM):
            fresh = False
            if buffer.startswith(BOM):
                del buffer[: len(BOM)]
                offset += len(BOM)
        now = monotonic()
        ripe = buffer.rfind(b"\n") + 1 if now - min(since, handed) >= hold else 0
        while data := _take(buffer, ripe or wanted):
            for chunk in _apart(data, ordinal, line, offset, longest):
                yield chunk
                line, offset = _after(chunk, line, offset)
            del chunk  # a file that stays idle would hold it
            wanted, ripe = min(wanted * _GROWTH, CHUNK), 0
            since, handed = math.inf, now
        if len(buffer) > longest and b"\n" not in buffer:
            long.begin(bytes(buffer))
            buffer.clear()
        if not piece:
            yield None
    if long.open:
        yield long.close(ordinal, line, offset)
    if buffer:
        if fresh and buffer.startswith(BOM):
            del buffer[: len(BOM)]
            offset += len(BOM)
        yield from _apart(bytes(buffer), ordinal, line, offset, longest)
    if failed:
        raise failed[0]


def until_failure(pieces: Iterable[bytes], failed: list[InputError]) -> Iterator[bytes]:
    """The pieces up to an error, which is kept so that what was read can be handed on first."""
    try:
        yield from pieces
    except InputError as error:
        failed.append(error)


def _take(buffer: bytearray, wanted: int) -> bytes:
    """Remove about `wanted` bytes of whole lines from the front of a buffer that holds as many."""
    if len(buffer) < wanted:
        return b""
    end = buffer.rfind(b"\n", 0, wanted) + 1 or buffer.find(b"\n") + 1
    data = bytes(memoryview(buffer)[:end])
    del buffer[:end]
    return data


def _apart(data: bytes, ordinal: int, line: int, offset: int, limit: int) -> Iterator[Chunk]:
    """Chunks of whole lines, over-long lines among them standing alone."""
    start = 0
    while start < len(data):
        found = _first_long(data, start, limit)
        if found is None:
            yield Chunk(ordinal, line, offset + start, data[start:])
            return
        first, last = found
        if first > start:
            yield Chunk(ordinal, line, offset + start, data[start:first])
            line += data.count(b"\n", start, first)
        yield from _single(data[first:last], ordinal, line, offset + first, limit)
        line += 1
        start = last + 1


def _first_long(data: bytes, start: int, limit: int) -> tuple[int, int] | None:
    """Start and end of the first line from `start` on that is longer than `limit`."""
    while len(data) - start > limit:
        last_feed = data.rfind(b"\n", start, start + limit + 1)
        if last_feed < 0:
            end = data.find(b"\n", start)
            return start, end if end >= 0 else len(data)
        start = last_feed + 1
    return None


def _single(data: bytes, ordinal: int, line: int, offset: int, limit: int) -> Iterator[Chunk]:
    """One line as a chunk, cut where it is over-long."""
    if len(data) <= limit:
        yield Chunk(ordinal, line, offset, data)
        return
    long = _LongLine()
    long.begin(data)
    yield long.close(ordinal, line, offset)


def _after(chunk: Chunk, line: int, offset: int) -> tuple[int, int]:
    """Line number and offset behind a chunk that ended with a line feed."""
    if chunk.long_line is not None:
        return line + 1, offset + chunk.long_line.length + 1
    return line + chunk.data.count(b"\n"), offset + len(chunk.data)


class _LongLine:
    """Collects the head, length and digest of a line that does not fit in memory."""

    def __init__(self) -> None:
        self.open = False
        self.length = 0
        self._head = b""
        self._digest = sha256()

    def begin(self, data: bytes) -> None:
        self.open, self.length, self._head, self._digest = True, 0, b"", sha256()
        self.add(data)

    def add(self, data: bytes) -> None:
        self._head += data[: LINE_HEAD - len(self._head)]
        self._digest.update(data)
        self.length += len(data)

    def close(self, ordinal: int, line: int, offset: int) -> Chunk:
        self.open = False
        return Chunk(
            ordinal, line, offset, self._head, LongLine(self.length, self._digest.hexdigest())
        )
