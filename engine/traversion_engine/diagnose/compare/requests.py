"""Which events are requests: what derived fields of services are made of (see `state.requests`)."""

from __future__ import annotations

from typing import Final

import numpy as np
import polars as pl

from traversion_data import schema
from traversion_data.model import Nanos
from traversion_data.store.known import is_span
from traversion_data.store.view import StoreView
from traversion_engine.state.callers import has_caller
from traversion_engine.state.requests import Basis, offers

_ENTRIES: Final = ("server", "consumer")
_EXITS: Final = ("client", "producer")


def basis_before(view: StoreView, end: Nanos) -> Basis:
    """The best kind of request of which anything was known before `end`."""
    return next((basis for basis, since in view.kept(_since) if since < end), Basis.EVENTS)


def are_requests(view: StoreView, positions: np.ndarray, basis: Basis) -> np.ndarray:
    """Whether (bool) the events at some positions are requests on this basis."""
    if basis is Basis.SPANS:
        return np.asarray(view.kept(_entry_spans)[positions])
    test = pl.col(schema.DURATION).is_not_null()
    if basis is Basis.EVENTS:
        test = pl.col(schema.TYPE).ne_missing("metric")
    return view.events.select(schema.DURATION, schema.TYPE)[positions].select(
        test
    ).to_series().to_numpy()  # fmt: skip


def _since(view: StoreView) -> tuple[tuple[Basis, Nanos], ...]:
    return tuple((one.basis, one.since) for one in offers(view, np.empty(0, np.int64), 0))


def _entry_spans(view: StoreView) -> np.ndarray:
    """By position whether it is a span that was called from outside its service, or by nobody."""
    kind = pl.col(schema.SPAN_KIND).cast(pl.String).str.to_lowercase()
    marked = view.events.select(
        span=is_span(),
        entry=kind.is_in(_ENTRIES).fill_null(value=False),
        leaving=kind.is_in(_EXITS).fill_null(value=False),
    )
    span, entry, leaving = (marked[name].to_numpy() for name in marked.columns)
    entry = span & entry
    unsure = np.flatnonzero(span & ~entry & ~leaving)
    entry[unsure] = ~has_caller(view, np.flatnonzero(span), unsure)
    return np.asarray(entry)
