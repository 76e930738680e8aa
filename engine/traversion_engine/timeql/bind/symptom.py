"""The event a person would ask about first, when none is named."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from traversion_data import schema
from traversion_data.store.view import StoreView


@dataclass(frozen=True, slots=True)
class Symptom:
    """An event by its position, and why it was chosen."""

    position: int
    why: str


def symptom(view: StoreView) -> Symptom | None:
    """The worst symptom: front-door errors first, then any error, then the slowest request.

    Of several errors the most severe, then the first. A front door is a service whose spans have
    no recorded parent.
    """
    events = view.events
    if not events.height:
        return None
    spans = pl.col(schema.DURATION).is_not_null()
    parent = pl.col(schema.PARENT_SPAN_ID)
    numbered = events.select(
        schema.SERVICE, schema.SEVERITY, schema.DURATION, schema.ERROR_OCCURRED,
        is_root=spans & parent.is_null(),
    ).with_row_index("position")  # fmt: skip
    fronts = numbered.filter("is_root")[schema.SERVICE].unique().implode()
    errors = numbered.filter(schema.ERROR_OCCURRED)
    at_front = errors.filter(pl.col(schema.SERVICE).is_in(fronts))
    for found, why in (
        (at_front.filter("is_root"), "the first failed request at the front door"),
        (at_front, "the worst error at the front door"),
        (errors, "the worst error"),
    ):
        if found.height:
            worst = found.sort(
                schema.SEVERITY, "position", descending=[True, False], nulls_last=True
            )
            return Symptom(int(worst["position"][0]), why)
    slow = numbered.filter("is_root").sort(
        schema.DURATION, "position", descending=[True, False], nulls_last=True
    )
    return Symptom(int(slow["position"][0]), "the slowest request") if slow.height else None
