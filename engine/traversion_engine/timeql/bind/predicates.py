"""Predicates of a statement to typed tests."""

from __future__ import annotations

from typing import Final

import polars as pl

from traversion_engine.timeql import ast
from traversion_engine.timeql.bind.comparisons import between, comparison, membership
from traversion_engine.timeql.bind.constants import described
from traversion_engine.timeql.bind.environment import Environment
from traversion_engine.timeql.bind.fields import EVENT_NAMES, Names, of_any_type
from traversion_engine.timeql.bind.values import Clause, value_of
from traversion_engine.timeql.bound import (
    AllOf,
    Always,
    AnyOf,
    Conjunct,
    Constant,
    ContainsText,
    Kind,
    Matches,
    Missing,
    Negation,
    Test,
    Truth,
    Value,
    kind_of,
)

_LIKE: Final = str.maketrans(
    {"%": ".*", "_": ".", **{mark: f"\\{mark}" for mark in r"\.+*?()|[]{}^$#&-~"}}
)


def conjuncts(
    env: Environment,
    node: ast.Predicate | None,
    names: Names = EVENT_NAMES,
    *,
    aggregates: bool = False,
) -> tuple[Conjunct, ...]:
    """The tests that all must hold, each with its words; none for no predicate."""
    if node is None:
        return ()
    clause = Clause(test_of, names, aggregates)
    parts = node.parts if isinstance(node, ast.And) else (node,)
    return tuple(Conjunct(test_of(env, part, clause), env.words(part)) for part in parts)


def test_of(env: Environment, node: ast.Predicate, clause: Clause) -> Test:
    """One predicate as a typed test.

    Raises:
        StatementError: unknown names, values of another kind, an invalid pattern.
    """
    match node:
        case ast.And(parts=parts):
            return AllOf(tuple(test_of(env, part, clause) for part in parts))
        case ast.Or(parts=parts):
            return AnyOf(tuple(test_of(env, part, clause) for part in parts))
        case ast.Not(part=part):
            return Negation(test_of(env, part, clause))
        case ast.Comparison():
            return comparison(env, node, clause)
        case ast.In():
            return _negated(membership(env, node, clause), node.negated)
        case ast.Between():
            return _negated(between(env, node, clause), node.negated)
        case ast.Like():
            pattern = f"(?s)^{node.pattern.value.translate(_LIKE)}$"
            return _negated(Matches(_any(env, node.operand, clause), pattern), node.negated)
        case ast.Regex():
            _check_pattern(env, node.pattern)
            operand = _any(env, node.operand, clause)
            return _negated(Matches(operand, node.pattern.value), node.negated)
        case ast.Contains():
            operand = _any(env, node.operand, clause)
            return _negated(ContainsText(operand, node.text.value), node.negated)
        case ast.IsNull():
            return _negated(Missing(_any(env, node.operand, clause)), node.negated)
        case ast.BareField():
            return _bare(env, node, clause)


def _any(env: Environment, node: ast.Expression, clause: Clause) -> Value:
    return of_any_type(env, value_of(env, node, clause))


def _negated(test: Test, negated: bool) -> Test:  # noqa: FBT001 (a fact of the node, not a mode)
    return Negation(test) if negated else test


def _bare(env: Environment, node: ast.BareField, clause: Clause) -> Test:
    if isinstance(node.operand, ast.Boolean):
        return Always(node.operand.value)
    value = value_of(env, node.operand, clause)
    if isinstance(value, Constant) and value.value is None:
        return Always(None)
    if kind_of(value) is not Kind.BOOLEAN:
        word = env.words(node)
        hint = f"Compare it, or write {word} IS NOT NULL."
        raise env.error(node, f"{described(value)}, not true or false", hint)
    return Truth(value)


def _check_pattern(env: Environment, node: ast.String) -> None:
    try:
        pl.Series([""]).str.contains(node.value)
    except pl.exceptions.ComputeError as error:
        lines = str(error).splitlines()
        reason = next(
            (line for line in lines if line.startswith("error: ")), "error: it is refused"
        )
        raise env.error(
            node, f"This is no regular expression: {reason.removeprefix('error: ')}"
        ) from None
