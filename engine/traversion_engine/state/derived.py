"""The derived fields of services over trailing windows, for many (service, time) pairs at once."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Final

import numpy as np
import polars as pl

from traversion_data import schema
from traversion_data.model import MINUTE, Nanos
from traversion_data.store.arrays import laid, ranges
from traversion_data.store.segments import grouped_order
from traversion_data.store.series import SeriesIndex
from traversion_data.store.view import StoreView
from traversion_engine.catalogue import DERIVED
from traversion_engine.state.activity import Activity, Errors
from traversion_engine.state.health import LEVELS, Signs, judge
from traversion_engine.state.requests import Basis, Offer, Requests, offers
from traversion_engine.state.saturation import Saturation
from traversion_engine.state.windows import Past, Windows

QUANTILES: Final = {"p50": 0.5, "p95": 0.95, "p99": 0.99}

_SHOWN: Final = 6
_AMOUNTS: Final = ("request_rate", "error_rate", "in_flight", "saturation")
_MESSAGES: Final = ("exception.message", "error.message", "error")


class ServiceIndex:
    """Sorted starts, ends, errors and signs of life of each service of one snapshot."""

    def __init__(self, view: StoreView) -> None:
        self.view = view
        series = view.kept(SeriesIndex.build)
        names = series.names["service"]
        self.services: tuple[str, ...] = tuple(names.unique(maintain_order=True))
        count = len(self.services)
        numbers = names.rank("dense").to_numpy().astype(np.int64) - 1
        small = np.uint16 if count < 1 << 16 else np.uint32
        parts = (numbers[series.codes[part]] for part in ranges(view.height))
        codes = laid(parts, view.allocate(view.height, small))
        self.series_starts = np.searchsorted(numbers, np.arange(count + 1))
        self.offers = offers(view, codes, count)
        self._requests: dict[Basis, Requests] = {}
        self._codes = codes
        self.saturation = Saturation(view, self.series_starts)
        self._past: dict[tuple[Basis, Nanos], Past] = {}

    @classmethod
    def of(cls, view: StoreView) -> ServiceIndex:
        """The index of a snapshot, kept with it."""
        return view.kept(cls)

    @cached_property
    def activity(self) -> Activity:
        """When each was heard of."""
        return Activity.build(self.view, self._codes, len(self.services))

    @cached_property
    def errors(self) -> Errors:
        """Their errors."""
        return Errors.build(self.view, self._codes, len(self.services))

    def numbers(self, services: pl.Series) -> np.ndarray:
        """The number of each named service, -1 where it is not recorded."""
        if not isinstance(services.dtype, pl.Categorical):
            return self._numbers_of(services.cast(pl.String()))
        different = services.unique().drop_nulls()
        codes = services.to_physical().cast(pl.Int64()).fill_null(-1).to_numpy()
        table = np.full(int(codes.max(initial=-1)) + 2, -1)
        table[different.to_physical().to_numpy()] = self._numbers_of(different.cast(pl.String()))
        return np.asarray(table[codes])

    def _numbers_of(self, names: pl.Series) -> np.ndarray:
        known = list(range(len(self.services)))
        found = names.replace_strict(
            list(self.services), known, default=-1, return_dtype=pl.Int64()
        )
        return found.to_numpy()

    def requests(self, offer: Offer) -> Requests:
        """The requests on one of `offers`, sorted at first use."""
        if offer.basis not in self._requests:
            self._requests[offer.basis] = offer.build()
        return self._requests[offer.basis]

    def basis(self, time: Nanos) -> Requests:
        """The best kind of request of which anything was known at `time`."""
        return self.requests(next((o for o in self.offers if o.since <= time), self.offers[-1]))

    def past(self, requests: Requests, window: Nanos) -> Past:
        """What was usual, for windows of this length."""
        key = (requests.basis, window)
        if key not in self._past:
            self._past[key] = Past.build(requests, window, self.view.bounds.start)
        return self._past[key]


class Derived:
    """Derived fields of (service number, time) pairs on one basis, each when asked for.

    Every array has one float64 entry a pair, NaN for NULL, unless it says otherwise.
    """

    def __init__(
        self,
        index: ServiceIndex,
        requests: Requests,
        service: np.ndarray,
        time: np.ndarray,
        *,
        window: Nanos,
        fields: Sequence[str],
    ) -> None:
        """fields: those that will be asked for, as one sort serves all quantiles."""
        self._index = index
        asked = {*fields, *(("p95",) if "health" in fields else ())}
        self._quantiles = tuple(name for name in QUANTILES if name in asked)
        self.service = service
        self.time = time
        self.windows = Windows.of(requests, service, time, window, index.view.bounds.start)

    @classmethod
    def everywhere(
        cls, index: ServiceIndex, time: Nanos, *, window: Nanos, fields: Sequence[str]
    ) -> Derived:
        """All services at one moment, by number."""
        service = np.arange(len(index.services))
        times = np.full(len(service), time, dtype=np.int64)
        return cls(index, index.basis(time), service, times, window=window, fields=fields)

    @cached_property
    def request_rate(self) -> np.ndarray:
        """Requests ended per second of what the recording covers of the window.

        NULL for a service that had no request yet, as metrics alone make none.
        """
        covered = np.where(self.windows.any_yet, self.windows.covered, 0)
        rate = np.full(len(covered), np.nan)
        np.divide(self.windows.count, covered, out=rate, where=covered > 0)
        return rate

    @cached_property
    def error_rate(self) -> np.ndarray:
        """Share of them that failed."""
        count = self.windows.count
        share = np.full(len(count), np.nan)
        np.divide(self.windows.failed, count, out=share, where=count > 0)
        return share

    @cached_property
    def quantiles(self) -> dict[str, np.ndarray]:
        """Those of `QUANTILES` that are needed, in ms."""
        names = self._quantiles
        found = self.windows.quantiles([QUANTILES[name] for name in names])
        return dict(zip(names, found, strict=True))

    @cached_property
    def in_flight(self) -> np.ndarray:
        """Requests open."""
        if not self.windows.requests.timed:
            return np.full(len(self.service), np.nan)
        return np.where(self.windows.any_yet, self.windows.open, np.nan)

    @cached_property
    def saturation(self) -> np.ndarray:
        """How full the fullest resource is, as a ratio."""
        return self._index.saturation.at(self.service, self.time)

    @cached_property
    def last_error(self) -> np.ndarray:
        """Position (int64) of the last error known, -1 without one."""
        return self._index.errors.last(self.service, self.time)

    @cached_property
    def _life(self) -> tuple[np.ndarray, np.ndarray]:
        return self._index.activity.at(self.service, self.time)

    @cached_property
    def known(self) -> np.ndarray:
        """Whether (bool) the service had recorded anything by then."""
        return np.asarray(~np.isnan(self._life[0]))

    @cached_property
    def signs(self) -> Signs:
        """What health is judged by."""
        windows = self.windows
        age, gap = self._life
        usual = self._index.past(windows.requests, windows.window).usual(windows)
        return Signs(
            requests=windows.count,
            failed=windows.failed,
            usual_rate=np.nan_to_num(usual.share),
            p95=self.quantiles["p95"],
            usual_p95=usual.p95,
            open=self.in_flight,
            usual_open=usual.open,
            age=age,
            usual_gap=gap,
        )

    @cached_property
    def health(self) -> np.ndarray:
        """Number (int64) in `health.LEVELS`, -1 where the service was not known yet."""
        return judge(self.signs)

    def amount(self, field: str) -> np.ndarray:
        """A field that is a number, by its name; KeyError for another name."""
        if field in QUANTILES:
            return self.quantiles[field]
        if field in _AMOUNTS:
            return np.asarray(getattr(self, field))
        raise KeyError(field)

    def said(self, field: str) -> pl.Series:
        """A field that is a text, by its name, NULL where nothing is known; else KeyError."""
        if field == "last_error":
            return error_texts(self._index.view, self.last_error)
        if field == "health":
            return words(self.health)
        raise KeyError(field)

    def column(self, field: str) -> pl.Series:
        """A derived field by its name, NULL where nothing is known; KeyError for another name."""
        if not DERIVED[field].numeric:
            return self.said(field)
        return pl.Series(field, self.amount(field), dtype=pl.Float64, nan_to_null=True)


def derived_at(
    view: StoreView,
    services: pl.Series,
    times: np.ndarray,
    fields: Sequence[str],
    window: Nanos = MINUTE,
) -> pl.DataFrame:
    """Derived fields of many (service, time) pairs, one column each, in the order given.

    services: names, text or categorical; times: int64 ns. NULL where nothing is known. Windows are
    `(time - window, time]`.
    """
    index = ServiceIndex.of(view)
    service = index.numbers(services)
    open_still = service >= 0
    parts: list[pl.DataFrame] = []
    for offer in index.offers:
        at = np.flatnonzero(open_still & (times >= offer.since))
        open_still[at] = False
        if len(at):
            # neighbours are searched in the same places, which then are in the cache
            codes = service[at].astype(np.uint16 if len(index.services) < 1 << 16 else np.uint32)
            at = at[grouped_order(codes, times[at])]
            derived = Derived(
                index, index.requests(offer), service[at], times[at], window=window, fields=fields
            )
            columns = [derived.column(field) for field in fields]
            parts.append(pl.DataFrame([pl.Series("at", at, dtype=pl.Int64), *columns]))
    nothing = {"at": pl.Int64(), **{field: DERIVED[field].dtype for field in fields}}
    found = pl.concat(parts) if parts else pl.DataFrame(schema=nothing)
    place = np.full(len(service), -1, dtype=np.int64)
    place[found["at"].to_numpy()] = np.arange(found.height)
    return found.select(fields).select(pl.all().gather(_nullable(place)))


def in_short(values: pl.Series) -> pl.Series:
    """Derived values as text: numbers to six significant figures, as no window knows more."""
    if values.dtype != pl.Float64:
        return values.cast(pl.String())
    amounts = values.to_numpy()
    rounded = np.zeros(len(amounts))
    filled = amounts != 0
    size = np.abs(amounts[filled])
    exponent = _SHOWN - 1 - np.floor(np.log10(size))
    # by powers of ten that are whole numbers, so that the quotient is the double nearest to it
    finer, coarser = (10.0 ** np.clip(part, 0, 300) for part in (exponent, -exponent))
    figures = np.floor(size * finer / coarser + 0.5)
    rounded[filled] = np.copysign(figures / finer * coarser, amounts[filled])
    return pl.Series(values.name, rounded, nan_to_null=True).cast(pl.String())


def words(levels: np.ndarray) -> pl.Series:
    """Health in words, NULL where the level is -1."""
    names = pl.Series("health", [*LEVELS, None], dtype=pl.String)
    return names[np.where(levels < 0, len(LEVELS), levels)]


def error_texts(view: StoreView, positions: np.ndarray) -> pl.Series:
    """What the error events at the positions say, NULL at -1.

    The message, else the exception's or error's own, else the operation, else the type.
    """
    events = view.events
    there = positions >= 0
    at = positions[there]
    said = events[schema.MESSAGE][at]
    for name in (*_MESSAGES, schema.OPERATION, schema.TYPE):
        if name in events.columns and said.null_count():
            said = said.fill_null(events[name][at].cast(pl.String(), strict=False))
    return _spaced(said, there).alias("last_error")


def error_seqs(view: StoreView, positions: np.ndarray) -> pl.Series:
    """The numbers of the error events at the positions, NULL at -1."""
    there = positions >= 0
    return _spaced(view.events[schema.SEQ][positions[there]], there).alias("last_error_seq")


def _spaced(values: pl.Series, there: np.ndarray) -> pl.Series:
    """Values in the places that are there, NULL in the others."""
    place = np.full(len(there), len(values))
    place[there] = np.arange(len(values))
    return pl.concat([values, pl.Series([None], dtype=values.dtype)])[place]


def _nullable(places: np.ndarray) -> pl.Series:
    at = pl.Series(places, dtype=pl.Int64)
    return at if not len(places) or places.min() >= 0 else at.replace(-1, None)
