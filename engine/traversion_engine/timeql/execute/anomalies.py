"""ANOMALIES: every field of every service, against what was usual by the end of the scope."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

import numpy as np
import polars as pl

from traversion_data import schema
from traversion_data.store.known import is_span
from traversion_data.store.view import StoreView
from traversion_engine.catalogue import DERIVED, Field, FieldKind
from traversion_engine.diagnose.anomalies.detect import detect, long_enough
from traversion_engine.diagnose.anomalies.grid import FEWEST_STEPS
from traversion_engine.diagnose.anomalies.measured import of_gauge, of_requests
from traversion_engine.diagnose.anomalies.messages import messages
from traversion_engine.diagnose.anomalies.series import Series
from traversion_engine.diagnose.anomalies.table import rows
from traversion_engine.state.columns import state_fields
from traversion_engine.timeql.columns import empty_frame
from traversion_engine.timeql.execute.predict import shown
from traversion_engine.timeql.execute.run import Answer, Run
from traversion_engine.timeql.plan_anomalies import Anomalies
from traversion_engine.timeql.times import time_text
from traversion_engine.units import words

_REQUESTS: Final = ("request_rate", "error_rate", "p95")
_NAMES: Final = frozenset({"code", "status", "port", "id", "version"})
"""Last words of names whose numbers are names themselves."""
_NUMBERS: Final = ("value", "expected_low", "expected_high", "score")
_NAMED: Final = 6


def execute(run: Run, plan: Anomalies) -> Answer:
    """Rows by time and event."""
    end = plan.scope.end
    if not run.view.height:
        run.note("The recording holds no events.")
        return run.cut(empty_frame(plan.columns))
    if plan.scope.length <= 0:
        run.note("No moment of the recording lies in the scope.")
        return run.cut(empty_frame(plan.columns))
    run.meta["known_until"] = time_text(end, run.context.zone, 9)
    view = _grouped(run.view, plan.by)
    run.scanned += run.view.position(end)
    parts: list[pl.DataFrame] = []
    short: list[str] = []
    looked = 0
    for series, of_event in _series(run, view, plan):
        run.check()
        able = long_enough(series)
        short += [f"{series.services[at]} {series.field}" for at in np.flatnonzero(~able)]
        told = series.of(np.flatnonzero(able))
        looked += int(np.isfinite(told.values).sum())
        found = detect(told)
        begin = told.grid.start + told.grid.step * found.step
        found = found.where((begin >= plan.scope.start) & (begin < end))
        parts.append(rows(view, told, found, of_event))
    run.meta["points"] = looked
    if plan.messages:
        run.check()
        changed = messages(view, end)
        parts.append(
            changed.filter(pl.col("time").is_between(plan.scope.start, end, closed="left"))
        )
    _note_short(run, short)
    if not any(part.height for part in parts):
        _note_nothing(run, plan, looked)
    table = pl.concat(parts).sort("time", "seq", "field") if parts else empty_frame(plan.columns)
    table = table.with_columns(pl.Series(name, shown(table[name].to_numpy())) for name in _NUMBERS)
    return run.cut(table.select(column.name for column in plan.columns))


def gauges(view: StoreView) -> tuple[Field, ...]:
    """The numbers that are sampled, as metrics are, and not told by each request."""
    numbers = [
        field
        for field in state_fields(view)
        if field.kind is FieldKind.NUMBER and words(field.name)[-1] not in _NAMES
    ]
    if not numbers:
        return ()
    shares = view.events.select(
        is_span().filter(field.expr().is_not_null()).mean().alias(str(at))
        for at, field in enumerate(numbers)
    ).row(0)
    return tuple(
        field for field, share in zip(numbers, shares, strict=True) if (share or 0.0) < 0.5
    )


def _series(run: Run, view: StoreView, plan: Anomalies) -> Iterator[tuple[Series, pl.Expr]]:
    """Each field's series, and what an event gives of it."""
    end = plan.scope.end
    asked = plan.fields
    derived = _REQUESTS if asked is None else tuple(f.name for f in asked if f.derived)
    recorded = gauges(view) if asked is None else tuple(f for f in asked if not f.derived)
    if derived:
        run.check()
        for series in of_requests(view, derived, end):
            yield series, _of_request(series.field)
    for field in recorded:
        run.check()
        found = of_gauge(view, field, end)
        if found is not None:
            yield found, field.expr().cast(pl.Float64)


def _of_request(field: str) -> pl.Expr:
    if field == "error_rate":
        return pl.when(schema.ERROR_OCCURRED).then(1.0)
    if DERIVED[field].unit == "ms":
        return pl.col(schema.DURATION).cast(pl.Float64)
    return pl.lit(1.0)


def _grouped(view: StoreView, by: Field | None) -> StoreView:
    """The recording with another text in the place of the service."""
    if by is None or by.column == schema.SERVICE:
        return view
    key = by.expr().cast(pl.String()).cast(schema.EVENT[schema.SERVICE])
    events = view.events.with_columns(key.alias(schema.SERVICE)).drop_nulls(schema.SERVICE)
    return replace(view, events=events)


def _note_short(run: Run, short: list[str]) -> None:
    if short:
        more = f" and {len(short) - _NAMED} more" if len(short) > _NAMED else ""
        run.note(
            f"Too little history for {', '.join(short[:_NAMED])}{more}: it takes {FEWEST_STEPS}"
            " steps with a value."
        )


def _note_nothing(run: Run, plan: Anomalies, looked: int) -> None:
    values = plan.fields is None or bool(plan.fields)
    if values and looked:
        run.note(f"Of {looked:,} values none in the scope lies outside what is usual.")
    elif values:
        run.note("Nothing that could be looked at was known long enough by the end of the scope.")
    if plan.messages:
        run.note("No message in the scope is new or gone.")
