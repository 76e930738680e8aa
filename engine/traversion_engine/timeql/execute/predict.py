"""PREDICT NEXT: how values will probably go on."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np
import polars as pl

from traversion_data import schema
from traversion_data.model import Nanos, TimeRange
from traversion_data.store.known import known_at
from traversion_data.store.view import StoreView
from traversion_engine.catalogue import DERIVED, Field
from traversion_engine.diagnose.forecast.ahead import Ahead, Steps, ahead, known_by, limited_fields
from traversion_engine.diagnose.forecast.backtest import FEWEST
from traversion_engine.diagnose.forecast.model import LONGER
from traversion_engine.diagnose.forecast.series import services_of, values_at
from traversion_engine.timeql.columns import empty_frame
from traversion_engine.timeql.execute import scan
from traversion_engine.timeql.execute.run import Answer, Run
from traversion_engine.timeql.plan import Scan
from traversion_engine.timeql.plan_predict import Predict
from traversion_engine.timeql.times import time_text

_DEFAULT: Final = ("request_rate", "error_rate", "p95")
TOGETHER: Final = 100
"""Services forecast at once: what bounds memory, and the time to a look at the cancel flag."""
_ROUNDED: Final = {"p10": np.floor, "p50": np.rint, "p90": np.ceil}
"""Intervals are rounded outwards."""
_NAMED: Final = 6
"""At most so many series are named in a note."""


def execute(run: Run, plan: Predict) -> Answer:
    """Rows by field, service and time."""
    run.meta["from"] = time_text(plan.at, run.context.zone, 9)
    note_beyond(run, plan.at)
    past, later = _views(run, plan)
    steps = Steps(plan.at, plan.every, plan.horizon // plan.every)
    found = []
    for field in plan.fields or default_fields(run.view, plan.at):
        for services in batched(services_of(past, field), TOGETHER):
            run.check()
            one = ahead(past, field, services, steps)
            if one is not None:
                found.append(one)
    run.check()
    note_short(run, [f"{service} {one.field.name}" for one in found for service in one.short])
    if not found and run.view.height:
        moment = time_text(plan.at, run.context.zone)
        run.note(f"Nothing to predict: no such value was known by {moment}.")
    _note_came(run, [_came(run, later, one) for one in found if one.rows])
    run.scanned += run.view.position(plan.at + 1)
    parts = [_rows(one) for one in found if one.rows]
    return run.cut(pl.concat(parts) if parts else empty_frame(plan.columns))


def default_fields(view: StoreView, at: Nanos) -> tuple[Field, ...]:
    """Rate, errors, latency and every gauge with a limit, by what was recorded up to `at`."""
    return (*(DERIVED[name] for name in _DEFAULT), *limited_fields(known_by(view, at)))


def batched(services: tuple[str, ...], count: int) -> list[tuple[str, ...]]:
    """The services, so many at a time."""
    return [services[at : at + count] for at in range(0, len(services), count)]


def named(names: list[str]) -> str:
    """Some of the names, and how many more there are."""
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return f"{', '.join(names[:_NAMED])}{more}"


def note_beyond(run: Run, at: Nanos) -> None:
    """Say where a prediction starts outside the recording."""
    bounds, zone = run.view.bounds, run.context.zone
    if not run.view.height:
        run.note("The recording holds no events.")
    elif at < bounds.start:
        first = time_text(bounds.start, zone)
        moment = time_text(at, zone)
        run.note(f"{moment} lies before the recording, which starts at {first}.")
    elif at > max(bounds.end, run.context.now or 0):
        moment, last = time_text(at, zone), time_text(bounds.end, zone)
        run.note(f"{moment} lies after the recording, which ends at {last}.")


def _views(run: Run, plan: Predict) -> tuple[StoreView, StoreView]:
    """What the history is read from, and what came; both with what passes WHERE, grouped by BY."""
    if not plan.where and plan.by is None:
        return run.view, run.view
    scan.note_absent_values(run, plan.where)
    whole = _chosen(run, plan, run.view)
    return _chosen(run, plan, known_at(run.view, plan.at)), whole


def _chosen(run: Run, plan: Predict, view: StoreView) -> StoreView:
    events = view.events
    if plan.where:
        asked = Scan(TimeRange(view.bounds.start, view.bounds.end), plan.where, (), plan.over)
        events = events[scan.positions(replace(run, view=view), asked)]
    if plan.by is not None and plan.by.column != schema.SERVICE:
        key = plan.by.expr().cast(pl.String()).cast(schema.EVENT[schema.SERVICE])
        events = events.with_columns(key.alias(schema.SERVICE)).drop_nulls(schema.SERVICE)
    return replace(view, events=events)


def _rows(one: Ahead) -> pl.DataFrame:
    found, count = one.forecast, len(one.times)
    each = pl.Series(np.repeat(np.arange(len(one.services)), count))
    methods = pl.Series([str(name) for name in found.method], dtype=pl.String())
    return pl.DataFrame(
        [
            pl.Series("time", np.tile(one.times, len(one.services)), dtype=pl.Int64()),
            pl.Series(list(one.services), dtype=pl.String()).gather(each).alias("service"),
            pl.Series("field", [one.field.name], dtype=pl.String()).new_from_index(0, one.rows),
            *(
                pl.Series(name, shown(getattr(found, name).ravel(), rounded))
                for name, rounded in _ROUNDED.items()
            ),
            methods.gather(each).alias("method"),
            pl.Series("backtest_error", shown(np.repeat(found.error, count))),
            pl.Series("coverage", np.round(np.repeat(found.coverage, count), 3), nan_to_null=True),
        ]
    )


def shown(values: np.ndarray, rounded: np.ufunc = np.rint) -> np.ndarray:
    """Numbers to six significant figures, as no forecast knows more; what is exact stays so."""
    size = np.where(np.isfinite(values) & (values != 0), np.abs(values), 1.0)
    exponent = np.floor(np.log10(size))
    exact = np.rint(values * 10.0 ** np.clip(11 - exponent, 0, 200))
    exact /= 10.0 ** np.clip(11 - exponent, 0, 200)
    scale = 10.0 ** np.clip(5 - exponent, 0, 200)
    return np.asarray(rounded(np.round(exact * scale, 6)) / scale)


def _came(run: Run, view: StoreView, one: Ahead) -> np.ndarray:
    """Values that came after all, and those of them inside: two counts."""
    there = one.times[one.times < run.view.bounds.end]
    if not len(there):
        return np.zeros(2, dtype=np.int64)
    actual = values_at(view, one.field, one.services, there)
    low, high = (
        shown(getattr(one.forecast, name)[:, : len(there)], _ROUNDED[name])
        for name in ("p10", "p90")
    )
    inside = (actual >= low) & (actual <= high)
    return np.array([np.isfinite(actual).sum(), inside.sum()])


def _note_came(run: Run, counts: list[np.ndarray]) -> None:
    total, inside = np.sum(counts, axis=0) if counts else (0, 0)
    if total:
        run.note(
            f"The recording goes on: {inside:,} of {total:,} values to come lay between p10 and"
            f" p90 ({100 * inside / total:.0f} %)."
        )


def note_short(run: Run, short: list[str], longer: float = LONGER) -> None:
    """Name what has too little history to predict anything by."""
    if not short:
        return
    run.note(
        f"Too little history for {named(short)}: it takes {FEWEST} values and"
        f" {longer:g} times the time that is predicted."
    )
