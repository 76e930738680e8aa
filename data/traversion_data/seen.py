"""Whole files as they were at one moment, and whether they are so still."""

from __future__ import annotations

import os
import zlib
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from time import time_ns
from typing import Any, Final

from traversion_data.source.identity import HEAD, MARKER, peek

_YOUNG: Final = 2_000_000_000
"""Nanoseconds for which a file's times may miss another change: some systems keep whole seconds."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What tells a file and its contents. `marker`: its last bytes, as hexadecimal digits.

    `changed_ns` is when the system last changed anything of it, its contents or its times: a file
    that was given its old `modified_ns` back is found out by it.
    """

    path: str
    device: int
    inode: int
    size: int
    modified_ns: int
    changed_ns: int
    head_length: int
    head_crc: int
    marker: str

    @property
    def settled(self) -> bool:
        """Whether the times are old enough to tell of any change from now on."""
        return time_ns() - max(self.modified_ns, self.changed_ns) > _YOUNG

    def grew_from(self, before: Seen) -> bool:
        """Whether this is the same file with more bytes behind those it had."""
        if self.size <= before.size:
            return False
        try:
            look = _look(Path(self.path), before.size)
        except OSError:
            return False
        return replace(before, modified_ns=0, changed_ns=0, size=0) == replace(
            look, modified_ns=0, changed_ns=0, size=0
        )

    def fields(self) -> dict[str, Any]:
        """As what `Seen(**fields)` takes back."""
        return asdict(self)


def look_at(path: Path) -> Seen | None:
    """A regular file as it is now; None where it cannot be read."""
    try:
        return _look(path.resolve(), None)
    except OSError:
        return None


def _look(path: Path, end: int | None) -> Seen:
    """A file as it is, or as it was when it had its first `end` bytes only."""
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    try:
        status = os.fstat(descriptor)
        size = status.st_size if end is None else end
        look = peek(descriptor)
        head = look(min(HEAD, size), 0)
        marker = look(min(MARKER, size), max(size - MARKER, 0))
    finally:
        os.close(descriptor)
    return Seen(
        str(path),
        status.st_dev,
        status.st_ino,
        status.st_size,
        status.st_mtime_ns,
        status.st_ctime_ns,
        len(head),
        zlib.crc32(head),
        marker.hex(),
    )
