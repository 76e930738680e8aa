"""Comparisons of a statement to typed tests: each side is read beside the other."""

from __future__ import annotations

from typing import Final

from traversion_data import schema
from traversion_engine.catalogue import Unknown
from traversion_engine.timeql import ast
from traversion_engine.timeql.bind.beside_time import may_be_time, time_of
from traversion_engine.timeql.bind.constants import (
    Times,
    Written,
    constant,
    described,
    is_number,
    no_such_severity,
    severity_of,
    unit_of_written,
)
from traversion_engine.timeql.bind.environment import Environment
from traversion_engine.timeql.bind.fields import column, of_any_type
from traversion_engine.timeql.bind.values import Clause, is_written, value_of
from traversion_engine.timeql.bound import (
    AllOf,
    Always,
    AnyOf,
    AsNumber,
    AsText,
    Calc,
    Column,
    Compare,
    Constant,
    Kind,
    Negation,
    OneOf,
    Origin,
    Test,
    Truth,
    Value,
    kind_of,
    unit_of,
)
from traversion_engine.units import UnitMismatchError, convert

_ERROR_TYPE: Final = "error"
_ERROR_OCCURRED: Final = Column(schema.ERROR_OCCURRED, Kind.BOOLEAN, schema.ERROR_OCCURRED)


def comparison(env: Environment, node: ast.Comparison, clause: Clause) -> Test:
    """`left op right`, both sides in one kind and one unit."""
    _note_null(env, node)
    left, right = _sides(env, node, clause)
    left, right = _alike(env, node, left, right)
    test = Compare(node.op, left, right)
    if _is_error_type(left, right):
        either = AnyOf((Compare("=", left, right), Truth(_ERROR_OCCURRED)))
        return either if node.op == "=" else Negation(either) if node.op == "!=" else test
    return test


def membership(env: Environment, node: ast.In, clause: Clause) -> Test:
    """`operand IN (…)`, as if not negated."""
    operand = value_of(env, node.operand, clause, unit_of_written(node.options[0]))
    for option in node.options:
        operand = _as_text(env, operand, option)
    options = [_against(env, option, operand, clause) for option in node.options]
    if isinstance(operand, AsText):
        options = [_spelled(option) for option in options]
    known = tuple(o for o in options if isinstance(o, Constant) and o.value is not None)
    if any(option.kind is Kind.NUMBER for option in known) and kind_of(operand) is Kind.TEXT:
        operand = _number_of(env, operand)
        options = [_as_number(env, o, at) for o, at in zip(options, node.options, strict=True)]
        known = tuple(o for o in options if isinstance(o, Constant) and o.value is not None)
    tests: list[Test] = [OneOf(operand, known)] if known else []
    tests += [
        _equal(env, node.operand, written, operand, option)
        for written, option in zip(node.options, options, strict=True)
        if not isinstance(option, Constant)
    ]
    if any(isinstance(option, Constant) and option.value is None for option in options):
        tests.append(Always(None))
    if any(_is_error_type(operand, option) for option in known):
        tests.append(Truth(_ERROR_OCCURRED))
    return tests[0] if len(tests) == 1 else AnyOf(tuple(tests))


def _equal(
    env: Environment, left: ast.Expression, right: ast.Expression, operand: Value, option: Value
) -> Test:
    """A value of a list that is no literal, in the kind and unit of what is sought."""
    node = ast.Comparison("=", left, right, span=right.span, op_span=right.span)
    return Compare("=", *_alike(env, node, operand, option))


def between(env: Environment, node: ast.Between, clause: Clause) -> Test:
    """`operand BETWEEN low AND high`, both inclusive, as if not negated."""
    if isinstance(node.low, ast.String) and kind_of(value_of(env, node.operand, clause)) is (
        Kind.BOOLEAN
    ):
        operand, low, high = (env.words(part) for part in (node.operand, node.low, node.high))
        raise env.error(
            node.low,
            f"{operand} is true or false, and BETWEEN compares it here",
            f"For a scope write {operand} FROM {low} TO {high}.",
        )
    above = ast.Comparison(">=", node.operand, node.low, span=node.span, op_span=node.span)
    below = ast.Comparison("<=", node.operand, node.high, span=node.span, op_span=node.span)
    return AllOf((comparison(env, above, clause), comparison(env, below, clause)))


def _note_null(env: Environment, node: ast.Comparison) -> None:
    if node.op in {"=", "!="} and isinstance(node.right, ast.Null):
        wanted = "IS NULL" if node.op == "=" else "IS NOT NULL"
        env.note(f"Nothing compares with NULL; write {env.words(node.left)} {wanted}.")


