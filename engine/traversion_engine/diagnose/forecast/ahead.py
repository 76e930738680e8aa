"""A field of every service that has it, forecast from a moment on."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from traversion_data.model import MINUTE, Nanos
from traversion_data.store.view import StoreView
from traversion_engine.catalogue import Catalogue, Field
from traversion_engine.diagnose.forecast import series
from traversion_engine.diagnose.forecast.backtest import FEWEST
from traversion_engine.diagnose.forecast.limits import Limits, is_counter, limits
from traversion_engine.diagnose.forecast.model import LONGER, Forecast, enough, forecast
from traversion_engine.state.columns import state_fields
from traversion_engine.state.saturation import gauges


@dataclass(frozen=True)
class Ahead:
    """What is said of a field: services with enough history, moments (ns), the forecast of these.

    short: the services that have too little history.
    """

    field: Field
    services: tuple[str, ...]
    short: tuple[str, ...]
    times: np.ndarray
    forecast: Forecast

    @property
    def rows(self) -> int:
        """Number of (service, moment) pairs."""
        return len(self.services) * len(self.times)


@dataclass(frozen=True, slots=True)
class Steps:
    """`count` moments after `at`, `every` ns apart."""

    at: Nanos
    every: Nanos
    count: int


def ahead(view: StoreView, field: Field, services: tuple[str, ...], asked: Steps) -> Ahead | None:
    """The forecast of a field of some services, from what was known by the moment it starts at.

    None where none of them had a value by then.
    """
    at, every, count = asked.at, asked.every, asked.count
    steps = np.arange(1, count + 1, dtype=np.int64)
    begin = view.bounds.start + (MINUTE // 2 if field.derived else 0)
    gap = series.usual_gap(view, field, services, at)
    cut = series.finer(every, count, gap, max(at - begin, 1))
    past = series.history_times(begin, at, every // cut, count * cut)
    values = series.values_at(view, field, services, past)
    there = np.isfinite(values).any(axis=1)
    if not there.any():
        return None
    services, values = _of(services, there), values[there]
    able = enough(values, LONGER * count * cut)
    able &= series.samples(view, field, services, past) >= FEWEST
    told, values = _of(services, able), values[able]
    if told:
        found = forecast(values, steps * cut, limits_of(view, field, told, past, values))
        measured = np.isfinite(found.error)
        able[able] = measured
        found = found.of(measured)
    else:
        nothing = np.empty((0, count))
        found = Forecast(nothing, nothing, nothing, nothing[:, 0], nothing[:, 0], nothing[:, 0])
    return Ahead(field, _of(services, able), _of(services, ~able), at + steps * every, found)


def known_by(view: StoreView, at: Nanos) -> StoreView:
    """The events that began by `at`, for what is told from their columns alone."""
    if view.height and view.time_at(-1) <= at:
        return view
    return replace(view, events=view.events.slice(0, view.position(at + 1)))


def limited_fields(view: StoreView) -> tuple[Field, ...]:
    """The gauges with a limit: uses that have a size beside them, and shares of resources."""
    states = state_fields(view)
    return tuple(states[number] for number in dict.fromkeys(g.use for g in gauges(states)))


def limits_of(
    view: StoreView, field: Field, services: tuple[str, ...], past: np.ndarray, values: np.ndarray
) -> Limits:
    """By the unit and the size as they were known then; what comes may be of another range."""
    if field.derived:
        return limits(values, field.unit)
    known = known_by(view, int(past[-1]))
    then = Catalogue.of(known).recorded(field.name)
    states = state_fields(known)
    sizes = [
        states[gauge.size]
        for gauge in gauges(states)
        if gauge.size is not None and states[gauge.use].name == field.name
    ]
    size = series.values_at(view, sizes[0], services, past[-1:])[:, 0] if sizes else None
    unit = None if then is None else then.unit
    return limits(values, unit, size, counter=is_counter(field.name))


def _of(services: tuple[str, ...], chosen: np.ndarray) -> tuple[str, ...]:
    return tuple(services[at] for at in np.flatnonzero(chosen))
