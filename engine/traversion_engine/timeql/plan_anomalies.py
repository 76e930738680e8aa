"""What ANOMALIES will do."""

from __future__ import annotations

from dataclasses import dataclass

from traversion_data.model import TimeRange
from traversion_engine.catalogue import Field
from traversion_engine.timeql import columns as tables
from traversion_engine.timeql.columns import Columns

ANOMALIES = tables.OF["ANOMALIES"]


@dataclass(frozen=True, slots=True)
class Anomalies:
    """ANOMALIES that begin in a scope, judged by all that was known by its end.

    fields: None for request_rate, error_rate, p95 and every gauge. messages: whether new and gone
    messages are looked for. by: what stands in the place of the service.
    """

    scope: TimeRange
    fields: tuple[Field, ...] | None
    messages: bool
    by: Field | None
    columns: Columns = ANOMALIES
