"""When a growing recording is shown: often while that is cheap, never for its own sake."""

from __future__ import annotations

from time import monotonic
from typing import Final

_SECONDS: Final = 2.0
_LATE: Final = 0.6
"""The share of the input from which on only the last snapshot is made."""
_SHORTEST: Final = 0.06
"""Seconds between two snapshots, however cheap: what comes meanwhile is shown together."""
_DEARER: Final = 5
"""A snapshot may take one part in so many of the time since the last one."""


class Pace:
    """Twice as many rows as shown are worth a snapshot, and so are some after a while.

    Late in a load neither counts: the last snapshot comes soon, and holds them all.
    """

    def __init__(self, now: float) -> None:
        self._rows = 0
        self._asked = self._shown = now
        self._cost = 0.0

    def due(self, rows: int, share: float) -> bool:
        """Whether to show `rows` now that `share` (0 to 1) of the input is read."""
        doubled = rows >= 2 * self._rows
        return share < _LATE and rows > self._rows and (self._waited(_SECONDS) or doubled)

    def behind(self, rows: int) -> bool:
        """Whether to show `rows` now that nothing more comes for a while."""
        return rows > self._rows and self._waited(_SHORTEST)

    def shown(self, rows: int) -> None:
        """Note that `rows` have been shown, since the last question."""
        self._rows, self._shown = rows, monotonic()
        self._cost = self._shown - self._asked

    def _waited(self, least: float) -> bool:
        self._asked = monotonic()
        return self._asked - self._shown >= max(least, _DEARER * self._cost)
