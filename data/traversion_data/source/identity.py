"""How a file is known again, whatever it is called by then.

An inode alone names no file for long: ext4 gives the same one again after a file was deleted, and a
file that was copied and truncated keeps its own. What was read at its head and just before the
place where reading stopped tells files apart.
"""

from __future__ import annotations

import os
import zlib
from collections.abc import Callable, Iterator
from typing import Final

from traversion_data.store.position import Position

HEAD: Final = 256
"""Bytes at the start of a file that are compared, at most."""
MARKER: Final = 64
"""Bytes before the place where reading stopped that are compared, at most."""

Peek = Callable[[int, int], bytes]
"""Up to so many bytes of a file from an offset on."""


Inode = tuple[int, int]
"""The numbers of a device and of a file on it."""


def inode_of(status: os.stat_result) -> Inode:
    """What the system calls a file by."""
    return status.st_dev, status.st_ino


def stamp_of(status: os.stat_result) -> tuple[int, ...]:
    """What tells a file that never changes from all others, under any name."""
    return (*inode_of(status), status.st_size, status.st_mtime_ns)


def peek(descriptor: int) -> Peek:
    """Bytes of an open file, its place left alone."""
    return lambda length, offset: os.pread(descriptor, length, offset)


def holds(look: Peek, position: Position) -> bool:
    """Whether a file still has what was read of it before a position."""
    before = len(position.marker)
    if look(before, position.offset - before) != position.marker:
        return False
    return zlib.crc32(look(position.head_length, 0)) == position.head_crc


def same_inode(status: os.stat_result, position: Position) -> bool:
    """Whether a file has the inode that a position was taken from."""
    return inode_of(status) == (position.device, position.inode)


def rest_of(pieces: Iterator[bytes], position: Position) -> Iterator[bytes] | None:
    """What a stream holds behind a position, or None where it is another file's."""
    head, marker, passed = b"", b"", 0
    for piece in pieces:
        need = position.offset - passed
        before = piece[:need]
        head += before[: position.head_length - len(head)]
        marker = (marker + before)[-MARKER:]
        passed += len(before)
        if passed == position.offset:
            known = zlib.crc32(head) == position.head_crc
            same = known and marker[len(marker) - len(position.marker) :] == position.marker
            return _chained(piece[need:], pieces) if same else None
    return None


def _chained(first: bytes, pieces: Iterator[bytes]) -> Iterator[bytes]:
    if first:
        yield first
    yield from pieces
