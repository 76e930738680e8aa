"""What was known of a field at moments of equal distance, service by service, as STATE gives it."""

from __future__ import annotations

from typing import Final

import numpy as np
import polars as pl

from traversion_data.model import MINUTE, SECOND, Nanos
from traversion_data.store.view import StoreView
from traversion_engine.catalogue import Field
from traversion_engine.state.columns import StateIndex
from traversion_engine.state.derived import ServiceIndex, derived_at

LONGEST: Final = 720
"""At most so many steps of history are looked at."""
_FURTHEST: Final = 60
"""At most so many steps ahead are forecast where steps are made finer than asked for."""
_FINEST: Final = 10 * SECOND
"""Derived fields of neighbouring moments share most of their window below this."""
FRESH_GAPS: Final = 5


def services_of(view: StoreView, field: Field) -> tuple[str, ...]:
    """The services that may have the field, by name."""
    if field.derived:
        return ServiceIndex.of(view).services
    index = StateIndex.of(view).single(field)
    there = np.unique(index.all.series)
    return tuple(index.series.names["service"].gather(there).unique().drop_nulls().sort())


def values_at(
    view: StoreView, field: Field, services: tuple[str, ...], times: np.ndarray
) -> np.ndarray:
    """Float64 `(services, times)` in the field's unit, NaN where nothing fresh was known by then.

    times: int64 ns. Of several instances the mean. A value is fresh up to five usual gaps, at least
    60 s; derived fields are over `(time - 60 s, time]`.
    """
    if field.derived:
        return _derived(view, field, services, times)
    index = StateIndex.of(view).single(field)
    owner, series = _series(view, field, services)
    asked = np.tile(times, len(series))
    cells = index.at_many(0, np.repeat(series, len(times)), asked)
    limit = np.maximum(np.nan_to_num(FRESH_GAPS * cells.gap, nan=np.inf), MINUTE)
    fresh = asked[cells.wanted] - cells.as_of <= limit
    found = index.numbers(cells, 0)
    fresh &= np.isfinite(found)
    at = cells.wanted[fresh]
    place = owner[at // len(times)] * len(times) + at % len(times)
    size = len(services) * len(times)
    total = np.bincount(place, found[fresh], size)
    count = np.bincount(place, minlength=size)
    mean = np.full(size, np.nan)
    np.divide(total, count, out=mean, where=count > 0)
    return mean.reshape(len(services), len(times))


def samples(
    view: StoreView, field: Field, services: tuple[str, ...], times: np.ndarray
) -> np.ndarray:
    """At how many of some moments, one step apart, each service had a value it had not before.

    A value seldom set is the same at many moments and tells no more by that.
    """
    if field.derived:
        return np.full(len(services), len(times))
    index = StateIndex.of(view).single(field)
    owner, series = _series(view, field, services)
    cells = index.at_many(0, np.repeat(series, len(times)), np.tile(times, len(series)))
    newest = np.zeros((len(services), len(times) + 1), dtype=np.int64)
    place = owner[cells.wanted // len(times)], cells.wanted % len(times) + 1
    np.maximum.at(newest, place, cells.as_of)
    return np.asarray((np.diff(newest, axis=1) > 0).sum(axis=1))


def usual_gap(view: StoreView, field: Field, services: tuple[str, ...], time: Nanos) -> Nanos:
    """How far apart a field's values usually were shortly before `time`; 0 where unknown."""
    if field.derived:
        return _FINEST
    index = StateIndex.of(view).single(field)
    _, series = _series(view, field, services)
    cells = index.at_many(0, series, np.full(len(series), time, dtype=np.int64))
    gaps = cells.gap[np.isfinite(cells.gap) & (cells.gap > 0)]
    return int(np.median(gaps)) if len(gaps) else 0


def finer(step: Nanos, count: int, gap: Nanos, history: Nanos) -> int:
    """Into how many parts each of `count` steps is cut, as there are values every `gap`.

    Never so many that the history (ns) is not looked at to its beginning: a day is a season, too.
    """
    parts = (step // max(gap, 1), _FURTHEST // max(count, 1), step, LONGEST * step // history)
    return max(1, min(parts))


def history_times(begin: Nanos, at: Nanos, step: Nanos, ahead: int) -> np.ndarray:
    """Moments every `step` back from `at`, ascending, none before `begin`.

    At most `LONGEST`, or twice as many as are to be forecast.
    """
    count = min(max((at - begin) // step + 1, 0), max(LONGEST, 2 * ahead))
    return at - step * np.arange(count - 1, -1, -1, dtype=np.int64)


def _series(
    view: StoreView, field: Field, services: tuple[str, ...]
) -> tuple[np.ndarray, np.ndarray]:
    """The place in `services` and the number of each series of these services with the field."""
    index = StateIndex.of(view).single(field)
    series = np.unique(index.all.series)
    names = index.series.names["service"].gather(series)
    owner = names.replace_strict(
        list(services), list(range(len(services))), default=-1, return_dtype=pl.Int64()
    ).to_numpy()
    return owner[owner >= 0], series[owner >= 0]


def _derived(
    view: StoreView, field: Field, services: tuple[str, ...], times: np.ndarray
) -> np.ndarray:
    names = pl.Series(np.repeat(np.arange(len(services)), len(times)))
    texts = pl.Series(list(services), dtype=pl.String).gather(names)
    found = derived_at(view, texts, np.tile(times, len(services)), [field.name]).to_series()
    values = found.cast(pl.Float64()).to_numpy()
    return np.asarray(values.reshape(len(services), len(times)))
