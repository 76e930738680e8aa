"""The syntax tree of TimeQL: frozen, unresolved, every node with its place in the text.

Nodes say what was written, not what it means: a field is a name, a time is its text, an event a
reference. Names, units and times are resolved by the binder. Two nodes are equal when they say the
same; `span` takes no part in equality. Durations and offsets are int nanoseconds.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from traversion_engine.diagnostic import NOWHERE, Span

ComparisonOp: TypeAlias = Literal["=", "!=", "<", "<=", ">", ">="]
ArithmeticOp: TypeAlias = Literal["+", "-", "*", "/"]
ChangeOp: TypeAlias = Literal["=", "*", "+", "-"]
EdgeKind: TypeAlias = Literal["direct", "temporal", "data", "service"]
Direction: TypeAlias = Literal["backward", "forward", "both"]
ShowKind: TypeAlias = Literal["SERVICES", "FIELDS", "TYPES", "SOURCES", "GAPS", "BOOKMARKS"]


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
    """`#1234` (source 1) or `#2:1234`: source ordinal from 1, zero-based line number."""

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


# ---------------------------------------------------------------- scopes


@dataclass(frozen=True, slots=True)
class FromTo(Node):
    """`FROM start [TO end]`."""

    start: TimeExpr
    end: TimeExpr | None = None


@dataclass(frozen=True, slots=True)
class Since(Node):
    """`SINCE start`."""

    start: TimeExpr


@dataclass(frozen=True, slots=True)
class To(Node):
    """`TO end`."""

    end: TimeExpr


@dataclass(frozen=True, slots=True)
class BetweenTimes(Node):
    """`BETWEEN start AND end`."""

    start: TimeExpr
    end: TimeExpr


@dataclass(frozen=True, slots=True)
class Last(Node):
    """`[IN] LAST duration`: up to `now`."""

    duration: Duration


@dataclass(frozen=True, slots=True)
class Around(Node):
    """`AROUND center [WITHIN radius]`: radius to each side, 60 s when None."""

    center: TimeExpr
    radius: Duration | None = None


# ---------------------------------------------------------------- parts of statements


@dataclass(frozen=True, slots=True)
class SelectItem(Node):
    """`expr [AS alias]`."""

    expr: Expression
    alias: str | None = None


@dataclass(frozen=True, slots=True)
class OrderItem(Node):
    """`expr [ASC|DESC]`."""

    expr: Expression
    descending: bool = False


@dataclass(frozen=True, slots=True)
class VetoKind(Node):
    """`WITHOUT temporal`."""

    kind: EdgeKind


@dataclass(frozen=True, slots=True)
class VetoEdge(Node):
    """`WITHOUT #12 -> #40`, cause first."""

    cause: EventRef
    effect: EventRef


@dataclass(frozen=True, slots=True)
class Step(Node):
    """A step of MATCH PATTERN; `absent` for NOT FOLLOWED BY."""

    predicate: Predicate
    absent: bool = False


@dataclass(frozen=True, slots=True)
class Target(Node):
    """`'service'.field`, or bare `service.field` split at its last dot (`bare`)."""

    service: str
    field: Field
    bare: bool = False


@dataclass(frozen=True, slots=True)
class Baseline(Node):
    """`BASELINE`: the median before the onset."""


@dataclass(frozen=True, slots=True)
class Change(Node):
    """`'db'.duration op value`."""

    target: Target
    op: ChangeOp
    value: Number | Percent | Duration | Baseline


@dataclass(frozen=True, slots=True)
class DropCalls(Node):
    """`WITHOUT 'cart' -> 'redis'`: those calls are not made."""

    caller: str
    callee: str


# ---------------------------------------------------------------- statements


@dataclass(frozen=True, slots=True)
class State(Node):
    """`STATE [AT t] [WHERE p] [FOR f, …] [CHANGED SINCE t] [OVER d]`."""

    at: TimeExpr | None = None
    where: Predicate | None = None
    fields: tuple[Field, ...] = ()
    changed_since: TimeExpr | None = None
    over: Duration | None = None


@dataclass(frozen=True, slots=True)
class Stack(Node):
    """`STACK [AT t] [WHERE p]`."""

    at: TimeExpr | None = None
    where: Predicate | None = None


@dataclass(frozen=True, slots=True)
class Timeline(Node):
    """`TIMELINE [scope] [WHERE p] [LIMIT n]`."""

    scope: Scope | None = None
    where: Predicate | None = None
    limit: int | None = None


@dataclass(frozen=True, slots=True)
class Select(Node):
    """`SELECT item, … [scope] [WHERE p] [GROUP BY …] [EVERY d] [HAVING p] [ORDER BY …] [LIMIT n]`."""

    items: tuple[SelectItem, ...]
    scope: Scope | None = None
    where: Predicate | None = None
    group_by: tuple[Expression, ...] = ()
    every: Duration | None = None
    having: Predicate | None = None
    order_by: tuple[OrderItem, ...] = ()
    limit: int | None = None


@dataclass(frozen=True, slots=True)
class Traverse(Node):
    """`TRAVERSE FROM event [FOLLOWING …] [VIA …] [MIN CONFIDENCE x] [DEPTH n] [UNTIL p] …`."""

    start: EventRef
    following: Direction | None = None
    via: tuple[EdgeKind, ...] = ()
    min_confidence: float | None = None
    depth: int | None = None
    until: Predicate | None = None
    where: Predicate | None = None
    without: tuple[Veto, ...] = ()
    limit: int | None = None


@dataclass(frozen=True, slots=True)
class Path(Node):
    """`PATH FROM cause TO effect [VIA …] [MIN CONFIDENCE x] [WITHOUT …]`."""

    cause: EventRef
    effect: EventRef
    via: tuple[EdgeKind, ...] = ()
    min_confidence: float | None = None
    without: tuple[Veto, ...] = ()


@dataclass(frozen=True, slots=True)
class RootCause(Node):
    """`ROOT CAUSE [OF event] [AT t] [scope] [WITHOUT …]`."""

    of: EventRef | None = None
    at: TimeExpr | None = None
    scope: Scope | None = None
    without: tuple[Veto, ...] = ()


@dataclass(frozen=True, slots=True)
class MatchPattern(Node):
    """`MATCH PATTERN WHERE p … WITHIN d [scope] [BY …]`; the first step is present.

    `by` is None when not given (service), () for BY NOTHING.
    """

    steps: tuple[Step, ...]
    within: Duration
    scope: Scope | None = None
    by: tuple[Field, ...] | None = None


@dataclass(frozen=True, slots=True)
class Patterns(Node):
    """`PATTERNS [scope] [MIN SUPPORT n]`."""

    scope: Scope | None = None
    min_support: int | None = None


@dataclass(frozen=True, slots=True)
class Anomalies(Node):
    """`ANOMALIES [scope] [FOR f, …] [BY f]`."""

    scope: Scope | None = None
    fields: tuple[Field, ...] = ()
    by: Field | None = None


@dataclass(frozen=True, slots=True)
class Compare(Node):
    """`COMPARE a [WITH b] [FOR f, …] [OVER d] [BY f] [WHERE p]`; measures are Fields or Calls."""

    a: TimeExpr
    b: TimeExpr | None = None
    measures: tuple[Field | Call, ...] = ()
    over: Duration | None = None
    by: Field | None = None
    where: Predicate | None = None


@dataclass(frozen=True, slots=True)
class Predict(Node):
    """`PREDICT NEXT d [FROM t] [FOR f, …] [BY f] [WHERE p] [EVERY d]`."""

    horizon: Duration
    start: TimeExpr | None = None
    fields: tuple[Field, ...] = ()
    by: Field | None = None
    where: Predicate | None = None
    every: Duration | None = None


@dataclass(frozen=True, slots=True)
class PredictWhen(Node):
    """`PREDICT WHEN p [WITHIN d]`."""

    condition: Predicate
    within: Duration | None = None


@dataclass(frozen=True, slots=True)
class WhatIf(Node):
    """`WHAT IF change, … [scope] [FOR f, …]`, in the order given."""

    changes: tuple[Change | DropCalls, ...]
    scope: Scope | None = None
    fields: tuple[Field, ...] = ()


@dataclass(frozen=True, slots=True)
class Trace(Node):
    """`TRACE id|event`."""

    event: EventRef


@dataclass(frozen=True, slots=True)
class Calls(Node):
    """`CALLS [AT t] [OVER d] [scope]`."""

    at: TimeExpr | None = None
    over: Duration | None = None
    scope: Scope | None = None


@dataclass(frozen=True, slots=True)
class History(Node):
    """`HISTORY OF 'service'.field [scope]`."""

    target: Target
    scope: Scope | None = None


@dataclass(frozen=True, slots=True)
class Goto(Node):
    """`GOTO t|event`; an event without an offset is an EventRef."""

    target: TimeExpr | EventRef


@dataclass(frozen=True, slots=True)
class Mark(Node):
    """`MARK 'name' [AT t]`."""

    name: str
    at: TimeExpr | None = None


@dataclass(frozen=True, slots=True)
class Edges(Node):
    """`EDGES [scope] [WHERE p] [WITH RETURNS] [WITHOUT …]`."""

    scope: Scope | None = None
    where: Predicate | None = None
    with_returns: bool = False
    without: tuple[Veto, ...] = ()


@dataclass(frozen=True, slots=True)
class Show(Node):
    """`SHOW SERVICES|FIELDS|TYPES|SOURCES|GAPS|BOOKMARKS`."""

    kind: ShowKind


@dataclass(frozen=True, slots=True)
class Explain(Node):
    """`EXPLAIN statement`."""

    statement: Statement


@dataclass(frozen=True, slots=True)
class Help(Node):
    """`HELP [statement]`; `topic` is a keyword of `registry.STATEMENTS` ("ROOT CAUSE")."""

    topic: str | None = None


Literals: TypeAlias = Number | Percent | String | Duration | Boolean | Null
EventRef: TypeAlias = SeqRef | IdRef | EventWord | Selected | FirstError | LastError | FirstMatch
TimeExpr: TypeAlias = TimeLiteral | Now | Playhead | Start | End | Ago | Bookmark | EventTime
Scope: TypeAlias = FromTo | Since | To | BetweenTimes | Last | Around
Predicate: TypeAlias = (
    Comparison | In | Between | Like | Regex | Contains | IsNull | BareField | And | Or | Not
)
Expression: TypeAlias = Field | Literals | Star | Call | Arithmetic | TimeExpr | Predicate
Veto: TypeAlias = VetoKind | VetoEdge
Statement: TypeAlias = (
    State
    | Stack
    | Timeline
    | Select
    | Traverse
    | Path
    | RootCause
    | MatchPattern
    | Patterns
    | Anomalies
    | Compare
    | Predict
    | PredictWhen
    | WhatIf
    | Trace
    | Calls
    | History
    | Goto
    | Mark
    | Edges
    | Show
    | Explain
    | Help
)
