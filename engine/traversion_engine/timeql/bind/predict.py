"""PREDICT NEXT and PREDICT WHEN, bound."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Final

from traversion_data.model import DAY, SECOND, Nanos
from traversion_engine.catalogue import CORE, DERIVED, Field, FieldKind
from traversion_engine.timeql import ast, bound
from traversion_engine.timeql.bind.environment import Environment, NothingThereError
from traversion_engine.timeql.bind.fields import column, column_of
from traversion_engine.timeql.bind.moments import moment
from traversion_engine.timeql.bind.predicates import conjuncts
from traversion_engine.timeql.bind.state import one_field
from traversion_engine.timeql.bound import Column, Conjunct, Kind, Origin, Test
from traversion_engine.timeql.literals import duration_text
from traversion_engine.timeql.occurrence import FEW_VALUES, absent_values
from traversion_engine.timeql.plan_predict import Predict, PredictWhen, predicted_column

STEPS: Final = 10
"""Steps of a prediction unless EVERY says otherwise."""
MOST_STEPS: Final = 1000
_INSTEAD: Final = {"duration": "p95", "error_occurred": "error_rate"}
"""What is predicted of a field that each request sets anew."""


def predict(env: Environment, node: ast.Predict) -> Predict:
    """PREDICT NEXT, by default from the playhead."""
    at = env.clock.playhead if node.start is None else moment(env, node.start)
    _longer_than_nothing(env, node.horizon, "What is predicted")
    _longer_than_nothing(env, node.every, "A step")
    horizon = node.horizon.ns
    every = max(horizon // STEPS, 1) if node.every is None else node.every.ns
    if node.every is not None and every > horizon:
        raise env.error(node.every, "A step cannot be longer than what is predicted")
    if node.every is not None and horizon // every > MOST_STEPS:
        raise env.error(
            node.every, f"This makes {horizon // every:,} steps, and {MOST_STEPS:,} are the most"
        )
    found = tuple(dict.fromkeys(f for n in node.fields for f in _numeric(env, n)))
    by = None if node.by is None else _key(env, node.by)
    where = conjuncts(env, node.where)
    if node.fields and not found:
        raise NothingThereError("None of the fields after FOR is a number that can be predicted.")
    return Predict(at, horizon, every, found or None, by, where, env.over)


def predict_when(env: Environment, node: ast.PredictWhen) -> PredictWhen:
    """PREDICT WHEN, from the playhead; without WITHIN as far ahead as half the history reaches."""
    at = env.clock.playhead
    _longer_than_nothing(env, node.within, "What is predicted")
    asked: dict[Column, Field] = {}
    where: list[Conjunct] = []
    of_service: list[Conjunct] = []
    condition = conjuncts(env, node.condition)
    for note in absent_values(env.catalogue, condition, FEW_VALUES):
        env.note(note)
    for part in condition:
        changing = [read for read in bound.columns_of(part.test) if read != _service(env)]
        for read in changing:
            asked[read] = _changing(env, node.condition, read)
        found = replace(part, test=_predicted(env, part.test, asked))
        (where if changing else of_service).append(found)
    if not where:
        hint = "Compare a field, as in cpu > 90%."
        raise env.error(node.condition, "Nothing here is a number that changes", hint)
    within = _default_reach(env, at) if node.within is None else node.within.ns
    env.meta["within"] = duration_text(within)
    distinct = tuple(dict.fromkeys(asked.values()))
    return PredictWhen(at, within, distinct, tuple(where), tuple(of_service))


def _predicted(env: Environment, test: Test, asked: dict[Column, Field]) -> Test:
    """The test over columns of predicted values, each in its field's unit."""
    names = {_service(env): CORE["service"], **asked}
    return bound.substitute(test, {read: _stand_in(read, field) for read, field in names.items()})


def _stand_in(read: Column, field: Field) -> Column:
    name = predicted_column(field.name)
    return Column(name, read.kind, read.label, read.unit, origin=Origin.RESULT)


def _changing(env: Environment, node: ast.Predicate, read: Column) -> Field:
    field = _field_of(env, read)
    if field is not None and field.name in _INSTEAD and field is CORE.get(field.name):
        if read.kind is Kind.NUMBER:
            env.note(f"Of {field.name} the {_INSTEAD[field.name]} of each service is predicted.")
            return DERIVED[_INSTEAD[field.name]]
    elif field is not None and field.numeric and read.kind is Kind.NUMBER:
        return field
    raise env.error(
        _place(env, node, read),
        f"{read.label} is no number that can be predicted",
        "PREDICT WHEN tests numbers, and the service.",
    )


def _place(env: Environment, node: ast.Predicate, read: Column) -> ast.Node:
    """The word that names the column, for the caret."""
    waiting: list[object] = [node]
    while waiting:
        item = waiting.pop(0)
        if isinstance(item, ast.Field) and column_of(env, item) == read:
            return item
        if isinstance(item, tuple):
            waiting += item
        elif isinstance(item, ast.Node):
            waiting += [getattr(item, part.name) for part in fields(item)]
    return node


def _service(env: Environment) -> Column:
    return column(env, CORE["service"])


def _default_reach(env: Environment, at: Nanos) -> Nanos:
    history = max(at - env.view.bounds.start, 0)
    return min(max(history // 2 // SECOND * SECOND, SECOND), DAY)


def _field_of(env: Environment, read: Column) -> Field | None:
    if read.origin is Origin.DERIVED:
        return DERIVED.get(read.label)
    return env.catalogue.recorded(read.label)


def _numeric(env: Environment, node: ast.Field) -> list[Field]:
    field = one_field(env, node)
    if field is None:
        return []
    if field.name in _INSTEAD and field is CORE.get(field.name):
        instead = DERIVED[_INSTEAD[field.name]]
        env.note(f"Of {field.name} the {instead.name} of each service is predicted.")
        return [instead]
    if not field.numeric or field.kind is FieldKind.ID:
        env.note(f"{field.name} is no number and is not predicted.")
        return []
    return [field]


def _key(env: Environment, node: ast.Field) -> Field:
    read = column_of(env, node)
    field = None if read is None else _field_of(env, read)
    if read is None or field is None:
        raise NothingThereError(f"Nothing to group by: no field of this recording is {node.name}.")
    if read.kind not in {Kind.TEXT, Kind.BOOLEAN} or field.derived:
        raise env.error(
            node, f"{field.name} is no name to tell series apart by", "BY takes a text."
        )
    return field


def _longer_than_nothing(env: Environment, node: ast.Duration | None, what: str) -> None:
    if node is not None and node.ns <= 0:
        raise env.error(node, f"{what} must be longer than nothing")
