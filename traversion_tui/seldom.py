"""Work that is wanted all the time, done as often as its cost allows."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic
from typing import Any, Final

EVERY: Final = 0.5
"""Seconds between two times at least."""
DEARER: Final = 30
"""What is done takes one part in so many of the time."""
STEADILY: Final = 1.0
STEADILY_DEARER: Final = 100
"""The same while it is asked for again and again: what is found out then is soon outdated."""
QUIET: Final = 0.25
"""Seconds without being asked, after which nobody is expected to ask again soon."""


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
        self._asked = self._next = self._steadily = clock()
        self._waits = False

    def ask(self) -> None:
        """Have it done soon."""
        self._asked = self._clock()
        if not self._waits:
            self._after(self._next - self._asked)

    def cost(self, seconds: float) -> None:
        """Note what doing it has cost."""
        now = self._clock()
        self._next = max(self._next, now + DEARER * seconds)
        self._steadily = max(self._steadily, now + STEADILY_DEARER * seconds)

    def _after(self, wait: float) -> None:
        self._waits = wait > 0
        if self._waits:
            self._later(wait, self._look)
        else:
            self._next = self._clock() + EVERY
            self._steadily = self._clock() + STEADILY
            self._do()

    def _look(self) -> None:
        now = self._clock()
        steady = min(self._asked + QUIET, self._steadily) - now
        self._after(max(self._next - now, steady))