def _sides(env: Environment, node: ast.Comparison, clause: Clause) -> tuple[Value, Value]:
    """Both sides; a literal is read in the kind and unit of the other."""
    left, right = node.left, node.right
    if not is_written(right) and (is_written(left) or may_be_time(left)):
        b = value_of(env, right, clause, unit_of_written(left))
        return _against(env, left, b, clause), b
    a = _as_text(env, value_of(env, left, clause, unit_of_written(right)), right)
    if isinstance(left, ast.Field) and severity_of(left.name) is not None and not left.quoted:
        b = value_of(env, right, clause)
        if kind_of(b) is Kind.SEVERITY:
            return _against(env, left, b, clause), b
    return a, _against(env, right, a, clause)


def _as_text(env: Environment, value: Value, beside: ast.Expression) -> Value:
    """A recorded value beside a text that is no number: whatever type it was recorded in."""
    if isinstance(beside, ast.String) and not is_number(beside.value):
        return of_any_type(env, value)
    return value


def _against(env: Environment, node: ast.Expression, beside: Value, clause: Clause) -> Value:
    if isinstance(node, Written | Times):
        return constant(env, node, beside)
    if kind_of(beside) is Kind.TIME:
        time = time_of(env, node, clause.names)
        if time is not None:
            return Constant(time, Kind.TIME)
    if isinstance(node, ast.Field) and not clause.names.own_column(node.name):
        if kind_of(beside) is Kind.SEVERITY and not node.quoted:
            level = severity_of(node.name)
            if level is not None:
                return Constant(int(level), Kind.SEVERITY)
        _refuse_unquoted_text(env, node, beside, clause)
    return value_of(env, node, clause)


def _refuse_unquoted_text(env: Environment, node: ast.Field, beside: Value, clause: Clause) -> None:
    """`service = db` means a field; where there is none, the text was meant."""
    if not clause.names.recorded:
        return
    if isinstance(env.catalogue.resolve(node.name, quoted=node.quoted), Unknown):
        if kind_of(beside) is Kind.SEVERITY:
            raise no_such_severity(env, node, node.name)
        if kind_of(beside) is Kind.NUMBER:
            return
        written = node.name.replace("'", "''")
        raise env.error(node, f"There is no field {node.name}", f"For the text write '{written}'.")


def _alike(
    env: Environment, node: ast.Comparison, left: Value, right: Value
) -> tuple[Value, Value]:
    """Both sides in one kind and one unit."""
    kinds = kind_of(left), kind_of(right)
    if None in kinds or kinds[0] is kinds[1]:
        return left, _in_unit_of(env, node, left, right)
    if kinds == (Kind.TEXT, Kind.NUMBER):
        return _number_of(env, left), right
    if kinds == (Kind.NUMBER, Kind.TEXT):
        return left, _number_of(env, right)
    raise env.error(node.op_span, f"{described(left)} and {described(right)}")


def _number_of(env: Environment, text: Value) -> AsNumber:
    """A text as a number, with the numbers recorded under its key where the type changed."""
    drifted = env.catalogue.drifted(text.label) if isinstance(text, Column) else None
    return AsNumber(text, column(env, drifted) if drifted and drifted.numeric else None)


def _in_unit_of(env: Environment, node: ast.Comparison, left: Value, right: Value) -> Value:
    mine, other = unit_of(left), unit_of(right)
    if isinstance(right, Constant) or mine is None or other is None or mine == other:
        return right
    try:
        factor = convert(1, other, mine)
    except UnitMismatchError:
        raise env.error(node.op_span, f"{described(left)} and {described(right)}") from None
    return Calc("*", right, Constant(factor, Kind.NUMBER))


def _is_error_type(left: Value, right: Value) -> bool:
    return (
        isinstance(left, Column)
        and left.name == schema.TYPE
        and left.origin is Origin.RECORDED
        and isinstance(right, Constant)
        and right.value == _ERROR_TYPE
    )


def _spelled(option: Value) -> Value:
    """A number of a list as the text that it was recorded as."""
    if isinstance(option, Constant) and option.kind is Kind.NUMBER:
        return Constant(str(option.value), Kind.TEXT)
    return option


def _as_number(env: Environment, option: Value, node: ast.Expression) -> Value:
    if isinstance(option, Constant) and isinstance(option.value, str):
        try:
            return Constant(float(option.value), Kind.NUMBER)
        except ValueError:
            raise env.error(
                node, "This is a text, and other values of the list are numbers"
            ) from None
    return option
