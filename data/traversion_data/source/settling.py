"""Files that may be copies in the making: left alone until they have not changed for a while."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from traversion_data.source.identity import Inode, inode_of
from traversion_data.source.looked import Looked


@dataclass(frozen=True, slots=True)
class _Waiting:
    """How a file looked, since when it looks so, and the life that it may be a copy of."""

    inode: Inode
    size: int
    changed: int
    since: float
    like: int | None
    head: bytes


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
        size, changed = status.st_size, status.st_ctime_ns
        now = _Waiting(inode_of(status), size, changed, self._now(), like, looked.head)
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

    def gone(self, now: Mapping[Path, os.stat_result]) -> Iterator[tuple[Path, int]]:
        """Files like a life that are no more, or were cut, and its ordinal; each is told once."""
        sizes = {inode_of(status): status.st_size for status in now.values()}
        for path, it in list(self._waiting.items()):
            cut = sizes.get(it.inode, -1) < it.size
            if cut or path not in now:
                del self._waiting[path]
            if cut and it.like is not None:
                yield path, it.like
