"""What an earlier snapshot's indexes are worth to a later one that holds its events and more.

Indexes are made anew from those rows only that lie behind the place where the first new one came;
what was before it is copied. A recording that grows at its end costs what grows.
"""

from __future__ import annotations

from traversion_data import schema
from traversion_data.store.view import StoreView


def unchanged(before: StoreView, view: StoreView) -> int:
    """How many of the first events of `before` are the first ones of `view` too.

    All events of `before` must be in `view`: then whether an event has kept its position tells
    whether all before it have.
    """
    seqs, later_seqs = before.events[schema.SEQ], view.events[schema.SEQ]

    def kept(position: int) -> bool:
        same_time = before.times[position] == view.times[position]
        return bool(same_time) and seqs[position] == later_seqs[position]

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
    if "density" in known:
        given.setdefault(
            "density", before.density.grown(before.events.slice(first), come, view.allocate)
        )
    if "seqs" in known:
        given.setdefault("seqs", before.seqs.grown(first, come, view.allocate))
