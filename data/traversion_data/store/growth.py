"""What an earlier snapshot's indexes are worth to a later one that holds its events and more.

Indexes are made anew from those rows only that lie behind the place where the first new one came;
what was before it is copied. A recording that grows at its end costs what grows.
"""

from __future__ import annotations

import polars as pl

from traversion_data import schema
from traversion_data.model import TimeRange
from traversion_data.store.view import StoreView, bounds_of


def unchanged(before: StoreView, view: StoreView) -> int:
    """How many of the first events of `before` are the first ones of `view` too.

    All events of `before` must be in `view`: then whether an event has kept its position tells
    whether all before it have.
    """
    columns = [(before.events[name], view.events[name]) for name in (schema.TIME, schema.SEQ)]

    def kept(position: int) -> bool:
        return all(cells[position] == later[position] for cells, later in columns)

    if view.height < before.height:
        return 0
    if not before.height or kept(before.height - 1):
        return before.height
    low, high = 0, before.height - 1
    while low < high:
        middle = (low + high) // 2
        if kept(middle):
            low = middle + 1
        else:
            high = middle
    return low


def take_over(before: StoreView, view: StoreView, first: int) -> None:
    """Give `view` the indexes that `before` has, brought up to date from position `first` on."""
    come = view.events.slice(first)
    known, given = before.__dict__, view.__dict__
    if "_clock" in known and first == before.height:
        times = come[schema.TIME].to_numpy()
        given.setdefault("_clock", known["_clock"].followed_by(times, view.allocate))
    if "bounds" in known and before.height:
        given.setdefault("bounds", _around(before.bounds, come))
    if "density" in known:
        given.setdefault(
            "density", before.density.grown(before.events.slice(first), come, view.allocate)
        )
    if "seqs" in known:
        given.setdefault("seqs", before.seqs.grown(first, come, view.allocate))


def _around(bounds: TimeRange, come: pl.DataFrame) -> TimeRange:
    """The bounds of some events (which there are) together with others."""
    if not come.height:
        return bounds
    more = bounds_of(come)
    return TimeRange(min(bounds.start, more.start), max(bounds.end, more.end))
