"""The requests of both windows, which derived fields are made of (see `state.requests`)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import polars as pl

from traversion_data import schema
from traversion_data.model import SECOND, Nanos, TimeRange
from traversion_data.store.known import is_span
from traversion_data.store.view import StoreView
from traversion_engine.diagnose.compare.sample import PARTS, Sample, part_of
from traversion_engine.state.callers import has_caller
from traversion_engine.state.derived import ServiceIndex
from traversion_engine.state.quantiles import spread
from traversion_engine.state.requests import Basis, offers

_ENTRIES: Final = ("server", "consumer")
_EXITS: Final = ("client", "producer")


def basis_before(view: StoreView, end: Nanos) -> Basis:
    """The best kind of request of which anything was known before `end`."""
    return next((basis for basis, since in view.kept(_since) if since < end), Basis.EVENTS)


@dataclass(frozen=True)
class RequestRows:
    """failed: one bool a row of the sample; durations: ns, None where requests have none."""

    sample: Sample
    failed: np.ndarray
    durations: np.ndarray | None
    basis: Basis


def of_services(view: StoreView, a: TimeRange, b: TimeRange) -> RequestRows:
    """All requests that ended in either window, by service, from the index that STATE keeps."""
    index = ServiceIndex.of(view)
    requests = index.basis(max(a.end, b.end) - 1)
    service = np.arange(len(index.services))
    cells, known, rows = [], [], []
    for number, window in enumerate((a, b)):
        first = requests.ends.before(service, np.full(len(service), window.start))
        last = requests.ends.before(service, np.full(len(service), window.end))
        at, owner = spread(first, last)
        times = requests.ends.at(at)
        cells.append((owner * 2 + number) * PARTS + part_of(window, times))
        known.append(times)
        rows.append(at)
    at = np.concatenate(rows)
    sample = Sample(
        pl.Series("group", index.services, dtype=pl.String),
        np.concatenate(cells),
        np.zeros(len(at), dtype=np.int64),
        np.concatenate(known),
        (a.length / SECOND, b.length / SECOND),
    )
    failed = requests.failed_before[at + 1] > requests.failed_before[at]
    durations = requests.durations[at].astype(np.float64) if requests.timed else None
    return RequestRows(sample, failed, durations, requests.basis)


def among(view: StoreView, sample: Sample, positions: np.ndarray, end: Nanos) -> RequestRows:
    """The requests among the events of a sample, which stand at these positions; end: of both."""
    basis = basis_before(view, end)
    kept = are_requests(view, positions, basis)
    lasted = pl.col(schema.END_TIME) - pl.col(schema.TIME)
    facts = view.events.select(
        schema.ERROR_OCCURRED, lasted=pl.coalesce(schema.DURATION, lasted, 0).clip(0)
    )[positions[kept]]
    durations = None if basis is Basis.EVENTS else facts["lasted"].to_numpy().astype(np.float64)
    failed = facts[schema.ERROR_OCCURRED].fill_null(value=False).to_numpy()
    alike = replace(sample.where(kept), series=np.zeros(len(failed), dtype=np.int64))
    return RequestRows(alike, failed, durations, basis)


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
