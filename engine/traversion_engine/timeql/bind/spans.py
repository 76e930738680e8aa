"""Statements about spans, bound."""

from __future__ import annotations

from traversion_data import schema
from traversion_data.model import seq_text
from traversion_engine.timeql import ast
from traversion_engine.timeql.bind import events
from traversion_engine.timeql.bind.environment import Environment, NothingThereError
from traversion_engine.timeql.plan import Trace


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
