"""PREDICT WHEN: the moment at which a condition will probably hold first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import polars as pl

from traversion_data import schema
from traversion_data.model import MILLISECOND, MINUTE, Nanos
from traversion_engine.diagnose.forecast import series
from traversion_engine.diagnose.forecast.ahead import limits_of
from traversion_engine.diagnose.forecast.backtest import FEWEST
from traversion_engine.diagnose.forecast.crossing import NOT_EXPECTED, Crossing, crossing
from traversion_engine.diagnose.forecast.model import enough
from traversion_engine.diagnose.forecast.paths import PATHS, Paths, paths
from traversion_engine.timeql.bound import AnyOf, Conjunct
from traversion_engine.timeql.columns import empty_frame
from traversion_engine.timeql.execute.predict import named, note_beyond, note_short, shown
from traversion_engine.timeql.execute.run import Answer, Run
from traversion_engine.timeql.expressions import holds, passing
from traversion_engine.timeql.literals import duration_text
from traversion_engine.timeql.plan_predict import PredictWhen, predicted_column
from traversion_engine.timeql.times import time_text

STEPS: Final = 120
"""At most so many moments are looked at."""
TOGETHER: Final = 40
"""Services whose paths are drawn at once."""
NOW: Final = "holds already"
_LONGER: Final = 0.5
"""The history is at least so many times as long as what is predicted."""


@dataclass(frozen=True)
class _Past:
    """Moments up to now and to come (ns); of each field `(services, moments)` what was known.

    gap: how far apart the values of the most seldom field are.
    """

    services: tuple[str, ...]
    times: np.ndarray
    ahead: np.ndarray
    gap: Nanos
    values: list[np.ndarray]

    def of(self, chosen: np.ndarray) -> _Past:
        """Some of the services."""
        services = tuple(self.services[at] for at in np.flatnonzero(chosen))
        return replace(self, services=services, values=[part[chosen] for part in self.values])


def execute(run: Run, plan: PredictWhen) -> Answer:
    """One row a service that has all the fields, the soonest first."""
    run.meta["from"] = time_text(plan.at, run.context.zone, 9)
    note_beyond(run, plan.at)
    run.scanned += run.view.position(plan.at + 1)
    past = _past(run, plan)
    condition = _text((*plan.of_service, *plan.where))
    if not past.services:
        if run.view.height:
            run.note(f"Nothing to predict: no service has all that {condition} reads by then.")
        return Answer(empty_frame(plan.columns), 0)
    run.check()
    now = _holds(plan, past.services, [part[:, None, -1:] for part in past.values])[:, 0, 0]
    able = np.all([enough(part, int(len(past.ahead) * _LONGER)) for part in past.values], axis=0)
    for field in plan.fields:
        able &= series.samples(run.view, field, past.services, past.times) >= FEWEST
    names = np.array(past.services, dtype=object)
    note_short(run, [f"{service}" for service in names[~able & ~now]], _LONGER)
    rows = [_already(plan, condition, tuple(names[now]))]
    coming = past.of(able & ~now)
    places = np.arange(len(coming.services))
    for first in range(0, len(places), TOGETHER):
        together = coming.of((places >= first) & (places < first + TOGETHER))
        rows.append(_coming(run, plan, condition, together))
    found = pl.concat(rows).sort("time", "service", nulls_last=True)
    if found.height:
        run.note(f"p10, p50 and p90 are seconds after {time_text(plan.at, run.context.zone)}.")
    never = found.filter(pl.col("time").is_null())["service"].to_list()
    if never:
        run.note(f"Not expected within {duration_text(plan.horizon)}: {named(never)}.")
    return run.cut(found)


def _text(parts: tuple[Conjunct, ...]) -> str:
    if len(parts) == 1:
        return parts[0].text
    return " AND ".join(f"({p.text})" if isinstance(p.test, AnyOf) else p.text for p in parts)


def _past(run: Run, plan: PredictWhen) -> _Past:
    view = run.view
    having = [set(series.services_of(view, field)) for field in plan.fields]
    services = tuple(sorted(set.intersection(*having)))
    services = _fitting(plan, services)
    gap = max(series.usual_gap(view, field, services, plan.at) for field in plan.fields)
    step = max(-(-plan.horizon // STEPS), min(gap, plan.horizon), 1)
    count = plan.horizon // step
    derived = any(field.derived for field in plan.fields)
    begin = view.bounds.start + (MINUTE // 2 if derived else 0)
    times = series.history_times(begin, plan.at, step, count)
    ahead = plan.at + step * np.arange(1, count + 1, dtype=np.int64)
    values = [series.values_at(view, field, services, times) for field in plan.fields]
    past = _Past(services, times, ahead, gap, values)
    if not services or not len(times):
        return replace(past, services=())
    return past.of(np.all([np.isfinite(part[:, -1]) for part in values], axis=0))


def _fitting(plan: PredictWhen, services: tuple[str, ...]) -> tuple[str, ...]:
    """Those for which tests of nothing but the service hold."""
    name = predicted_column(schema.SERVICE)
    frame = pl.DataFrame([pl.Series(name, list(services), dtype=pl.String())])
    return tuple(passing(frame, (part.test for part in plan.of_service)).to_series())


def _holds(plan: PredictWhen, services: Sequence[str], values: list[np.ndarray]) -> np.ndarray:
    """Whether all tests hold, `(services, paths, steps)` as the values of each field."""
    shape = values[0].shape
    size = shape[1] * shape[2]
    place = pl.Series(np.repeat(np.arange(len(services)), size))
    names = pl.Series(list(services), dtype=pl.String()).gather(place)
    columns = [names.alias(predicted_column(schema.SERVICE))]
    columns += [
        pl.Series(predicted_column(field.name), part.ravel(), nan_to_null=True)
        for field, part in zip(plan.fields, values, strict=True)
    ]
    frame = pl.DataFrame(columns)
    every = frame.select(pl.all_horizontal(holds(part.test) for part in plan.where)).to_series()
    return every.to_numpy().reshape(shape)


def _coming(run: Run, plan: PredictWhen, condition: str, past: _Past) -> pl.DataFrame:
    random = np.random.default_rng(0)
    found: list[Paths] = []
    for field, values in zip(plan.fields, past.values, strict=True):
        run.check()
        inside = limits_of(run.view, field, past.services, past.times, values)
        found.append(paths(values, len(past.ahead), inside, random))
    run.check()
    holding = _holds(plan, past.services, [part.values for part in found])
    at = crossing(holding, plan.at, int(past.ahead[0]) - plan.at, past.gap, random)
    used = zip(*(part.method for part in found), strict=True)
    methods = [" and ".join(dict.fromkeys(names)) for names in used]
    return _rows(condition, past.services, at, methods, found[0])


def _rows(
    condition: str,
    services: tuple[str, ...],
    at: Crossing,
    methods: list[str],
    first: Paths,
) -> pl.DataFrame:
    waits = {name: _wait(getattr(at, name), at.start) for name in ("p10", "p50", "p90")}
    columns = {
        "time": pl.Series(at.p50, dtype=pl.Int64()).replace(NOT_EXPECTED, None),
        "service": pl.Series(list(services), dtype=pl.String()),
        "field": pl.Series([condition], dtype=pl.String()).new_from_index(0, len(services)),
        **waits,
        "method": pl.Series(methods, dtype=pl.String()),
        "backtest_error": pl.Series(shown(first.error), nan_to_null=True),
        "coverage": pl.Series(np.round(first.coverage, 3), nan_to_null=True),
    }
    return pl.DataFrame(columns)


def _already(plan: PredictWhen, condition: str, services: tuple[str, ...]) -> pl.DataFrame:
    now = np.full(len(services), plan.at)
    nothing = np.full(len(services), np.nan)
    at = Crossing(plan.at, now, now, now, np.ones(len(services)))
    none = Paths(np.empty((len(services), PATHS, 0)), np.array([]), nothing, nothing)
    return _rows(condition, services, at, [NOW] * len(services), none)


def _wait(times: np.ndarray, start: Nanos) -> pl.Series:
    """Seconds from the start to each time, to the millisecond."""
    seconds = np.where(times == NOT_EXPECTED, np.nan, np.rint((times - start) / MILLISECOND) / 1e3)
    return pl.Series(seconds, nan_to_null=True)
