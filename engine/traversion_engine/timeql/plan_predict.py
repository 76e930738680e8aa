"""What PREDICT will do."""

from __future__ import annotations

from dataclasses import dataclass

from traversion_data.model import Nanos
from traversion_engine.catalogue import Field
from traversion_engine.timeql import columns as tables
from traversion_engine.timeql.bound import Conjunct
from traversion_engine.timeql.columns import Columns

PREDICT = tables.OF["PREDICT"]


@dataclass(frozen=True, slots=True)
class Predict:
    """PREDICT NEXT: values at every `every` after `at`, up to `horizon` (ns).

    fields: None for request_rate, error_rate, p95 and the gauges with a limit. by: what stands in
    the place of the service. over: window of derived fields that `where` tests.
    """

    at: Nanos
    horizon: Nanos
    every: Nanos
    fields: tuple[Field, ...] | None
    by: Field | None
    where: tuple[Conjunct, ...]
    over: Nanos
    columns: Columns = PREDICT


@dataclass(frozen=True, slots=True)
class PredictWhen:
    """PREDICT WHEN: the first moment after `at`, within `horizon` (ns), at which all `where` hold.

    fields: those that `where` tests, in columns named by `predicted_column`. of_service: tests of
    nothing but the service.
    """

    at: Nanos
    horizon: Nanos
    fields: tuple[Field, ...]
    where: tuple[Conjunct, ...]
    of_service: tuple[Conjunct, ...]
    columns: Columns = PREDICT


def predicted_column(name: str) -> str:
    """The column in which PREDICT WHEN tests a field's predicted values."""
    return f"predicted {name}"
