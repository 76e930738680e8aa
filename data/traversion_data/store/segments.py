"""Binary search in many sorted pieces of one array at once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from traversion_data.store.arrays import Allocate, in_heap, laid, ranges

_SAMPLE: Final = 16
"""Every so many entries of a segment one is sampled: what lies between shares a cache line."""
_WITHIN: Final = np.arange(_SAMPLE)
_RANK_BITS: Final = 32
_KEY_BITS: Final = 62


@dataclass(frozen=True)
class Segments:
    """Ranks (uint32) in pieces `[first, last)`, ascending inside each.

    keys: a sample of the ranks under their segment's number, so that one search serves all of
    them. sampled: where each segment's sample begins.
    """

    ranks: np.ndarray
    first: np.ndarray
    last: np.ndarray
    keys: np.ndarray
    sampled: np.ndarray

    @classmethod
    def of(cls, ranks: np.ndarray, first: np.ndarray, last: np.ndarray) -> Segments:
        """Segments of `ranks`, one entry of `first` and `last` (int64) each."""
        counts = -(-(last - first) // _SAMPLE)
        sampled = np.cumsum(counts) - counts
        owner = np.repeat(np.arange(len(first)), counts)
        nth = np.arange(len(owner)) - sampled[owner]
        keys = (owner << _RANK_BITS) | ranks[first[owner] + nth * _SAMPLE]
        return cls(ranks, first, last, keys, sampled)

    def search(self, segments: np.ndarray, below: np.ndarray) -> np.ndarray:
        """Per pair the index into `ranks` of the end of what is `< below` in the segment."""
        first: np.ndarray = self.first[segments]
        last: np.ndarray = self.last[segments]
        if not len(self.ranks):
            return first
        passed = self.keys.searchsorted((segments << _RANK_BITS) | below)
        passed -= self.sampled[segments]
        # between two of the sample all are compared at once
        at = first + np.maximum(passed - 1, 0) * _SAMPLE
        near = at[:, None] + _WITHIN
        smaller = self.ranks.take(near, mode="clip") < below[:, None]
        smaller &= near < last[:, None]
        found: np.ndarray = at + np.count_nonzero(smaller, axis=1)
        return found


@dataclass(frozen=True)
class GroupedTimes:
    """Times (int64 ns) by group, ascending inside each, under one composite key.

    Group `g` stands at `[starts[g], starts[g + 1])`. A key is the group's number above the time
    since `base`; where both do not fit, `bits` is 0 and the keys are the times.
    """

    keys: np.ndarray
    starts: np.ndarray
    base: int
    bits: int

    @classmethod
    def of(
        cls, times: np.ndarray, starts: np.ndarray, allocate: Allocate = in_heap
    ) -> GroupedTimes:
        """From times in order, and where each group begins (one entry more than groups)."""
        if not len(times):
            return cls(times, starts, 0, 0)
        base, most = int(times.min()), int(times.max())
        bits = (most - base + 1).bit_length()
        groups = len(starts) - 1
        if bits + groups.bit_length() > _KEY_BITS:
            return cls(times, starts, base, 0)

        def keys() -> Iterator[np.ndarray]:
            for part in ranges(len(times)):
                group = np.searchsorted(starts, np.arange(part.start, part.stop), "right") - 1
                yield (group << bits) + (times[part] - base)

        return cls(laid(keys(), allocate(len(times), np.int64)), starts, base, bits)

    def __len__(self) -> int:
        return len(self.keys)

    @property
    def times(self) -> np.ndarray:
        """All times, in the order of the groups."""
        return self.at(np.arange(len(self.keys))) if self.bits else self.keys

    @property
    def groups(self) -> np.ndarray:
        """The group of each time."""
        return np.repeat(np.arange(len(self.starts) - 1), np.diff(self.starts))

    def at(self, index: np.ndarray) -> np.ndarray:
        """The times at some indices."""
        keys: np.ndarray = self.keys[index]
        return (keys & ((1 << self.bits) - 1)) + self.base if self.bits else keys

    def before(self, group: np.ndarray, below: np.ndarray) -> np.ndarray:
        """Per (group, moment) the index after the group's last time `< below`."""
        if not self.bits:
            return search_segments(self.keys, self.starts[group], self.starts[group + 1], below)
        limit = min(self.base + (1 << self.bits) - 1, np.iinfo(np.int64).max)
        since = np.clip(below, self.base, limit) - self.base
        return np.asarray(np.searchsorted(self.keys, (group << self.bits) | since))


def search_segments(
    values: np.ndarray, first: np.ndarray, last: np.ndarray, below: np.ndarray
) -> np.ndarray:
    """Per segment `[first, last)` of `values`, sorted inside, the end of what is `< below`.

    All arguments but `values` have one entry a segment (int64); so has the int64 result, an index
    into `values` between `first` and `last`.
    """
    longest = int((last - first).max(initial=0))
    step = 1 << (longest.bit_length() - 1) if longest else 0
    return _bisect(values, first.astype(np.int64, copy=True), last, below, step)


def _bisect(
    values: np.ndarray, at: np.ndarray, last: np.ndarray, below: np.ndarray, step: int
) -> np.ndarray:
    """`at` moved, by at most `2 * step - 1`, not past `last`, to the end of what is `< below`."""
    if not len(at) or not len(values):
        return at
    end = len(values) - 1
    while step:
        probe = at + step
        value = values[np.minimum(probe - 1, end)]
        at[(probe <= last) & (value < below)] += step
        step >>= 1
    return at


def group_starts(codes: np.ndarray, groups: int) -> np.ndarray:
    """Where each group begins in an array ordered by group; `groups + 1` int64 entries."""
    starts = np.zeros(groups + 1, dtype=np.int64)
    np.cumsum(np.bincount(codes, minlength=groups), out=starts[1:])
    return starts


def grouped_order(codes: np.ndarray, keys: np.ndarray | None = None) -> np.ndarray:
    """The stable order by group code and, inside a group, by key (as it stands where not given).

    Codes in 16 bits are sorted by radix and nearly sorted keys by their runs: far below `lexsort`.
    """
    if keys is None or bool((keys[1:] >= keys[:-1]).all()):
        return np.argsort(codes, kind="stable")
    by_key = np.argsort(keys, kind="stable")
    return np.asarray(by_key[np.argsort(codes[by_key], kind="stable")])
