"""One life of a growing file: from its first byte to its rotation, truncation or removal.

Nothing here waits: a file that has nothing to give yields an empty piece. Every read is checked on
both sides against what was read before, so that a file cut and filled again between two looks is
never taken for one that grew.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from time import monotonic, time_ns
from typing import Final

from traversion_data.errors import InputError, reason
from traversion_data.source.base import Chunk
from traversion_data.source.blocks import PIECE
from traversion_data.source.descriptors import Descriptors
from traversion_data.source.identity import HEAD, inode_of, stamp_of
from traversion_data.source.inflate import COMPRESSED
from traversion_data.source.track import Track
from traversion_data.source.unicode import UTF_16
from traversion_data.store.position import Position

HOLD: Final = 0.03
"""Seconds that whole lines wait for others."""
LINGER: Final = 10.0
"""Seconds without a byte after which a file that was moved away is given up."""
_FRESH: Final = 50_000_000
"""Nanoseconds in which a second change may leave a file's time as the first one set it."""
_OTHERS: Final = (*COMPRESSED, *UTF_16)
"""How files begin whose bytes are not those of lines."""
_RETRY: Final = 0.1
_SELDOM: Final = 5.0
"""Seconds between two tries to read what cannot be read: the first, and at most."""


class Tail:
    """A source that grows: the bytes of one life of a file, from a position on.

    A life is *lost* when its bytes are no longer where they were; it may be found again in a copy,
    and is *over* when nothing more of it can come.
    """

    def __init__(
        self,
        path: Path,
        ordinal: int,
        start: Position | None = None,
        *,
        now: Callable[[], float] = monotonic,
        descriptors: Descriptors | None = None,
    ) -> None:
        """Open the file; the caller has checked that it holds `start`.

        Raises:
            OSError: if it cannot be opened.
        """
        self.path = path
        self.ordinal = ordinal
        self.over = self.leaving = self.packed = False
        self.stamp: tuple[int, ...] | None = None
        """Of the compressed file that this is read on from."""
        self.copy_of: str | None = None
        """The name of the file whose bytes stand before the start, where they were read there."""
        self.lost: str | None = None
        self.missing: str | None = None
        """Why bytes of this life may never have been read."""
        self.trouble: str | None = None
        """Why nothing can be read just now."""
        self._now = now
        self._descriptors = descriptors or Descriptors()
        self._descriptor = -1
        self._open(path)
        status = os.fstat(self._descriptor)
        self.inode = inode_of(status)
        generation = start.generation if start else f"{status.st_ino:x}-{ordinal:x}"
        head = os.pread(self._descriptor, min(HEAD, start.offset if start else 0), 0)
        self.track = Track(generation, start, head)
        self._changed = self._lost_since = now()
        self._written: int | None = status.st_mtime_ns
        self._seen: int | None = None
        self._read_all = False
        self._rest: Iterator[bytes] | None = None
        self._again = self._wait = 0.0

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
        """When the file was last written as far as was seen, ns UTC."""
        return self._written

    @property
    def caught_up(self) -> bool:
        """Whether all there is has been read."""
        return self.over or bool(self.lost or self.trouble) or self._read_all

    @property
    def idle(self) -> float:
        """Seconds since the last byte came."""
        return self._now() - self._changed

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
        """No path names this file by now: read on until nothing more comes."""
        if not self.leaving:
            self.leaving, self._changed = True, self._now()

    def stay(self, path: Path) -> None:
        """The file is named by this path by now."""
        self.path, self.leaving = path, False

    def lose(self, why: str) -> None:
        """The bytes are no longer where they were."""
        if not self.over and self.lost is None:
            self.lost, self._lost_since = why, self._now()

    @property
    def lost_for(self) -> float | None:
        """Seconds since the bytes were found to be elsewhere, also after this life has ended."""
        return self._now() - self._lost_since if self.lost else None

    @property
    def here(self) -> Position:
        """The position behind all bytes read, or those of whole lines where this was abandoned."""
        if self.abandoned and self.track.reached is not None:
            return self.track.reached
        return self.track.here(self.inode, ended=self.over)

    @property
    def begun(self) -> bytes:
        """The first bytes there are, read or not, at most `HEAD`."""
        head = self.track.head
        if len(head) == HEAD or self.lost or self._descriptor < 0:
            return head
        try:
            there = os.pread(self._descriptor, HEAD, 0)
        except OSError:
            return head
        return there if there.startswith(head) else head

    @property
    def abandoned(self) -> bool:
        """Whether the bytes were cut off for good: those of a line that was begun are no line."""
        return self.over and self.lost is not None

    def find(self, path: Path) -> None:
        """Read on in a copy that holds what was read.

        Raises:
            OSError: if it cannot be opened.
        """
        self._close()
        self._open(path)
        self.lost, self._changed = None, self._now()
        self.stay(path)
        status = os.fstat(self._descriptor)
        self.inode = inode_of(status)

    def unpack(self, path: Path, status: os.stat_result, rest: Iterator[bytes]) -> None:
        """Read on in a compressed copy, from which what was not read yet comes as `rest`."""
        self._close()
        self.lost, self.packed, self._rest = None, True, rest
        self.inode, self.stamp = inode_of(status), stamp_of(status)
        self.stay(path)

    def finish(self, missing: str | None = None) -> None:
        """End this life; `missing` says why bytes of it may never have been read."""
        if not self.over:
            self.over, self.missing, self.trouble = True, missing, None
            self._close()

    @property
    def rests(self) -> bool:
        """Whether the descriptor can be given back: a path names the file."""
        return not (self.leaving or self.lost)

    def rest(self) -> None:
        """Give the descriptor back until there is something to read."""
        self._close()

    def pieces(self) -> Iterator[bytes]:
        """Yield what there is, and an empty piece whenever there is nothing; see `Source`."""
        while not self.over:
            if self._rest is not None:
                yield self._unpacked(self._rest)
            else:
                yield b"" if self.lost or self._now() < self._again else self._read()

    def _unpacked(self, rest: Iterator[bytes]) -> bytes:
        try:
            data = next(rest, None)
        except InputError as error:
            self.finish(str(error))
            return b""
        if data is None:
            self.finish()
            return b""
        self.track.add(data)
        return data

    def _read(self) -> bytes:
        try:
            data = self._grown()
        except FileNotFoundError as error:
            self._vanished(error)
            return b""
        except OSError as error:
            self._troubled(error)
            return b""
        self.trouble, self._wait = None, 0.0
        return data

    def _vanished(self, error: OSError) -> None:
        """No path names the file, and no descriptor is left: what was seen last has to do."""
        if self.leaving:
            self.finish(None if self._read_all else "it was removed before all of it was read")
        else:
            self._troubled(error)

    def _troubled(self, error: OSError) -> None:
        self.trouble = f"cannot be read just now: {reason(error)}"
        self._wait = min(_SELDOM, 2 * self._wait or _RETRY)
        self._again = self._now() + self._wait
        if not self.leaving:
            self._close()
        elif self.idle > LINGER:
            self.lose(self.trouble)

    def _grown(self) -> bytes:
        if self._descriptor < 0 and not self._reopened():
            return b""
        status = os.fstat(self._descriptor)
        self._written = status.st_mtime_ns
        end = self.track.end
        if status.st_size == end:
            if self._touched(status) and not self.intact():
                self.lose("its bytes changed before the place that was read")
            self._read_all = True
            if self.leaving and self.idle > LINGER:
                self.finish()
            return b""
        self._read_all = False
        if status.st_size < end:
            self.lose("it was cut short")
            return b""
        if not self.intact():
            self.lose("its bytes changed before the place that was read")
            return b""
        data = os.pread(self._descriptor, PIECE, end)
        if not self.intact():
            self.lose("its bytes changed while it was read")
            return b""
        if not end and self._no_tail(data):
            return b""
        self.track.add(data)
        self._descriptors.took(self)
        self._changed = self._now()
        return data

    def _no_tail(self, first: bytes) -> bool:
        """Whether a file that was empty at first turns out to be no plain text, or still may."""
        if first.startswith(_OTHERS):
            self.finish()
            return True
        self._read_all = any(magic.startswith(first) for magic in _OTHERS)
        return self._read_all

    def _touched(self, status: os.stat_result) -> bool:
        """Whether the file may have been written since it was last looked at."""
        touched = status.st_mtime_ns != self._seen
        fresh = time_ns() - status.st_mtime_ns < _FRESH
        self._seen = None if fresh else status.st_mtime_ns
        return touched

    def _reopened(self) -> bool:
        """Open the file again where it has changed; whether there is something to look at."""
        status = self.path.stat()
        if status.st_size == self.track.end and status.st_mtime_ns == self._seen:
            return False
        self._open(self.path)
        status = os.fstat(self._descriptor)
        if inode_of(status) != self.inode:
            self._close()
            raise FileNotFoundError(errno.ENOENT, "another file has the name")
        if not self.intact():
            self.lose("its bytes changed before the place that was read")
            return False
        return True

    def _open(self, path: Path) -> None:
        self._descriptor = opened(path)
        self._descriptors.took(self)

    def _close(self) -> None:
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1
            self._descriptors.gave(self)


def opened(path: Path) -> int:
    """A descriptor to read a regular file with, never waiting for a writer."""
    return os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
