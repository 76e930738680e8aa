"""The one writer of a store."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from types import TracebackType

import polars as pl

from traversion_data.decode.base import Batch
from traversion_data.model import Gap, Nanos
from traversion_data.store import upkeep
from traversion_data.store.commits import Commits
from traversion_data.store.entries import NewSegment, segments_of_aside, segments_of_events
from traversion_data.store.errors import StoreError
from traversion_data.store.files import Files
from traversion_data.store.lock import Held
from traversion_data.store.manifest import SourceEntry
from traversion_data.store.plans import GROUP, MANY, small_segments
from traversion_data.store.position import SourceMark
from traversion_data.store.segment import EVENTS
from traversion_data.store.stored import LostRows, Stored, load, pieces


class StoreWriter:
    """Appends to a store that this process holds alone; for one thread.

    Made by `durable.open_writer`. What raised `StorePoisonedError` once does so until the store is
    opened again.
    """

    def __init__(self, commits: Commits, lock: Held, notices: tuple[str, ...]) -> None:
        self.notices = notices
        """Sentences on how it was opened."""
        self._commits = commits
        self._lock = lock
        self._events: list[pl.DataFrame] = []
        self._aside: list[pl.DataFrame] = []
        self._marks: dict[int, SourceMark] = {}
        self._missed = commits.manifest.missed

    @property
    def folder(self) -> Path:
        """Where it is."""
        return self._commits.folder

    @property
    def files(self) -> Files:
        """The disk it is on."""
        return self._commits.files

    @property
    def generation(self) -> int:
        """The number of the last commit."""
        return self._commits.manifest.generation

    @property
    def sources(self) -> tuple[SourceEntry, ...]:
        """The sources as of the last commit: where a loader goes on."""
        return self._commits.manifest.sources

    @property
    def pending_rows(self) -> int:
        """Events and lines set aside since the last commit."""
        return sum(frame.height for frame in (*self._events, *self._aside))

    @property
    def bytes(self) -> int:
        """Size of all rows on disk, damaged ones too; what readers still hold is not counted."""
        manifest = self._commits.manifest
        return sum(it.bytes for it in (*manifest.segments, *(h.segment for h in manifest.holes)))

    @property
    def wants_compaction(self) -> bool:
        """Whether there are so many small segments that `compact` is worth its time."""
        return small_segments(self._commits.manifest.segments) >= MANY

    def append(self, batch: Batch, mark: SourceMark) -> None:
        """Keep a batch for the next commit, with the accounting and position that include it.

        A batch without rows brings the mark alone.
        """
        self._marks[mark.info.ordinal] = mark
        if batch.events.height:
            self._events.append(batch.events)
        if batch.aside.height:
            self._aside.append(batch.aside)

    def describe(self, mark: SourceMark) -> None:
        """Keep what is known of a source for the next commit; its position stays if it has none."""
        ordinal = mark.info.ordinal
        if mark.position is None:
            marks = {it.mark.info.ordinal: it.mark for it in self.sources} | self._marks
            known = marks.get(ordinal, mark)
            mark = replace(mark, position=known.position)
        self._marks[ordinal] = mark

    def set_missed(self, gaps: Sequence[Gap]) -> None:
        """Say what was never read at the sources, all of it, with the next commit."""
        self._missed = tuple(gaps)

    def commit(self) -> int:
        """Make everything appended durable; the generation that holds it.

        Without anything new the last generation is returned and nothing written.

        Raises:
            StoreFullError: if there is no room; everything is kept for the next commit.
            StoreError: if it was not written for another reason; likewise.
            StorePoisonedError: if it is not known whether it was written.
        """
        commits, old = self._commits, self._commits.manifest
        commits.check()
        known = {it.mark.info.ordinal: it for it in old.sources}
        marked = {
            key: replace(known[key], mark=mark) if key in known else SourceEntry(mark)
            for key, mark in self._marks.items()
        }
        told = self._missed == old.missed and marked.items() <= known.items()
        if told and not self.pending_rows:
            return self.generation
        events = segments_of_events([*self._events], commits.next_serial)
        aside = segments_of_aside(self._aside, commits.next_serial, _times(events))
        fresh = [*events, *aside]
        segments = (*old.segments, *(it.entry for it in fresh))
        following = replace(old, segments=segments, missed=self._missed)
        commits.publish(following.with_sources(marked), fresh)
        self._events.clear()
        self._aside.clear()
        self._marks.clear()
        commits.sweep()
        return self.generation

    def read(self) -> Stored:
        """All committed rows; segments found damaged become gaps and are put away for good.

        Where the disk does not take that, they are found again the next time.
        """
        commits = self._commits
        stored, losses = load(commits.files, commits.folder, commits.manifest)
        if lost := [(it.entry, it.reason) for it in losses if it.for_good]:
            with suppress(StoreError):
                upkeep.put_away(commits, lost)
        return stored

    def pieces(self) -> Iterator[Stored]:
        """What `read` gives one segment at a time; nothing is put away."""
        return pieces(self._commits.files, self._commits.folder, self._commits.manifest)

    def compact(self, most: int = GROUP) -> int:
        """Lay small segments together, at most of such a weight at once; how many fewer there are.

        Every step is one commit that names other files for the same rows.

        Raises:
            StoreError: as `commit`; the steps before stay done.
        """
        before = len(self._commits.manifest.segments)
        upkeep.compact(self._commits, most)
        return before - len(self._commits.manifest.segments)

    def retain(self, max_bytes: int | None, max_age: Nanos | None, now: Nanos) -> int:
        """Drop whole segments, the oldest first, until size and age are kept; how many.

        Their room is free when this returns, unless a reader still holds them. `plans.to_drop` says
        what age is counted from.

        Raises:
            StoreError: as `commit`.
        """
        return upkeep.retain(self._commits, max_bytes, max_age, now)

    def refill(self, gap: LostRows, batch: Batch) -> None:
        """Fill a gap with rows read again from its source.

        `batch` is what the bytes `[gap.start, gap.end)` of the source decode to, numbered as they
        were; rows that are whole elsewhere are left out.

        Raises:
            StoreError: if the rows missing are not as many as were lost; or as `commit`.
        """
        rows = batch.events if gap.kind == EVENTS else batch.aside
        upkeep.refill(self._commits, gap.file, gap.source, rows)

    def close(self) -> None:
        """Let others write; what was not committed is gone."""
        self._lock.release()

    def __enter__(self) -> StoreWriter:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def _times(events: list[NewSegment]) -> tuple[int, int] | None:
    starts = [it.entry.min_time for it in events if it.entry.min_time is not None]
    ends = [it.entry.max_time for it in events if it.entry.max_time is not None]
    return (min(starts), max(ends)) if starts else None
