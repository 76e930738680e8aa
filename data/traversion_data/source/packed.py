"""One life of a file that was compressed when it was rotated: all of it, or what was not read."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path

from traversion_data.errors import InputError
from traversion_data.source.base import Chunk
from traversion_data.source.file import FileSource
from traversion_data.source.identity import HEAD, rest_of, stamp_of
from traversion_data.source.track import Track
from traversion_data.store.position import Position


class Packed:
    """A source beside tails that does not grow: its inflated bytes from a position on."""

    lost: str | None = None
    packed = True
    abandoned = False

    def __init__(
        self,
        path: Path,
        ordinal: int,
        start: Position | None = None,
        head: bytes = b"",
        max_inflate: int | None = None,
    ) -> None:
        """`start` is a position that the inflated bytes hold, `head` the first of them."""
        self.path = path
        self.ordinal = ordinal
        self.over = False
        self.copy_of: str | None = None
        """The name of the file whose bytes stand before the start, where they were read there."""
        self.missing: str | None = None
        status = path.stat()
        self.inode = status.st_dev, status.st_ino
        self.stamp: tuple[int, ...] | None = stamp_of(status)
        self._file = (
            FileSource(path) if max_inflate is None else FileSource(path, None, max_inflate)
        )
        self._start = start
        generation = start.generation if start else f"{status.st_ino:x}-{ordinal:x}"
        self.track = Track(generation, start, head[: min(HEAD, start.offset)] if start else b"")

    @property
    def name(self) -> str:
        """The path."""
        return str(self.path)

    @property
    def size(self) -> int | None:
        """Bytes on disk."""
        return self._file.size

    @property
    def position(self) -> int:
        """Bytes of the file consumed so far."""
        return self._file.position

    @property
    def notes(self) -> tuple[str, ...]:
        """What was met while reading."""
        return self._file.notes

    @property
    def hold(self) -> float:
        """For ever: the file does not pause."""
        return math.inf

    @property
    def written(self) -> int | None:
        """When the file was last written, ns UTC."""
        return self._file.written

    @property
    def caught_up(self) -> bool:
        """Whether all of it has been read."""
        return self.over

    @property
    def begun(self) -> bytes:
        """The first bytes that were read, at most `HEAD`."""
        return self.track.head

    @property
    def here(self) -> Position:
        """The position behind all bytes read."""
        return self.track.here(self.inode, ended=self.over)

    def behind(self, chunk: Chunk) -> Position:
        """The position behind a chunk; to be asked for each, in order."""
        return self.track.behind(chunk, self.inode)

    def finish(self, missing: str | None = None) -> None:
        """End this life; `missing` says why bytes of it may never have been read."""
        if not self.over:
            self.over, self.missing = True, missing

    def pieces(self) -> Iterator[bytes]:
        """Yield the bytes behind the start; see `Source.pieces`."""
        pieces = self._file.pieces()
        rest = rest_of(pieces, self._start) if self._start else pieces
        try:
            for piece in rest or ():
                if piece:
                    self.track.add(piece)
                    yield piece
        except InputError as error:
            self.finish(str(error))
            raise
        self.finish()
