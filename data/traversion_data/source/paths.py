"""What words name: files, the files of folders, and those that match patterns."""

from __future__ import annotations

import errno
import glob
import os
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from traversion_data.errors import reason

_WILD: Final = "*?["
_ABSENT: Final = {errno.ENOENT, errno.ENOTDIR}


@dataclass(frozen=True, slots=True)
class Named:
    """The regular files that words name just now.

    unclear: paths of which nothing can be said, and why. refused: paths that are no files.
    """

    files: dict[Path, os.stat_result] = field(default_factory=dict)
    unclear: dict[Path, str] = field(default_factory=dict)
    refused: dict[Path, str] = field(default_factory=dict)


class Names:
    """Looks up words again and again. Where a folder cannot be listed, its last list holds."""

    def __init__(self, words: Sequence[str]) -> None:
        self._words = tuple(words)
        self._last: dict[str, list[Path]] = {}

    def now(self) -> Named:
        """What the words name now; no word is in vain for good."""
        named = Named()
        for word in self._words:
            for path in self._listed(word, named):
                if path not in named.files:
                    _look_up(path, named)
        return named

    def _listed(self, word: str, named: Named) -> list[Path]:
        folder = Path(word).expanduser()
        try:
            paths = list(_expanded(word, folder))
        except OSError as error:
            if error.errno in _ABSENT:
                return []
            named.unclear[folder] = _unread(error)
            return self._last.get(word, [])
        self._last[word] = paths
        return paths


def _expanded(word: str, path: Path) -> Iterator[Path]:
    status = _status(path)
    if status is not None and stat.S_ISDIR(status.st_mode):
        yield from sorted(it for it in path.iterdir() if not it.name.startswith("."))
    elif status is None and any(sign in word for sign in _WILD):
        _check_listed(path)
        yield from (Path(it) for it in sorted(glob.glob(str(path), recursive=True)))  # noqa: PTH207 - patterns may be absolute
    else:
        yield path


def _check_listed(pattern: Path) -> None:
    """`glob` is silent about a folder that cannot be listed: the fixed part is looked at first."""
    fixed = Path()
    for part in pattern.parts[:-1]:
        if any(sign in part for sign in _WILD):
            break
        fixed /= part
    with os.scandir(fixed):
        pass


def _status(path: Path) -> os.stat_result | None:
    try:
        return path.stat()
    except OSError as error:
        if error.errno in _ABSENT:
            return None
        raise


def _look_up(path: Path, named: Named) -> None:
    try:
        status = _status(path)
    except OSError as error:
        named.unclear[path] = _unread(error)
        return
    if status is None:
        return
    if stat.S_ISREG(status.st_mode):
        named.files[path] = status
    elif not stat.S_ISDIR(status.st_mode):
        named.refused[path] = "is no file of events"


def _unread(error: OSError) -> str:
    return f"cannot be read just now: {reason(error)}"
