"""From what a person types to sources: files, folders, globs and standard input."""

from __future__ import annotations

import difflib
import glob
import os
import re
import stat
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Final

from traversion_data.errors import InputError, reason
from traversion_data.safe import printable
from traversion_data.source.base import Source
from traversion_data.source.file import FileSource
from traversion_data.source.inflate import COMPRESSED, MAX_INFLATE
from traversion_data.source.stdin import StdinSource
from traversion_data.source.unicode import UTF_16, UTF_32

_WILD: Final = "*?["
_HEAD: Final = 4096
_GIVEN: Final = re.compile(r"/(?:dev|proc/self)/fd/([3-9]|[1-9]\d{1,8})")
"""How shells spell a pipe that they made for a command: `<(zcat x)`."""
TABLES: Final = (b"PAR1", b"ARROW1\0\0", b"\xff\xff\xff\xff")
"""How Parquet files and Arrow's files and streams begin."""
_TAR_AT: Final = 257
_BINARY: Final = (
    (b"\x7fELF", "a program"),
    (b"\x89PNG", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"GIF8", "a GIF picture"),
    (b"%PDF", "a PDF document"),
    (b"PK\x03\x04", "a zip archive (unpack it and open what was in it)"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive (unpack it and open what was in it)"),
    (b"SQLite format 3\x00", "an SQLite database"),
)


def open_sources(
    texts: Sequence[str],
    named: Callable[[str], Source | None] = lambda _: None,
    stdin: int | None = None,
    max_inflate: int = MAX_INFLATE,
) -> list[Source]:
    """Sources for the words of a command line, in order, each file once.

    A word is `-` (read from the descriptor `stdin`, a duplicate of 0), a word that `named` turns
    into a source (`scenario:NAME`), a pipe that a shell made (`<(zcat x)`), a file, a folder (all
    files in it that look like events, sorted) or a glob. Of a folder or glob the files that cannot
    be opened are noted on the first source it gives.

    Raises:
        InputError: if a word names nothing that can be opened.
    """
    found = _Found(max_inflate)
    for text in texts:
        if text == "-":
            if stdin is None:
                raise InputError("- reads standard input, which is not given here")
            if found.fresh(("stdin", 0), text):
                found.sources.append(StdinSource(stdin, max_inflate=max_inflate))
        elif (source := named(text)) is not None:
            if found.fresh(("named", text), text):
                found.sources.append(source)
        else:
            _add_path(found, text)
    return found.sources


class _Found:
    """Sources so far and the files behind them."""

    def __init__(self, max_inflate: int) -> None:
        self.sources: list[Source] = []
        self._max_inflate = max_inflate
        self._seen: dict[tuple[object, object], int] = {}

    def fresh(self, key: tuple[object, object], text: str) -> bool:
        """Whether this input is met for the first time; else the first one gets a note."""
        if key in self._seen:
            at = self._seen[key]
            first = self.sources[at]
            if isinstance(first, FileSource):
                first.note(f"{printable(text)} is the same file and was opened once")
            return False
        self._seen[key] = len(self.sources)
        return True

    def pipe(self, descriptor: int, name: str) -> None:
        """Add a pipe that is open already, by a duplicate of its descriptor."""
        status = os.fstat(descriptor)
        if self.fresh((status.st_dev, status.st_ino), name):
            copy = os.dup(descriptor)
            self.sources.append(StdinSource(copy, name, max_inflate=self._max_inflate))

    def file(self, path: Path, name: str) -> None:
        """Add a regular file, checked to be readable text or compressed."""
        status = check(path, name)
        if self.fresh((status.st_dev, status.st_ino), name):
            self.sources.append(FileSource(path, name, max_inflate=self._max_inflate))


def _add_path(found: _Found, text: str) -> None:
    if not text:
        raise InputError("a source has no name")
    if "\0" in text:
        raise InputError(f"{printable(text)} is no path: it holds a NUL byte")
    path = Path(text).expanduser()
    if (given := _GIVEN.fullmatch(text)) and path.is_fifo():
        found.pipe(int(given[1]), text)
    elif path.is_dir():
        _add_all(found, sorted(_files_in(path)), f"the folder {printable(text)}")
    elif not path.exists() and any(sign in text for sign in _WILD):
        matches = [Path(match) for match in sorted(glob.glob(str(path), recursive=True))]  # noqa: PTH207 - patterns may be absolute
        files = [match for match in matches if not match.is_dir()]
        if not files:
            raise InputError(f"no file matches {printable(text)}")
        _add_all(found, files, printable(text))
    else:
        found.file(path, text)


def _files_in(folder: Path) -> Iterable[Path]:
    try:
        return [
            path for path in folder.iterdir() if not path.name.startswith(".") and not path.is_dir()
        ]
    except OSError as error:
        raise InputError(
            f"cannot read the folder {printable(str(folder))}: {reason(error)}"
        ) from error


def _add_all(found: _Found, paths: Iterable[Path], what: str) -> None:
    before = len(found.sources)
    refused: list[str] = []
    known = 0
    for path in paths:
        try:
            found.file(path, str(path))
            known += 1
        except InputError as error:
            refused.append(str(error))
    if not known:
        detail = f": {refused[0]}" if refused else ""
        raise InputError(f"{what} holds no event files{detail}")
    if len(found.sources) > before:
        first = found.sources[before]
        if isinstance(first, FileSource):
            for sentence in refused:
                first.note(f"passed over: {sentence}")


def check(path: Path, name: str) -> os.stat_result:
    """The status of a file that can be read as text or is compressed.

    Raises:
        InputError: missing, no regular file, unreadable, empty or binary.
    """
    try:
        status = path.stat()
    except FileNotFoundError:
        raise InputError(f"there is no file {printable(name)}{_nearest(path)}") from None
    except (OSError, ValueError) as error:
        why = reason(error) if isinstance(error, OSError) else str(error)
        raise InputError(f"cannot open {printable(name)}: {why}") from error
    if not stat.S_ISREG(status.st_mode):
        raise InputError(f"{printable(name)} is {_sort(status.st_mode)}, not a file of events")
    if not status.st_size:
        raise InputError(f"{printable(name)} is empty")
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD)
    except OSError as error:
        raise InputError(f"cannot read {printable(name)}: {reason(error)}") from error
    if (what := binary(head)) is not None:
        raise InputError(f"{printable(name)} is {what}, not a file of events")
    return status


