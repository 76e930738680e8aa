"""Bound expressions as Polars expressions, one function a node; SQL's three-valued logic."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from operator import and_, or_
from typing import Final

import polars as pl

from traversion_data.attributes import value_at
from traversion_data.templates import masked
from traversion_engine.exact import divide, in_units_of
from traversion_engine.timeql import bound
from traversion_engine.timeql.bound import Kind, Test, Value

_LARGEST: Final = 2**63 - 1
_BOOLEAN_TEXT: Final = {"true": True, "false": False}


def holds(test: Test) -> pl.Expr:
    """What a filter keeps: rows for which the test is true, not those for which it is unknown.

    Never NULL itself: Polars 2.1 fails to filter by a literal that is (`ShapeError`).
    """
    return test_expr(test).cast(pl.Boolean).fill_null(value=False)


def passing(frame: pl.DataFrame, tests: Iterable[Test]) -> pl.DataFrame:
    """The rows for which all tests are true.

    Tests that read no column are tried once: Polars 2.1 fails to filter many rows by a literal.
    """
    varying: list[pl.Expr] = []
    for test in tests:
        if bound.columns_of(test):
            varying.append(holds(test))
        elif not pl.select(holds(test)).item():
            return frame.clear()
    return frame.filter(_joined(and_, varying)) if varying else frame


def test_expr(test: Test) -> pl.Expr:
    """A Boolean expression, NULL where SQL says unknown."""
    match test:
        case bound.Compare():
            return _compare(test)
        case bound.OneOf(operand, options):
            return _one_of(operand, options)
        case bound.Matches(operand, pattern):
            return text_expr(operand).str.contains(pattern)
        case bound.ContainsText(operand, text):
            return text_expr(operand).str.to_lowercase().str.contains(text.lower(), literal=True)
        case bound.Missing(operand):
            return value_expr(operand).is_null()
        case bound.Truth(operand):
            return value_expr(operand)
        case bound.Always(value):
            return pl.lit(value, dtype=pl.Boolean)
        case bound.AllOf(parts):
            return _joined(and_, map(test_expr, parts))
        case bound.AnyOf(parts):
            return _joined(or_, map(test_expr, parts))
        case bound.Negation(part):
            return ~test_expr(part)


def _joined(join: Callable[[pl.Expr, pl.Expr], pl.Expr], tests: Iterable[pl.Expr]) -> pl.Expr:
    """A flat tree: Polars 2.1 takes minutes to plan a chain of 400 tests."""
    level = list(tests)
    while len(level) > 1:
        pairs = [join(a, b) for a, b in zip(level[::2], level[1::2], strict=False)]
        level = pairs + level[len(level) - len(level) % 2 :]
    return level[0]


def value_expr(value: Value) -> pl.Expr:
    """A value per row, in its unit; times stay int64 ns, severities int8, texts as stored."""
    match value:
        case bound.Column():
            return column_expr(value)
        case bound.AsNumber(operand, drifted):
            number = text_expr(operand).str.strip_chars().cast(pl.Float64, strict=False)
            return number if drifted is None else pl.coalesce(number, column_expr(drifted))
        case bound.AsText(operand, drifted):
            return pl.coalesce(text_expr(operand), text_expr(drifted))
        case bound.Constant(None, _):
            return pl.lit(None)
        case bound.Constant(int() as number, _) if abs(number) > _LARGEST:
            return pl.lit(float(number))
        case bound.Constant(constant, _):
            return pl.lit(constant)
        case bound.Calc():
            return _calc(value)
        case bound.Template(operand):
            return masked(text_expr(operand))
        case bound.Truth(operand):
            return value_expr(operand)
        case bound.Compare():
            return _compare(value)
        case bound.Aggregate():
            raise TypeError("an aggregate is evaluated over groups, not over rows")


def column_expr(column: bound.Column) -> pl.Expr:
    """The values of a column in its unit."""
    expr = pl.col(column.name)
    if column.path:
        expr = value_at(expr, column.path)
        if column.kind is Kind.NUMBER:
            expr = expr.cast(pl.Float64, strict=False)
        elif column.kind is Kind.BOOLEAN:
            expr = expr.replace_strict(_BOOLEAN_TEXT, default=None, return_dtype=pl.Boolean)
    return expr if column.divisor == 1 else in_units_of(expr, column.divisor)


def text_expr(value: Value) -> pl.Expr:
    """The value as text, whatever it is stored as."""
    return value_expr(value).cast(pl.String)


def _one_of(operand: Value, options: Sequence[bound.Constant]) -> pl.Expr:
    if bound.kind_of(operand) is Kind.TEXT:
        return text_expr(operand).is_in([option.value for option in options])
    # `is_in` refuses numbers of another type, `==` compares them
    expr = value_expr(operand)
    return _joined(or_, (expr == value_expr(option) for option in options))


def _compare(test: bound.Compare) -> pl.Expr:
    left, right = test.left, test.right
    if isinstance(left, bound.Constant) and not isinstance(right, bound.Constant):
        flipped = {"<": ">", ">": "<", "<=": ">=", ">=": "<="}
        return _compare(bound.Compare(flipped.get(test.op, test.op), right, left))  # type: ignore[arg-type]
    plain = test.op in {"=", "!="} and isinstance(right, bound.Constant)
    as_text = Kind.TEXT in {bound.kind_of(left), bound.kind_of(right)} and not plain
    a, b = (text_expr(left), text_expr(right)) if as_text else (value_expr(left), value_expr(right))
    match test.op:
        case "=":
            return a == b
        case "!=":
            return a != b
        case "<":
            return a < b
        case "<=":
            return a <= b
        case ">":
            return a > b
        case ">=":
            return a >= b


def _calc(value: bound.Calc) -> pl.Expr:
    a, b = (value_expr(side) for side in (value.left, value.right))
    match value.op:
        case "+":
            return a + b
        case "-":
            return a - b
        case "*":
            return a * b
        case "/":
            return divide(a, b)
