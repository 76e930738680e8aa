"""The plan of MATCH PATTERN."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from traversion_data.model import Nanos, TimeRange
from traversion_engine.timeql import columns as tables
from traversion_engine.timeql.bound import Value
from traversion_engine.timeql.columns import Columns

if TYPE_CHECKING:  # the plans' union imports this module
    from traversion_engine.timeql.plan import Scan


@dataclass(frozen=True, slots=True)
class MatchStep:
    """The events that a step asks for, or none of which may come where it stands (`absent`)."""

    scan: Scan
    absent: bool
    text: str


@dataclass(frozen=True, slots=True)
class MatchPattern:
    """MATCH PATTERN of events with equal values of `by`.

    within: ns from the first event to the last, or to the end of what an absent last step bars.
    known_until: the last moment of which everything is recorded.
    """

    steps: tuple[MatchStep, ...]
    within: Nanos
    by: tuple[Value, ...]
    scope: TimeRange
    known_until: Nanos
    columns: Columns = tables.OF["MATCH PATTERN"]

    @property
    def last_is_absent(self) -> bool:
        """Whether it ends with something that must not come."""
        return self.steps[-1].absent
