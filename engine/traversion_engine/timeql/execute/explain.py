"""EXPLAIN: every stage of a statement, and how much there is to read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields

import polars as pl

from traversion_data.model import TimeRange
from traversion_engine.timeql.execute.run import Answer, Run
from traversion_engine.timeql.literals import duration_text
from traversion_engine.timeql.plan import Explain, Plan, Scan, Select, Timeline
from traversion_engine.timeql.rewrite import rewrite
from traversion_engine.timeql.times import time_text


def execute(run: Run, plan: Explain) -> Answer:
    """One row a fact, in the order of the stages."""
    rows = [("parse", plan.statement), *_stages(run, plan.bound)]
    return run.cut(pl.DataFrame(rows, schema=[c.name for c in plan.columns], orient="row"))


def _stages(run: Run, bound: Plan | None) -> Iterator[tuple[str, str]]:
    if bound is None:
        return
    yield "bind", _summary(run, bound)
    final, rules = rewrite(bound)
    for rule in rules:
        yield "rewrite", f"{rule.name}: {rule.does}"
    if isinstance(final, Timeline | Select):
        yield from _scanned(run, final.scan)
    elif rules:
        yield "plan", _summary(run, final)
    yield "execute", f"columns: {', '.join(column.name for column in final.columns)}"


def _scanned(run: Run, scan: Scan) -> Iterator[tuple[str, str]]:
    yield "plan", f"scope: {_range(run, scan.scope)}"
    pushed = " AND ".join(part.text for part in scan.where)
    yield "plan", f"tested in the scan: {pushed or 'nothing'}"
    if scan.derived:
        window = duration_text(scan.over)
        yield "plan", f"derived over {window} for each event in scope: {', '.join(scan.derived)}"
    yield "plan", f"columns read: {', '.join(scan.columns)}"
    yield "plan", f"estimated rows: {scan.estimate(run.view):,} of {run.view.height:,}"


def _summary(run: Run, plan: Plan) -> str:
    facts = [
        f"{item.name}={_fact(run, item.name, getattr(plan, item.name))}"
        for item in fields(plan)
        if item.name not in {"columns", "scan"} and getattr(plan, item.name) not in (None, ())
    ]
    return f"{type(plan).__name__}({', '.join(facts)})"


def _fact(run: Run, name: str, value: object) -> str:
    if isinstance(value, int) and name in {"at", "since", "time"}:
        return time_text(value, run.context.zone, 9)
    if isinstance(value, int) and name in {"over", "every"}:
        return duration_text(value)
    return _shown(run, value)


def _shown(run: Run, value: object) -> str:
    if isinstance(value, TimeRange):
        return _range(run, value)
    if isinstance(value, tuple):
        return ", ".join(_shown(run, item) for item in value)
    for name in ("text", "name", "label"):
        if hasattr(value, name):
            return str(getattr(value, name))
    return str(value)


def _range(run: Run, scope: TimeRange) -> str:
    zone = run.context.zone
    return f"{time_text(scope.start, zone, 9)} to {time_text(scope.end, zone, 9)}"
