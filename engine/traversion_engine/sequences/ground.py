"""Events as whole numbers that sort by key and then by (time, seq), so that joins are searches."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np

from traversion_data.model import Nanos
from traversion_data.store.segments import grouped_order

_FEW_KEYS: Final = 1 << 16
"""So many numbers are sorted by radix."""


@dataclass(frozen=True)
class Ground:
    """What places stand on: the times of a snapshot's events, by position, int64 ns ascending.

    A *place* is an event with its key: int64, the key's number above the event's position. Places
    sort by key, then by (time, seq), and one search finds neighbours of the same key.
    """

    times: np.ndarray

    @cached_property
    def _bits(self) -> int:
        """Bits of a position; one past the last is a position too."""
        return len(self.times).bit_length()

    def places(self, positions: np.ndarray, keys: np.ndarray) -> np.ndarray:
        """Ascending positions and their keys, int64 from 0 on, as ascending places."""
        if not keys.any():
            return positions
        places = (keys << self._bits) | positions
        if keys.max() < _FEW_KEYS:
            return np.asarray(places[grouped_order(keys.astype(np.uint16))])
        return np.sort(places)

    def positions(self, places: np.ndarray) -> np.ndarray:
        """The events' positions."""
        return np.asarray(places & ((1 << self._bits) - 1))

    def keys(self, places: np.ndarray) -> np.ndarray:
        """The numbers of their keys."""
        return np.asarray(places >> self._bits)

    def first(self, places: np.ndarray) -> np.ndarray:
        """The least place of each one's key."""
        return np.asarray(places >> self._bits << self._bits)

    def time(self, places: np.ndarray) -> np.ndarray:
        """The events' times."""
        return np.asarray(self.times[self.positions(places)])

    def from_time(self, places: np.ndarray, times: np.ndarray) -> np.ndarray:
        """The least place of each one's key that is at or after a time."""
        return np.asarray(self.first(places) | np.searchsorted(self.times, times))

    def apart(self, earlier: np.ndarray, later: np.ndarray) -> np.ndarray:
        """Nanoseconds from one place to another."""
        return np.asarray(self.time(later) - self.time(earlier))

    def longer(self, earlier: np.ndarray, later: np.ndarray, within: Nanos) -> np.ndarray:
        """Whether more than so long lies between two places."""
        return self.apart(earlier, later) > within
