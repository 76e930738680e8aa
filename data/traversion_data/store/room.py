"""How much memory the rows of a recording may take, and what is put away to keep to it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from time import monotonic, sleep
from typing import Final

import numpy as np
import polars as pl

from traversion_data import schema
from traversion_data.errors import InputError
from traversion_data.store.arrays import in_heap
from traversion_data.store.merge import PIECE, Merged, chunks, joined, ordered
from traversion_data.store.spill import Spill, SpillError, in_memory
from traversion_data.store.unread import Unread

_SHARE: Final = 16
"""Rows may take one part in so many of all memory before some are put away.

So much is laid out together at most, too.
"""
_FEW: Final = 16
"""Rows that are laid out together however long they are."""
_LOOK: Final = 0.05
"""Seconds between two looks at how much memory is taken."""
_GIVEN_BACK: Final = 3.0
"""Seconds after which allocators have given back to the system what was freed."""
_MARGIN: Final = 8
"""One part in so many of all memory is left for what is made between two looks."""
_LONG: Final = 1 << 16
"""Entries from which on an array is put out of memory."""
_SAMPLE: Final = 1 << 10
"""Every so many rows one is looked at to part rows by time."""


class MemoryFullError(InputError):
    """Reading must stop: more does not fit into memory."""


class Room:
    """A limit of memory in bytes, and where rows go that would exceed it.

    Where they cannot go there they stay, and `check` says so once the limit is reached.
    """

    def __init__(self, limit: int, spill: Spill) -> None:
        self._limit = limit
        self._spill = spill
        self._trouble = ""
        self._beside: Callable[[], bool] = lambda: False

    def shared_with(self, busy: Callable[[], bool]) -> None:
        """Wait for what works beside reading, as long as it is `busy`, before reading stops."""
        self._beside = busy

    def check(self) -> None:
        """Raise `MemoryFullError` where more memory is in use than allowed, and stays so.

        Where nearly all of it is, wait for what works beside reading: it takes and gives back most.
        """
        until = monotonic() + _GIVEN_BACK
        while (taken := in_memory()) > self._limit - self._limit // _MARGIN:
            if self._beside():
                until = monotonic() + _GIVEN_BACK
            elif taken <= self._limit or monotonic() >= until:
                break
            sleep(_LOOK)
        if taken > self._limit:
            raise MemoryFullError(
                f"reading stopped here: {taken / 2**20:,.0f} MiB of memory are in use and "
                f"--max-memory allows {self._limit / 2**20:,.0f}{self._trouble}"
            )

    def rows(self, size: int) -> int:
        """How many rows of about so many bytes each may be laid out together."""
        return min(PIECE, max(self._limit // _SHARE // max(size, 1), _FEW))

    def relieved(self, merged: Merged) -> Merged:
        """The same events, of which the shared ones are maps already, most others made so too.

        The newest chunk stays, for late rows may still come into it.
        """
        rows = 0
        for length in merged.events[schema.TIME].chunk_lengths():
            if rows + length > merged.shared:
                break
            rows += length
        *held, newest = chunks(merged.events.slice(rows)) or [merged.events.clear()]
        if sum(piece.estimated_size() for piece in held) <= self._limit // _SHARE:
            return Merged(merged.events, rows)
        away = [self.put_away(piece) for piece in held]
        events = joined([merged.events.slice(0, rows), *away, newest])
        return Merged(events, events.height - newest.height)

    def put_away(self, frame: pl.DataFrame) -> pl.DataFrame:
        """A frame as the map of a file, or itself where that is not possible."""
        try:
            return self._spill.away(frame.apart() if isinstance(frame, Unread) else frame)
        except SpillError as error:
            self._trouble = f"; {error}"
            return frame

    def array(self, length: int, dtype: type[np.generic], /) -> np.ndarray:
        """An array for an index, a long one out of memory where that is possible."""
        if length < _LONG:
            return in_heap(length, dtype)
        try:
            return self._spill.array(length, dtype)
        except SpillError as error:
            self._trouble = f"; {error}"
            return in_heap(length, dtype)

    def merged(self, old: pl.DataFrame, others: Sequence[pl.DataFrame], most: int) -> Merged:
        """Sorted frames in any order as one with `old`, all of it put away part by part.

        most: rows that are laid out together.
        """
        earliest = min(int(frame[schema.TIME][0]) for frame in others)
        kept = int(old[schema.TIME].search_sorted(earliest, side="left"))
        pieces = chunks(old.slice(0, kept))
        for part in _parts([old.slice(kept), *others], most):
            pieces += [self.put_away(piece) for piece in ordered(part, most)]
        events = joined(pieces)
        return Merged(events, events.height)


def _parts(frames: Sequence[pl.DataFrame], most: int) -> Iterator[list[pl.DataFrame]]:
    """Slices of sorted frames, those of some time after those of the times before.

    Together they have about twice as many rows as `most`.
    """
    times = [frame[schema.TIME] for frame in frames]
    seen = np.sort(np.concatenate([time.gather_every(_SAMPLE).to_numpy() for time in times]))
    cuts = np.unique(seen[:: max(2 * most // _SAMPLE, 1)])[1:].tolist()
    at = [0] * len(frames)
    for cut in [*cuts, None]:
        ends = [
            len(time) if cut is None else int(time.search_sorted(cut, side="left"))
            for time in times
        ]
        part = [
            frame.slice(start, end - start)
            for frame, start, end in zip(frames, at, ends, strict=True)
            if end > start
        ]
        if part:
            yield part
        at = ends
