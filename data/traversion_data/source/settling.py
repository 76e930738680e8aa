"""Files that may be copies in the making: left alone until they have not changed for a while."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from traversion_data.source.identity import Inode, inode_of
from traversion_data.source.looked import Looked


@dataclass(frozen=True, slots=True)
class _Waiting:
    """How a file looked, since when it looks so, and the life that it may be a copy of."""

    inode: Inode
    size: int
    written: int
    changed: int
    since: float
    like: int | None
    head: bytes

    def moved(self, status: os.stat_result) -> _Waiting | None:
        """The same under another name, None where more has changed: a name is no content."""
        if (status.st_size, status.st_mtime_ns) != (self.size, self.written):
            return None
        return replace(self, changed=status.st_ctime_ns)


class Settling:
    """Since when files look as they do."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._waiting: dict[Path, _Waiting] = {}

    def __bool__(self) -> bool:
        return bool(self._waiting)

    def seconds(self, looked: Looked, like: int | None) -> float:
        """Seconds since a file has looked as it does, and was found to be like a life."""
        last, status = self._waiting.get(looked.path), looked.status
        size, written, changed = status.st_size, status.st_mtime_ns, status.st_ctime_ns
        now = _Waiting(inode_of(status), size, written, changed, self._now(), like, looked.head)
        if last is not None and replace(last, since=now.since, like=like) == now:
            now = replace(now, since=last.since, like=last.like if like is None else like)
        self._waiting[looked.path] = now
        return self._now() - now.since

    def refilled(self, looked: Looked) -> int | None:
        """The ordinal of the life that a file was like until it was cut and filled again."""
        last = self._waiting.get(looked.path)
        if last is None or last.inode != inode_of(looked.status):
            return None
        return None if looked.head.startswith(last.head) else last.like

    def done(self, path: Path) -> None:
        """It is clear what a file is."""
        self._waiting.pop(path, None)

    def gone(self, now: Mapping[Path, os.stat_result]) -> list[tuple[Path, int]]:
        """Files like a life that are no more, or were cut, and its ordinal; each is told once.

        Those that only have another name by now are waited for under it, as long as before.
        """
        paths = {inode_of(status): path for path, status in now.items()}
        waiting, self._waiting = self._waiting, {}
        gone = []
        for path, it in waiting.items():
            stays = path in now and inode_of(now[path]) == it.inode
            at = path if stays else paths.get(it.inode)
            if at is None or now[at].st_size < it.size:
                if it.like is not None:
                    gone.append((path, it.like))
            elif (still := it if stays else it.moved(now[at])) is not None:
                self._waiting[at] = still
        return gone
