"""What a store does to the segments it has: lay together, let go, put away, fill again."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Sequence
from dataclasses import replace

import polars as pl

from traversion_data import schema
from traversion_data.model import Nanos
from traversion_data.safe import printable
from traversion_data.store.commits import Commits
from traversion_data.store.entries import (
    NewSegment,
    parts_of,
    segments_of_aside,
    segments_of_events,
)
from traversion_data.store.errors import StoreError
from traversion_data.store.manifest import Hole, Manifest, SegmentEntry, SourceEntry, quarantined
from traversion_data.store.plans import GROUP, next_group, to_drop
from traversion_data.store.segment import EVENTS
from traversion_data.store.stored import SegmentLostError, load_segment


def compact(commits: Commits, most: int = GROUP) -> None:
    """Lay small segments together, in steps of one commit each; the rows stay the same."""
    before = commits.manifest
    while group := next_group(commits.manifest.segments, most):
        frames = list[pl.DataFrame]()
        for entry in group:
            try:
                frames.append(load_segment(commits.files, commits.folder, entry))
            except SegmentLostError as error:
                if not error.for_good:
                    raise StoreError(
                        f"the store {printable(str(commits.folder))} cannot be compacted: "
                        f"{entry.file}: {error.reason}"
                    ) from error
                put_away(commits, [(entry, error.reason)])
                break
        else:
            fresh = _laid_together(commits, group, frames)
            gone = {entry.file for entry in group}
            _swap(commits, gone, fresh)
    if commits.manifest is not before:
        _settle(commits)


def _laid_together(
    commits: Commits, group: Sequence[SegmentEntry], frames: list[pl.DataFrame]
) -> list[NewSegment]:
    if group[0].kind == EVENTS:
        return segments_of_events(frames, commits.next_serial)
    ends = [it for e in group for it in (e.min_time, e.max_time) if it is not None]
    return segments_of_aside(frames, commits.next_serial, (min(ends), max(ends)) if ends else None)


def _swap(commits: Commits, gone: set[str], fresh: list[NewSegment]) -> None:
    stay = [entry for entry in commits.manifest.segments if entry.file not in gone]
    segments = (*stay, *(it.entry for it in fresh))
    commits.publish(replace(commits.manifest, segments=segments), fresh)
    commits.sweep()


def _settle(commits: Commits) -> None:
    """One more generation, alike, so that the one kept before it needs nothing of what went."""
    commits.publish(commits.manifest)
    commits.sweep()


def retain(commits: Commits, max_bytes: int | None, max_age: Nanos | None, now: Nanos) -> int:
    """Drop the segments and damaged files `plans.to_drop` names, in one commit; how many."""
    old = commits.manifest
    gone, gone_holes = to_drop(old.segments, old.holes, max_bytes, max_age, now)
    if not gone and not gone_holes:
        return 0
    holes = [hole for hole in old.holes if hole.segment.file in gone_holes]
    dropped = [entry for entry in old.segments if entry.file in gone]
    dropped += [hole.segment for hole in holes]
    commits.publish(
        replace(
            old,
            segments=tuple(it for it in old.segments if it.file not in gone),
            holes=tuple(it for it in old.holes if it not in holes),
            sources=_counted_out(old, dropped),
        )
    )
    _settle(commits)
    _remove(commits, holes)
    return len(dropped)


def put_away(commits: Commits, lost: Iterable[tuple[SegmentEntry, str]]) -> None:
    """Note damaged segments as holes, then rename their files."""
    old = commits.manifest
    holes = [Hole(entry, why, quarantined(entry.file)) for entry, why in lost]
    files = {hole.segment.file for hole in holes}
    segments = tuple(it for it in old.segments if it.file not in files)
    commits.publish(replace(old, segments=segments, holes=(*old.holes, *holes)))
    for hole in holes:
        with contextlib.suppress(OSError):  # missing, or renamed when the store is opened next
            commits.files.rename(commits.folder / hole.segment.file, commits.folder / hole.moved_to)


def refill(commits: Commits, file: str, source: int, rows: pl.DataFrame) -> None:
    """Put rows read again in the place of what a damaged segment had of a source.

    `rows`: of the hole's kind; those the store has elsewhere are left out.

    Raises:
        StoreError: if they are not as many, or not from where, those lost were; nothing is changed
            then.
    """
    old = commits.manifest
    hole = next((it for it in old.holes if it.segment.file == file), None)
    part = next((it for it in hole.segment.parts if it.source == source), None) if hole else None
    if hole is None or part is None:
        raise StoreError(f"the store knows no gap of source {source + 1} in {printable(file)}")
    lost = hole.segment
    missing = _missing(
        commits,
        lost,
        rows.filter(
            (pl.col(schema.SOURCE) == source)
            & pl.col(schema.SEQ).is_between(part.min_seq, part.max_seq)
        ),
    )
    if missing.height != part.rows:
        raise StoreError(
            f"source {source + 1} gives {missing.height:,} rows for the {part.rows:,} lost in "
            f"{file}; it is not what it was when they were read"
        )
    if parts_of(missing) != (part,):
        raise StoreError(
            f"source {source + 1} gives other rows than those lost in {file}; it is not what it "
            "was when they were read"
        )
    if lost.kind == EVENTS:
        fresh = segments_of_events([missing], commits.next_serial)
    else:
        times = _times(lost)
        fresh = segments_of_aside([missing], commits.next_serial, times)
    others = tuple(it for it in lost.parts if it.source != source)
    rest = replace(hole, segment=replace(lost, parts=others, rows=lost.rows - part.rows))
    holes = tuple(rest if it is hole else it for it in old.holes if it is not hole or others)
    segments = (*old.segments, *(it.entry for it in fresh))
    commits.publish(replace(old, segments=segments, holes=holes), fresh)
    if not others:
        _settle(commits)
        _remove(commits, [hole])


def _missing(commits: Commits, lost: SegmentEntry, rows: pl.DataFrame) -> pl.DataFrame:
    """The rows in the lost segment's time that no other segment of its kind holds."""
    if lost.kind == EVENTS:
        rows = rows.filter(pl.col(schema.TIME).is_between(lost.min_time, lost.max_time))
    for entry in commits.manifest.segments:
        if (
            entry.kind == lost.kind
            and entry.min_seq <= lost.max_seq
            and entry.max_seq >= lost.min_seq
        ):
            try:
                held = load_segment(commits.files, commits.folder, entry)
            except SegmentLostError as error:
                raise StoreError(f"{entry.file} is to be read first: {error.reason}") from error
            rows = rows.join(held.select(schema.SEQ), on=schema.SEQ, how="anti")
    return rows


def _times(entry: SegmentEntry) -> tuple[int, int] | None:
    if entry.min_time is None or entry.max_time is None:
        return None
    return entry.min_time, entry.max_time


def _remove(commits: Commits, holes: Iterable[Hole]) -> None:
    for hole in holes:
        for name in (hole.segment.file, hole.moved_to):
            with contextlib.suppress(OSError):
                commits.files.unlink(commits.folder / name)


def _counted_out(manifest: Manifest, dropped: Iterable[SegmentEntry]) -> tuple[SourceEntry, ...]:
    """The sources with the rows of these segments counted as dropped."""
    sources = {it.mark.info.ordinal: it for it in manifest.sources}
    for entry in dropped:
        for part in entry.parts:
            source = sources[part.source]
            sources[part.source] = (
                replace(source, dropped_events=source.dropped_events + part.rows)
                if entry.kind == EVENTS
                else replace(source, dropped_aside=source.dropped_aside + part.rows)
            )
    return tuple(sources[key] for key in sorted(sources))
