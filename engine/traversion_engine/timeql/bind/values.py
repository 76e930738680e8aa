"""Expressions of a statement to typed values."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from traversion_engine.diagnostic import did_you_mean, nearest
from traversion_engine.timeql import ast
from traversion_engine.timeql.bind.arithmetic import calculation, numeric, term
from traversion_engine.timeql.bind.constants import Times, Written, alone, described
from traversion_engine.timeql.bind.environment import Environment
from traversion_engine.timeql.bind.fields import EVENT_NAMES, Names, column_of, of_any_type
from traversion_engine.timeql.bind.moments import moment
from traversion_engine.timeql.bound import (
    Aggregate,
    Constant,
    Kind,
    Template,
    Test,
    Value,
    kind_of,
    unit_of,
)
from traversion_engine.timeql.functions import AGGREGATES, TEMPLATE, Function, Gives, Takes

PREDICATES = (
    ast.Comparison, ast.In, ast.Between, ast.Like, ast.Regex, ast.Contains, ast.IsNull,
    ast.BareField, ast.And, ast.Or, ast.Not,
)  # fmt: skip


@dataclass(frozen=True)
class Clause:
    """Where an expression stands: which names it knows and whether it may aggregate.

    aggregates: None where only single rows are seen, with `why_not` as the hint.
    test: binds a predicate inside `count(…)`; given by the predicate binder.
    """

    test: Callable[[Environment, ast.Predicate, Clause], Test]
    names: Names = EVENT_NAMES
    aggregates: bool = False


def value_of(
    env: Environment, node: ast.Expression, clause: Clause, beside: str | None = None
) -> Value:
    """A typed value; `beside` is the unit of what it is compared with, where known.

    Raises:
        StatementError: an unknown name or function, arithmetic on what is no number.
    """
    match node:
        case ast.Field():
            return column_of(env, node, clause.names, beside) or Constant(None, None)
        case ast.Call():
            return _call(env, node, clause)
        case ast.Arithmetic():
            return _arithmetic(env, node, clause)
        case ast.Star():
            raise env.error(node, "* stands alone in SELECT, for the columns of TIMELINE")
        case _ if isinstance(node, Written):
            return alone(node)
        case _ if isinstance(node, Times):
            return Constant(moment(env, node), Kind.TIME)
        case _:
            raise env.error(node, "A predicate is no value", "Write count(…) or ratio(…) of it.")


def is_written(node: ast.Expression) -> bool:
    """Whether the node is a literal or a time, which takes its unit from its neighbour."""
    return isinstance(node, Written | Times)


def _arithmetic(env: Environment, node: ast.Arithmetic, clause: Clause) -> Value:
    left, right, op = node.left, node.right, node.op
    if isinstance(left, Written | Times) and not is_written(right):
        b = numeric(env, op, right, value_of(env, right, clause))
        return calculation(env, node, numeric(env, op, left, term(env, op, left, b)), b)
    a = numeric(env, op, left, value_of(env, left, clause))
    if isinstance(right, Written | Times):
        return calculation(env, node, a, numeric(env, op, right, term(env, op, right, a)))
    return calculation(env, node, a, numeric(env, op, right, value_of(env, right, clause)))


def _call(env: Environment, node: ast.Call, clause: Clause) -> Value:
    if node.function == TEMPLATE:
        if len(node.args) != 1 or not isinstance(node.args[0], ast.Field):
            raise env.error(node, "template takes one field, as in template(message)")
        return Template(value_of(env, node.args[0], clause))
    function = AGGREGATES.get(node.function)
    if function is None:
        close = nearest(node.function, [*AGGREGATES, TEMPLATE])
        hint = did_you_mean(*close) or f"There are {', '.join([*AGGREGATES, TEMPLATE])}."
        raise env.error(node.name_span, f"There is no function {node.function}", hint)
    if not clause.aggregates:
        raise env.error(
            node,
            f"{node.function} is about many events, and a single one is asked for here",
            "HAVING tests aggregates.",
        )
    return _aggregate(env, node, function, clause)


def _aggregate(env: Environment, node: ast.Call, function: Function, clause: Clause) -> Aggregate:
    argument = _argument(env, node, function)
    inner = Clause(clause.test, EVENT_NAMES, aggregates=False)
    if argument is None:
        return Aggregate(function.name, unit="/s" if function.gives is Gives.RATE else None)
    where = _condition(env, argument, function, inner)
    if where is not None:
        unit = {Gives.RATE: "/s", Gives.SHARE: "ratio"}.get(function.gives)
        return Aggregate(function.name, where=where, unit=unit)
    if isinstance(argument, PREDICATES):
        raise env.error(argument, f"{function.name} takes {function.takes}, not a predicate")
    operand = value_of(env, argument, inner)
    if function.takes in {Takes.ANY, Takes.NOTHING_OR_ANY}:
        operand = of_any_type(env, operand)
    kind = kind_of(operand)
    if function.takes is Takes.NUMBER and kind not in {Kind.NUMBER, None}:
        raise env.error(argument, f"{described(operand)}; {function.name} takes numbers")
    if function.takes is Takes.ORDERED and kind is Kind.BOOLEAN:
        raise env.error(argument, f"{described(operand)}; {function.name} takes {function.takes}")
    if function.takes in {Takes.PREDICATE, Takes.NOTHING_OR_PREDICATE}:
        raise env.error(argument, f"{described(operand)}; {function.name} takes a predicate")
    if function.gives is Gives.COUNT:
        return Aggregate(function.name, operand)
    return Aggregate(function.name, operand, unit=unit_of(operand), kind=kind or Kind.NUMBER)


def _argument(env: Environment, node: ast.Call, function: Function) -> ast.Expression | None:
    may_be_empty = function.takes in {Takes.NOTHING_OR_ANY, Takes.NOTHING_OR_PREDICATE}
    if node.star and function.name != "count":
        raise env.error(node, f"* is for count; {function.name} takes {function.takes}")
    if len(node.args) > 1 or (not node.args and not may_be_empty):
        taken = "nothing" if not node.args else f"{len(node.args)} arguments"
        raise env.error(node, f"{function.name} takes {function.takes}, not {taken}")
    return node.args[0] if node.args else None


def _condition(
    env: Environment, argument: ast.Expression, function: Function, clause: Clause
) -> Test | None:
    """The predicate in `count(…)`, `rate(…)` and `ratio(…)`; None where a plain value stands."""
    if function.takes not in {Takes.NOTHING_OR_ANY, Takes.NOTHING_OR_PREDICATE, Takes.PREDICATE}:
        return None
    if isinstance(argument, PREDICATES):
        return clause.test(env, argument, clause)
    if isinstance(argument, ast.Field | ast.Boolean):
        value = value_of(env, argument, clause)
        if kind_of(value) is Kind.BOOLEAN:
            return clause.test(env, ast.BareField(argument, span=argument.span), clause)
    return None
