"""EXPLAIN: every stage of a statement, and how much there is to read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from types import MappingProxyType
from typing import Final

import polars as pl

from traversion_data.model import TimeRange, seq_text
from traversion_engine.timeql.bound import Conjunct
from traversion_engine.timeql.execute.run import Answer, Run
from traversion_engine.timeql.literals import duration_text
from traversion_engine.timeql.plan import Edging, Explain, Plan, Scan, Select, Timeline
from traversion_engine.timeql.plan_match import MatchPattern
from traversion_engine.timeql.rewrite import rewrite
from traversion_engine.timeql.times import time_text

_TITLES: Final = MappingProxyType(
    {
        "at": "moment",
        "time": "moment",
        "since": "changed since",
        "over": "window of derived fields",
        "window": "scope",
        "start": "event",
        "seq": "event",
        "trace_id": "trace",
        "asked": "fields tested beside the rows",
        "where": "tested",
        "until": "ends a branch",
        "outputs": "columns",
        "keys": "grouped by",
        "every": "buckets",
        "horizon": "predicted ahead",
        "of_service": "tested of the service",
        "order": "sorted by",
        "having": "tested of groups",
        "services": "services read",
        "edging": "edges",
        "by": "key",
        "min_support": "least support",
        "known_until": "all known until",
        "with_returns": "returns listed",
        "whole": "all fields",
    }
)
"""What a part of a plan is called where its own name would say less."""

_SILENT: Final = frozenset({"columns", "scan", "zone", "grouped"})
_MOMENTS: Final = frozenset({"at", "since", "time", "known_until"})
_LENGTHS: Final = frozenset({"over", "every", "within", "horizon"})
_EVENTS: Final = frozenset({"start", "seq", "cause", "effect"})


def execute(run: Run, plan: Explain) -> Answer:
    """One row a fact, in the order of the stages."""
    rows = [("parse", plan.statement), *_stages(run, plan.bound)]
    return run.cut(pl.DataFrame(rows, schema=[c.name for c in plan.columns], orient="row"))


def _stages(run: Run, bound: Plan | None) -> Iterator[tuple[str, str]]:
    if bound is None:
        return
    final, rules = rewrite(bound)
    if isinstance(bound, Timeline | Select):
        yield "bind", f"scope: {_range(run, bound.scan.scope)}"
    for fact in _facts(run, bound):
        yield "bind", fact
    for rule in rules:
        yield "rewrite", f"{rule.name}: {rule.does}"
    if isinstance(final, Timeline | Select):
        for fact in _scanned(run, final.scan):
            yield "plan", fact
    elif isinstance(final, MatchPattern):
        for number, step in enumerate(final.steps, 1):
            for fact in _scanned(run, step.scan):
                yield "plan", f"step {number}: {fact}"
    else:
        before = frozenset(_facts(run, bound))
        for fact in _facts(run, final):
            if fact not in before:
                yield "plan", fact
        yield from _read(run, final)
    yield "execute", f"columns: {', '.join(column.name for column in final.columns)}"


def _scanned(run: Run, scan: Scan) -> Iterator[str]:
    yield f"scope read: {_range(run, scan.scope)}"
    pushed = " AND ".join(part.text for part in scan.where)
    yield f"tested in the scan: {pushed or 'nothing'}"
    if scan.derived:
        window = duration_text(scan.over)
        yield f"derived over {window} for each event in scope: {', '.join(scan.derived)}"
    if scan.columns:
        yield f"columns read: {', '.join(scan.columns)}"
    yield f"estimated rows: {scan.estimate(run.view):,} of {run.view.height:,}"


def _read(run: Run, plan: Plan) -> Iterator[tuple[str, str]]:
    """How many events there are to look at, for plans of a moment or a scope."""
    at, scope = getattr(plan, "at", None), getattr(plan, "scope", None)
    if isinstance(at, int):
        yield "plan", f"events up to then: {run.view.position(at + 1):,} of {run.view.height:,}"
    elif isinstance(scope, TimeRange):
        first, last = run.view.span(scope)
        yield "plan", f"events in scope: {last - first:,} of {run.view.height:,}"


def _facts(run: Run, plan: Plan) -> Iterator[str]:
    for item in fields(plan):
        value = getattr(plan, item.name)
        if item.name not in _SILENT and value is not None and value is not False and value != ():
            yield f"{_TITLES.get(item.name, item.name)}: {_fact(run, item.name, value)}"


def _fact(run: Run, name: str, value: object) -> str:
    if isinstance(value, Edging):
        return _edges(value)
    if isinstance(value, int) and name in _MOMENTS:
        return time_text(value, run.context.zone, 9)
    if isinstance(value, int) and name in _LENGTHS:
        return duration_text(value)
    if isinstance(value, int) and name in _EVENTS:
        return seq_text(value)
    return _shown(run, value)


def _edges(edging: Edging) -> str:
    text = ", ".join(edging.via) or "none"
    if edging.min_confidence:
        text += f" from confidence {edging.min_confidence:g} on"
    if edging.vetoed:
        pairs = (f"{seq_text(cause)} -> {seq_text(effect)}" for cause, effect in edging.vetoed)
        text += f" without {', '.join(pairs)}"
    return text


def _shown(run: Run, value: object) -> str:
    if isinstance(value, TimeRange):
        return _range(run, value)
    if value is True:
        return "yes"
    if isinstance(value, tuple):
        tests = all(isinstance(item, Conjunct) for item in value)
        return (" AND " if tests else ", ").join(_shown(run, item) for item in value)
    if hasattr(value, "descending"):
        return f"{_shown(run, value.value)}{' descending' if value.descending else ''}"  # type: ignore[attr-defined]
    for name in ("text", "name", "label", "function"):
        if hasattr(value, name):
            return str(getattr(value, name))
    return str(value)


def _range(run: Run, scope: TimeRange) -> str:
    zone = run.context.zone
    return f"{time_text(scope.start, zone, 9)} to {time_text(scope.end, zone, 9)}"
