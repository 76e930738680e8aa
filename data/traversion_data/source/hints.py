"""Where changes of followed files show, and which of the files a change is one of."""

from __future__ import annotations

import glob
import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from traversion_data.source.identity import Inode, inode_of
from traversion_data.source.notify import EVERYTHING, Hint, NoNotices, Notices

_WILD: Final = "*?["


class Hints:
    """Changes of the files that words name; all that is said of a file is by the path it has there.

    Nobody says anything before `listen`. For one thread, but for `wake`.
    """

    def __init__(self, words: Sequence[str]) -> None:
        self._words = tuple(words)
        self._notices: Notices = NoNotices()
        self._inodes: dict[Path, Inode] = {}
        self._targets: dict[Path, Path] = {}
        """By the path of a link, or of a file below one, where the file really is."""
        self._links: dict[Path, list[Path]] = {}
        self._fresh = False

    @property
    def complete(self) -> bool:
        """Whether every change made on this machine is told of."""
        return self._notices.complete

    def listen(self, notices: Notices) -> None:
        """Hear what these say from now on."""
        self._notices = notices

    def cover(self, named: Mapping[Path, os.stat_result]) -> None:
        """Watch for changes of files that words were just found to name, and of what they name."""
        self._resolve(named)
        folders = {path.parent for path in named}
        folders.update(target.parent for target in self._targets.values())
        for word in self._words:
            folders.update(_folders(word))
        self._fresh = self._notices.cover(folders)

    def wait(self, seconds: float) -> Hint:
        """What changed since this was last asked; waits for something so long at most."""
        if self._fresh:  # what changed before the watch began is told by nobody
            self._fresh = False
            return EVERYTHING
        hint = self._notices.wait(seconds)
        if not hint.written:
            return hint
        known = self._inodes.keys()
        written = {path for path in hint.written if path in known}
        for target in hint.written & self._links.keys():
            written.update(self._links[target])
        return Hint(frozenset(written), hint.names, hint.everything)

    def wake(self) -> None:
        """End a wait, and all later ones, at once; any thread may call this."""
        self._notices.wake()

    def close(self) -> None:
        """Watch nothing any more."""
        self._notices.close()

    def _resolve(self, named: Mapping[Path, os.stat_result]) -> None:
        """Find out where files really are, but only of those that are not those known."""
        inodes = {path: inode_of(status) for path, status in named.items()}
        changed = [path for path, inode in inodes.items() if self._inodes.get(path) != inode]
        gone = self._inodes.keys() - inodes.keys()
        self._inodes = inodes
        if not (changed or gone):
            return
        for path in (*changed, *gone):
            self._targets.pop(path, None)
        for path in changed:
            real = Path(os.path.realpath(path))
            if real != Path(os.path.abspath(path)):  # noqa: PTH100 - links are to be kept
                self._targets[path] = real
        self._links = {}
        for path, target in self._targets.items():
            self._links.setdefault(target, []).append(path)


def _folders(word: str) -> Iterator[Path]:
    """Folders in which it shows that a word names something else, those that are there."""
    path = Path(word).expanduser()
    if _is_folder(path):
        yield path
    fixed = Path()
    for number, part in enumerate(path.parts[:-1], start=1):
        if any(sign in part for sign in _WILD):
            for length in range(number, len(path.parts)):
                found = glob.iglob(str(Path(*path.parts[:length])) + os.sep, recursive=True)  # noqa: PTH207 - patterns may be absolute
                yield from map(Path, found)
            break
        fixed /= part
    while not _is_folder(fixed) and fixed != fixed.parent:
        fixed = fixed.parent
    yield fixed


def _is_folder(path: Path) -> bool:
    return os.path.isdir(path)  # noqa: PTH112 - Path.is_dir raises where nothing can be said
