"""What may stand beside a time: bare words such as `now`, and times that are moved by `+ 30s`."""

from __future__ import annotations

from fractions import Fraction
from typing import Final

from traversion_data.model import Nanos
from traversion_engine.catalogue import Field, Unknown
from traversion_engine.timeql import ast, literals
from traversion_engine.timeql.bind.environment import Environment
from traversion_engine.timeql.bind.fields import Names
from traversion_engine.timeql.bind.moments import moment, moment_of_text
from traversion_engine.timeql.keywords import TIME_WORDS

_WRITTEN: Final = (
    ast.TimeLiteral | ast.Now | ast.Playhead | ast.Start | ast.End | ast.Ago | ast.Bookmark
    | ast.EventTime
)  # fmt: skip


def may_be_time(node: ast.Expression) -> bool:
    """Whether the node may be a time though it is written as a field or a sum."""
    match node:
        case ast.Field(name=name, quoted=False):
            return name.lower() in TIME_WORDS
        case ast.Arithmetic(op="+" | "-", left=left, right=right):
            return _length(right) is not None and (
                isinstance(left, ast.String | _WRITTEN) or may_be_time(left)
            )
        case _:
            return False


def time_of(env: Environment, node: ast.Expression, names: Names) -> Nanos | None:
    """The moment that a field-like word or a sum means beside a time; None where it means neither.

    A recorded field called `now` or `end` comes before the word.

    Raises:
        StatementError: the time in it is no time.
    """
    match node:
        case ast.Field(name=name, quoted=False) if name.lower() in TIME_WORDS:
            if names.own_column(name) or _is_recorded(env, name):
                return None
            return moment(env, literals.time_word(name, 0, node.span))
        case ast.Arithmetic(op=op, left=left, right=right) if may_be_time(node):
            start = _start(env, left, names)
            shift = _length(right)
            if start is None or shift is None:
                return None
            return start + shift if op == "+" else start - shift
        case _:
            return None


def _start(env: Environment, node: ast.Expression, names: Names) -> Nanos | None:
    if isinstance(node, ast.String):
        return moment_of_text(env, node)
    if isinstance(node, _WRITTEN):
        return moment(env, node)
    return time_of(env, node, names)


def _length(node: ast.Expression) -> Nanos | None:
    match node:
        case ast.Duration(ns=ns):
            return ns
        case ast.Number(value=value, unit=str() as unit) if unit in literals.NS_PER:
            return round(Fraction(value) * literals.NS_PER[unit])
        case _:
            return None


def _is_recorded(env: Environment, name: str) -> bool:
    found = env.catalogue.resolve(name)
    return not isinstance(found, Unknown) and not (isinstance(found, Field) and found.derived)
