"""Which event an incident is first seen by, and whether an event is a symptom at all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import polars as pl

from traversion_data import schema
from traversion_data.store.known import is_span
from traversion_data.store.view import StoreView

LATE_QUANTILE: Final = 0.95
ENOUGH: Final = 20
"""Spans of an operation from which on something is said about its usual duration."""


@dataclass(frozen=True, slots=True)
class Symptom:
    """The event and why it was chosen, as a phrase."""

    seq: int
    why: str


def incident_symptom(view: StoreView) -> Symptom | None:
    """What `selected` means where nobody selected: the front door's first error.

    The earliest error of an entry span (one that names no parent); else the earliest error of a
    service that has entry spans; else the earliest error of all. None where no event is an error.
    Ties go to the smallest seq.
    """
    errors = view.events.lazy().filter(pl.col(schema.ERROR_OCCURRED))
    errors = errors.select(
        schema.SEQ,
        schema.SERVICE,
        entry=_is_entry(),
        span=is_span(),
    )
    found = errors.collect()
    if found.is_empty():
        return None
    entries = found.filter(pl.col("entry") & pl.col("span"))
    if entries.height:
        return Symptom(int(entries[schema.SEQ][0]), "the first error of an entry span")
    doors = (
        view.events.lazy()
        .filter(pl.col(schema.DURATION).is_not_null() & _is_entry())
        .select(pl.col(schema.SERVICE).unique())
    )
    at_door = (
        found.lazy().join(doors, on=schema.SERVICE, how="semi", maintain_order="left").collect()
    )
    if at_door.height:
        return Symptom(
            int(at_door[schema.SEQ][0]), "the first error of a service at the front door"
        )
    return Symptom(int(found[schema.SEQ][0]), "the first error")


def is_symptom(view: StoreView, seq: int) -> bool:
    """Whether an event is an error or a delay: a span slower than its operation mostly is.

    Slower means longer than the 95th percentile of that operation's spans, of which there must be
    at least `ENOUGH`. False for an event that is not there.
    """
    position = view.row(seq)
    if position is None:
        return False
    event = view.events[position]
    if event[schema.ERROR_OCCURRED][0]:
        return True
    duration = event[schema.DURATION][0]
    if duration is None:
        return False
    alike = view.events.select(
        pl.col(schema.DURATION).filter(
            pl.col(schema.SERVICE).eq_missing(event[schema.SERVICE][0])
            & pl.col(schema.OPERATION).eq_missing(event[schema.OPERATION][0])
        )
    ).to_series().drop_nulls()  # fmt: skip
    usual = alike.quantile(LATE_QUANTILE)
    return len(alike) >= ENOUGH and usual is not None and duration > usual


def _is_entry() -> pl.Expr:
    return (
        pl.col(schema.PARENT_SPAN_ID).fill_null("").eq("")
        & pl.col(schema.SPAN_ID).fill_null("").ne("")
    )  # fmt: skip
