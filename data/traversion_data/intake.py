"""Sources into a head beside a store: what was kept comes first, what is new is read and kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Thread
from time import monotonic
from typing import Final

from traversion_data.beside import Beside
from traversion_data.cache import Cache, Entry
from traversion_data.errors import InputError
from traversion_data.follow import Before, Follower
from traversion_data.ingest import Loader, Progress
from traversion_data.keep import NO_LIMITS, Keep, KeepInStore, KeepNothing, Retention
from traversion_data.keep_beside import KeepBeside
from traversion_data.mending import Mended, mend
from traversion_data.model import Gap, SourceInfo
from traversion_data.options import LoadOptions
from traversion_data.pace import Pace
from traversion_data.recall import keep_in_background, recall
from traversion_data.safe import printable
from traversion_data.source.base import Place, Source
from traversion_data.source.paths import Names
from traversion_data.source.stdin import StdinSource
from traversion_data.store.durable import StoreReader, open_reader, open_store
from traversion_data.store.errors import StoreError, StorePoisonedError
from traversion_data.store.head import Head
from traversion_data.store.manifest import SourceEntry
from traversion_data.store.plans import GROUP, LEAST_GROUP
from traversion_data.store.room import MemoryFullError, Room
from traversion_data.store.steady import SteadyWriter
from traversion_data.store.stored import Stored
from traversion_data.store.view import StoreView
from traversion_data.store.writer import StoreWriter

_PIPES: Final = "each pipe is a source of its own, and what it gives again is kept again"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be read.

    sources: read once. paths: files, folders and patterns that are read from where they were left,
    and where `grows`, for as long as nobody says stop. store: a folder in which rows are kept,
    no more of them than `retention` says.
    archive: a store that is only read. cache: where sources that are only read once are kept, so
    that they are opened from there the next time. room: how much memory may be taken.
    """

    sources: tuple[Source, ...] = ()
    paths: tuple[str, ...] = ()
    grows: bool = False
    store: Path | None = None
    archive: Path | None = None
    cache: Cache | None = None
    retention: Retention = NO_LIMITS
    room: Room | None = None


