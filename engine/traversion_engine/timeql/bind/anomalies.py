"""ANOMALIES, bound."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from traversion_engine.catalogue import CORE, DERIVED, Field, FieldKind
from traversion_engine.timeql import ast
from traversion_engine.timeql.bind.environment import Environment, NothingThereError
from traversion_engine.timeql.bind.fields import column_of
from traversion_engine.timeql.bind.scopes import scope_of
from traversion_engine.timeql.bind.state import one_field
from traversion_engine.timeql.bound import Kind, Origin
from traversion_engine.timeql.plan_anomalies import Anomalies

_INSTEAD: Final = MappingProxyType({"duration": "p95", "error_occurred": "error_rate"})
"""What is looked at of a field that each request sets anew."""
_MESSAGE: Final = CORE["message"]


def anomalies(env: Environment, node: ast.Anomalies) -> Anomalies:
    """ANOMALIES, by service unless BY says otherwise."""
    scope = scope_of(env, node.scope)
    named = [field for one in node.fields if (field := one_field(env, one)) is not None]
    by = None if node.by is None else _key(env, node.by)
    messages = not node.fields or _MESSAGE in named
    chosen = [_looked_at(env, field) for field in named if field is not _MESSAGE]
    fields = tuple(dict.fromkeys(field for field in chosen if field is not None))
    if node.fields and not fields and not messages:
        raise NothingThereError("None of the fields after FOR is a number or the message.")
    return Anomalies(scope, fields if node.fields else None, messages, by)


def _looked_at(env: Environment, field: Field) -> Field | None:
    if field is CORE.get(field.name) and field.name in _INSTEAD:
        instead = DERIVED[_INSTEAD[field.name]]
        env.note(f"Of {field.name} the {instead.name} of each service is looked at.")
        return instead
    if not field.numeric or field.kind is FieldKind.ID:
        env.note(f"{field.name} is no number and is not looked at.")
        return None
    return field


def _key(env: Environment, node: ast.Field) -> Field:
    read = column_of(env, node)
    field = None if read is None else _field_of(env, read.origin, read.label)
    if read is None or field is None:
        raise NothingThereError(f"Nothing to group by: no field of this recording is {node.name}.")
    if read.kind not in {Kind.TEXT, Kind.BOOLEAN} or field.derived:
        raise env.error(
            node, f"{field.name} is no name to tell series apart by", "BY takes a text."
        )
    return field


def _field_of(env: Environment, origin: Origin, label: str) -> Field | None:
    if origin is Origin.DERIVED:
        return DERIVED.get(label)
    return env.catalogue.recorded(label)
