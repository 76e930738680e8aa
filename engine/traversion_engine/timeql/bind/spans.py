"""Statements about spans, bound."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from traversion_data import schema
from traversion_data.model import TimeRange, seq_text
from traversion_engine.timeql import ast
from traversion_engine.timeql import columns as tables
from traversion_engine.timeql.bind import events
from traversion_engine.timeql.bind.environment import Environment, NothingThereError
from traversion_engine.timeql.bind.fields import Names
from traversion_engine.timeql.bind.moments import moment
from traversion_engine.timeql.bind.predicates import conjuncts
from traversion_engine.timeql.bind.scopes import scope_of
from traversion_engine.timeql.plan import Calls, Stack, Trace

_OF_STACK: Final = ("depth", "open_ms", "usual_p50_ms", "usual_p99_ms", "waiting_on")
"""Columns of STACK that no span has."""

_STACK_NAMES: Final = Names(
    MappingProxyType({name: tables.own_columns(tables.STACK)[name] for name in _OF_STACK})
)


def trace(env: Environment, node: ast.Trace) -> Trace:
    """TRACE by its id, or of an event."""
    if isinstance(node.event, ast.IdRef) and events.is_trace(env, node.event.text):
        return Trace(node.event.text)
    at = events.position(env, node.event)
    trace_id = env.view.events[schema.TRACE_ID][at]
    event = seq_text(events.seq_at(env, at))
    if trace_id is None:
        raise NothingThereError(f"{event} belongs to no trace.")
    env.meta["event"] = event
    return Trace(str(trace_id))


def stack(env: Environment, node: ast.Stack) -> Stack:
    """STACK at a moment, by default the playhead."""
    at = env.clock.playhead if node.at is None else moment(env, node.at)
    return Stack(at, conjuncts(env, node.where, _STACK_NAMES), env.over)


def calls(env: Environment, node: ast.Calls) -> Calls:
    """CALLS in a scope, or in the window that ends with AT, or with the playhead for OVER alone."""
    if node.at is None and node.over is None:
        return Calls(scope_of(env, node.scope))
    if node.scope is not None:
        raise env.error(node.scope, "A scope and AT or OVER both say when", "Write one of them.")
    over = env.over if node.over is None else node.over.ns
    if node.over is not None and over <= 0:
        raise env.error(node.over, "A window must be longer than nothing")
    at = env.clock.playhead if node.at is None else moment(env, node.at)
    return Calls(TimeRange(at - over + 1, at + 1))
