"""What a statement will do: frozen nodes, one for each statement, that state their columns.

A plan holds no text to resolve and no frame; it can be printed, compared and rewritten.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, TypeAlias

from traversion_data import schema
from traversion_data.model import Nanos, TimeRange
from traversion_data.store.view import StoreView
from traversion_engine.catalogue import Field
from traversion_engine.timeql import columns as tables
from traversion_engine.timeql.ast import Direction, ShowKind
from traversion_engine.timeql.bound import (
    DERIVED_PREFIX,
    Aggregate,
    Column,
    Conjunct,
    Kind,
    Origin,
    Value,
    columns_of,
    parts_of,
)
from traversion_engine.timeql.columns import Columns
from traversion_engine.timeql.plan_anomalies import Anomalies
from traversion_engine.timeql.plan_compare import Compare
from traversion_engine.timeql.plan_match import MatchPattern
from traversion_engine.timeql.plan_patterns import Patterns
from traversion_engine.timeql.plan_predict import Predict, PredictWhen


@dataclass(frozen=True, slots=True)
class Scan:
    """Events that start in `scope` and pass every test of `where`, in (time, seq) order.

    columns: event columns that whoever reads the rows needs. over: window of derived fields.
    """

    scope: TimeRange
    where: tuple[Conjunct, ...]
    columns: tuple[str, ...]
    over: Nanos

    @property
    def tested(self) -> tuple[Column, ...]:
        """Columns the tests read."""
        found = (column for part in self.where for column in columns_of(part.test))
        return tuple(dict.fromkeys(found))

    @property
    def derived(self) -> tuple[str, ...]:
        """Derived fields that the tests or whoever reads the rows need."""
        names = [*self.columns, *(column.name for column in self.tested)]
        found = (n.removeprefix(DERIVED_PREFIX) for n in names if n.startswith(DERIVED_PREFIX))
        return tuple(dict.fromkeys(found))

    def estimate(self, view: StoreView) -> int:
        """Events in the scope, exactly, by two binary searches."""
        first, last = view.span(self.scope)
        return last - first

    def agrees(self, earlier: Scan, view: StoreView) -> bool:
        """Whether of the events of a snapshot the same pass as by an earlier scan; False if unsure.

        An event that came since may change what is derived from others.
        """
        if self.derived or self.where != earlier.where:
            return False
        ends = min(self.scope.end, earlier.scope.end)
        reached = not view.height or view.time_at(-1) < ends
        return reached and self.scope.start == earlier.scope.start


@dataclass(frozen=True, slots=True)
class Timeline:
    """TIMELINE."""

    scan: Scan
    limit: int | None
    columns: Columns = tables.TIMELINE


BUCKET: Final = Column("bucket start", Kind.TIME, "time", origin=Origin.RESULT)
"""The start of the bucket of time, with EVERY."""


@dataclass(frozen=True, slots=True)
class Output:
    """A named value of SELECT."""

    name: str
    value: Value


@dataclass(frozen=True, slots=True)
class Order:
    """A value to sort by."""

    value: Value
    descending: bool


@dataclass(frozen=True, slots=True)
class Select:
    """SELECT. `keys` are what rows are grouped by; `grouped` also without keys, if it aggregates.

    every: width of the time buckets in ns, counted from midnight in `zone`.
    """

    scan: Scan
    outputs: tuple[Output, ...]
    grouped: bool
    keys: tuple[Value, ...]
    every: Nanos | None
    zone: str
    having: tuple[Conjunct, ...]
    order: tuple[Order, ...]
    limit: int | None
    columns: Columns

    @property
    def aggregates(self) -> tuple[Aggregate, ...]:
        """All aggregates it computes, each once."""
        values = [
            *(output.value for output in self.outputs),
            *(order.value for order in self.order),
        ]
        found = [*values, *(part.test for part in self.having)]
        return tuple(dict.fromkeys(a for node in found for a in aggregates_of(node)))


@dataclass(frozen=True, slots=True)
class State:
    """STATE at `at`: the latest values of `fields`, or of all that are state.

    asked: fields that `where` tests beside the rows. since: only what changed after it. services:
    only these, where a test says so. over: window of derived fields, ns.
    """

    at: Nanos
    fields: tuple[Field, ...] | None
    where: tuple[Conjunct, ...]
    asked: tuple[Field, ...]
    since: Nanos | None
    over: Nanos
    services: tuple[str, ...] | None = None
    columns: Columns = tables.STATE


def state_column(label: str) -> str:
    """The column beside the rows of STATE that holds a field of the row's instance."""
    return f"field {label}"


