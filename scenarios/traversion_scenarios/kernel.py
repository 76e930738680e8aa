"""The event loop: a heap of moments, and processes that are generators.

A process yields a number of microseconds to sleep, or a `Reply` to wait for, and is sent the
reply's value. Ties in time go by the order of scheduling, so a run is deterministic.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Generator
from typing import Any, Generic, TypeAlias, TypeVar

T = TypeVar("T")
Process: TypeAlias = Generator["int | Reply[Any]", Any, T]


class Kernel:
    """The simulated clock, in microseconds, and what is still to happen."""

    def __init__(self, now: int) -> None:
        self.now = now
        self._order = 0
        self._heap: list[tuple[int, int, Callable[..., object], tuple[object, ...]]] = []

    def after(self, delay: int, action: Callable[..., object], *arguments: object) -> None:
        """Calls `action` in `delay` microseconds."""
        self._order += 1
        heapq.heappush(self._heap, (self.now + delay, self._order, action, arguments))

    def spawn(self, process: Process[None], delay: int = 0) -> None:
        """Starts a process in `delay` microseconds."""
        self.after(delay, self._resume, process, None)

    def run(self, until: int) -> None:
        """Lets time pass up to but not including `until`."""
        while self._heap and self._heap[0][0] < until:
            self.now, _, action, arguments = heapq.heappop(self._heap)
            action(*arguments)

    def _resume(self, process: Process[None], value: object) -> None:
        try:
            wanted = process.send(value)
        except StopIteration:
            return
        if isinstance(wanted, int):
            self.after(wanted, self._resume, process, None)
        else:
            wanted.then(lambda answer: self.after(0, self._resume, process, answer))


class Reply(Generic[T]):
    """A value that comes later, once: of several who would settle it the first one does."""

    __slots__ = ("_settled", "_then", "_value")

    def __init__(self) -> None:
        self._settled = False
        self._value: T | None = None
        self._then: Callable[[T], None] | None = None

    def settle(self, value: T) -> bool:
        """Gives the value; False when one was given before (this one is then ignored)."""
        if self._settled:
            return False
        self._settled, self._value = True, value
        if self._then is not None:
            self._then(value)
        return True

    def then(self, action: Callable[[T], None]) -> None:
        """Calls `action` with the value, now or when it comes."""
        self._then = action
        if self._settled:
            action(self._value)  # type: ignore[arg-type]  # settled, so it is a T
