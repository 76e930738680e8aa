"""Statements of later versions, bound as far as their words go: a wrong one is told to be wrong."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from types import MappingProxyType
from typing import Any, Final

from traversion_engine.catalogue import CORE, DERIVED, matching_form
from traversion_engine.diagnostic import NotAvailableError, did_you_mean, nearest
from traversion_engine.timeql import ast
from traversion_engine.timeql.bind import causes, events
from traversion_engine.timeql.bind.arithmetic import term
from traversion_engine.timeql.bind.constants import constant
from traversion_engine.timeql.bind.environment import Environment, NothingThereError
from traversion_engine.timeql.bind.fields import column
from traversion_engine.timeql.bind.moments import event_moment, moment
from traversion_engine.timeql.bind.scopes import scope_of
from traversion_engine.timeql.bind.state import one_field
from traversion_engine.timeql.times import time_text

_CHANGEABLE: Final = MappingProxyType(
    {
        "duration": CORE["duration"],
        "latency": CORE["duration"],
        "errorrate": DERIVED["error_rate"],
    }
)
"""What WHAT IF can change, by matching form."""

Refusal = Callable[[Environment, Any], None]


def refuse(env: Environment, node: ast.Statement) -> NotAvailableError:
    """What a statement of a later version is answered with, once it is seen to be right.

    Raises:
        StatementError: it would be wrong in any version.
    """
    name, check = _LATER[type(node)]
    # a right statement may have an empty answer here
    with suppress(NothingThereError):
        check(env, node)
    return NotAvailableError(name)


def is_later(node: ast.Statement) -> bool:
    """Whether this version cannot answer the statement."""
    return type(node) in _LATER


def _root_cause(env: Environment, node: ast.RootCause) -> None:
    scope = scope_of(env, node.scope)
    at = None if node.at is None else moment(env, node.at)
    causes.edging(env, (), None, node.without, scope)
    if node.of is None:
        return
    event = event_moment(env, events.position(env, node.of, scope))
    if at is not None and node.at is not None and at < event:
        then = time_text(event, env.context.zone)
        raise env.error(node.at, f"This is before the event, which is at {then}")


def _what_if(env: Environment, node: ast.WhatIf) -> None:
    scope_of(env, node.scope)
    for change in node.changes:
        if isinstance(change, ast.Change):
            _change(env, change)
    _fields(env, node.fields)


def _change(env: Environment, node: ast.Change) -> None:
    field, value = node.target.field, node.value
    changed = _CHANGEABLE.get(matching_form(field.name))
    if changed is None:
        raise env.error(
            field,
            "Only duration and error_rate can be changed",
            did_you_mean(*nearest(field.name, ("duration", "error_rate"))),
        )
    if isinstance(value, ast.Baseline):
        if node.op != "=":
            raise env.error(value, f"{node.op} takes a number", "Write = BASELINE.")
    elif node.op == "*":
        term(env, node.op, value, column(env, changed))
    else:
        constant(env, value, column(env, changed))


def _fields(env: Environment, nodes: tuple[ast.Field, ...]) -> None:
    for node in nodes:
        one_field(env, node)


def _longer_than_nothing(env: Environment, node: ast.Duration | None, what: str) -> None:
    if node is not None and node.ns <= 0:
        raise env.error(node, f"{what} must be longer than nothing")


_LATER: Final[dict[type[ast.Node], tuple[str, Refusal]]] = {
    ast.RootCause: ("ROOT CAUSE", _root_cause),
    ast.WhatIf: ("WHAT IF", _what_if),
}
