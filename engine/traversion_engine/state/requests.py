"""The requests of each service: what counts as one, and where their starts and ends stand in time.

A request is an entry span: a server or consumer span, or a span of any kind but client and producer
whose parent is not recorded or is in another service. A recording that has no span yet falls back
to events with a duration, and one that has none of these either to all events but metric samples,
which have a rate and a share of errors but no durations.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from typing import Final

import numpy as np
import polars as pl

from traversion_data import schema
from traversion_data.model import Nanos
from traversion_data.store.known import NEVER, is_span
from traversion_data.store.segments import GroupedTimes, group_starts, grouped_order
from traversion_data.store.view import StoreView


class Basis(StrEnum):
    """What the requests of a recording were taken from."""

    SPANS = "entry spans"
    TIMED = "events with a duration"
    EVENTS = "all events but metric samples"


_ENTRIES: Final = ("server", "consumer")
_EXITS: Final = ("client", "producer")


@dataclass(frozen=True)
class Requests:
    """Requests by service, each service's part sorted by time.

    ends: when they ended; requests that never did have a start only. durations (ns, in
    32 bits where they fit) and failed_before stand in the order of `ends`; `failed_before` counts
    failures in the rows before and has one entry more. starts: when they started.
    """

    basis: Basis
    ends: GroupedTimes
    durations: np.ndarray
    failed_before: np.ndarray
    starts: GroupedTimes

    @property
    def timed(self) -> bool:
        """Whether requests have durations."""
        return self.basis is not Basis.EVENTS

    def ended(self, service: np.ndarray, time: np.ndarray) -> np.ndarray:
        """Per (service, time) the index after the service's last request ended by that time."""
        return self.ends.before(service, time + 1)

    def any_yet(self, service: np.ndarray, time: np.ndarray) -> np.ndarray:
        """Per (service, time) whether any request of the service had started."""
        return np.asarray(self.starts.before(service, time + 1) > self.starts.starts[service])

    def open(self, service: np.ndarray, time: np.ndarray, ended: np.ndarray) -> np.ndarray:
        """How many requests had started but not ended, given `ended` of the same pairs."""
        started = self.starts.before(service, time + 1) - self.starts.starts[service]
        return np.asarray(started - (ended - self.ends.starts[service]))


@dataclass(frozen=True)
class Offer:
    """A basis that a recording offers, and how to build it. `since`: its first event (ns)."""

    basis: Basis
    since: Nanos
    build: Callable[[], Requests]


def offers(view: StoreView, codes: np.ndarray, services: int) -> tuple[Offer, ...]:
    """The bases a recording offers, best first; the last is there always.

    codes: the service number of each position; `services` how many there are.
    """
    marked = view.events.select(
        is_span().alias("span"), pl.col(schema.DURATION).is_not_null().alias("timed")
    )
    span, timed = (np.flatnonzero(marked[name].to_numpy()) for name in ("span", "timed"))
    found = []
    if len(span):
        since = int(view.times[span[0]])
        found.append(Offer(Basis.SPANS, since, partial(_from_spans, view, span, codes, services)))
    if len(timed):
        ends = view.events[schema.END_TIME].gather(timed).min()
        since = ends if isinstance(ends, int) else NEVER
        found.append(Offer(Basis.TIMED, since, partial(_from_timed, view, timed, codes, services)))
    since = int(view.times[0]) if view.height else 0
    found.append(Offer(Basis.EVENTS, since, partial(_from_events, view, codes, services)))
    return tuple(found)


def _from_spans(view: StoreView, at: np.ndarray, codes: np.ndarray, services: int) -> Requests:
    kinds = view.events[schema.SPAN_KIND].gather(at)
    entry = _is_one_of(kinds, _ENTRIES)
    unsure = np.flatnonzero(~entry & ~_is_one_of(kinds, _EXITS))
    entry[unsure] = ~_called_from_own_service(view, at, at[unsure])
    rows = view.events.select(schema.TIME, schema.END_TIME, schema.DURATION, schema.ERROR_OCCURRED)[
        at[entry]
    ]
    start = rows[schema.TIME].to_numpy()
    end = rows[schema.END_TIME].fill_null(NEVER).to_numpy()
    duration = rows[schema.DURATION].fill_null(rows[schema.END_TIME] - rows[schema.TIME])
    return _requests(
        Basis.SPANS,
        service=codes[at[entry]],
        start=start,
        end=end,
        duration=duration.fill_null(0).to_numpy(),
        failed=rows[schema.ERROR_OCCURRED].fill_null(value=False).to_numpy(),
        services=services,
    )