class Intake:
    """Reads what is wanted into a head, blocking the thread that calls `run`."""

    def __init__(
        self,
        wanted: Wanted,
        head: Head,
        options: LoadOptions | None = None,
        on_progress: Callable[[Progress], None] | None = None,
        on_snapshot: Callable[[StoreView], None] | None = None,
    ) -> None:
        self._wanted = wanted
        self._head = head
        self._options = options or LoadOptions()
        self._on_progress = on_progress or (lambda _: None)
        self._on_snapshot = on_snapshot or (lambda _: None)
        self._cancelled = Event()
        self._cancel: Callable[[], None] = lambda: None
        self.keeping: Thread | None = None
        """Writes to the cache once all is read; it ends by itself, and soon when cancelled."""

    def cancel(self) -> None:
        """Stop after the chunk in work, keeping what was read; any thread may call this."""
        self._cancelled.set()
        self._cancel()

    def run(self) -> StoreView:
        """Read, and return the last snapshot.

        Raises:
            InputError: no source gave any event, or the store cannot be used.
        """
        wanted = self._wanted
        self._check_zones()
        if wanted.room is not None:
            self._head.bound(wanted.room)
        if wanted.archive is not None:
            return self._show(open_reader(wanted.archive))
        if wanted.store is None:
            entry = None
            if wanted.cache is not None and not wanted.paths:
                entry = wanted.cache.entry(wanted.sources, self._options)
            return self._read({}, KeepNothing()) if entry is None else self._cached(entry)
        store = open_store(wanted.store)
        if isinstance(store, StoreReader):
            return self._show(store)
        together = GROUP if wanted.room is None else LEAST_GROUP
        inner = KeepInStore(SteadyWriter(store), wanted.retention, self._dropped, together)
        keep = KeepBeside(inner)
        if wanted.room is not None:
            wanted.room.shared_with(lambda: keep.busy)
        try:
            before = self._restored(store)
            self._publish()
            self._read(before, keep)
        finally:
            keep.close()
        return self._publish()

    def _check_zones(self) -> None:
        """Refuse zones of sources that are not there; of files that are followed, some may come."""
        wanted, zones = self._wanted, self._options.zones
        if wanted.archive is not None or not zones.by_name:
            return
        found = Names(wanted.paths).now().files
        unused = zones.unused([*(it.name for it in wanted.sources), *map(str, found)])
        if unused is None:
            return
        if not wanted.grows:
            raise InputError(unused)
        self._head.remark("zones", [f"when this was opened, {unused}"])

    def _cached(self, entry: Entry) -> StoreView:
        """Take from the cache what is there, read what is not, and keep it for the next time."""
        note, rest, unused = "", None, ""
        try:
            found = recall(entry, self._head, self._options, self._taken())
        except StoreError as error:
            found, unused = None, f"what the cache had of it could not be used: {error}"
        if found is None:
            self._load(self._wanted.sources, 0)
        else:
            note, rest = found.note, found.rest
            if rest is not None:
                self._load((rest.source,), 0, {0: (rest.info, rest.at)})
        view = self._head.snapshot()
        whole = view.complete and not self._cancelled.is_set()
        if whole and (found is None or rest is not None):
            self.keeping = keep_in_background(entry, view, rest, self._cancelled.is_set)
        self._say([sentence for sentence in (note, unused) if sentence])
        return self._publish()

    def _taken(self) -> Callable[[int, int], bool]:
        """What shows rows as they are taken from the cache."""
        began = monotonic()
        pace = Pace(began)
        size = sum(source.size or 0 for source in self._wanted.sources)

        def show(rows: int, total: int) -> bool:
            share = rows / total if total else 1.0
            seconds = monotonic() - began
            self._on_progress(Progress(int(size * share), size, rows, seconds, done=rows == total))
            if pace.due(rows, share):
                self._publish()
                pace.shown(rows)
            return not self._cancelled.is_set()

        return show

    def _show(self, store: StoreReader) -> StoreView:
        with store:
            stored = store.read()
            restore(self._head, stored)
            if not stored.sources:
                name = str(store.folder)
                self._head.describe(SourceInfo(0, name, "a store", complete=True))
            self._say(store.notices)
            self._dropped(stored.sources)
        view = self._publish()
        return self._go_on(store) if self._wanted.grows else view

    def _go_on(self, store: StoreReader) -> StoreView:
        """Show what another process adds to a store that is only read."""
        rows = self._head.view.height
        self._on_progress(Progress(0, 0, rows, 0.0, done=True))
        beside = Beside(store.folder, store.generation, self._head, self._on_snapshot)
        self._stoppable(beside.stop)
        return beside.run()

    def _restored(self, store: StoreWriter) -> dict[int, Before]:
        try:
            mended = mend(store, store.read(), self._options.redaction, self._cancelled.is_set)
        except StorePoisonedError as error:  # the next commit opens the store again
            mended = Mended(store.read(), (str(error),))
        before = restore(self._head, mended.stored)
        self._say((*store.notices, *mended.sentences))
        self._dropped(mended.stored.sources)
        return before

    def _read(self, before: dict[int, Before], keep: Keep) -> StoreView:
        wanted = self._wanted
        known = {it.name for it in self._head.sources}
        again = [
            it.name for it in wanted.sources if isinstance(it, StdinSource) and it.name in known
        ]
        if again:
            self._head.remark("pipes", [f"{printable(again[0])}: {_PIPES}"])
        fresh = [it for it in wanted.sources if it.name not in {*known} - {*again}]
        first = max((it.ordinal for it in self._head.sources), default=-1) + 1
        if fresh:
            self._load(fresh, first, keep=keep)
        if wanted.paths:
            follower = Follower(
                wanted.paths,
                self._head,
                self._options,
                on_progress=self._on_progress,
                on_snapshot=self._on_snapshot,
                keep=keep,
                before=before,
            )
            self._stoppable(follower.stop)
            try:
                if wanted.grows:
                    follower.run()
                else:
                    follower.catch_up()
            except MemoryFullError as error:
                self._say_unread(str(error))
        return self._publish()

    def _say_unread(self, why: str) -> None:
        """Say that what is left of the files, and of those to come, is not read."""
        head = self._head
        rest = [it.ordinal for it in head.sources if not it.complete]
        head.set_gaps([*head.gaps, *(Gap(it, head.last_time, None, why) for it in rest)])
        head.remark("memory", [why])

    def _load(
        self,
        sources: Sequence[Source],
        first: int,
        begun: Mapping[int, tuple[SourceInfo, Place]] | None = None,
        keep: Keep | None = None,
    ) -> None:
        loader = Loader(
            sources,
            self._head,
            self._options,
            self._on_progress,
            self._on_snapshot,
            keep=keep,
            first=first,
            begun=begun,
        )
        self._stoppable(loader.cancel)
        loader.run()

    def _stoppable(self, cancel: Callable[[], None]) -> None:
        self._cancel = cancel
        if self._cancelled.is_set():
            cancel()

    def _say(self, sentences: Sequence[str]) -> None:
        self._head.remark("opening", sentences)

    def _dropped(self, sources: Sequence[SourceEntry]) -> None:
        self._head.remark("retention", dropped(sources))

    def _publish(self) -> StoreView:
        view = self._head.snapshot()
        self._on_snapshot(view)
        return view


def restore(head: Head, stored: Stored) -> dict[int, Before]:
    """Put what a store holds into a head; where reading of each source goes on, by ordinal."""
    before: dict[int, Before] = {}
    for entry in stored.sources:
        info, position = entry.mark.info, entry.mark.position
        head.describe(info)
        if position is not None:
            before[info.ordinal] = Before(info, position)
    head.restore(stored.frames, stored.aside)
    head.set_gaps(stored.missing)
    return before


def dropped(sources: Sequence[SourceEntry]) -> list[str]:
    """What retention has let go, a sentence a source."""
    return [
        f"{it.dropped_events:,} events and {it.dropped_aside:,} lines set aside of "
        f"{printable(it.mark.info.name)} were dropped from the store to keep its size or age"
        for it in sources
        if it.dropped_events or it.dropped_aside
    ]
