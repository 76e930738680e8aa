"""MATCH PATTERN, bound."""

from __future__ import annotations

from typing import Final

from traversion_data.model import TimeRange
from traversion_engine.catalogue import CORE, Unknown
from traversion_engine.diagnostic import did_you_mean, nearest
from traversion_engine.timeql import ast
from traversion_engine.timeql.bind.environment import Environment, NothingThereError
from traversion_engine.timeql.bind.fields import column, column_of, of_any_type
from traversion_engine.timeql.bind.predicates import conjuncts
from traversion_engine.timeql.bind.scopes import recorded, scope_of
from traversion_engine.timeql.bound import Value
from traversion_engine.timeql.plan import Scan
from traversion_engine.timeql.plan_match import MatchPattern, MatchStep

_NOTHING: Final = "NOTHING"


def match_pattern(env: Environment, node: ast.MatchPattern) -> MatchPattern:
    """MATCH PATTERN; what must not follow the last event is looked for after the scope too."""
    scope, whole = scope_of(env, node.scope), recorded(env)
    within = node.within.ns
    last = node.steps[-1]
    steps = []
    for step in node.steps:
        sought = scope
        if step is last and step.absent:
            sought = TimeRange(scope.start, max(scope.end, min(scope.end + within, whole.end)))
        scan = Scan(sought, conjuncts(env, step.predicate), (), env.over)
        steps.append(MatchStep(scan, step.absent, _words(env, node, step)))
    service = (column(env, CORE["service"]),)
    keys = service if node.by is None else tuple(_key(env, key) for key in node.by)
    return MatchPattern(tuple(steps), within, keys, scope, whole.end - 1)


def _words(env: Environment, node: ast.MatchPattern, step: ast.Step) -> str:
    if step is node.steps[0]:
        return f"WHERE {env.words(step.predicate)}"
    return f"{'NOT ' if step.absent else ''}FOLLOWED BY {env.words(step.predicate)}"


def _key(env: Environment, node: ast.Field) -> Value:
    unknown = isinstance(env.catalogue.resolve(node.name, quoted=node.quoted), Unknown)
    if unknown and not node.quoted and nearest(node.name, [_NOTHING]):
        hint = did_you_mean(f"BY {_NOTHING}")
        raise env.error(node, f"There is no field {node.name}", hint)
    found = column_of(env, node)
    if found is None:
        raise NothingThereError(f"No event has {node.name}, and one without takes no part.")
    return of_any_type(env, found)