def state_text(label: str) -> str:
    """The column beside the rows of STATE that holds the same as text."""
    return f"text {label}"


@dataclass(frozen=True, slots=True)
class History:
    """HISTORY of a recorded field."""

    service: str
    field: Field
    scope: TimeRange
    columns: Columns = tables.HISTORY


@dataclass(frozen=True, slots=True)
class Edging:
    """Which causal edges may be taken; `vetoed` are pairs of seqs, cause first."""

    via: tuple[str, ...]
    min_confidence: float
    vetoed: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Traverse:
    """TRAVERSE from an event. until: tests of events. where: tests of rows and their events."""

    start: int
    direction: Direction
    edging: Edging
    depth: int
    until: tuple[Conjunct, ...]
    where: tuple[Conjunct, ...]
    limit: int | None
    over: Nanos
    columns: Columns = tables.TRAVERSE


@dataclass(frozen=True, slots=True)
class Path:
    """PATH from a cause to an effect, both by seq."""

    cause: int
    effect: int
    edging: Edging
    columns: Columns = tables.TRAVERSE


@dataclass(frozen=True, slots=True)
class Trace:
    """TRACE of one trace."""

    trace_id: str
    columns: Columns = tables.TRACE


@dataclass(frozen=True, slots=True)
class Stack:
    """STACK at a moment; `where` tests rows and what is known of their spans."""

    at: Nanos
    where: tuple[Conjunct, ...]
    over: Nanos
    columns: Columns = tables.STACK


@dataclass(frozen=True, slots=True)
class Calls:
    """CALLS that ended in `window`."""

    window: TimeRange
    columns: Columns = tables.CALLS

    @property
    def scope(self) -> TimeRange:
        """The window, for meta."""
        return self.window


@dataclass(frozen=True, slots=True)
class Edges:
    """EDGES whose effect starts in scope; `where` tests rows and their effects."""

    scope: TimeRange
    edging: Edging
    where: tuple[Conjunct, ...]
    with_returns: bool
    over: Nanos
    columns: Columns = tables.EDGES


@dataclass(frozen=True, slots=True)
class Nothing:
    """An answer known to be empty when the statement was bound; its note says why."""

    columns: Columns


@dataclass(frozen=True, slots=True)
class Goto:
    """GOTO: the moment, and the event at it where one was named."""

    time: Nanos
    seq: int | None
    columns: Columns = tables.GOTO


@dataclass(frozen=True, slots=True)
class Mark:
    """MARK, as the console asks for it."""

    name: str
    time: Nanos
    columns: Columns = tables.MARK


@dataclass(frozen=True, slots=True)
class Show:
    """SHOW."""

    kind: ShowKind
    columns: Columns


@dataclass(frozen=True, slots=True)
class Help:
    """HELP; `topic` is a statement's keyword."""

    topic: str | None
    columns: Columns = tables.HELP


@dataclass(frozen=True, slots=True)
class Explain:
    """EXPLAIN: the statement as understood and its plan; None where it is not available."""

    statement: str
    bound: Plan | None
    columns: Columns = tables.EXPLAIN


Plan: TypeAlias = (
    Timeline
    | Select
    | State
    | History
    | Traverse
    | Path
    | Trace
    | Stack
    | Calls
    | Edges
    | MatchPattern
    | Patterns
    | Predict
    | PredictWhen
    | Compare
    | Anomalies
    | Nothing
    | Goto
    | Mark
    | Show
    | Help
    | Explain
)


def aggregates_of(node: object) -> list[Aggregate]:
    """The aggregates inside a bound value or test, from left to right."""
    return parts_of(node, Aggregate)


TIMELINE_READS = (
    schema.SEQ,
    schema.EVENT_ID,
    schema.TIME,
    schema.TYPE,
    schema.SERVICE,
    schema.SEVERITY,
    schema.MESSAGE,
    schema.DURATION,
    schema.TRACE_ID,
    schema.SPAN_ID,
)
