"""A store in a folder: one process writes, any number read, nothing acknowledged is lost.

```
append … append → commit:  segment files → fsync → manifest → fsync → rename → fsync of the folder
                           rows, lines set aside and positions in their sources, all or none
```
The sources are the log of what is not committed: after a crash a loader goes on from the position
the manifest has. Files never change once they are named; damage costs one segment, reported as a
gap (`stored.LostRows`). See `lock` for how readers keep what they read.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType

from traversion_data.errors import reason
from traversion_data.safe import printable
from traversion_data.store.commits import Commits
from traversion_data.store.errors import (
    StoreBusyError,
    StoreClosedError,
    StoreError,
    StoreNewerError,
)
from traversion_data.store.files import DISK, Files
from traversion_data.store.generations import (
    Generations,
    find_generations,
    lease_latest,
    sweep,
    unlisted,
)
from traversion_data.store.lock import Held, lock_for_writing
from traversion_data.store.manifest import FORMAT, Manifest, SourceEntry, quarantined
from traversion_data.store.publish import UNFINISHED, publish
from traversion_data.store.stored import Stored, load, pieces
from traversion_data.store.writer import StoreWriter


class StoreReader:
    """One generation of a store, the same for as long as it is open, whatever a writer does."""

    def __init__(
        self, folder: Path, files: Files, held: Held, manifest: Manifest, notices: tuple[str, ...]
    ) -> None:
        self.folder = folder
        self.notices = notices
        """Sentences on how it was opened: read-only and why, a damaged manifest passed over."""
        self._files = files
        self._held = held
        self._manifest = manifest

    @property
    def generation(self) -> int:
        """The number of the commit it shows."""
        return self._manifest.generation

    @property
    def sources(self) -> tuple[SourceEntry, ...]:
        """The sources as of that commit."""
        return self._manifest.sources

    def read(self) -> Stored:
        """All rows; a damaged segment becomes gaps."""
        stored, _ = load(self._files, self.folder, self._manifest)
        return stored

    def pieces(self) -> Iterator[Stored]:
        """What `read` gives one segment at a time, so that the first can be shown at once.

        Each has one frame of events, or lines set aside, or gaps.
        """
        return pieces(self._files, self.folder, self._manifest)

    def close(self) -> None:
        """Let the writer remove this generation's files."""
        self._held.release()

    def __enter__(self) -> StoreReader:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def open_store(folder: Path, files: Files = DISK) -> StoreWriter | StoreReader:
    """A store to write to, made where there is none; or to read, where it cannot be written.

    Why it is a reader (another process writes, the folder is read-only, a later version made it)
    is the first of its notices.

    Raises:
        StoreError: if it cannot be read either.
    """
    try:
        return open_writer(folder, files)
    except (StoreBusyError, StoreClosedError, StoreNewerError) as refused:
        return _reader(folder, files, (f"{refused}; opened read-only",))


def open_reader(folder: Path, files: Files = DISK) -> StoreReader:
    """The newest generation of a store, without writing a byte.

    Raises:
        StoreError: if the folder holds no store that can be read.
    """
    return _reader(folder, files, ())


def open_writer(folder: Path, files: Files = DISK) -> StoreWriter:
    """A store to write to, made where there is none; held alone until it is closed.

    Raises:
        StoreBusyError: if another process holds it.
        StoreClosedError: if the folder cannot be written to.
        StoreNewerError: if a later version made it.
        StoreDamagedError: if none of its manifests is intact.
        StoreError: if the folder holds other files, or cannot be read.
    """
    try:
        _make(folder, files)
    except OSError as error:
        raise StoreClosedError(
            f"the store {printable(str(folder))} cannot be made: {reason(error)}"
        ) from error
    if not os.access(folder, os.W_OK | os.X_OK):
        raise StoreClosedError(f"the store {printable(str(folder))} may not be written to")
    lock = lock_for_writing(folder)
    try:
        found = find_generations(files, folder)
        if found is None:
            found = _begin(folder, files)
        if found.current.format > FORMAT:
            raise StoreNewerError(
                f"the store {printable(str(folder))} was written by a later version (format "
                f"{found.current.format}); this one does not write to it"
            )
        return _writer(folder, files, lock, found)
    except BaseException:
        lock.release()
        raise


def _make(folder: Path, files: Files) -> None:
    if not folder.exists():
        files.make_folder(folder)
    elif not folder.is_dir():
        raise NotADirectoryError(20, "not a directory")
    elif not (names := files.names(folder)):
        files.make_folder(folder)
    elif not any(_may_be_ours(name) for name in names):
        raise StoreError(
            f"{printable(str(folder))} holds other files and no store; name an empty or new folder"
        )


def _may_be_ours(name: str) -> bool:
    return name == "LOCK" or name.startswith(("MANIFEST-", "seg-", "aside-", "bad-"))


def _begin(folder: Path, files: Files) -> Generations:
    sweep(files, folder, ())
    first = Manifest(generation=1)
    publish(files, folder, {}, first)
    return Generations(first, None, (), 1)


def _writer(folder: Path, files: Files, lock: Held, found: Generations) -> StoreWriter:
    kept = [it for it in (found.current, found.previous) if it is not None]
    try:
        files.sync_folder(folder)  # a process may have died between the last rename and its sync
        _put_away(folder, files, found, kept)
    except OSError as error:
        raise StoreClosedError(
            f"the store {printable(str(folder))} cannot be written: {reason(error)}"
        ) from error
    sweep(files, folder, kept)
    return StoreWriter(Commits(folder, files, found), lock, _notices(folder, found))


def _put_away(folder: Path, files: Files, found: Generations, kept: list[Manifest]) -> None:
    """Rename what is damaged, and what only a damaged manifest may have named, as evidence."""
    moves = [hole.segment.file for hole in found.current.holes]
    present = set(files.names(folder))
    if found.damaged:
        moves += [n for n in unlisted(files, folder, kept) if not n.endswith(UNFINISHED)]
        moves += found.damaged
    for name in moves:
        if name in present:
            files.rename(folder / name, folder / quarantined(name))


def _reader(folder: Path, files: Files, notices: tuple[str, ...]) -> StoreReader:
    found, held = lease_latest(files, folder)
    return StoreReader(folder, files, held, found.current, (*notices, *_notices(folder, found)))


def _notices(folder: Path, found: Generations) -> tuple[str, ...]:
    if not found.damaged:
        return ()
    sentence = (
        f"the newest manifest of the store {printable(str(folder))} is damaged; it was opened as "
        f"of commit {found.current.generation}, later lines have to be read again from their source"
    )
    return (sentence,)
