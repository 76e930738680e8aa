"""The stage between tree and plan: one function for each statement."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

import numpy as np

from traversion_data.model import MINUTE, TimeRange
from traversion_data.store.view import StoreView
from traversion_engine.budget import Budget
from traversion_engine.catalogue import Catalogue
from traversion_engine.context import Context
from traversion_engine.timeql import ast
from traversion_engine.timeql.bind import (
    anomalies,
    causes,
    compare,
    later,
    match,
    patterns,
    predict,
    rows,
    small,
    spans,
    state,
)
from traversion_engine.timeql.bind.environment import Environment, NothingThereError
from traversion_engine.timeql.bind.predicates import conjuncts
from traversion_engine.timeql.columns import Columns
from traversion_engine.timeql.execute.run import Run
from traversion_engine.timeql.execute.scan import positions
from traversion_engine.timeql.format import format_statement
from traversion_engine.timeql.occurrence import FEW_VALUES, absent_values
from traversion_engine.timeql.plan import Explain, Nothing, Plan, Scan

_BINDERS: Final[dict[type[ast.Node], Callable[[Environment, Any], Plan]]] = {
    ast.Timeline: rows.timeline,
    ast.Select: rows.select,
    ast.Trace: spans.trace,
    ast.Stack: spans.stack,
    ast.Calls: spans.calls,
    ast.Edges: causes.edges,
    ast.Traverse: causes.traverse,
    ast.Path: causes.path,
    ast.MatchPattern: match.match_pattern,
    ast.Patterns: patterns.patterns,
    ast.State: state.state,
    ast.History: state.history,
    ast.Predict: predict.predict,
    ast.PredictWhen: predict.predict_when,
    ast.Compare: compare.compare,
    ast.Anomalies: anomalies.anomalies,
    ast.Goto: small.goto,
    ast.Mark: small.mark,
    ast.Show: small.show,
    ast.Help: small.help_,
}


def environment(text: str, view: StoreView, context: Context) -> Environment:
    """What a statement is bound against."""
    return Environment(text, view, Catalogue.of(view), context, MINUTE, _matches)


def bind(statement: ast.Statement, env: Environment) -> Plan:
    """The plan of a statement; notes gather in `env`.

    Raises:
        StatementError: a name, a unit, a time or an event that cannot be resolved.
        NotAvailableError: this version does not have the statement.
    """
    if isinstance(statement, ast.Explain):
        return _explained(statement, env)
    if later.is_later(statement):
        raise later.refuse(env, statement)
    try:
        return _BINDERS[type(statement)](env, statement)
    except NothingThereError as missing:
        env.note(missing.note)
        return Nothing(_columns_of(statement, env))


def _columns_of(statement: ast.Statement, env: Environment) -> Columns:
    """The columns of a statement whose scope or event does not exist here."""
    if not isinstance(statement, ast.Select):
        return small.columns_of(statement)
    try:
        return rows.select(env, replace(statement, scope=None, where=None)).columns
    except NothingThereError:
        return ()


def _explained(statement: ast.Explain, env: Environment) -> Explain:
    inner = statement.statement
    while isinstance(inner, ast.Explain):
        inner = inner.statement
    if later.is_later(inner):
        env.note(str(later.refuse(env, inner)))
        return Explain(format_statement(inner), None)
    return Explain(format_statement(inner), bind(inner, env))


def _matches(env: Environment, predicate: ast.Predicate, scope: TimeRange) -> np.ndarray:
    scan = Scan(scope, conjuncts(env, predicate), (), env.over)
    found = positions(Run(env.view, env.context, Budget()), scan)
    if not len(found):
        for note in absent_values(env.catalogue, scan.where, FEW_VALUES):
            env.note(note)
    return found
