"""What COMPARE will do."""

from __future__ import annotations

from dataclasses import dataclass

from traversion_data import schema
from traversion_data.model import Nanos, TimeRange
from traversion_engine.diagnose.compare.measure import Measure
from traversion_engine.timeql import columns as tables
from traversion_engine.timeql.bound import Column, Conjunct, Origin, Test, Value
from traversion_engine.timeql.columns import Columns


@dataclass(frozen=True, slots=True)
class Compared:
    """A measure and what it is of: a value, or a test that is counted; all rows without either."""

    measure: Measure
    value: Value | None = None
    test: Test | None = None

    @property
    def label(self) -> str:
        """As EXPLAIN shows it."""
        return f"{self.measure.label} ({self.measure.how})"


@dataclass(frozen=True, slots=True)
class Compare:
    """COMPARE of two windows, in which events count when they end.

    baseline: why `a` was chosen, where the statement does not name it. whole: all fields are asked
    for, and what is new and gone. over: window of derived fields that `where` tests.
    """

    a: TimeRange
    b: TimeRange
    baseline: str | None
    measures: tuple[Compared, ...]
    by: Column
    where: tuple[Conjunct, ...]
    whole: bool
    over: Nanos
    columns: Columns = tables.OF["COMPARE"]

    @property
    def by_service(self) -> bool:
        """Whether rows are by service, which no event is without."""
        return self.by.name == schema.SERVICE and self.by.origin is Origin.RECORDED

    @property
    def scope(self) -> TimeRange:
        """From the first moment that is looked at to the last."""
        return TimeRange(min(self.a.start, self.b.start), max(self.a.end, self.b.end))
