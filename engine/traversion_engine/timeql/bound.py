"""Expressions after binding: columns, units, times and events resolved, every node typed.

A predicate is three-valued as in SQL. Nodes are independent of the engine that evaluates them;
`expressions` turns them into Polars.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, Final, TypeAlias, TypeVar

from traversion_engine.timeql.ast import ArithmeticOp, ComparisonOp

DERIVED_COST: Final = 3
DERIVED_PREFIX: Final = "derived "
"""Begins the name of a frame's column that holds a derived field."""


class Kind(StrEnum):
    """What an expression's values are."""

    NUMBER = "number"
    TEXT = "text"
    BOOLEAN = "boolean"
    TIME = "time"
    SEVERITY = "severity"
    STATUS = "status"
    EVENT = "event"


class Origin(StrEnum):
    """Where a column's values come from."""

    RECORDED = "recorded"  # a column of the snapshot
    DERIVED = "derived"  # per service over the window that ends with the event
    RESULT = "result"  # a column of the statement's own table


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the frame a predicate is tried on.

    name: in the frame. label: as shown. divisor: stored value / divisor = value in `unit`.
    path: the keys inside the JSON text of the column, for fields that have no column of their own.
    """

    name: str
    kind: Kind
    label: str
    unit: str | None = None
    divisor: int = 1
    origin: Origin = Origin.RECORDED
    path: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AsNumber:
    """A text read as a number; NULL where it is none.

    drifted: numbers recorded under the same key, where the key's type changed.
    """

    operand: Value
    drifted: Column | None = None


@dataclass(frozen=True, slots=True)
class AsText:
    """Values of a key whose type changed, all as text; `drifted` are those of the other type."""

    operand: Column
    drifted: Column


@dataclass(frozen=True, slots=True)
class Constant:
    """A value in the unit of what it is compared with; None is NULL. Times: ns, severities: int.

    unit: of a number that stands alone, or divides its like.
    """

    value: int | float | str | bool | None
    kind: Kind | None
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class Calc:
    """Arithmetic on numbers; division by zero is NULL."""

    op: ArithmeticOp
    left: Value
    right: Value


@dataclass(frozen=True, slots=True)
class Template:
    """A text with its numbers and ids masked, so that alike messages are equal."""

    operand: Value


@dataclass(frozen=True, slots=True)
class Compare:
    """`left op right`; NULL where a side is NULL."""

    op: ComparisonOp
    left: Value
    right: Value


@dataclass(frozen=True, slots=True)
class OneOf:
    """`operand IN (…)` over constants that are not NULL."""

    operand: Value
    options: tuple[Constant, ...]


@dataclass(frozen=True, slots=True)
class Matches:
    """The text has a match of the regular expression."""

    operand: Value
    pattern: str


@dataclass(frozen=True, slots=True)
class ContainsText:
    """The text contains another, case ignored."""

    operand: Value
    text: str


@dataclass(frozen=True, slots=True)
class Missing:
    """`operand IS NULL`; never NULL itself."""

    operand: Value


@dataclass(frozen=True, slots=True)
class Truth:
    """A boolean value as a predicate."""

    operand: Value


@dataclass(frozen=True, slots=True)
class Always:
    """True, false or unknown for every row."""

    value: bool | None


@dataclass(frozen=True, slots=True)
class AllOf:
    """Conjunction."""

    parts: tuple[Test, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """Disjunction."""

    parts: tuple[Test, ...]


@dataclass(frozen=True, slots=True)
class Negation:
    """`NOT part`; NULL stays NULL."""

    part: Test


@dataclass(frozen=True, slots=True)
class Aggregate:
    """An aggregate over a group's rows, NULLs left out.

    function: a name of `functions.AGGREGATES`; operand: None for count() and rate(); where: counts
    only rows that pass (`count(predicate)`, `rate(predicate)`, `ratio(predicate)`).
    """

    function: str
    operand: Value | None = None
    where: Test | None = None
    unit: str | None = None
    kind: Kind = Kind.NUMBER


Value: TypeAlias = (
    Column | Constant | AsNumber | AsText | Calc | Template | Aggregate | Truth | Compare
)
Test: TypeAlias = (
    Compare | OneOf | Matches | ContainsText | Missing | Truth | Always | AllOf | AnyOf | Negation
)


@dataclass(frozen=True, slots=True)
class Conjunct:
    """One of the tests that all must hold, with the words it was written in."""

    test: Test
    text: str


N = TypeVar("N")
P = TypeVar("P")


def kind_of(value: Value) -> Kind | None:
    """The kind of a value; None for the literal NULL."""
    match value:
        case Column() | Constant() | Aggregate():
            return value.kind
        case Calc() | AsNumber():
            return Kind.NUMBER
        case Template() | AsText():
            return Kind.TEXT
        case Truth() | Compare():
            return Kind.BOOLEAN


def unit_of(value: Value) -> str | None:
    """The unit of a value, where it has one."""
    match value:
        case Column() | Aggregate() | Constant():
            return value.unit
        case Calc(op, left, right) if op in "+-":
            return unit_of(left) or unit_of(right)
        case Calc(_, left, right) if is_plain(right):
            return unit_of(left)
        case Calc("*", left, right) if is_plain(left):
            return unit_of(right)
        case _:
            return None


def is_plain(value: Value) -> bool:
    """Whether the value only counts, so that what it multiplies keeps its unit."""
    if isinstance(value, Aggregate):
        return value.function in {"count", "distinct"}
    return isinstance(value, Constant) and value.unit is None


def columns_of(node: Value | Test) -> tuple[Column, ...]:
    """The columns that a value or a test reads, each once."""
    found: dict[Column, None] = {}
    waiting: list[Value | Test | None] = [node]
    while waiting:
        match waiting.pop():
            case Column() as column:
                found[column] = None
            case Calc(_, left, right) | Compare(_, left, right):
                waiting += [right, left]
            case (
                OneOf(operand, _)
                | Matches(operand, _)
                | ContainsText(operand, _)
                | Template(operand)
                | Missing(operand)
                | Truth(operand)
            ):
                waiting.append(operand)
            case AsNumber(operand, drifted) | AsText(operand, drifted):
                waiting += [drifted, operand]
            case AllOf(parts) | AnyOf(parts):
                waiting += reversed(parts)
            case Negation(part):
                waiting.append(part)
            case Aggregate(operand=operand, where=where):
                waiting += [where, operand]
            case _:
                pass
    return tuple(found)


def parts_of(node: object, kind: type[P]) -> list[P]:
    """The nodes of one type inside a bound value or test, outermost only, from left to right."""
    found: list[P] = []
    waiting = [node]
    while waiting:
        item = waiting.pop()
        if isinstance(item, kind):
            found.append(item)
        elif isinstance(item, tuple):
            waiting += reversed(item)
        elif hasattr(item, "__match_args__"):
            waiting += [getattr(item, name) for name in reversed(item.__match_args__)]
    return found


def cost_of(test: Test) -> int:
    """How dear a test is: 0 short columns, 1 texts, 2 JSON texts, 3 derived fields."""
    columns = columns_of(test)
    if any(column.origin is Origin.DERIVED for column in columns):
        return DERIVED_COST
    if any(column.path for column in columns):
        return 2
    waiting: list[Test] = [test]
    while waiting:
        match waiting.pop():
            case Matches() | ContainsText():
                return 1
            case AllOf(parts) | AnyOf(parts):
                waiting += parts
            case Negation(part):
                waiting.append(part)
            case _:
                pass
    return 0


def substitute(node: N, replacements: Mapping[Any, Any]) -> N:
    """The node with every part that equals a key of `replacements` exchanged for its value.

    Recursion follows the statement's brackets, whose depth the parser has bounded.
    """
    if node in replacements:
        found: N = replacements[node]
        return found
    if isinstance(node, Column | Constant):
        return node
    changes: dict[str, Any] = {}
    for name in getattr(node, "__match_args__", ()):
        part = getattr(node, name)
        if isinstance(part, tuple):
            changes[name] = tuple(
                substitute(item, replacements) if hasattr(item, "__match_args__") else item
                for item in part
            )
        elif hasattr(part, "__match_args__"):
            changes[name] = substitute(part, replacements)
    return replace(node, **changes) if changes else node  # type: ignore[type-var]
