"""`+ - * /` between typed values: what fits together, in which unit, and what comes out."""

from __future__ import annotations

from traversion_engine.timeql import ast
from traversion_engine.timeql.bind.constants import (
    Times,
    Written,
    alone,
    constant,
    described,
    unit_of_written,
)
from traversion_engine.timeql.bind.environment import Environment
from traversion_engine.timeql.bound import Calc, Constant, Kind, Value, is_plain, kind_of, unit_of
from traversion_engine.units import compatible, convert


def numeric(env: Environment, op: ast.ArithmeticOp, node: ast.Expression, value: Value) -> Value:
    """The value, if it can be calculated with; else a StatementError at its place."""
    if kind_of(value) not in {Kind.NUMBER, None}:
        raise env.error(node, f"{described(value)}; {op} takes numbers")
    return value


def term(env: Environment, op: ast.ArithmeticOp, node: Written | Times, beside: Value) -> Value:
    """A literal of a calculation: a summand in the unit of the other side, a factor as a number.

    `80%` is the factor 0.8. Divided by a length of time, a length gives how many times.

    Raises:
        StatementError: no number, or a unit that the other side does not go with.
    """
    if op in "+-" or not isinstance(node, Written):
        return constant(env, node, beside)
    written, unit = unit_of_written(node), unit_of(beside)
    if written is None or not isinstance(node, ast.Number | ast.Percent | ast.Duration):
        return alone(node)
    value = node.ns if isinstance(node, ast.Duration) else node.value
    for plain in ("ratio", "count"):
        if compatible(written, plain):
            return Constant(convert(value, written, plain), Kind.NUMBER)
    if op == "*" and is_plain(beside):
        return alone(node)
    if op == "/" and unit is not None and compatible(written, unit):
        return Constant(convert(value, written, unit), Kind.NUMBER, unit)
    verb = "multiplied" if op == "*" else "divided"
    raise env.error(
        node, f"{described(beside)} and cannot be {verb} by {node.text}", "Write a plain number."
    )


def calculation(env: Environment, node: ast.Arithmetic, left: Value, right: Value) -> Calc:
    """`left op right`; what is added or subtracted, and what divides its like, is converted.

    Raises:
        StatementError: the two measure different things.
    """
    mine, other = unit_of(left), unit_of(right)
    if node.op == "*" or mine is None or other is None or mine == other:
        return Calc(node.op, left, right)
    if compatible(other, mine):
        factor = Constant(convert(1, other, mine), Kind.NUMBER)
        return Calc(node.op, left, Calc("*", right, factor))
    if node.op == "/":
        return Calc(node.op, left, right)
    raise env.error(
        node.op_span, f"{described(left)} and {described(right)}; {node.op} takes numbers alike"
    )
