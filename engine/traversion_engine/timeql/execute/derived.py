"""Derived fields of an event's service, over the window that ends with the event."""

from __future__ import annotations

import polars as pl

from traversion_data import schema
from traversion_data.model import Nanos
from traversion_data.store.view import StoreView
from traversion_engine.state.derived import derived_at
from traversion_engine.timeql.bound import DERIVED_PREFIX


def with_derived(
    view: StoreView, events: pl.DataFrame, names: tuple[str, ...], over: Nanos
) -> pl.DataFrame:
    """The event rows, which need not stand together, with a column for each derived field.

    A request counts when it ends, so the window of a span ends with its end.
    """
    if not names:
        return events
    moments = events.select(pl.coalesce(schema.END_TIME, schema.TIME)).to_series().to_numpy()
    derived = derived_at(view, events[schema.SERVICE], moments, names, over)
    return events.with_columns(derived[name].alias(DERIVED_PREFIX + name) for name in names)
