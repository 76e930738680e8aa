"""GOTO, MARK, SHOW and HELP, bound."""

from __future__ import annotations

from typing import Final

from traversion_engine.timeql import ast
from traversion_engine.timeql import columns as tables
from traversion_engine.timeql.bind import events
from traversion_engine.timeql.bind.environment import Environment
from traversion_engine.timeql.bind.moments import event_moment, moment
from traversion_engine.timeql.columns import Columns
from traversion_engine.timeql.plan import Goto, Help, Mark, Show
from traversion_engine.timeql.plan_predict import PREDICT

_COLUMNS: Final[dict[type[ast.Node], Columns]] = {
    ast.State: tables.STATE,
    ast.Stack: tables.STACK,
    ast.Timeline: tables.TIMELINE,
    ast.Traverse: tables.TRAVERSE,
    ast.Path: tables.TRAVERSE,
    ast.Trace: tables.TRACE,
    ast.Calls: tables.CALLS,
    ast.History: tables.HISTORY,
    ast.Edges: tables.EDGES,
    ast.Patterns: tables.OF["PATTERNS"],
    ast.MatchPattern: tables.OF["MATCH PATTERN"],
    ast.Compare: tables.OF["COMPARE"],
    ast.Anomalies: tables.OF["ANOMALIES"],
    ast.Goto: tables.GOTO,
    ast.Mark: tables.MARK,
    ast.Predict: PREDICT,
    ast.PredictWhen: PREDICT,
    ast.Select: (),
}


def columns_of(statement: ast.Statement) -> Columns:
    """The columns of a statement that starts from an event which does not exist."""
    return _COLUMNS[type(statement)]


def goto(env: Environment, node: ast.Goto) -> Goto:
    """GOTO a moment, or an event."""
    if isinstance(node.target, ast.Time):
        return Goto(moment(env, node.target), None)
    at = events.position(env, node.target)
    return Goto(event_moment(env, at), events.seq_at(env, at))


def mark(env: Environment, node: ast.Mark) -> Mark:
    """MARK; only a console has bookmarks to set."""
    if env.context.playhead is None:
        raise env.error(
            node,
            "MARK sets a bookmark in the console, and this is not one",
            "GOTO prints a moment.",
        )
    time = env.context.playhead if node.at is None else moment(env, node.at)
    return Mark(node.name, time)


def show(_: Environment, node: ast.Show) -> Show:
    """SHOW."""
    return Show(node.kind, tables.SHOW[node.kind])


def help_(_: Environment, node: ast.Help) -> Help:
    """HELP."""
    return Help(node.topic)
