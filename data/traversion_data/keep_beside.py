"""Rows made durable in a thread of its own: reading and showing do not wait for the disk."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from queue import SimpleQueue
from threading import Condition, Thread
from typing import Final

from traversion_data.decode.base import Batch
from traversion_data.keep import Keep
from traversion_data.model import Gap
from traversion_data.store.position import SourceMark

BACKLOG: Final = 64 << 20
"""Bytes of rows that may wait to be kept; whoever brings more waits too."""

_BEHIND: Final = (
    f"rows come faster than the store can keep them: reading waits while more than "
    f"{BACKLOG >> 20} MiB are to be kept"
)


class KeepBeside:
    """Hands all it is told to another keep, in the same order, and fails where that one failed."""

    def __init__(self, keep: Keep) -> None:
        """`keep` is from now on used by the thread of this one alone."""
        self._keep = keep
        self.missed = keep.missed
        self._told: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        self._changed = Condition()
        self._backlog = 0
        self._settling = False
        self._left = 0
        self._failure: BaseException | None = None
        self._thread = Thread(target=self._work, name="traversion-keep", daemon=True)
        self._thread.start()

    @property
    def full(self) -> str | None:
        """Why nothing more can be kept just now: reading should wait."""
        if self._keep.full is None and self._failure is None and self._backlog > BACKLOG:
            return _BEHIND
        return self._keep.full

    @property
    def busy(self) -> bool:
        """Whether anything it was told is left to be done."""
        return self._left > 0

    def append(self, batch: Batch, mark: SourceMark) -> None:
        """Take rows with the accounting and position that include them; waits out a backlog."""
        size = int(batch.events.estimated_size() + batch.aside.estimated_size())
        with self._changed:
            while self._backlog > BACKLOG and self._failure is None and self._keep.full is None:
                self._changed.wait(1.0)
            self._backlog += size
        self._tell(partial(self._append, batch, mark, size))

    def describe(self, mark: SourceMark) -> None:
        """Take what is known of a source."""
        self._tell(partial(self._keep.describe, mark))

    def miss(self, gaps: Sequence[Gap]) -> None:
        """Take all that is known to be missing of the sources."""
        self._tell(partial(self._keep.miss, tuple(gaps)))

    def settle(self) -> None:
        """Have made durable what is due, soon.

        Raises:
            StoreError: nothing more can be kept until the store is opened again.
        """
        with self._changed:
            if self._failure is not None:
                raise self._failure
            if self._settling:
                return
            self._settling = True
            self._left += 1
            self._told.put(self._settle)

    def close(self) -> None:
        """Make all of it durable and end.

        Raises:
            StoreError: as the other keep's.
        """
        self._told.put(None)
        self._thread.join()
        self._keep.close()

    def _tell(self, task: Callable[[], None]) -> None:
        with self._changed:
            self._settling = False
            self._left += 1
            self._told.put(task)

    def _append(self, batch: Batch, mark: SourceMark, size: int) -> None:
        self._keep.append(batch, mark)
        with self._changed:
            self._backlog -= size
            self._changed.notify_all()

    def _settle(self) -> None:
        with self._changed:
            self._settling = False
        self._keep.settle()

    def _work(self) -> None:
        while (task := self._told.get()) is not None:
            try:
                if self._failure is None:
                    task()
            except BaseException as error:  # noqa: BLE001 - raised again in the asker's thread
                with self._changed:
                    self._failure = error
                    self._changed.notify_all()
            with self._changed:
                self._left -= 1