def _is_one_of(kinds: pl.Series, wanted: Sequence[str]) -> np.ndarray:
    different = kinds.unique().drop_nulls()
    fitting = different.filter(different.cast(pl.String()).str.to_lowercase().is_in(wanted))
    return kinds.is_in(fitting.implode()).fill_null(value=False).to_numpy(writable=True)


def _called_from_own_service(view: StoreView, spans: np.ndarray, asked: np.ndarray) -> np.ndarray:
    """Whether each of the asked spans (positions) has its parent among the service's own spans.

    Only spans whose 64-bit keys meet are joined by their texts.
    """
    key = [schema.TRACE_ID, schema.SERVICE]
    shared = pl.col(schema.TRACE_ID).hash() ^ pl.col(schema.SERVICE).to_physical().hash(1)
    keys = view.events.select(
        own=pl.col(schema.SPAN_ID).hash(2) ^ shared,
        parent=pl.col(schema.PARENT_SPAN_ID).hash(2) ^ shared,
    )
    own, parent = keys["own"][spans], keys["parent"][asked]
    likely = np.flatnonzero(parent.is_in(own.implode()).to_numpy())
    spans = spans[own.is_in(parent[likely].implode()).to_numpy()]
    callers = view.events.select(*key, parent=schema.SPAN_ID)
    asking = (
        view.events.select(*key, parent=schema.PARENT_SPAN_ID)[asked[likely]]
        .with_columns(row=likely)
        .filter(pl.col("parent").is_not_null())
    )
    called = np.zeros(len(asked), dtype=bool)
    called[asking.join(callers[spans], on=[*key, "parent"], how="semi")["row"].to_numpy()] = True
    return called


def _from_timed(view: StoreView, at: np.ndarray, codes: np.ndarray, services: int) -> Requests:
    rows = view.events.select(schema.END_TIME, schema.DURATION, schema.ERROR_OCCURRED)[at]
    end = rows[schema.END_TIME].fill_null(pl.Series(view.times[at])).to_numpy()
    duration = rows[schema.DURATION].to_numpy()
    return _requests(
        Basis.TIMED,
        service=codes[at],
        start=end - duration,
        end=end,
        duration=duration,
        failed=rows[schema.ERROR_OCCURRED].fill_null(value=False).to_numpy(),
        services=services,
    )


def _from_events(view: StoreView, codes: np.ndarray, services: int) -> Requests:
    at = np.flatnonzero(
        (view.events[schema.TYPE].cast(pl.String()) != "metric").fill_null(value=True).to_numpy()
    )
    failed = view.events[schema.ERROR_OCCURRED].gather(at).fill_null(value=False).to_numpy()
    times = view.times[at]
    nothing = np.zeros(len(times), dtype=np.int64)
    return _requests(
        Basis.EVENTS,
        service=codes[at],
        start=times,
        end=times,
        duration=nothing,
        failed=failed,
        services=services,
    )


def _requests(
    basis: Basis,
    *,
    service: np.ndarray,
    start: np.ndarray,
    end: np.ndarray,
    duration: np.ndarray,
    failed: np.ndarray,
    services: int,
) -> Requests:
    ended = np.flatnonzero(end != NEVER)
    by_end = ended[grouped_order(service[ended], end[ended])]
    by_start = grouped_order(service, start)
    failures = np.zeros(len(by_end) + 1, dtype=np.int64)
    np.cumsum(failed[by_end], out=failures[1:])
    durations = np.maximum(duration[by_end], 0)
    return Requests(
        basis,
        GroupedTimes.of(end[by_end], group_starts(service[by_end], services)),
        durations.astype(np.uint32 if durations.max(initial=0) < 1 << 32 else np.int64),
        failures,
        GroupedTimes.of(start[by_start], group_starts(service, services)),
    )
