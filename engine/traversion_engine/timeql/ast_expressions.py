"""Nodes of the tree below the clause: values, predicates, events and times.

They refer to each other in a circle (an event may be named by a predicate, a predicate may hold a
time), so they stand together.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from traversion_engine.diagnostic import NOWHERE, Span

ComparisonOp: TypeAlias = Literal["=", "!=", "<", "<=", ">", ">="]
ArithmeticOp: TypeAlias = Literal["+", "-", "*", "/"]


@dataclass(frozen=True, slots=True)
class Node:
    """Anything of the tree; `span` is in characters of the statement's text."""

    span: Span = field(default=NOWHERE, compare=False, kw_only=True)


# ---------------------------------------------------------------- values and expressions


@dataclass(frozen=True, slots=True)
class Field(Node):
    """A name where a field, a derived field, an alias or a severity name may stand."""

    name: str
    quoted: bool = False


@dataclass(frozen=True, slots=True)
class Number(Node):
    """`80`, `1e6`, `250ms`, `10 MB`; `unit` is a canonical name of `literals.UNITS`, or None."""

    value: int | float
    unit: str | None
    text: str


@dataclass(frozen=True, slots=True)
class Percent(Node):
    """`80%`: `value` is 80, whatever the field's unit turns out to be."""

    value: int | float
    text: str


@dataclass(frozen=True, slots=True)
class String(Node):
    """A single-quoted text, its doubled quotes undone."""

    value: str


@dataclass(frozen=True, slots=True)
class Duration(Node):
    """`5 minutes`, `1h30m`: `ns` > = 0. In a value's place only compounds such as `1h30m`."""

    ns: int
    text: str


@dataclass(frozen=True, slots=True)
class Boolean(Node):
    """`true` or `false`."""

    value: bool


@dataclass(frozen=True, slots=True)
class Null(Node):
    """`NULL`."""


@dataclass(frozen=True, slots=True)
class Star(Node):
    """`*` as an item of SELECT: the columns of TIMELINE."""


@dataclass(frozen=True, slots=True)
class Call(Node):
    """`p99(duration)`, `count()`, `ratio(error)`; an argument may be a predicate.

    `count(*)` has `star` and no arguments and means `count()`. `function` is in lower case;
    `name_span` covers the function's name alone.
    """

    function: str
    args: tuple[Expression, ...] = ()
    star: bool = False
    name_span: Span = field(default=NOWHERE, compare=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Arithmetic(Node):
    """`left op right`; `op_span` covers the operator."""

    op: ArithmeticOp
    left: Expression
    right: Expression
    op_span: Span = field(default=NOWHERE, compare=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Comparison(Node):
    """`left op right`. `==` is read as `=`, `<>` as `!=`."""

    op: ComparisonOp
    left: Expression
    right: Expression
    op_span: Span = field(default=NOWHERE, compare=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class In(Node):
    """`operand [NOT] IN (option, …)`, at least one option."""

    operand: Expression
    options: tuple[Expression, ...]
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Between(Node):
    """`operand [NOT] BETWEEN low AND high`, both ends included as in SQL."""

    operand: Expression
    low: Expression
    high: Expression
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Like(Node):
    """`operand [NOT] LIKE 'pattern'` with `%` and `_`."""

    operand: Expression
    pattern: String
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Regex(Node):
    """`operand ~ 'pattern'` or `!~`; never compiled by Python, only by the columnar engine."""

    operand: Expression
    pattern: String
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Contains(Node):
    """`operand [NOT] CONTAINS 'text'`: plain text, case ignored."""

    operand: Expression
    text: String
    negated: bool = False


@dataclass(frozen=True, slots=True)
class IsNull(Node):
    """`operand IS [NOT] NULL`."""

    operand: Expression
    negated: bool = False


@dataclass(frozen=True, slots=True)
class BareField(Node):
    """A value alone where a predicate is meant: `WHERE error`, `NOT ok`.

    `operand` is a Field, a Boolean or a Call; the binder asks that it be boolean.
    """

    operand: Field | Boolean | Call


@dataclass(frozen=True, slots=True)
class And(Node):
    """Two or more conjuncts, none of them an And."""

    parts: tuple[Predicate, ...]


@dataclass(frozen=True, slots=True)
class Or(Node):
    """Two or more alternatives, none of them an Or."""

    parts: tuple[Predicate, ...]


@dataclass(frozen=True, slots=True)
class Not(Node):
    """`NOT part`."""

    part: Predicate


# ---------------------------------------------------------------- events


@dataclass(frozen=True, slots=True)
class SeqRef(Node):
    """`#1234` (source 0), `#2:1234` (source 1): the source's ordinal, the zero-based line in it."""

    source: int
    line: int


@dataclass(frozen=True, slots=True)
class IdRef(Node):
    """An event, span or trace id, quoted or bare; always text."""

    text: str
    quoted: bool = False


@dataclass(frozen=True, slots=True)
class EventWord(Node):
    """The bare word `event_id` or `eventId`: an event of that very id, else `selected`."""

    text: str


@dataclass(frozen=True, slots=True)
class Selected(Node):
    """`selected`."""


@dataclass(frozen=True, slots=True)
class FirstError(Node):
    """`FIRST ERROR`."""


@dataclass(frozen=True, slots=True)
class LastError(Node):
    """`LAST ERROR`."""


@dataclass(frozen=True, slots=True)
class FirstMatch(Node):
    """`(WHERE predicate)`."""

    predicate: Predicate


# ---------------------------------------------------------------- times


@dataclass(frozen=True, slots=True)
class Time(Node):
    """Any time; `offset_ns` is what `+ 30s` or `- 5m` behind it adds, signed."""

    offset_ns: int = field(default=0, kw_only=True)


@dataclass(frozen=True, slots=True)
class TimeLiteral(Time):
    """A date, clock time or epoch as written, without quotes: see `literals.TIME_SHAPES`."""

    text: str


@dataclass(frozen=True, slots=True)
class Now(Time):
    """`now`."""


@dataclass(frozen=True, slots=True)
class Playhead(Time):
    """`playhead`."""


@dataclass(frozen=True, slots=True)
class Start(Time):
    """`start`: the recording's first moment."""


@dataclass(frozen=True, slots=True)
class End(Time):
    """`end`: 1 ns after the recording's last moment."""


@dataclass(frozen=True, slots=True)
class Ago(Time):
    """`10 minutes ago`: before `now`."""

    duration: Duration


@dataclass(frozen=True, slots=True)
class Bookmark(Time):
    """`@name` or `@'any name'`."""

    name: str


@dataclass(frozen=True, slots=True)
class EventTime(Time):
    """The start of an event."""

    event: EventRef


Literals: TypeAlias = Number | Percent | String | Duration | Boolean | Null
EventRef: TypeAlias = SeqRef | IdRef | EventWord | Selected | FirstError | LastError | FirstMatch
TimeExpr: TypeAlias = TimeLiteral | Now | Playhead | Start | End | Ago | Bookmark | EventTime
Predicate: TypeAlias = (
    Comparison | In | Between | Like | Regex | Contains | IsNull | BareField | And | Or | Not
)
Expression: TypeAlias = Field | Literals | Star | Call | Arithmetic | TimeExpr | Predicate
