"""Long ascending arrays in which many numbers are searched at once (performance.md G10)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np

from traversion_data.store.arrays import Allocate, Prefix

_BLOCK: Final = 32
"""Entries that are compared at once, after a search among the first of each block."""
_LONG: Final = 1 << 18
"""From so many entries on most steps of a binary search wait for memory."""


@dataclass(frozen=True, eq=False)
class Ascending:
    """An array in ascending order that never changes, but may be gone on from."""

    _prefix: Prefix

    @classmethod
    def of(cls, values: np.ndarray) -> Ascending:
        """All of an array."""
        return cls(Prefix.of(values))

    @property
    def values(self) -> np.ndarray:
        """The entries."""
        return self._prefix.values

    def cut(self, length: int) -> Ascending:
        """The first entries."""
        return Ascending(self._prefix.cut(length))

    def followed_by(self, more: np.ndarray, allocate: Allocate) -> Ascending:
        """With more entries behind, none smaller than those here."""
        return Ascending(self._prefix.followed_by(more, allocate)) if len(more) else self

    def below(self, limits: np.ndarray) -> np.ndarray:
        """How many entries are smaller than each of `limits` (of the entries' type); int64."""
        if len(self.values) < _LONG:
            return self.values.searchsorted(limits)
        block = np.maximum(self._firsts.searchsorted(limits) - 1, 0)
        inside = np.count_nonzero(self._blocks[block] < limits[:, None], axis=1)
        found: np.ndarray = block * _BLOCK + inside + self._rest.searchsorted(limits)
        return found

    @property
    def _whole(self) -> int:
        return len(self.values) - len(self.values) % _BLOCK

    @property
    def _blocks(self) -> np.ndarray:
        return self.values[: self._whole].reshape(-1, _BLOCK)

    @property
    def _rest(self) -> np.ndarray:
        return self.values[self._whole :]

    @cached_property
    def _firsts(self) -> np.ndarray:
        """The first entry of each block, side by side: far more of them fit into a cache."""
        return self._blocks[:, 0].copy()
