"""Recordings kept in a folder of the user's, so that opening the same files again reads no line.

```
FOLDER/<digest of what decides the rows>/   seen.json   what the files were, when it was written
                                            rows/       a store (`store.durable`)
```
An entry is written under another name and then renamed: there is never half of one. It is a copy of
what can be read again, so whatever is wrong with it, it is removed.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from time import time, time_ns
from typing import Any, Final

import orjson
import polars as pl

from traversion_data import schema
from traversion_data.decode.base import Batch
from traversion_data.model import Nanos
from traversion_data.options import LoadOptions
from traversion_data.seen import Seen, look_at
from traversion_data.source.base import Source
from traversion_data.source.file import FileSource
from traversion_data.store.durable import StoreReader, open_reader, open_writer
from traversion_data.store.errors import StoreError
from traversion_data.store.lock import is_written
from traversion_data.store.merge import PIECE
from traversion_data.store.position import SourceMark
from traversion_data.store.view import StoreView

LIMIT: Final = 2 << 30
"""Bytes that all entries may take together; those not opened for longest go first."""
LEAST: Final = 8 << 20
"""Bytes of sources below which reading them is as quick."""

_SEEN: Final = "seen.json"
_ROWS: Final = "rows"
_UNFINISHED: Final = ".unfinished-"
_LEFT: Final = 60.0
"""Seconds after which an unfinished entry that nobody writes is what a crash left."""


@dataclass(frozen=True, slots=True)
class Kept:
    """An entry that was found: when it was written (ns UTC), what the files were then, its rows."""

    written: Nanos
    seen: tuple[Seen, ...]
    reader: StoreReader


@dataclass(frozen=True, slots=True)
class Cache:
    """The folder of all entries, and how many bytes they may take."""

    folder: Path
    limit: int = LIMIT
    least: int = LEAST

    def entry(self, sources: Sequence[Source], options: LoadOptions) -> Entry | None:
        """Where a recording of these sources belongs; None where none is kept.

        That is so for sources that are no files, or small, and for rows with secrets in them.
        """
        files = [source for source in sources if isinstance(source, FileSource)]
        if not files or len(files) < len(sources) or options.redaction is None:
            return None
        seen = [look_at(source.path) for source in files]
        known = tuple(it for it in seen if it is not None)
        if len(known) < len(seen) or sum(it.size for it in known) < self.least:
            return None
        names = [(source.name, it.path) for source, it in zip(files, known, strict=True)]
        return Entry(self, self.folder / _digest(names, options), known)


@dataclass(frozen=True, slots=True)
class Entry:
    """The place of one recording, and what its files are now, before they are read."""

    cache: Cache
    folder: Path
    seen: tuple[Seen, ...]

    def find(self) -> Kept | None:
        """What was kept of these files; None without any. The reader is to be closed.

        Raises:
            StoreError: if there is an entry that cannot be used.
        """
        if not _is_ours(self.folder):
            return None
        try:
            fields: dict[str, Any] = orjson.loads((self.folder / _SEEN).read_bytes())
            seen = tuple(Seen(**it) for it in fields["seen"])
            written = int(fields["written"])
        except (OSError, ValueError, TypeError, KeyError) as error:
            raise StoreError("its list of files cannot be read") from error
        reader = open_reader(self.folder / _ROWS)
        with suppress(OSError):
            os.utime(self.folder)
        return Kept(written, seen, reader)

    def drop(self) -> None:
        """Remove what was kept."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def unchanged(self) -> bool:
        """Whether the files are still what they were when this entry was asked for."""
        now = tuple(look_at(Path(it.path)) for it in self.seen)
        return now == self.seen and all(it.settled for it in self.seen)

    def write(self, view: StoreView, stopped: Callable[[], bool]) -> bool:
        """Keep a snapshot of all rows, in place of what was kept; whether it was.

        Raises:
            OSError, StoreError: if it cannot be written; nothing is left of it then.
        """
        self.cache.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        sweep(self.cache)
        fresh = self.folder.with_name(f"{self.folder.name}{_UNFINISHED}{os.getpid()}")
        fresh.mkdir(mode=0o700)
        try:
            if not self._filled(fresh, view, stopped) or not self.unchanged():
                return False
            self._say_seen(fresh)
            make_room(self.cache, _bytes_of(fresh))
            self._put_in_place(fresh)
        finally:
            shutil.rmtree(fresh, ignore_errors=True)
        return True

    def extend(self, view: StoreView, since: int) -> bool:
        """Add the rows from number `since` on of the one file that grew; whether that was done.

        Raises:
            OSError, StoreError: if it cannot be written.
        """
        if not self.unchanged():
            return False
        with open_writer(self.folder / _ROWS) as writer:
            writer.append(
                Batch(
                    view.events.filter(pl.col(schema.SEQ) >= since),
                    view.aside.filter(pl.col(schema.SEQ) >= since),
                    lines=0,
                    blank=0,
                ),
                SourceMark(view.sources[0]),
            )
            writer.commit()
            if writer.wants_compaction:
                writer.compact()
        self._say_seen(self.folder)
        make_room(self.cache, 0)
        return True

    def _filled(self, fresh: Path, view: StoreView, stopped: Callable[[], bool]) -> bool:
        """Whether all rows were written within the limit."""
        with open_writer(fresh / _ROWS) as writer:
            aside = view.aside
            for at in range(0, max(view.height, 1), PIECE):
                if stopped() or writer.bytes > self.cache.limit:
                    return False
                part = Batch(view.events.slice(at, PIECE), aside, lines=0, blank=0)
                writer.append(part, SourceMark(view.sources[0]))
                for info in view.sources:
                    writer.describe(SourceMark(info))
                writer.commit()
                aside = aside.clear()
            return writer.bytes <= self.cache.limit

    def _say_seen(self, folder: Path) -> None:
        said = {"written": time_ns(), "seen": [it.fields() for it in self.seen]}
        unfinished = folder / f"{_SEEN}.tmp"
        unfinished.write_bytes(orjson.dumps(said))
        unfinished.replace(folder / _SEEN)

    def _put_in_place(self, fresh: Path) -> None:
        old = self.folder.with_name(f"{fresh.name}-old")
        with suppress(FileNotFoundError):
            self.folder.rename(old)
        fresh.rename(self.folder)
        shutil.rmtree(old, ignore_errors=True)


