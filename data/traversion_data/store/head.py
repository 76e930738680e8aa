"""The growing end of a store: batches come in, immutable snapshots go out."""

from __future__ import annotations

from dataclasses import replace
from threading import Lock

import numpy as np
import polars as pl

from traversion_data import schema
from traversion_data.decode.base import Batch
from traversion_data.model import SourceInfo
from traversion_data.store.view import StoreView


class Head:
    """Collects batches in memory; one thread appends, any thread asks for a `StoreView`."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._pending: list[Batch] = []
        self._sources: dict[int, SourceInfo] = {}
        self._view = StoreView(schema.empty())

    def describe(self, info: SourceInfo) -> None:
        """Set what is known of a source; takes effect with the next snapshot."""
        with self._lock:
            self._sources[info.ordinal] = info

    def append(self, batch: Batch, info: SourceInfo) -> None:
        """Add a batch together with the accounting that includes it."""
        with self._lock:
            self._pending.append(batch)
            self._sources[info.ordinal] = info

    @property
    def pending(self) -> int:
        """Events appended since the last snapshot."""
        with self._lock:
            return sum(batch.events.height for batch in self._pending)

    @property
    def view(self) -> StoreView:
        """The last snapshot made."""
        return self._view

    def snapshot(self) -> StoreView:
        """Sort everything appended so far into a new snapshot and publish it."""
        with self._lock:
            pending, self._pending = self._pending, []
            sources = tuple(self._sources[key] for key in sorted(self._sources))
        old = self._view
        if any(batch.events.height for batch in pending):
            events = merge(old.events, [batch.events for batch in pending])
            aside = pl.concat([old.aside, *(batch.aside for batch in pending)])
            view = StoreView(events, aside, sources, old.generation + 1)
        else:
            aside = pl.concat([old.aside, *(batch.aside for batch in pending)])
            view = replace(old, aside=aside, sources=sources, generation=old.generation + 1)
        self._view = view
        return view


def merge(old: pl.DataFrame, fresh: list[pl.DataFrame]) -> pl.DataFrame:
    """Events sorted by (time, seq) together with fresh ones in any order; sorted, in one chunk.

    Only rows that do not lie before all fresh ones are sorted again, so a recording that is mostly
    in order costs its new rows and one copy.
    """
    new = concat(fresh)
    earliest = new[schema.TIME].to_numpy().min()
    kept = int(np.searchsorted(old[schema.TIME].to_numpy(), earliest, side="left"))
    tail = concat([old.slice(kept), new]).sort(schema.TIME, schema.SEQ, maintain_order=True)
    return concat([old.slice(0, kept), tail]).rechunk()


def concat(frames: list[pl.DataFrame]) -> pl.DataFrame:
    """Event frames under each other; learned columns absent in one are NULL there."""
    return pl.concat(frames, how="diagonal_relaxed")
