"""A store that another process writes, shown as it grows."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from threading import Event
from time import monotonic
from typing import Final

import polars as pl

from traversion_data import schema
from traversion_data.source.notify import Notices, notices
from traversion_data.store.durable import open_reader
from traversion_data.store.errors import StoreError
from traversion_data.store.head import Head
from traversion_data.store.stored import Stored
from traversion_data.store.view import StoreView

_POLL: Final = 0.25
"""Seconds between two looks at which commit is the newest, where nobody tells of one."""
_NET: Final = 1.0
"""The same, where somebody does."""
_PACE: Final = 0.05
"""Seconds between two looks at least: a commit is several changes in its folder."""
_DEARER: Final = 5
"""A pause lasts at least so many times what reading the commit before it took."""


class Beside:
    """Takes the rows of each new commit into a head that holds those of an earlier one.

    Rows that the writer drops, to keep to a size or an age, stay in the head.
    """

    def __init__(
        self,
        folder: Path,
        generation: int,
        head: Head,
        on_snapshot: Callable[[StoreView], None],
    ) -> None:
        """`generation` is the commit whose rows are in the head."""
        self._folder = folder
        self._generation = generation
        self._head = head
        self._on_snapshot = on_snapshot
        self._notices: Notices = notices()
        self._stopped = Event()

    def stop(self) -> None:
        """Stop after the commit in work; any thread may call this."""
        self._stopped.set()
        self._notices.wake()

    def run(self) -> StoreView:
        """Go on until stopped; the last snapshot."""
        self._notices.cover({self._folder})
        try:
            while not self._stopped.is_set():
                began = monotonic()
                self._look()
                self._stopped.wait(max(_PACE, _DEARER * (monotonic() - began)))
                self._notices.wait(_NET if self._notices.complete else _POLL)
        finally:
            self._notices.close()
        return self._head.view

    def _look(self) -> None:
        newest = max(self._folder.glob("MANIFEST-*"), default=None)
        if newest is None or newest.name == f"MANIFEST-{self._generation:010d}":
            return
        try:
            with open_reader(self._folder) as store:
                if store.generation <= self._generation:
                    return
                self._take(store.read())
                self._generation = store.generation
        except StoreError as error:
            self._head.remark("reading on", [f"newer rows cannot be read just now: {error}"])
        else:
            self._head.remark("reading on", [])
        self._on_snapshot(self._head.snapshot())

    def _take(self, stored: Stored) -> None:
        """Add what is not there yet: segments are laid together, so a new one may hold old rows."""
        view = self._head.view
        for source in stored.sources:
            self._head.describe(source.mark.info)
        frames = [_without(frame, view.events[schema.SEQ]) for frame in stored.frames]
        self._head.restore(frames, _without(stored.aside, view.aside[schema.SEQ]))
        self._head.set_gaps(stored.missing)


def _without(frame: pl.DataFrame, seen: pl.Series) -> pl.DataFrame:
    fresh = ~frame[schema.SEQ].is_in(seen.implode())
    return frame if fresh.all() else frame.filter(fresh)
