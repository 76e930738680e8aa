"""The answer that was asked for last, kept with a snapshot."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

T = TypeVar("T")


class Last(Generic[T]):
    """One answer and what it was asked for; keep it with `StoreView.kept`.

    Computing one twice from two threads is wasteful, never wrong.
    """

    def __init__(self) -> None:
        self._kept: tuple[Hashable, T] | None = None

    def get(self, key: Hashable, build: Callable[[], T]) -> T:
        """The answer for a key, built where the last question had another."""
        kept = self._kept
        if kept is None or kept[0] != key:
            kept = self._kept = (key, build())
        return kept[1]
