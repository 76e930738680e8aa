"""STATE: what every service looked like at a moment; HISTORY: how one value went."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import polars as pl

from traversion_data.model import Severity, SpanStatus
from traversion_engine.catalogue import DERIVED, Catalogue, Field, FieldKind
from traversion_engine.diagnostic import one_of
from traversion_engine.state.health import RULE
from traversion_engine.state.history import history as history_of
from traversion_engine.state.history import step
from traversion_engine.state.state import changed, state_at
from traversion_engine.timeql.execute.run import Answer, Run
from traversion_engine.timeql.execute.scan import note_absent_values
from traversion_engine.timeql.expressions import passing
from traversion_engine.timeql.literals import duration_text
from traversion_engine.timeql.plan import History, State, state_column, state_text
from traversion_engine.timeql.times import time_text

_INSTANCE: Final = ["service", "instance"]
_ROW: Final = " row"
"""Numbers the rows of an answer; no result column can be called so."""
_CODES: Final[dict[FieldKind, dict[str, int]]] = {
    FieldKind.SEVERITY: {level.word: int(level) for level in Severity},
    FieldKind.STATUS: {status.name.lower(): int(status) for status in SpanStatus},
    FieldKind.BOOLEAN: {"true": True, "false": False},
}


def execute(run: Run, plan: State) -> Answer:
    """Rows by service, instance and field."""
    run.meta["at"] = time_text(plan.at, run.context.zone, 9)
    services = None if plan.services is None else list(plan.services)
    if plan.since is None:
        rows = state_at(run.view, plan.at, plan.fields, window=plan.over, services=services)
    else:
        rows = changed(
            run.view, plan.since, plan.at, plan.fields, window=plan.over, services=services
        )
    run.check()
    _note_beyond(run, plan)
    note_absent_values(run, plan.where)
    passing = _passing(run, plan, rows, services) if plan.where else rows
    of_health = plan.fields is None or DERIVED["health"] in plan.fields
    if of_health and (passing["field"] == "health").any():
        run.meta["health_rule"] = RULE
    if not rows.height and services is None:
        _explain_empty(run, plan)
    return run.cut(pl.DataFrame([passing[column.name] for column in plan.columns]))


def history(run: Run, plan: History) -> Answer:
    """Changes of a value in scope, by time."""
    rows = history_of(run.view, plan.service, plan.field, plan.scope)
    if plan.field is DERIVED["health"]:
        run.meta["health_rule"] = RULE
    if plan.field.derived:
        between = duration_text(step(run.view.bounds.intersect(plan.scope)))
        run.note(f"{plan.field.name} is derived; it was looked at every {between}.")
    if not rows.height:
        catalogue = Catalogue.of(run.view)
        service = catalogue.recorded("service")
        if service is not None and not catalogue.has_value(service, plan.service):
            near = " or ".join(f"'{n}'" for n in catalogue.nearest_values(service, plan.service))
            hint = f" Did you mean {near}?" if near else ""
            run.note(f"No event has service '{plan.service}'.{hint}")
        elif history_of(run.view, plan.service, plan.field).height:
            run.note(f"{plan.field.name} of {plan.service} did not change in scope.")
        else:
            run.note(f"Nothing sets {plan.field.name} of {plan.service}.")
    return run.cut(rows)


def _passing(
    run: Run, plan: State, rows: pl.DataFrame, services: Sequence[str] | None
) -> pl.DataFrame:
    wide = _beside(run, plan, rows.with_row_index(_ROW), services)
    for part in plan.where:
        before = wide.height
        wide = passing(wide, [part.test])
        if before and not wide.height:
            run.note(f"No value at that moment passes {part.text}.")
    return wide.unique(_ROW, keep="first", maintain_order=True)


def _beside(
    run: Run, plan: State, rows: pl.DataFrame, services: Sequence[str] | None
) -> pl.DataFrame:
    """The rows with the fields that WHERE names: of the row's own instance, else of its service.

    A row of a service as a whole comes once an instance, so that one that passes keeps it.
    """
    recorded = [field for field in plan.asked if not field.derived]
    for field in plan.asked:
        if field.derived:
            of_service = _values(run, plan, field, services).drop("instance")
            rows = rows.join(of_service, on="service", how="left", maintain_order="left")
    if not recorded:
        return rows
    asked = [_values(run, plan, field, services) for field in recorded]
    instances = pl.concat([values.select(_INSTANCE) for values in asked]).unique(
        maintain_order=True
    )
    for values in asked:
        instances = instances.join(values, on=_INSTANCE, how="left", nulls_equal=True)
    whole = pl.col("field").is_in([field.name for field in DERIVED.values()])
    whole &= pl.col("instance").is_null()
    return pl.concat(
        [
            rows.filter(~whole).join(instances, on=_INSTANCE, how="left", nulls_equal=True),
            rows.filter(whole).join(instances.drop("instance"), on="service", how="left"),
        ]
    ).sort(_ROW, maintain_order=True)


def _values(run: Run, plan: State, field: Field, services: Sequence[str] | None) -> pl.DataFrame:
    values = state_at(run.view, plan.at, [field], window=plan.over, services=services)
    return values.select(
        *_INSTANCE,
        _compared(field).alias(state_column(field.name)),
        pl.col("value").alias(state_text(field.name)),
    )


def _compared(field: Field) -> pl.Expr:
    if field.numeric or field.kind is FieldKind.TIME:
        return pl.col("number")
    codes = _CODES.get(field.kind)
    return pl.col("value") if codes is None else pl.col("value").replace_strict(codes, default=None)


def _note_beyond(run: Run, plan: State) -> None:
    end = max(run.view.bounds.end, run.context.now or 0)
    if plan.at > end and run.view.height:
        moment, last = (time_text(ns, run.context.zone) for ns in (plan.at, run.view.bounds.end))
        run.note(f"{moment} lies after the recording, which ends at {last}.")


def _explain_empty(run: Run, plan: State) -> None:
    bounds = run.view.bounds
    moment = time_text(plan.at, run.context.zone)
    if not run.view.height:
        run.note("The recording holds no events.")
    elif plan.at < bounds.start:
        first = time_text(bounds.start, run.context.zone)
        run.note(f"{moment} lies before the recording, which starts at {first}.")
    elif plan.since is not None:
        run.note(f"Nothing differs from {time_text(plan.since, run.context.zone)}.")
    elif plan.fields and all(field.derived for field in plan.fields):
        names = one_of(field.name for field in plan.fields)
        window = duration_text(plan.over)
        run.note(
            f"No service has {names} at {moment}: nothing to tell it by in the {window} before."
        )
    else:
        run.note(f"Nothing had set a value by {moment}.")
