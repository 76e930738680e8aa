"""A store's writer for a long run: it outlives a disk that fails for a while.

After a commit of which nobody knows whether it was made durable, a store has to be opened again.
Its rows are there whole or not at all; the marks of its sources tell which, and what is not there
is given again from memory. So nothing is lost, and nothing is there twice.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from time import monotonic
from typing import Final

from traversion_data.decode.base import Batch
from traversion_data.model import Gap, Nanos, SourceInfo
from traversion_data.store.durable import open_writer
from traversion_data.store.errors import (
    StoreError,
    StoreFullError,
    StorePoisonedError,
    StoreWaitsError,
)
from traversion_data.store.manifest import SourceEntry
from traversion_data.store.plans import GROUP
from traversion_data.store.position import SourceMark
from traversion_data.store.writer import StoreWriter

TRIES: Final = 5
"""So many commits may fail one after another for any other reason than a full disk."""
_REST: Final = 60.0
"""Seconds until segments that could not be laid together or dropped are tried again."""


class SteadyWriter:
    """Appends to a store; see `StoreWriter`, whose methods these are."""

    def __init__(self, writer: StoreWriter, now: Callable[[], float] = monotonic) -> None:
        """`now`: seconds."""
        self._now = now
        self._writer = writer
        self._open = True
        self._failures = 0
        self._rested = 0.0
        self._batches: list[tuple[Batch, SourceMark]] = []
        self._marks: dict[int, SourceMark] = {}
        self._missed = next(writer.pieces()).missed

    @property
    def missed(self) -> tuple[Gap, ...]:
        """What is known never to have been read at the sources."""
        return tuple(self._missed)

    @property
    def sources(self) -> tuple[SourceEntry, ...]:
        """The sources as of the last commit."""
        return self._writer.sources

    @property
    def pending_rows(self) -> int:
        """Events and lines set aside since the last commit."""
        return sum(batch.events.height + batch.aside.height for batch, _ in self._batches)

    @property
    def wants_compaction(self) -> bool:
        """Whether `compact` is worth its time now."""
        return self._open and self._now() >= self._rested and self._writer.wants_compaction

    def append(self, batch: Batch, mark: SourceMark) -> None:
        """Keep a batch for the next commit."""
        self._batches.append((batch, mark))
        self._marks[mark.info.ordinal] = mark
        if self._open:
            self._writer.append(batch, mark)

    def describe(self, mark: SourceMark) -> None:
        """Keep what is known of a source for the next commit."""
        before = self._marks.get(mark.info.ordinal)
        if mark.position is None and before is not None:
            mark = SourceMark(mark.info, before.position)
        self._marks[mark.info.ordinal] = mark
        if self._open:
            self._writer.describe(mark)

    def set_missed(self, gaps: Sequence[Gap]) -> None:
        """Keep all that is known to be missing for the next commit."""
        self._missed = tuple(gaps)
        if self._open:
            self._writer.set_missed(gaps)

    def commit(self) -> None:
        """Make durable what was appended.

        Raises:
            StoreWaitsError: not now; nothing is lost, commit again.
            StoreError: it has failed too often.
        """
        try:
            self._commit()
        except StoreFullError:
            raise
        except StoreError as error:
            self._failures += 1
            if self._failures >= TRIES:
                raise
            raise StoreWaitsError(str(error)) from error
        self._failures = 0
        self._batches.clear()
        self._marks.clear()

    def compact(self, most: int = GROUP) -> None:
        """Lay small segments together; where that fails it can wait, no row depends on it."""
        self._keep_house(lambda writer: writer.compact(most))

    def retain(self, max_bytes: int | None, max_age: Nanos | None, now: Nanos) -> int:
        """Drop the oldest segments; how many. What cannot be dropped now stays for later."""
        return self._keep_house(lambda writer: writer.retain(max_bytes, max_age, now))

    def close(self) -> None:
        """Let others write; what was not committed is gone."""
        if self._open:
            self._open = False
            self._writer.close()

    def _commit(self) -> None:
        if not self._open:
            self._open_again()
        try:
            self._writer.commit()
        except StorePoisonedError:
            self.close()
            self._open_again()
            self._writer.commit()

    def _open_again(self) -> None:
        self._writer = open_writer(self._writer.folder, self._writer.files)
        self._open = True
        there = {it.mark.info.ordinal: it.mark for it in self._writer.sources}
        if any(not _holds(there.get(ordinal), mark) for ordinal, mark in self._marks.items()):
            for batch, mark in self._batches:
                self._writer.append(batch, mark)
            for mark in self._marks.values():
                self._writer.describe(mark)
        self._writer.set_missed(self._missed)

    def _keep_house(self, work: Callable[[StoreWriter], int]) -> int:
        if not self._open:
            return 0
        try:
            return work(self._writer)
        except StorePoisonedError:
            self.close()
        except StoreError:
            pass
        self._rested = self._now() + _REST
        return 0


def _holds(there: SourceMark | None, mark: SourceMark) -> bool:
    """Whether a store that was opened again has what a mark counts."""
    if there is None:
        return False
    same = _counts(there.info) == _counts(mark.info)
    return same and mark.position in (None, there.position)


def _counts(info: SourceInfo) -> tuple[int, int, int, int]:
    return info.read, info.stored, info.set_aside, info.blank
