"""One step ahead: the next item is made in a second thread while this one is worked on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from queue import Empty, Full, Queue
from threading import Event, Thread
from typing import Final, TypeVar

T = TypeVar("T")

_PATIENCE: Final = 0.03
"""Seconds between looks at whether waiting has become pointless."""


def ahead(
    items: Iterable[T], cancelled: Callable[[], bool], idle: Callable[[], None] = lambda: None
) -> Iterator[T]:
    """The items in order, one made in advance; ends early once `cancelled`.

    While there is none to take, `idle` is called again and again, in the taker's thread.

    The maker may be blocked for good (a pipe nobody writes to): it is a daemon thread, so neither
    cancelling nor leaving the program waits for it. What it raises is raised here.
    """
    handed: Queue[T] = Queue(maxsize=1)
    failed: list[BaseException] = []
    ended, left = Event(), Event()

    def make() -> None:
        try:
            for item in items:
                if not _offer(handed, item, left):
                    return
        except BaseException as error:  # noqa: BLE001 - raised again by the taker
            failed.append(error)
        finally:
            ended.set()

    Thread(target=make, name="traversion-read", daemon=True).start()
    try:
        while not cancelled():
            over = ended.is_set()
            try:
                item = handed.get(timeout=_PATIENCE) if not over else handed.get_nowait()
            except Empty:
                if not over:
                    idle()
                    continue
                if failed:
                    raise failed[0] from None
                return
            yield item
    finally:
        left.set()


def _offer(handed: Queue[T], item: T, left: Event) -> bool:
    while not left.is_set():
        try:
            handed.put(item, timeout=_PATIENCE)
        except Full:
            continue
        return True
    return False
