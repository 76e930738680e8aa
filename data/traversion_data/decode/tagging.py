"""Keys with values, taken in by key as parsed and soon made columns.

Objects of Python that have left the processor's cache cost more to read than to make.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from typing import Any, Final, TypeAlias

import numpy as np

from traversion_data.decode.sheet import Sheet, Unusual

ByKey: TypeAlias = "defaultdict[str, dict[int, Any]]"
"""Of each key its value by item, ascending: of an item's equal keys the last one counts."""

Put: TypeAlias = Callable[[Sheet, str, str, np.ndarray, list[Any]], None]
"""Puts down values of a kind under a key, given their rows."""

_MANY: Final = 16_384
"""Pairs that are made columns at once."""


class Tagging:
    """Pairs of items counted from 0, by kind and key."""

    def __init__(self, sheet: Sheet, put: Put, alone: str = "object") -> None:
        """The rows of the sheet are the items; keys of the kind `alone` may be of no other kind."""
        self._alone = alone
        self._sheet = sheet
        self._put = put
        self._held = 0
        self.fresh: defaultdict[str, ByKey] = defaultdict(_by_key)
        """By kind, what was not put down yet: to be added to."""

    def added(self, count: int) -> None:
        """Note that so many pairs were added."""
        self._held += count
        if self._held > _MANY:
            self.settled()

    def settled(self) -> Sheet:
        """The sheet, with all pairs put down."""
        alone = self.fresh.pop(self._alone, _by_key())
        if any(alone.keys() & by_key.keys() for by_key in self.fresh.values()):
            raise Unusual
        for kind, by_key in (*self.fresh.items(), (self._alone, alone)):
            for key, held in by_key.items():
                items = np.fromiter(held, np.int64, len(held))
                self._put(self._sheet, kind, key, items, [*held.values()])
        self.fresh.clear()
        self._held = 0
        return self._sheet


def _by_key() -> ByKey:
    return defaultdict(dict)