def binary(head: bytes) -> str | None:
    """What a file is by its first bytes, or None where it may be text, compressed or a table."""
    for magic, what in _BINARY:
        if head.startswith(magic):
            return what
    if head.startswith((*COMPRESSED, *TABLES)):
        return None
    if head[_TAR_AT:].startswith(b"ustar"):
        return "a tar archive (unpack it and open what was in it)"
    if head.startswith(UTF_32):
        return "UTF-32 text, which this version does not read"
    if head.startswith(UTF_16):
        return None
    controls = sum(octet < 32 and octet not in b"\t\n\r\f\x1b\0" for octet in head)
    nuls = head.count(b"\0")
    if controls * 20 > len(head) or (
        nuls * 20 > len(head) and b"{" not in head and nuls < len(head)
    ):
        return "binary"
    return None


def _sort(mode: int) -> str:
    kinds = (
        (stat.S_ISDIR, "a folder"),
        (stat.S_ISFIFO, "a named pipe (`cat PIPE | traversion -` reads one)"),
        (stat.S_ISSOCK, "a socket"),
        (stat.S_ISCHR, "a device"),
        (stat.S_ISBLK, "a device"),
    )
    return next((what for test, what in kinds if test(mode)), "a special file")


def _nearest(path: Path) -> str:
    try:
        names = [entry.name for entry in path.parent.iterdir()]
    except OSError:
        return ""
    close = difflib.get_close_matches(path.name, names, n=1, cutoff=0.6)
    return f"; did you mean {printable(close[0])}?" if close else ""
