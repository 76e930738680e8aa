"""Arrays as long as a recording, made a part at a time and laid where there is room for them.

An index over ten million events takes hundreds of MiB, and building it by whole columns several
times that. So columns are gone through by ranges of rows, and what is kept is written into arrays
that an `Allocate` gave: in memory, or in a file's map.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from threading import Lock
from typing import Final, Protocol

import numpy as np
import polars as pl

ROWS: Final = 1 << 18
"""Rows that are looked at together."""


class Allocate(Protocol):
    """Gives arrays of one dimension with anything in them."""

    def __call__(self, length: int, dtype: type[np.generic], /) -> np.ndarray:
        """An array of so many entries."""
        ...


def in_heap(length: int, dtype: type[np.generic], /) -> np.ndarray:
    """An array that numpy allocates."""
    return np.empty(length, dtype)


def ranges(length: int) -> Iterator[slice]:
    """Slices of at most `ROWS` that together are all of it."""
    for start in range(0, length, ROWS):
        yield slice(start, min(start + ROWS, length))


def laid(parts: Iterable[np.ndarray], out: np.ndarray) -> np.ndarray:
    """`out`, filled with parts one after another as far as they reach."""
    at = 0
    for part in parts:
        out[at : at + len(part)] = part
        at += len(part)
    return out[:at]


def joined(parts: Sequence[np.ndarray], allocate: Allocate = in_heap) -> np.ndarray:
    """Arrays of one type, one after another."""
    return laid(parts, allocate(sum(len(part) for part in parts), parts[0].dtype.type))


def taken(values: np.ndarray, order: np.ndarray, allocate: Allocate = in_heap) -> np.ndarray:
    """The values at some indices."""
    parts = (values[order[part]] for part in ranges(len(order)))
    return laid(parts, allocate(len(order), values.dtype.type))


def positions(flags: np.ndarray, allocate: Allocate = in_heap) -> np.ndarray:
    """Where flags are set, ascending; uint32."""
    parts = (np.flatnonzero(flags[part]) + part.start for part in ranges(len(flags)))
    return laid(parts, allocate(int(np.count_nonzero(flags)), np.uint32))


def of_column(cells: pl.Series, allocate: Allocate = in_heap) -> np.ndarray:
    """The numbers of a column without NULLs; not copied where they are in one piece."""
    chunks = cells.get_chunks()
    if len(chunks) == 1:
        return chunks[0].to_numpy()
    first = cells.head(0).to_numpy()
    return laid((chunk.to_numpy() for chunk in chunks), allocate(len(cells), first.dtype.type))


def scattered(
    parts: Iterable[tuple[np.ndarray, np.ndarray]], counts: np.ndarray, out: np.ndarray
) -> np.ndarray:
    """`out`, filled with values by group, in each group as they come.

    parts: group numbers and values, one entry each. counts: how many values each group gets in all.
    """
    free = np.cumsum(counts) - counts
    for groups, values in parts:
        order = np.argsort(groups, kind="stable")
        ordered = groups[order]
        here = np.bincount(ordered, minlength=len(counts))
        begins = np.cumsum(here) - here
        out[(free - begins)[ordered] + np.arange(len(ordered))] = values[order]
        free += here
    return out


def order_in_groups(
    groups: np.ndarray, keys: np.ndarray, counts: np.ndarray, allocate: Allocate = in_heap
) -> np.ndarray:
    """The stable order by group and, inside a group, by key; uint32. `counts` as of `scattered`."""
    out = allocate(len(groups), np.uint32)
    if bool((keys[1:] >= keys[:-1]).all()):
        by_key = ((groups[at], np.arange(at.start, at.stop)) for at in ranges(len(keys)))
        return scattered(by_key, counts, out)
    order = np.argsort(keys, kind="stable")
    parts = (order[at] for at in ranges(len(order)))
    return scattered(((groups[part], part) for part in parts), counts, out)


@dataclass(eq=False)
class _Stem:
    """Memory that is filled from its beginning; what is written stays as it is."""

    memory: np.ndarray
    used: int
    lock: Lock = field(default_factory=Lock)


@dataclass(frozen=True, eq=False)
class Prefix:
    """An array that never changes, behind which there may be room for those that go on from it."""

    values: np.ndarray
    _stem: _Stem

    @classmethod
    def of(cls, values: np.ndarray) -> Prefix:
        """All of an array."""
        return cls(values, _Stem(values, len(values)))

    def cut(self, length: int) -> Prefix:
        """The first entries."""
        return Prefix(self.values[:length], self._stem)

    def followed_by(self, more: np.ndarray, allocate: Allocate = in_heap) -> Prefix:
        """With more entries behind; the ones here are copied only where there is no room for those.

        The first to go on from an array writes behind it, any other gets memory of its own.
        """
        if not len(more):
            return self
        start, end, stem = len(self.values), len(self.values) + len(more), self._stem
        with stem.lock:
            if stem.used == start and end <= len(stem.memory):
                stem.memory[start:end] = more
                stem.used = end
                return Prefix(stem.memory[:end], stem)
        memory = allocate(end + end // 4, self.values.dtype.type)
        return Prefix(laid([self.values, more], memory), _Stem(memory, end))