def sweep(cache: Cache) -> None:
    """Remove what crashes have left unfinished."""
    for folder in cache.folder.glob(f"*{_UNFINISHED}*"):
        with suppress(OSError):
            old = time() - folder.stat().st_mtime > _LEFT
            if old and not is_written(folder / _ROWS):
                shutil.rmtree(folder, ignore_errors=True)


def make_room(cache: Cache, fresh: int) -> None:
    """Remove the entries not opened for longest until all, and `fresh` bytes, are in the limit."""
    entries: list[tuple[float, int, Path]] = []
    for folder in _entries(cache):
        with suppress(OSError):
            entries.append((folder.stat().st_mtime, _bytes_of(folder), folder))
    taken = fresh + sum(size for _, size, _ in entries)
    for _, size, folder in sorted(entries):
        if taken <= cache.limit:
            return
        shutil.rmtree(folder, ignore_errors=True)
        taken -= size


def _entries(cache: Cache) -> Iterator[Path]:
    for folder in cache.folder.iterdir():
        if _UNFINISHED not in folder.name and _is_ours(folder):
            yield folder


def _bytes_of(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def _is_ours(folder: Path) -> bool:
    """Whether it is a folder that this user made: what others put there is not trusted."""
    try:
        status = folder.lstat()
    except OSError:
        return False
    return folder.is_dir() and not folder.is_symlink() and status.st_uid == os.geteuid()


def _digest(names: list[tuple[str, str]], options: LoadOptions) -> str:
    """Names an entry: the same files read in the same way by the same program."""
    redaction = options.redaction
    how = (
        names,
        options.field_map,
        options.tz,
        options.since,
        options.until,
        options.written_as,
        [rule.name for rule in redaction.rules] if redaction else (),
        hashlib.sha256(b"traversion cache" + redaction.key).hexdigest() if redaction else "",
        _program(),
    )
    return hashlib.sha256(repr(how).encode("utf-8", "surrogateescape")).hexdigest()[:32]


@lru_cache(maxsize=1)
def _program() -> str:
    """What is another whenever a decoder may be: this package's files, and the engine's version."""
    root = Path(__file__).parent
    states = [(path, path.stat()) for path in sorted(root.rglob("*.py"))]
    files = [(str(path.relative_to(root)), it.st_size, it.st_mtime_ns) for path, it in states]
    return hashlib.sha256(repr((pl.__version__, files)).encode()).hexdigest()
