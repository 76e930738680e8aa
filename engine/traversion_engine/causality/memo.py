"""What is computed once for a snapshot and forgotten with it."""

from __future__ import annotations

import weakref
from collections.abc import Callable
from typing import Generic, TypeVar

from traversion_data.store.view import StoreView

T = TypeVar("T")


class PerView(Generic[T]):
    """A function of a `StoreView` that remembers its answer while the view lives.

    Computing one twice from two threads is wasteful, never wrong.
    """

    def __init__(self, compute: Callable[[StoreView], T]) -> None:
        self._compute = compute
        self._kept: dict[int, tuple[weakref.ref[StoreView], T]] = {}

    def __call__(self, view: StoreView) -> T:
        """The answer for this view."""
        kept = self.get(view)
        if kept is None:
            kept = self._compute(view)
            key = id(view)
            self._kept[key] = (weakref.ref(view, lambda _: self._kept.pop(key, None)), kept)
        return kept

    def get(self, view: StoreView) -> T | None:
        """The answer if it is there already."""
        found = self._kept.get(id(view))
        return found[1] if found is not None and found[0]() is view else None
