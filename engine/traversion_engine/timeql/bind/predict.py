"""PREDICT NEXT and PREDICT WHEN, bound."""

from __future__ import annotations

from typing import Final

from traversion_data.model import DAY, SECOND, Nanos
from traversion_engine.catalogue import CORE, DERIVED, Field, FieldKind
from traversion_engine.timeql import ast, bound
from traversion_engine.timeql.bind.environment import Environment, NothingThereError
from traversion_engine.timeql.bind.fields import column_of
from traversion_engine.timeql.bind.moments import moment
from traversion_engine.timeql.bind.predicates import conjuncts
from traversion_engine.timeql.bind.state import one_field
from traversion_engine.timeql.bound import Column, Kind, Origin
from traversion_engine.timeql.literals import duration_text
from traversion_engine.timeql.plan_predict import Predict, PredictWhen

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
    where = conjuncts(env, node.condition)
    fields: dict[str, Field] = {}
    for part in where:
        for read in bound.columns_of(part.test):
            field = _field_of(env, read)
            if field is None or not field.numeric:
                continue
            fields[field.name] = field
    if not fields:
        raise env.error(
            node.condition,
            "Nothing here is a number that may change",
            "Compare a field, as in cpu > 90%.",
        )
    within = _default_reach(env, at) if node.within is None else node.within.ns
    env.meta["within"] = duration_text(within)
    return PredictWhen(at, within, tuple(fields.values()), where)


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
