"""The growing end of a store: batches come in, immutable snapshots go out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from threading import Lock

import polars as pl

from traversion_data import schema
from traversion_data.decode.base import Batch
from traversion_data.model import Gap, Nanos, SourceInfo
from traversion_data.store.arrays import Allocate, in_heap
from traversion_data.store.merge import PIECE, Merged, chunks, follows, joined, merge, overlap
from traversion_data.store.room import Room
from traversion_data.store.view import StoreView


class Head:
    """Collects batches in memory; one thread appends, any thread asks for a `StoreView`.

    Batches are laid out in sorted pieces as they come. Those that reach far back into what is
    there already (a second file over the same hours) wait for the next snapshot, so that many of
    them are sorted in at once.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._events = schema.empty()
        self._waiting: list[pl.DataFrame] = []
        self._fresh: list[pl.DataFrame] = []
        self._aside: list[pl.DataFrame] = []
        self._sources: dict[int, SourceInfo] = {}
        self._remarks: dict[str, tuple[str, ...]] = {}
        self.remarked = 0
        """How often something else was said."""
        self._gaps: tuple[Gap, ...] = ()
        self._view = StoreView(self._events)
        self._room: Room | None = None
        self._allocate: Allocate = in_heap
        self._away = 0
        self._fresh_bytes = 0
        self._row_bytes = 0
        """About how many bytes a row takes, by the last ones that came."""
        self._weighed = 0
        """Rows not put away when it was last looked at how much memory they take."""

    def bound(self, room: Room) -> None:
        """Keep to a limit of memory from now on."""
        self._room, self._allocate = room, room.array

    @property
    def sources(self) -> tuple[SourceInfo, ...]:
        """What is known of the sources, by ordinal."""
        with self._lock:
            return tuple(self._sources[key] for key in sorted(self._sources))

    @property
    def gaps(self) -> tuple[Gap, ...]:
        """What is known to be missing."""
        return self._gaps

    def describe(self, info: SourceInfo) -> None:
        """Set what is known of a source; takes effect with the next snapshot."""
        with self._lock:
            self._sources[info.ordinal] = info

    def set_gaps(self, gaps: Sequence[Gap]) -> None:
        """Set what is known to be missing; takes effect with the next snapshot."""
        with self._lock:
            self._gaps = tuple(gaps)

    def remark(self, about: str, sentences: Sequence[str]) -> None:
        """Say more, with the first source; what was said about the same before is replaced."""
        with self._lock:
            self.remarked += self._remarks.get(about, ()) != tuple(sentences)
            self._remarks[about] = tuple(sentences)

    def append(self, batch: Batch, info: SourceInfo) -> None:
        """Add a batch together with the accounting that includes it.

        Raises:
            MemoryFullError: no more should come; the batch is there.
        """
        with self._lock:
            self._sources[info.ordinal] = info
            if batch.aside.height:
                self._aside.append(batch.aside)
            if batch.events.height:
                self._fresh.append(batch.events)
            rows = sum(frame.height for frame in self._fresh)
            if self._room is not None and batch.events.height:
                self._fresh_bytes += int(batch.events.estimated_size())
                self._row_bytes = self._fresh_bytes // rows
            settles = rows >= (PIECE if self._room is None else self._most // 4)
            if settles:
                self._settle()
        if settles and self._room is not None:
            self._room.check()  # it may wait for others, who may want the lock

    def restore(self, frames: Sequence[pl.DataFrame], aside: pl.DataFrame) -> None:
        """Add what an earlier run stored, each frame sorted; takes effect with the next snapshot.

        Large frames that follow on what is there are taken as they are.
        """
        with self._lock:
            for frame in frames:
                large = frame.height >= PIECE // 2
                if large and not self._waiting and not self._fresh and follows(self._events, frame):
                    self._lay(Merged(joined([self._events, frame]), self._away))
                elif frame.height:
                    self._waiting += self._put_away(frame)
            self._aside.append(aside)

    def clear(self) -> None:
        """Forget all rows and sources, as if nothing had come yet; snapshots already made stay."""
        with self._lock:
            self._events = schema.empty()
            for held in (self._waiting, self._fresh, self._aside, self._sources):
                held.clear()
            self._gaps, self._away, self._weighed, self._fresh_bytes = (), 0, 0, 0
            self._view = StoreView(self._events, generation=self._view.generation + 1)

    @property
    def pending(self) -> int:
        """Events appended since the last snapshot."""
        with self._lock:
            held = (self._events, *self._waiting, *self._fresh)
            return sum(frame.height for frame in held) - self._view.height

    @property
    def last_time(self) -> Nanos | None:
        """The latest time of the events laid out so far."""
        with self._lock:
            return int(self._events[schema.TIME][-1]) if self._events.height else None

    @property
    def view(self) -> StoreView:
        """The last snapshot made."""
        return self._view

    def snapshot(self) -> StoreView:
        """Sort everything appended so far into a new snapshot and publish it."""
        with self._lock:
            aside = pl.concat([self._view.aside, *self._aside])
            self._aside.clear()
            sources = self._told()
            self._take_in()
            if self._events.height > self._view.height:
                generation = self._view.generation + 1
                self._view = StoreView(
                    self._events, aside, sources, generation, self._gaps, self._allocate
                )
            else:
                self._view = self._view.with_accounts(aside, sources, self._gaps)
            return self._view

    def _told(self) -> tuple[SourceInfo, ...]:
        sources = [self._sources[key] for key in sorted(self._sources)]
        if sources and self._remarks:
            more = (sentence for it in self._remarks.values() for sentence in it)
            sources[0] = replace(sources[0], notes=(*sources[0].notes, *more))
        return tuple(sources)

    @property
    def _most(self) -> int:
        """Rows that are laid out together at most."""
        return PIECE if self._room is None else min(self._room.rows(self._row_bytes), PIECE)

    def _settle(self) -> None:
        """Lay out the fresh batches in the sorted frame, or by themselves where that costs more."""
        rows = sum(frame.height for frame in self._fresh)
        self._fresh_bytes = 0
        if not self._waiting and overlap(self._events, self._fresh) <= rows:
            self._lay(merge(self._events, self._fresh, self._most))
        else:
            self._waiting += self._put_away(merge(schema.empty(), self._fresh, self._most).events)

    def _take_in(self) -> None:
        """Lay out all batches in the sorted frame."""
        self._fresh_bytes = 0
        if self._room is None or not self._waiting:
            self._waiting += self._fresh
            self._fresh.clear()
            if self._waiting:
                self._lay(merge(self._events, self._waiting, self._most))
        else:
            if self._fresh:
                self._waiting.append(merge(schema.empty(), self._fresh, self._most).events)
            self._lay(self._room.merged(self._events, self._waiting, self._most))
            self._waiting.clear()

    def _lay(self, merged: Merged) -> None:
        self._events, self._away = merged.events, min(self._away, merged.shared)
        held = merged.events.height - self._away
        if self._room is not None and held - self._weighed >= self._most // 4:
            relieved = self._room.relieved(Merged(merged.events, self._away))
            self._events, self._away = relieved.events, relieved.shared
            self._weighed = self._events.height - self._away

    def _put_away(self, frame: pl.DataFrame) -> list[pl.DataFrame]:
        """A frame to be laid out later, out of memory where that is bounded."""
        if self._room is None:
            return [frame]
        return [self._room.put_away(piece) for piece in chunks(frame)]
