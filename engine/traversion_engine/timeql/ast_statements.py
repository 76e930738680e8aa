"""Nodes of the tree from the clause up: scopes, parts of statements, statements."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from traversion_engine.timeql.ast_expressions import (
    Call,
    Duration,
    EventRef,
    Expression,
    Field,
    Node,
    Number,
    Percent,
    Predicate,
    TimeExpr,
)

ChangeOp: TypeAlias = Literal["=", "*", "+", "-"]
EdgeKind: TypeAlias = Literal["direct", "temporal", "data", "service"]
Direction: TypeAlias = Literal["backward", "forward", "both"]
ShowKind: TypeAlias = Literal["SERVICES", "FIELDS", "TYPES", "SOURCES", "GAPS", "BOOKMARKS"]


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
    """`SELECT item, … [scope] [WHERE] [GROUP BY] [EVERY d] [HAVING] [ORDER BY] [LIMIT n]`."""

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


Scope: TypeAlias = FromTo | Since | To | BetweenTimes | Last | Around
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
