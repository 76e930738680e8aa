"""Rules that make a plan cheaper and leave its answer as it is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

import polars as pl

from traversion_data import schema
from traversion_data.model import TimeRange
from traversion_engine.timeql import bound
from traversion_engine.timeql.bound import Conjunct, Constant, Origin, Test, Value
from traversion_engine.timeql.expressions import test_expr
from traversion_engine.timeql.plan import Plan, Scan, Select, State, Timeline
from traversion_engine.timeql.plan_match import MatchPattern


@dataclass(frozen=True, slots=True)
class Rule:
    """One rewriting of a plan, and what it does in words."""

    name: str
    does: str
    apply: Callable[[Plan], Plan]


def rewrite(plan: Plan) -> tuple[Plan, tuple[Rule, ...]]:
    """The plan after all rules, and those that changed it."""
    applied = []
    for rule in RULES:
        changed = rule.apply(plan)
        if changed != plan:
            applied.append(rule)
            plan = changed
    return plan, tuple(applied)


def _on_scan(rewriting: Callable[[Scan], Scan]) -> Callable[[Plan], Plan]:
    def apply(plan: Plan) -> Plan:
        if isinstance(plan, Timeline | Select):
            return replace(plan, scan=rewriting(plan.scan))
        if isinstance(plan, MatchPattern):
            steps = (replace(step, scan=rewriting(step.scan)) for step in plan.steps)
            return replace(plan, steps=tuple(steps))
        return plan

    return apply


def flatten(scan: Scan) -> Scan:
    """`a AND (b AND c)` and BETWEEN are so many tests of their own."""
    parts: list[Conjunct] = []
    waiting = list(reversed(scan.where))
    while waiting:
        part = waiting.pop()
        if isinstance(part.test, bound.AllOf):
            waiting += [Conjunct(test, part.text) for test in reversed(part.test.parts)]
        else:
            parts.append(part)
    return replace(scan, where=tuple(parts))


def fold(scan: Scan) -> Scan:
    """What does not depend on the event is computed once; tests always true go."""
    parts = [Conjunct(_folded_test(part.test), part.text) for part in scan.where]
    kept = [part for part in parts if part.test != bound.Always(value=True)]
    return replace(scan, where=tuple(kept))


def narrow(scan: Scan) -> Scan:
    """Comparisons of `time` with a moment become part of the scope."""
    scope, kept = scan.scope, []
    for part in scan.where:
        limits = _limits(part.test)
        if limits is None:
            kept.append(part)
            continue
        start, end = limits
        start = scope.start if start is None else min(max(start, scope.start), scope.end)
        end = scope.end if end is None else max(min(end, scope.end), start)
        scope = TimeRange(start, end)
    return replace(scan, scope=scope, where=tuple(kept))


def cheap_first(scan: Scan) -> Scan:
    """Tests of short columns come before tests that read texts, derived fields last."""
    return replace(scan, where=tuple(sorted(scan.where, key=lambda part: bound.cost_of(part.test))))


def push_services(plan: Plan) -> Plan:
    """STATE reads only the services that a test asks for by name."""
    if not isinstance(plan, State) or plan.services is not None:
        return plan
    for part in plan.where:
        match part.test:
            case bound.Compare("=", bound.Column(name="service"), Constant(str() as name)):
                return replace(plan, services=(name,))
            case bound.OneOf(bound.Column(name="service"), options):
                return replace(plan, services=tuple(str(option.value) for option in options))
    return plan


RULES: Final = (
    Rule("flatten", "conjunctions inside conjunctions are tests of their own", _on_scan(flatten)),
    Rule("fold", "what does not depend on the event is computed once", _on_scan(fold)),
    Rule("narrow", "time predicates narrow the scope", _on_scan(narrow)),
    Rule("cheap first", "short columns are tested before texts", _on_scan(cheap_first)),
    Rule("push services", "only the named services are read", push_services),
)
"""In the order in which they are applied."""


def _limits(test: Test) -> tuple[int | None, int | None] | None:
    match test:
        case bound.Compare(op, bound.Column() as column, Constant(int() as ns)) if _is_time(column):
            return _range_of(op, ns)
        case bound.Compare(op, Constant(int() as ns), bound.Column() as column) if _is_time(column):
            flipped = {"<": ">", ">": "<", "<=": ">=", ">=": "<="}
            return _range_of(flipped.get(op, op), ns)
        case _:
            return None


def _range_of(op: str, ns: int) -> tuple[int | None, int | None] | None:
    match op:
        case "=":
            return ns, ns + 1
        case "<":
            return None, ns
        case "<=":
            return None, ns + 1
        case ">":
            return ns + 1, None
        case ">=":
            return ns, None
        case _:
            return None


def _is_time(column: bound.Column) -> bool:
    return column.name == schema.TIME and column.origin is Origin.RECORDED and not column.path


def _folded_test(test: Test) -> Test:
    match test:
        case bound.AllOf(parts):
            return bound.AllOf(tuple(_folded_test(part) for part in parts))
        case bound.AnyOf(parts):
            return bound.AnyOf(tuple(_folded_test(part) for part in parts))
        case bound.Negation(part):
            inner = _folded_test(part)
            if isinstance(inner, bound.Always):
                return bound.Always(None if inner.value is None else not inner.value)
            return bound.Negation(inner)
        case bound.Compare(op, left, right):
            folded = bound.Compare(op, _folded(left), _folded(right))
            return _constant_test(folded) if not bound.columns_of(folded) else folded
        case _:
            return test


def _constant_test(test: bound.Compare) -> Test:
    if any(isinstance(s, Constant) and s.value is None for s in (test.left, test.right)):
        return bound.Always(None)
    return bound.Always(pl.select(test_expr(test)).item())


def _folded(value: Value) -> Value:
    if not isinstance(value, bound.Calc):
        return value
    left, right = _folded(value.left), _folded(value.right)
    if not isinstance(left, Constant) or not isinstance(right, Constant):
        return bound.Calc(value.op, left, right)
    a, b = left.value, right.value
    if not isinstance(a, int | float) or not isinstance(b, int | float):
        return Constant(None, bound.Kind.NUMBER)
    results = {"+": a + b, "-": a - b, "*": a * b}
    if value.op == "/":
        return Constant(a / b if b else None, bound.Kind.NUMBER)
    return Constant(results[value.op], bound.Kind.NUMBER)
