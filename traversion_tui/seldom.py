"""Work that is wanted all the time, done as often as its cost allows."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic
from typing import Any, Final

EVERY: Final = 0.5
"""Seconds between two times at least."""
DEARER: Final = 30
"""What is done takes one part in so many of the time."""


class Seldom:
    """Does something when asked: at once, or later for all who asked meanwhile.

    `later` calls something back after so many seconds, in the same thread.
    """

    def __init__(
        self,
        do: Callable[[], None],
        later: Callable[[float, Callable[[], None]], Any],
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self._do = do
        self._later = later
        self._clock = clock
        self._next = clock()
        self._waits = False

    def ask(self) -> None:
        """Have it done soon."""
        if self._waits:
            return
        wait = self._next - self._clock()
        if wait > 0:
            self._waits = True
            self._later(wait, self._now)
        else:
            self._now()

    def cost(self, seconds: float) -> None:
        """Note what doing it has cost."""
        self._next = max(self._next, self._clock() + DEARER * seconds)

    def _now(self) -> None:
        self._waits = False
        self._next = self._clock() + EVERY
        self._do()
