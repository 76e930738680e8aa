"""One life of a growing file: from its first byte to its rotation, truncation or removal.

Nothing here waits: a file that has nothing to give yields an empty piece. Every read is checked on
both sides against what was read before, so that a file cut and filled again between two looks is
never taken for one that grew.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from time import monotonic
from typing import Final

from traversion_data.source.base import Chunk
from traversion_data.source.blocks import PIECE
from traversion_data.source.identity import HEAD
from traversion_data.source.track import Track
from traversion_data.store.position import Position

HOLD: Final = 0.03
"""Seconds that whole lines wait for others."""
LINGER: Final = 10.0
"""Seconds without a byte after which a file that was moved away is given up."""


class Tail:
    """A source that grows: the bytes of one life of a file, from a position on.

    A life is *lost* when its bytes are no longer where they were; it may be found again in a copy,
    and is *over* when nothing more of it can come.
    """

    def __init__(self, path: Path, ordinal: int, start: Position | None = None) -> None:
        """Open the file; the caller has checked that it holds `start`.

        Raises:
            OSError: if it cannot be opened.
        """
        self.path = path
        self.ordinal = ordinal
        self.over = self.leaving = False
        self.lost: str | None = None
        self.missing: str | None = None
        """Why bytes of this life may never have been read."""
        self.trouble: str | None = None
        """Why nothing can be read just now."""
        self._descriptor = opened(path)
        status = os.fstat(self._descriptor)
        self.inode = status.st_dev, status.st_ino
        generation = start.generation if start else f"{status.st_ino:x}-{ordinal:x}"
        head = os.pread(self._descriptor, min(HEAD, start.offset if start else 0), 0)
        self.track = Track(generation, start, head)
        self._changed = self._lost_since = monotonic()

    @property
    def name(self) -> str:
        """The path."""
        return str(self.path)

    @property
    def size(self) -> int | None:
        """Bytes there are now."""
        try:
            return os.fstat(self._descriptor).st_size if self._descriptor >= 0 else self.track.end
        except OSError:
            return None

    @property
    def position(self) -> int:
        """Bytes read so far."""
        return self.track.end

    @property
    def notes(self) -> tuple[str, ...]:
        """Why nothing can be read just now, or never could be."""
        return tuple(why for why in (self.trouble, self.missing) if why)

    @property
    def hold(self) -> float:
        """Lines that come slowly are handed out soon."""
        return HOLD

    @property
    def written(self) -> int | None:
        """When the file was last written, ns UTC."""
        try:
            return os.fstat(self._descriptor).st_mtime_ns if self._descriptor >= 0 else None
        except OSError:
            return None

    @property
    def caught_up(self) -> bool:
        """Whether all there is has been read."""
        return self.over or (self.size or 0) <= self.track.end

    @property
    def idle(self) -> float:
        """Seconds since the last byte came."""
        return monotonic() - self._changed

    def behind(self, chunk: Chunk) -> Position:
        """The position behind a chunk; to be asked for each, in order."""
        return self.track.behind(chunk, self.inode)

    def intact(self) -> bool:
        """Whether the file still has what was read of it."""
        descriptor, track = self._descriptor, self.track
        if os.fstat(descriptor).st_size < track.end:
            return False
        length = len(track.marker)
        if os.pread(descriptor, length, track.end - length) != track.marker:
            return False
        return os.pread(descriptor, len(track.head), 0) == track.head

    def leave(self) -> None:
        """The path names another file by now: read on until nothing more comes."""
        if not self.leaving:
            self.leaving, self._changed = True, monotonic()

    def lose(self, why: str) -> None:
        """The bytes are no longer where they were."""
        if not self.over and self.lost is None:
            self.lost, self._lost_since = why, monotonic()

    @property
    def lost_for(self) -> float:
        """Seconds since the bytes are no longer where they were."""
        return monotonic() - self._lost_since if self.lost else 0.0

    @property
    def here(self) -> Position:
        """The position behind all bytes read."""
        return self.track.here(self.inode)

    def find(self, path: Path) -> None:
        """Read on in a copy that holds what was read.

        Raises:
            OSError: if it cannot be opened.
        """
        descriptor = opened(path)
        self._close()
        self._descriptor, self.path, self.lost, self.leaving = descriptor, path, None, True
        status = os.fstat(descriptor)
        self.inode = status.st_dev, status.st_ino
        self._changed = monotonic()

    def finish(self, missing: str | None = None) -> None:
        """End this life; `missing` says why bytes of it may never have been read."""
        if not self.over:
            self.over, self.missing, self.trouble = True, missing, None
            self._close()

    def rest(self) -> None:
        """Give the descriptor back until there is something to read."""
        if not (self.leaving or self.lost):
            self._close()

    def pieces(self) -> Iterator[bytes]:
        """Yield what there is, and an empty piece whenever there is nothing; see `Source`."""
        while not self.over:
            yield b"" if self.lost else self._read()

    def _read(self) -> bytes:
        try:
            data = self._grown()
        except OSError as error:
            self.trouble = f"cannot be read just now: {error.strerror or error}"
            self._close()
            return b""
        self.trouble = None
        return data

    def _grown(self) -> bytes:
        if self._descriptor < 0 and not self._reopened():
            return b""
        size = os.fstat(self._descriptor).st_size
        if size == self.track.end:
            if self.leaving and self.idle > LINGER:
                self.finish()
            return b""
        if size < self.track.end:
            self.lose("it was cut short")
            return b""
        if not self.intact():
            self.lose("its bytes changed before the place that was read")
            return b""
        data = os.pread(self._descriptor, PIECE, self.track.end)
        if not self.intact():
            self.lose("its bytes changed while it was read")
            return b""
        self.track.add(data)
        self._changed = monotonic()
        return data

    def _reopened(self) -> bool:
        """Open the file again where it has grown; whether there is something to read."""
        status = self.path.stat()
        if status.st_size == self.track.end and (status.st_dev, status.st_ino) == self.inode:
            return False
        self._descriptor = opened(self.path)
        status = os.fstat(self._descriptor)
        if (status.st_dev, status.st_ino) != self.inode or not self.intact():
            self.lose("another file took its place")
            return False
        return True

    def _close(self) -> None:
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1


def opened(path: Path) -> int:
    """A descriptor to read a regular file with, never waiting for a writer."""
    return os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
