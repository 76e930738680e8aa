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
from traversion_data.store.arrays import laid, order_in_groups, positions, ranges, taken
from traversion_data.store.known import NEVER, is_span
from traversion_data.store.segments import GroupedTimes, group_starts
from traversion_data.store.view import StoreView
from traversion_engine.state.callers import has_caller


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
    span, timed = (positions(marked[name].to_numpy(), view.allocate) for name in marked.columns)
    found = []
    if len(span):
        since = view.time_at(span[0])
        found.append(Offer(Basis.SPANS, since, partial(_from_spans, view, span, codes, services)))
    if len(timed):
        ends = view.events[schema.END_TIME].gather(timed).min()
        since = ends if isinstance(ends, int) else NEVER
        found.append(Offer(Basis.TIMED, since, partial(_from_timed, view, timed, codes, services)))
    since = view.time_at(0) if view.height else 0
    found.append(Offer(Basis.EVENTS, since, partial(_from_events, view, codes, services)))
    return tuple(found)


def _from_spans(view: StoreView, at: np.ndarray, codes: np.ndarray, services: int) -> Requests:
    kinds = view.events[schema.SPAN_KIND].gather(at)
    entry = _is_one_of(kinds, _ENTRIES)
    unsure = positions(~entry & ~_is_one_of(kinds, _EXITS))
    entry[unsure] = ~has_caller(view, at, at[unsure])
    lasted = pl.col(schema.END_TIME) - pl.col(schema.TIME)
    return _requests(
        view,
        Basis.SPANS,
        at[entry],
        codes,
        services,
        start=pl.col(schema.TIME),
        end=pl.col(schema.END_TIME).fill_null(NEVER),
        duration=pl.coalesce(schema.DURATION, lasted, 0),
    )


def _is_one_of(kinds: pl.Series, wanted: Sequence[str]) -> np.ndarray:
    different = kinds.unique().drop_nulls()
    fitting = different.filter(different.cast(pl.String()).str.to_lowercase().is_in(wanted))
    return kinds.is_in(fitting.implode()).fill_null(value=False).to_numpy(writable=True)


def _from_timed(view: StoreView, at: np.ndarray, codes: np.ndarray, services: int) -> Requests:
    end = pl.coalesce(schema.END_TIME, schema.TIME)
    return _requests(
        view,
        Basis.TIMED,
        at,
        codes,
        services,
        start=end - pl.col(schema.DURATION),
        end=end,
        duration=pl.col(schema.DURATION),
    )


def _from_events(view: StoreView, codes: np.ndarray, services: int) -> Requests:
    others = pl.col(schema.TYPE).ne_missing("metric").alias("others")
    return _requests(
        view,
        Basis.EVENTS,
        positions(view.events.select(others)["others"].to_numpy(), view.allocate),
        codes,
        services,
        start=pl.col(schema.TIME),
        end=pl.col(schema.TIME),
        duration=pl.lit(0, dtype=pl.Int64),
    )


def _requests(
    view: StoreView,
    basis: Basis,
    at: np.ndarray,
    codes: np.ndarray,
    services: int,
    *,
    start: pl.Expr,
    end: pl.Expr,
    duration: pl.Expr,
) -> Requests:
    """Of events at some positions; the expressions give int64, and `end` may be `NEVER`."""
    starts, ends, durations = (view.allocate(len(at), np.int64) for _ in range(3))
    failed = np.empty(len(at), dtype=bool)
    columns = view.events.select(
        schema.TIME, schema.END_TIME, schema.DURATION, schema.ERROR_OCCURRED
    )
    for part in ranges(len(at)):
        rows = columns[at[part]].select(
            start=start,
            end=end,
            duration=duration.clip(0),
            failed=pl.col(schema.ERROR_OCCURRED).fill_null(value=False),
        )
        starts[part], ends[part] = rows["start"].to_numpy(), rows["end"].to_numpy()
        durations[part], failed[part] = rows["duration"].to_numpy(), rows["failed"].to_numpy()
    service = codes[at]
    begins = group_starts(service, services)
    by_start = order_in_groups(service, starts, np.diff(begins), view.allocate)
    starts = taken(starts, by_start, view.allocate)
    ended = positions(ends != NEVER, view.allocate)
    service, ends = service[ended], taken(ends, ended, view.allocate)
    finishes = group_starts(service, services)
    by_end = order_in_groups(service, ends, np.diff(finishes), view.allocate)
    ended = taken(ended, by_end, view.allocate)
    failures = view.allocate(len(ended) + 1, np.int64)
    failures[0] = 0
    np.cumsum(failed[ended], out=failures[1:])
    durations = taken(durations, ended, view.allocate)
    if int(durations.max(initial=0)) < 1 << 32:
        durations = laid([durations], view.allocate(len(durations), np.uint32))
    return Requests(
        basis,
        GroupedTimes.of(taken(ends, by_end, view.allocate), finishes, view.allocate),
        durations,
        failures,
        GroupedTimes.of(starts, begins, view.allocate),
    )
