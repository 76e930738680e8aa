"""COMPARE: the events of both windows, each measure of them, and one table of all."""

from __future__ import annotations

from functools import cached_property

import polars as pl

from traversion_data import schema
from traversion_engine.catalogue import DERIVED
from traversion_engine.diagnose.compare.calls import calls
from traversion_engine.diagnose.compare.effects import Effects
from traversion_engine.diagnose.compare.measure import How, Measure
from traversion_engine.diagnose.compare.moments import moments
from traversion_engine.diagnose.compare.requests import RequestRows, among, of_services
from traversion_engine.diagnose.compare.significance import LEVEL
from traversion_engine.diagnose.compare.table import as_asked, most_changed_first, rows
from traversion_engine.timeql.execute.compare_measures import of_events, of_requests
from traversion_engine.timeql.execute.compare_rows import (
    POSITION,
    Rows,
    picked,
    rows_of,
    sparse_rows,
)
from traversion_engine.timeql.execute.run import Answer, Run
from traversion_engine.timeql.execute.scan import note_absent_values
from traversion_engine.timeql.plan_compare import Compare, Compared

_Found = list[tuple[str, pl.Series, Effects]]


def execute(run: Run, plan: Compare) -> Answer:
    """By service and in the order asked for; without FOR the most changed first."""
    read = _Reading(run, plan)
    found: _Found = []
    for one in plan.measures:
        run.check()
        if one.measure.how is How.MOMENT:
            found += _moment(run, plan, one.measure, read)
        elif one.measure.of_requests:
            run.meta["requests"] = str(read.requests.basis)
            effects = of_requests(read.requests, one.measure)
            if effects is not None:
                found.append((one.measure.label, read.requests.sample.groups, effects))
        else:
            of = read.rows(one)
            effects = of_events(of.sample, of.events, one, new_and_gone=plan.whole)
            found.append((one.measure.label, of.sample.groups, effects))
    if plan.whole and plan.by_service:
        run.check()
        positions = read.all.events[POSITION].to_numpy()
        callers, effects = calls(run.view, read.all.sample, positions)
        found.append(("calls", callers, effects))
    table = rows(found)
    run.meta["false_discovery_rate"] = LEVEL
    run.meta["tests"] = table.height - table["p_value"].null_count()
    table = most_changed_first(table) if plan.whole else as_asked(table)
    _explain(run, plan, table, found)
    return run.cut(table.select(column.name for column in plan.columns))


class _Reading:
    """What a plan's measures read, each part when the first of them does."""

    def __init__(self, run: Run, plan: Compare) -> None:
        self._run = run
        self._plan = plan
        self._picked = picked(run, plan)
        run.scanned += len(self._picked.positions)

    def rows(self, one: Compared) -> Rows:
        """The events a measure looks at."""
        few = sparse_rows(self._run, self._plan, one)
        return self.all if few is None else few

    @cached_property
    def all(self) -> Rows:
        """All events of both windows."""
        return rows_of(self._run, self._plan, self._picked, self._plan.measures)

    @cached_property
    def requests(self) -> RequestRows:
        """The requests; those of whole services stand in an index."""
        if self._plan.by_service and not self._plan.where:
            return of_services(self._run.view, self._plan.a, self._plan.b)
        positions = self.all.events[POSITION].to_numpy()
        return among(self._run.view, self.all.sample, positions, self._plan.scope.end)


def _moment(run: Run, plan: Compare, measure: Measure, read: _Reading) -> _Found:
    assert measure.name is not None
    if not plan.by_service:
        run.note(f"{measure.name} is of a service and has no value by {plan.by.label}.")
        return []
    run.note(f"{measure.name} is a value of a moment, shown at the ends of the windows, untested.")
    if plan.where:
        run.note(f"{measure.name} is of the whole service, whatever WHERE leaves of its events.")
    field = DERIVED[measure.name]
    ends = (plan.a.end - 1, plan.b.end - 1)
    if plan.where:
        services = read.all.sample.groups
    else:
        services = run.view.events[schema.SERVICE].unique().cast(pl.String).sort()
    return [(measure.label, services, moments(run.view, services, field, ends, plan.over))]


def _explain(run: Run, plan: Compare, table: pl.DataFrame, found: _Found) -> None:
    note_absent_values(run, plan.where)
    if not run.scanned:
        run.note("No event was known in either window.")
    elif not table.height:
        passed = any(len(groups) for _, groups, _ in found)
        if plan.where and not passed:
            run.note(f"No event of either window passes {_words(plan)}.")
        else:
            run.note("Nothing that is asked for has a value in either window.")
    elif not plan.whole:
        for label, _, effects in found:
            if not len(effects.group):
                run.note(f"{label} has no value in either window.")


def _words(plan: Compare) -> str:
    return " AND ".join(part.text for part in plan.where)
