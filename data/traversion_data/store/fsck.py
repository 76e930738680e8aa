"""Look a store over, and mend what can be mended without losing a whole row.

`inspect_store` changes nothing. `repair_store` puts damaged segments away (renamed, never removed),
goes back to the manifest before a damaged one or makes one from whole segments where none is left,
removes files nothing names, and takes from others what modes let them do.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from traversion_data.errors import reason
from traversion_data.safe import printable
from traversion_data.store.durable import open_reader, open_writer
from traversion_data.store.errors import StoreClosedError, StoreDamagedError
from traversion_data.store.files import DISK, FILE_MODE, FOLDER_MODE, Files
from traversion_data.store.invariants import Finding, Weight, check
from traversion_data.store.lock import lock_for_writing
from traversion_data.store.manifest import quarantined
from traversion_data.store.salvage import salvage
from traversion_data.store.segment import ASIDE, EVENTS
from traversion_data.store.stored import LostRows, Stored

_ROWS: Final = {EVENTS: "events", ASIDE: "lines set aside"}


@dataclass(frozen=True, slots=True)
class Report:
    """How a store stands.

    `gaps`: what is missing, each with the bytes of its source it can be read again from. `done`:
    sentences on what was changed. `events`, `aside`: rows that can be read.
    """

    findings: tuple[Finding, ...]
    gaps: tuple[LostRows, ...]
    events: int
    aside: int
    done: tuple[str, ...] = ()

    @property
    def sound(self) -> bool:
        """Whether every row is there and no promise is broken; litter does no harm."""
        return all(it.weight is Weight.LITTER for it in self.findings)

    @property
    def sentences(self) -> tuple[str, ...]:
        """The report for a person, a line each, harmless to a terminal."""
        found = [f"{it.weight}: {it.file or 'the store'}: {it.sentence}" for it in self.findings]
        lost = [
            f"missing: {it.rows:,} {_ROWS[it.kind]} of source {it.source + 1}, from its bytes "
            f"{it.start:,} to {it.end:,}"
            for it in self.gaps
        ]
        there = f"{self.events:,} events and {self.aside:,} lines set aside can be read"
        verdict = "the store is sound" if self.sound else "the store is not whole"
        lines = (*(f"done: {it}" for it in self.done), *found, *lost, f"{there}; {verdict}")
        return tuple(printable(line) for line in lines)


def inspect_store(folder: Path, files: Files = DISK) -> Report:
    """What is wrong with a store; nothing is changed, a writer may be at work.

    Raises:
        StoreError: if the folder holds no store, or one that only later versions read.
    """
    findings = tuple(check(folder, files))
    try:
        with open_reader(folder, files) as store:
            stored = store.read()
    except StoreDamagedError:
        return Report(findings, (), 0, 0)
    return _report(findings, stored)


def repair_store(folder: Path, files: Files = DISK) -> Report:
    """Mend a store and report what is left.

    Raises:
        StoreError: if it is written to by another process, cannot be written, or holds nothing.
    """
    before, names = check(folder, files), set(files.names(folder))
    done = list[str]()
    if any(it.invariant == "I1" and it.weight is Weight.BROKEN for it in before):
        with lock_for_writing(folder):
            rows = salvage(folder, files)
        done.append(f"a manifest was made of {rows:,} rows in whole segments")
    with open_writer(folder, files) as store:
        done += [*_close_modes(folder, files), *store.notices]
        stored = store.read()
    after = set(files.names(folder))
    litter = {it.file for it in before if it.invariant == "I5"}
    for name in sorted(names - after):
        if quarantined(name) in after:
            done.append(f"{name} was put away as {quarantined(name)}")
        elif name in litter:
            done.append(f"{name}, which no manifest names, was removed")
    return _report(tuple(check(folder, files)), stored, tuple(done))


def _close_modes(folder: Path, files: Files) -> list[str]:
    done = []
    for path, mode in (
        (folder, FOLDER_MODE),
        *((folder / name, FILE_MODE) for name in files.names(folder)),
    ):
        found = path.lstat().st_mode & 0o777
        if found & ~mode and not path.is_symlink():
            try:
                path.chmod(found & mode)
            except OSError as error:
                raise StoreClosedError(f"{printable(str(path))}: {reason(error)}") from error
            done.append(f"{path.name} was made its owner's alone")
    return done


def _report(findings: tuple[Finding, ...], stored: Stored, done: tuple[str, ...] = ()) -> Report:
    events = sum(frame.height for frame in stored.frames)
    return Report(findings, stored.gaps, events, stored.aside.height, done)
