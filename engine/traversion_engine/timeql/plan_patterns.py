"""The plan of PATTERNS."""

from __future__ import annotations

from dataclasses import dataclass

from traversion_data.model import TimeRange
from traversion_engine.timeql import columns as tables
from traversion_engine.timeql.columns import Columns


@dataclass(frozen=True, slots=True)
class Patterns:
    """PATTERNS: sequences that led to an error at least `min_support` times within the scope."""

    scope: TimeRange
    min_support: int
    columns: Columns = tables.OF["PATTERNS"]
