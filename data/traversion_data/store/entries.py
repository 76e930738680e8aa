"""From frames to the files and manifest entries that hold them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import polars as pl

from traversion_data import schema
from traversion_data.store.manifest import Part, SegmentEntry
from traversion_data.store.merge import PIECE, order_of
from traversion_data.store.segment import ASIDE, EVENTS, encode, segment_name


@dataclass(frozen=True, slots=True)
class NewSegment:
    """A segment still to be written, with its entry."""

    entry: SegmentEntry
    data: memoryview


def segments_of_events(
    frames: list[pl.DataFrame], next_serial: Callable[[], int]
) -> list[NewSegment]:
    """Event frames in any order as segments of much the same height, sorted by (time, seq).

    Takes all of them out of the list: where nobody else holds them, they are not held beside what
    is made of them. Frames that stand in order are not copied. Learned columns absent in one are
    NULL there; where types differ, they become the one that holds both. `next_serial` gives each
    file its number.
    """
    order = order_of(frames)
    events = pl.concat([schema.empty(), *frames], how="diagonal_relaxed")
    frames.clear()
    pieces = _even(events if order is None else events[order])
    del events, order
    return [_segment(EVENTS, it, next_serial(), bounds(it, schema.TIME)) for it in pieces]


def segments_of_aside(
    frames: Sequence[pl.DataFrame], next_serial: Callable[[], int], times: tuple[int, int] | None
) -> list[NewSegment]:
    """Lines set aside as segments in order of seq, with the times they are to be kept by."""
    lines = pl.concat([schema.empty_aside(), *frames]).sort(schema.SEQ)
    return [_segment(ASIDE, it, next_serial(), times) for it in _even(lines)]


def _even(frame: pl.DataFrame) -> list[pl.DataFrame]:
    """Slices of at most `PIECE` rows and much the same height."""
    count = max(-(-frame.height // PIECE), 1)
    size = max(-(-frame.height // count), 1)
    return [frame.slice(at, size) for at in range(0, frame.height, size)]


def _segment(
    kind: str, frame: pl.DataFrame, serial: int, times: tuple[int, int] | None
) -> NewSegment:
    encoded = encode(frame)
    low, high = bounds(frame, schema.SEQ)
    entry = SegmentEntry(
        file=segment_name(kind, serial, encoded),
        kind=kind,
        bytes=encoded.data.nbytes,
        crc32=encoded.crc32,
        rows=frame.height,
        min_time=times[0] if times else None,
        max_time=times[1] if times else None,
        min_seq=low,
        max_seq=high,
        parts=parts_of(frame),
    )
    return NewSegment(entry, encoded.data)


def parts_of(frame: pl.DataFrame) -> tuple[Part, ...]:
    """What each source has in a frame, by ordinal."""
    end = pl.col(schema.OFFSET) + pl.col(schema.LENGTH).cast(pl.UInt64)
    found = (
        frame.lazy()
        .group_by(schema.SOURCE)
        .agg(
            pl.len().alias("rows"),
            pl.col(schema.LENGTH).cast(pl.Int64).sum().alias("bytes"),
            pl.col(schema.SEQ).min().alias("min_seq"),
            pl.col(schema.SEQ).max().alias("max_seq"),
            pl.col(schema.OFFSET).min().fill_null(0).alias("start"),
            end.max().fill_null(0).alias("end"),
        )
        .sort(schema.SOURCE)
        .collect()
    )
    return tuple(Part(**part) for part in found.iter_rows(named=True))


def bounds(frame: pl.DataFrame, column: str) -> tuple[int, int]:
    """Least and greatest value of an integer column of a frame that has rows."""
    values = frame[column]
    return int(values.min()), int(values.max())  # type: ignore[arg-type]
