"""The file that a position was taken in, found again, and ranges of its bytes."""

from __future__ import annotations

import os
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from stat import S_ISREG

from traversion_data.errors import InputError, reason
from traversion_data.safe import printable
from traversion_data.source.blocks import PIECE
from traversion_data.source.file import FileSource
from traversion_data.source.identity import holds, peek, same_inode
from traversion_data.source.looked import LookedPacked, look_at
from traversion_data.source.tail import opened
from traversion_data.store.position import Position


@dataclass(frozen=True, slots=True)
class Found:
    """A file that holds what was read before a position; `packed`: compressed."""

    path: Path
    position: Position
    packed: bool

    @property
    def written(self) -> int | None:
        """When the file was last written, ns UTC."""
        return FileSource(self.path).written

    def pieces(self, start: int, end: int) -> Iterator[bytes]:
        """The (inflated) bytes `[start, end)`, all of them before the position.

        Raises:
            InputError: if it cannot be read, or was changed meanwhile.
        """
        return self._inflated(start, end) if self.packed else self._plain(start, end)

    def _inflated(self, start: int, end: int) -> Iterator[bytes]:
        passed = 0
        for piece in FileSource(self.path).pieces():
            wanted = piece[max(start - passed, 0) : max(end - passed, 0)]
            if wanted:
                yield wanted
            passed += len(piece)
            if passed >= end:
                return
        raise InputError(f"{printable(str(self.path))} ends before what was read of it")

    def _plain(self, start: int, end: int) -> Iterator[bytes]:
        try:
            descriptor = opened(self.path)
        except OSError as error:
            raise self._unreadable(error) from error
        try:
            while start < end:
                data = os.pread(descriptor, min(PIECE, end - start), start)
                if not data or not holds(peek(descriptor), self.position):
                    raise InputError(f"{printable(str(self.path))} was changed while it was read")
                start += len(data)
                yield data
        except OSError as error:
            raise self._unreadable(error) from error
        finally:
            os.close(descriptor)

    def _unreadable(self, error: OSError) -> InputError:
        return InputError(f"cannot read {printable(str(self.path))}: {reason(error)}")


def find(name: str, position: Position) -> Found | None:
    """The file that was called `name` when a position was taken in it, whatever it is called now.

    It is looked for under its name, then beside it: the same inode, then names that begin alike.
    """
    path = Path(name)
    for candidate in (path, *_beside(path, position)):
        try:
            found = _looked(candidate, position)
        except (OSError, InputError):
            continue
        if found is not None:
            return found
    return None


def _looked(path: Path, position: Position) -> Found | None:
    status = path.stat()
    if not S_ISREG(status.st_mode):
        return None
    descriptor = opened(path)
    try:
        looked = look_at(path, status, descriptor)
        alike = zlib.crc32(looked.head[: position.head_length]) == position.head_crc
        if alike and looked.holds(position):
            return Found(path, position, isinstance(looked, LookedPacked))
        return None
    finally:
        os.close(descriptor)


def _beside(path: Path, position: Position) -> list[Path]:
    try:
        entries = [entry for entry in os.scandir(path.parent) if entry.name != path.name]
    except OSError:
        return []
    moved, alike = list[Path](), list[Path]()
    for entry in sorted(entries, key=lambda it: it.name):
        try:
            if entry.is_file() and same_inode(entry.stat(), position):
                moved.append(Path(entry.path))
            elif entry.name.startswith(path.stem):
                alike.append(Path(entry.path))
        except OSError:
            continue
    return [*moved, *alike]
