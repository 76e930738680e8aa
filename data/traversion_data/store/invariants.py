"""What must hold for a store at rest, in one checker for tests and `fsck`.

| | what |
|-|-|
| I1 | the newest manifest is intact, or the one before it is |
| I2 | every segment named is there with its bytes, sum and rows |
| I3 | the rows of a source are as many as it counts, none twice, in order |
| I4 | no row lies beyond the position its source was read to |
| I5 | no file that no manifest names |
| I10 | every hole says where its rows came from |
| mode | the folder and its files are their owner's alone |

The others are ways to behave: acknowledge after the last sync (I6), stop after a failed one (I7),
leave readers their files (I8), keep below the cap (I9).
"""

from __future__ import annotations

import stat
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import numpy as np
import polars as pl

from traversion_data import schema
from traversion_data.safe import printable
from traversion_data.store.entries import parts_of
from traversion_data.store.errors import StoreDamagedError
from traversion_data.store.files import DISK, FILE_MODE, FOLDER_MODE, Files
from traversion_data.store.generations import Generations, lease_latest, unlisted
from traversion_data.store.lock import is_written
from traversion_data.store.manifest import Manifest, SegmentEntry, SourceEntry
from traversion_data.store.segment import EVENTS
from traversion_data.store.stored import SegmentLostError, load_segment


class Weight(StrEnum):
    """How bad a finding is."""

    LITTER = "litter"
    """A file to be removed by the next writer."""
    DAMAGE = "damage"
    """Something from outside has changed files; the store says so and goes on without them."""
    BROKEN = "broken"
    """A promise of the store itself does not hold."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is not as it must be: which invariant, how bad, in which file, in words."""

    invariant: str
    weight: Weight
    file: str
    sentence: str


def check(folder: Path, files: Files = DISK) -> list[Finding]:
    """All that is wrong with a store, reading every byte of its newest generation.

    Files without a manifest are looked for only while nobody writes. Nothing is changed.

    Raises:
        StoreError: if the folder holds no store, or one that only later versions read.
    """
    try:
        found, held = lease_latest(files, folder)
    except StoreDamagedError as error:
        return [Finding("I1", Weight.BROKEN, "", str(error))]
    with held:
        findings = [
            Finding("I1", Weight.DAMAGE, name, "the manifest is damaged; the one before it is used")
            for name in found.damaged
        ]
        findings += _modes(folder, files)
        findings += _litter(folder, files, found)
        return [*findings, *_rows(folder, files, found.current)]


def _modes(folder: Path, files: Files) -> Iterator[Finding]:
    for path, allowed in (
        (folder, FOLDER_MODE),
        *((folder / name, FILE_MODE) for name in files.names(folder)),
    ):
        try:
            mode = stat.S_IMODE(path.lstat().st_mode)
        except FileNotFoundError:
            continue  # a writer has removed it since
        if mode & ~allowed:
            says = f"others may use it (mode {mode:o} instead of {allowed:o})"
            yield Finding("mode", Weight.DAMAGE, path.name, says)


def _litter(folder: Path, files: Files, found: Generations) -> Iterator[Finding]:
    if not is_written(folder):
        kept = [it for it in (found.current, found.previous) if it is not None]
        for name in unlisted(files, folder, kept):
            yield Finding("I5", Weight.LITTER, name, "no manifest names it")


def _rows(folder: Path, files: Files, manifest: Manifest) -> Iterator[Finding]:
    count = _Count()
    for hole in manifest.holes:
        yield Finding("I2", Weight.DAMAGE, hole.segment.file, f"put away: {hole.reason}")
        yield from _hole(hole.segment)
        count.lose(hole.segment)
    for entry in manifest.segments:
        try:
            frame = load_segment(files, folder, entry)
        except SegmentLostError as error:
            yield Finding("I2", Weight.DAMAGE, entry.file, error.reason)
            yield from _hole(entry)
            count.lose(entry)
        else:
            yield from _segment(entry, frame)
            count.add(entry, frame)
    yield from count.twice()
    for source in manifest.sources:
        yield from count.compare(source)
    for ordinal in count.unknown(manifest):
        says = f"rows of source {ordinal + 1}, which is not described"
        yield Finding("I3", Weight.BROKEN, "", says)


def _hole(entry: SegmentEntry) -> Iterator[Finding]:
    if sum(part.rows for part in entry.parts) != entry.rows:
        says = "it is not known which source its rows came from"
        yield Finding("I10", Weight.BROKEN, entry.file, says)


def _segment(entry: SegmentEntry, frame: pl.DataFrame) -> Iterator[Finding]:
    keys = [schema.TIME, schema.SEQ] if entry.kind == EVENTS else [schema.SEQ]
    if not frame.select(keys).equals(frame.select(keys).sort(keys)):
        yield Finding("I3", Weight.BROKEN, entry.file, "its rows are not in order")
    if parts_of(frame) != entry.parts:
        yield Finding("I2", Weight.BROKEN, entry.file, "its rows are not those the manifest counts")


class _Count:
    """Rows met and rows known to be lost, by source and kind."""

    def __init__(self) -> None:
        self._rows: dict[tuple[int, str], int] = {}
        self._ends: dict[int, int] = {}
        self._seqs: list[np.ndarray] = []

    def lose(self, entry: SegmentEntry) -> None:
        for part in entry.parts:
            key = part.source, entry.kind
            self._rows[key] = self._rows.get(key, 0) + part.rows

    def add(self, entry: SegmentEntry, frame: pl.DataFrame) -> None:
        self.lose(entry)
        for part in entry.parts:
            self._ends[part.source] = max(self._ends.get(part.source, 0), part.end)
        self._seqs.append(frame[schema.SEQ].to_numpy())

    def twice(self) -> Iterator[Finding]:
        seqs = np.sort(np.concatenate(self._seqs)) if self._seqs else np.empty(0, np.int64)
        again = int((seqs[1:] == seqs[:-1]).sum())
        if again:
            yield Finding("I3", Weight.BROKEN, "", f"{again:,} rows are there twice")

    def unknown(self, manifest: Manifest) -> list[int]:
        described = {it.mark.info.ordinal for it in manifest.sources}
        return sorted({source for source, _ in self._rows} - described)

    def compare(self, source: SourceEntry) -> Iterator[Finding]:
        info, position = source.mark.info, source.mark.position
        name = printable(info.name)
        events = self._rows.get((info.ordinal, EVENTS), 0) + source.dropped_events
        aside = (
            sum(
                rows
                for (ordinal, kind), rows in self._rows.items()
                if ordinal == info.ordinal and kind != EVENTS
            )
            + source.dropped_aside
        )
        if (events, aside) != (info.stored, info.set_aside):
            says = (
                f"{name} counts {info.stored:,} events and {info.set_aside:,} lines set aside, "
                f"its files {events:,} and {aside:,}"
            )
            yield Finding("I3", Weight.BROKEN, "", says)
        if info.read != info.stored + info.set_aside + info.blank:
            says = f"{name}: lines read are not the sum of where they went"
            yield Finding("I3", Weight.BROKEN, "", says)
        if position and self._ends.get(info.ordinal, 0) > position.offset:
            says = f"{name} has rows from beyond byte {position.offset:,}, where it was read to"
            yield Finding("I4", Weight.BROKEN, "", says)
