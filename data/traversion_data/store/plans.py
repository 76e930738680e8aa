"""What to lay together and what to let go: decisions on manifests alone, no file touched."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from traversion_data.model import Nanos
from traversion_data.store.manifest import Hole, SegmentEntry
from traversion_data.store.merge import PIECE
from traversion_data.store.segment import ASIDE, EVENTS

SMALL: Final = PIECE // 2
"""A segment that weighs less is laid together with others."""

GROUP: Final = 2 * PIECE
"""At most so much is held in memory to be laid together, where that is not bounded."""

LEAST_GROUP: Final = 2 * SMALL
"""With so much any two small segments can be laid together: no less will do."""

MANY: Final = 32
"""So many small segments are worth a compaction."""

ROW: Final = 256
"""Bytes of a source that weigh as much as one row; longer rows weigh more."""


def weight(entry: SegmentEntry) -> int:
    """What it takes to hold a segment in memory: its rows, or what long rows count as.

    Events of one document have its length each, and stand in one range of the source.
    """
    read = sum(min(part.bytes, part.end - part.start) for part in entry.parts)
    return max(entry.rows, read // ROW)


def small_segments(segments: Sequence[SegmentEntry]) -> int:
    """How many segments a compaction would lay together."""
    return sum(len(small) for kind in (EVENTS, ASIDE) if len(small := _small(segments, kind)) > 1)


def next_group(segments: Sequence[SegmentEntry], most: int = GROUP) -> tuple[SegmentEntry, ...]:
    """The small segments of one kind to become one or two, neighbours in time; or none.

    most: weight of them together.
    """
    for kind in (EVENTS, ASIDE):
        group: list[SegmentEntry] = []
        held = 0
        for entry in _small(segments, kind):
            held += weight(entry)
            if held > most:
                break
            group.append(entry)
        if len(group) > 1:
            return tuple(group)
    return ()


def to_drop(
    segments: Sequence[SegmentEntry],
    holes: Sequence[Hole],
    max_bytes: int | None,
    max_age: Nanos | None,
    now: Nanos,
) -> tuple[frozenset[str], frozenset[str]]:
    """The files of the segments, and of the holes, that limits of size and age leave no room for.

    Damaged files go before good ones, then whole segments, the oldest first. Age is counted back
    from `now` or the newest event, whichever is earlier: neither a clock that jumps ahead nor a
    recording of last year empties a store.
    """
    newest = max((it.max_time for it in segments if it.max_time is not None), default=now)
    oldest_kept = None if max_age is None else min(now, newest) - max_age
    gone, gone_holes = set[str](), set[str]()
    if oldest_kept is not None:
        gone = {s.file for s in segments if s.max_time is not None and s.max_time < oldest_kept}
        gone_holes = {
            h.segment.file
            for h in holes
            if h.segment.max_time is not None and h.segment.max_time < oldest_kept
        }
    if max_bytes is None:
        return frozenset(gone), frozenset(gone_holes)
    left = sum(s.bytes for s in segments if s.file not in gone)
    left += sum(h.segment.bytes for h in holes if h.segment.file not in gone_holes)
    for hole in sorted(holes, key=lambda it: _age(it.segment)):
        if left > max_bytes and hole.segment.file not in gone_holes:
            gone_holes.add(hole.segment.file)
            left -= hole.segment.bytes
    for entry in sorted(segments, key=_age):
        if left > max_bytes and entry.file not in gone:
            gone.add(entry.file)
            left -= entry.bytes
    return frozenset(gone), frozenset(gone_holes)


def _small(segments: Sequence[SegmentEntry], kind: str) -> list[SegmentEntry]:
    small = [it for it in segments if it.kind == kind and weight(it) < SMALL]
    return sorted(small, key=lambda it: (it.min_time or 0, it.min_seq))


def _age(entry: SegmentEntry) -> tuple[bool, int, int]:
    """Order of leaving: what has no time first, then by the last time in it."""
    return entry.max_time is not None, entry.max_time or 0, entry.min_seq
