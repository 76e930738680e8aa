"""A generation of a store read back: what is whole, and what is missing where."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl

from traversion_data import schema
from traversion_data.errors import reason
from traversion_data.model import Gap, TimeRange
from traversion_data.store.files import Files
from traversion_data.store.manifest import Manifest, SegmentEntry, SourceEntry
from traversion_data.store.segment import EVENTS, UndecodableError, decode, opened


@dataclass(frozen=True, slots=True)
class LostRows:
    """Rows of one source that the store had and cannot give: where, when, how many and why.

    `time` is None for lines set aside with no event beside them. The rows took `bytes` of the range
    `[start, end)` of the source, where others may be whole; `kind` as in `SegmentEntry`.
    """

    source: int
    kind: str
    rows: int
    bytes: int
    time: TimeRange | None
    start: int
    end: int
    min_seq: int
    max_seq: int
    reason: str
    file: str

    @property
    def gap(self) -> Gap:
        """It as a snapshot tells of it."""
        start, end = (self.time.start, self.time.end) if self.time else (None, None)
        why = f"{self.rows:,} rows of the store are lost: {self.reason}"
        return Gap(self.source, start, end, why, self.bytes)


@dataclass(frozen=True)
class Stored:
    """All a store holds at one generation.

    `frames`: events, each sorted by (time, seq), in order of their first times, the large ones
    decoded column by column as they are looked at; `aside`: as `schema.ASIDE`, by seq.
    """

    generation: int
    frames: tuple[pl.DataFrame, ...]
    aside: pl.DataFrame
    sources: tuple[SourceEntry, ...]
    gaps: tuple[LostRows, ...]
    missed: tuple[Gap, ...] = ()
    """What was never read at the sources."""

    @property
    def missing(self) -> tuple[Gap, ...]:
        """Everything that is not there, never read or lost."""
        return (*self.missed, *(it.gap for it in self.gaps))


class SegmentLostError(Exception):
    """A segment's bytes are not those that were written; `reason` says in which way."""

    for_good = True
    """Whether reading it again would be in vain."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class SegmentUnreadError(SegmentLostError):
    """A segment that cannot be read now, though its bytes may be as they were written."""

    for_good = False


def load_segment(
    files: Files,
    folder: Path,
    entry: SegmentEntry,
    decoded: Callable[[bytes, str], pl.DataFrame] = decode,
) -> pl.DataFrame:
    """The rows of a segment: no byte reaches a decoder before length and sum are checked.

    Raises:
        SegmentLostError: if it is missing or damaged.
        SegmentUnreadError: if the system cannot read it now, or this version cannot decode it.
    """
    try:
        data = files.read(folder / entry.file)
    except FileNotFoundError:
        raise SegmentLostError("its file is missing") from None
    except OSError as error:
        raise SegmentUnreadError(f"its file cannot be read: {reason(error)}") from error
    if len(data) != entry.bytes:
        raise SegmentLostError(f"its file has {len(data):,} bytes instead of {entry.bytes:,}")
    if zlib.crc32(data) != entry.crc32:
        raise SegmentLostError("its bytes have changed (the sum does not match)")
    try:
        frame = decoded(data, entry.file)
    except UndecodableError as error:
        raise SegmentUnreadError(str(error)) from error
    if frame.height != entry.rows:
        raise SegmentUnreadError(f"it decodes to {frame.height:,} rows instead of {entry.rows:,}")
    return frame


@dataclass(frozen=True, slots=True)
class Loss:
    """A segment that could not be read; `for_good` where its bytes are not what was written."""

    entry: SegmentEntry
    reason: str
    for_good: bool


def load_each(
    files: Files, folder: Path, manifest: Manifest
) -> Iterator[tuple[SegmentEntry, pl.DataFrame] | Loss]:
    """The segments of a generation by time; one that is damaged costs no other."""
    for entry in sorted(manifest.segments, key=_by_time):
        try:
            yield entry, load_segment(files, folder, entry, opened)
        except SegmentLostError as error:
            yield Loss(entry, error.reason, error.for_good)


def pieces(files: Files, folder: Path, manifest: Manifest) -> Iterator[Stored]:
    """A generation one segment at a time, what is known to be missing first."""
    nothing = Stored(manifest.generation, (), schema.empty_aside(), manifest.sources, ())
    yield replace(nothing, gaps=known_gaps(manifest), missed=manifest.missed)
    for it in load_each(files, folder, manifest):
        if isinstance(it, Loss):
            yield replace(nothing, gaps=_gaps(it.entry, it.reason))
        elif it[0].kind == EVENTS:
            yield replace(nothing, frames=(it[1],))
        else:
            yield replace(nothing, aside=it[1])


def load(files: Files, folder: Path, manifest: Manifest) -> tuple[Stored, tuple[Loss, ...]]:
    """All of a generation, and the segments of it that could not be read."""
    found = list(load_each(files, folder, manifest))
    losses = tuple(it for it in found if isinstance(it, Loss))
    rows = [it for it in found if not isinstance(it, Loss)]
    lines = [frame for entry, frame in rows if entry.kind != EVENTS]
    gaps = [gap for loss in losses for gap in _gaps(loss.entry, loss.reason)]
    stored = Stored(
        manifest.generation,
        tuple(frame for entry, frame in rows if entry.kind == EVENTS),
        pl.concat([schema.empty_aside(), *lines]).sort(schema.SEQ),
        manifest.sources,
        (*known_gaps(manifest), *gaps),
        manifest.missed,
    )
    return stored, losses


def known_gaps(manifest: Manifest) -> tuple[LostRows, ...]:
    """What the holes of a generation mean, source by source."""
    return tuple(gap for hole in manifest.holes for gap in _gaps(hole.segment, hole.reason))


def _gaps(entry: SegmentEntry, why: str) -> tuple[LostRows, ...]:
    time = None
    if entry.min_time is not None and entry.max_time is not None:
        time = TimeRange(entry.min_time, entry.max_time + 1)
    return tuple(
        LostRows(
            part.source,
            entry.kind,
            part.rows,
            part.bytes,
            time,
            part.start,
            part.end,
            part.min_seq,
            part.max_seq,
            why,
            entry.file,
        )
        for part in entry.parts
    )


def _by_time(entry: SegmentEntry) -> tuple[int, int]:
    return (entry.min_time if entry.min_time is not None else entry.min_seq, entry.min_seq)
