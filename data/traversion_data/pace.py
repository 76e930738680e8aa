"""When a growing recording is shown: often while that is cheap, never for its own sake."""

from __future__ import annotations

from collections import deque
from time import monotonic
from typing import Final

_SECONDS: Final = 2.0
_LATE: Final = 0.6
"""The share of the input from which on only the last snapshot is made."""
_SHORTEST: Final = 0.06
"""Seconds between two snapshots, however cheap: what comes meanwhile is shown together."""
_DEARER: Final = 5
"""A snapshot may take one part in so many of the time since the last one."""
_LAST: Final = 3
"""The cheapest of so many says what one takes: a busy machine makes single ones many times dearer,
and what comes next does not have to wait for that."""


class Pace:
    """Twice as many rows as shown are worth a snapshot, and so are some after a while.

    Late in a load neither counts: the last snapshot comes soon, and holds them all.
    """

    def __init__(self, now: float) -> None:
        self._rows = 0
        self._asked = self._shown = now
        self._costs: deque[float] = deque(maxlen=_LAST)

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
        self._costs.append(self._shown - self._asked)

    def _waited(self, least: float) -> bool:
        self._asked = monotonic()
        cost = min(self._costs, default=0.0)
        return self._asked - self._shown >= max(least, _DEARER * cost)
