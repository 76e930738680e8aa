"""Lines that a program makes, as a source: a simulated incident, a test's events."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator


class LinesSource:
    """Reads what a function yields: bytes of JSON lines, in pieces of any size."""

    def __init__(self, name: str, lines: Callable[[], Iterator[bytes]]) -> None:
        self._name = name
        self._lines = lines
        self._position = 0

    @property
    def name(self) -> str:
        """What a person calls it, `scenario:checkout-cascade`."""
        return self._name

    @property
    def size(self) -> int | None:
        """Not known before the end."""
        return None

    @property
    def position(self) -> int:
        """Bytes taken so far."""
        return self._position

    @property
    def notes(self) -> tuple[str, ...]:
        """Nothing is met on the way."""
        return ()

    @property
    def hold(self) -> float:
        """For ever: what makes the lines does not pause."""
        return math.inf

    @property
    def written(self) -> int | None:
        """Not known."""
        return None

    def pieces(self) -> Iterator[bytes]:
        """Yield what the function yields; see `Source.pieces`."""
        for piece in self._lines():
            self._position += len(piece)
            yield piece
