"""A generation of a store read back: what is whole, and what is missing where."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from traversion_data import schema
from traversion_data.errors import reason
from traversion_data.model import TimeRange
from traversion_data.store.files import Files
from traversion_data.store.manifest import EVENTS, Manifest, SegmentEntry, SourceEntry
from traversion_data.store.segment import UndecodableError, decode


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


@dataclass(frozen=True)
class Stored:
    """All a store holds at one generation.

    `frames`: events, each sorted by (time, seq), in order of their first times; `aside`: as
    `schema.ASIDE`, by seq.
    """

    generation: int
    frames: tuple[pl.DataFrame, ...]
    aside: pl.DataFrame
    sources: tuple[SourceEntry, ...]
    gaps: tuple[LostRows, ...]


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


def load_segment(files: Files, folder: Path, entry: SegmentEntry) -> pl.DataFrame:
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
        frame = decode(data, entry.file)
    except UndecodableError as error:
        raise SegmentUnreadError(str(error)) from error
    if frame.height != entry.rows:
        raise SegmentUnreadError(f"it decodes to {frame.height:,} rows instead of {entry.rows:,}")
    return frame


@dataclass(frozen=True)
class Loaded:
    """A generation read, with the segments to be put away (`lost`) or tried again (`unread`)."""

    frames: tuple[pl.DataFrame, ...]
    aside: pl.DataFrame
    lost: tuple[tuple[SegmentEntry, str], ...]
    unread: tuple[tuple[SegmentEntry, str], ...]


def load(files: Files, folder: Path, manifest: Manifest) -> Loaded:
    """All rows of a generation; a segment that is damaged costs no other one."""
    events, aside = list[pl.DataFrame](), [schema.empty_aside()]
    lost, unread = list[tuple[SegmentEntry, str]](), list[tuple[SegmentEntry, str]]()
    for entry in sorted(manifest.segments, key=_by_time):
        try:
            frame = load_segment(files, folder, entry)
        except SegmentUnreadError as error:
            unread.append((entry, error.reason))
        except SegmentLostError as error:
            lost.append((entry, error.reason))
        else:
            (events if entry.kind == EVENTS else aside).append(frame)
    lines = pl.concat(aside).sort(schema.SEQ)
    return Loaded(tuple(events), lines, tuple(lost), tuple(unread))


def gaps(manifest: Manifest, loaded: Loaded) -> tuple[LostRows, ...]:
    """What is missing: the holes known of, and what was found while loading."""
    found = [(hole.segment, hole.reason) for hole in manifest.holes]
    return tuple(
        gap for entry, why in (*found, *loaded.lost, *loaded.unread) for gap in _gaps(entry, why)
    )


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
