"""What the log is filtered by: predicates of TimeQL, composed, and the events that pass them."""

# ruff: noqa: PLC0415 (the language is imported with the first filter, after the first picture)

from __future__ import annotations

from dataclasses import dataclass
from threading import Event
from typing import TYPE_CHECKING, Any

import polars as pl

from traversion_data import schema
from traversion_data.model import Severity
from traversion_data.store.merge import merge
from traversion_data.store.view import StoreView
from traversion_engine.context import Context
from traversion_engine.result import ResultColumn, Role
from traversion_tui.formats import LETTERS
from traversion_tui.landmarks import Landmarks
from traversion_tui.reading.rows import columns
from traversion_tui.workers import Job

if TYPE_CHECKING:
    from traversion_engine.positions import Passing


@dataclass(frozen=True, eq=False)
class Filtered(Landmarks):
    """The events of a snapshot that pass a predicate, as a snapshot of their own."""

    predicate: str
    passing: Passing

    @property
    def of(self) -> StoreView:
        """The snapshot that was filtered."""
        return self.passing.view


def filter_job(
    view: StoreView, predicate: str, context: Context, before: Landmarks | None = None
) -> Job:
    """The events of a snapshot that pass; what the log does not show of them is left out.

    before: what is shown; where it is an earlier snapshot filtered alike, new events are tested.
    """
    known = before if isinstance(before, Filtered) and before.predicate == predicate else None

    def job(cancel: Event) -> Filtered:
        from traversion_engine.positions import passing

        found = passing(view, predicate, context, cancel, known.passing if known else None)
        names = list(dict.fromkeys([*columns(view), schema.TRACE_ID, schema.TIME_DIGITS]))
        events = view.events.select(names)
        alike = known is not None and known.view.events.schema == events.schema and found.same > 0
        rows = _grown(known, found, events) if known and alike else events[found.positions]
        kept = StoreView(rows, sources=view.sources, generation=view.generation)
        marks = Filtered(kept, predicate, found)
        if known and alike:
            marks.take_over(known)
        _ = (kept.density, kept.seqs, marks.errors, marks.warnings)
        return marks

    return job


def _grown(known: Filtered, found: Passing, events: pl.DataFrame) -> pl.DataFrame:
    """The rows found, of which the first are known; these are not copied."""
    stay = known.view.events.head(found.same)
    come = events[found.positions[found.same :]]
    return merge(stay, [come]).events.select(events.columns) if come.height else stay


def equals(field: str, value: Any) -> str:
    """`service = 'db'`."""
    from traversion_engine.timeql.format_expressions import name, quoted

    if value is None:
        return f"{name(field)} IS NULL"
    if isinstance(value, bool):
        return f"{name(field)} = {'true' if value else 'false'}"
    if isinstance(value, int | float):
        return f"{name(field)} = {value!r}"
    return f"{name(field)} = {quoted(str(value))}"


def cell(column: ResultColumn, value: Any) -> str | None:
    """The predicate that a cell of a result stands for; None for moments and events."""
    match column.role:
        case Role.TIME | Role.EVENT:
            return None
        case Role.SEVERITY if isinstance(value, int) and 0 <= value < len(LETTERS):
            return equals(column.name, Severity(value).word)
        case _:
            return equals(column.name, value)


def within(where: str | None, predicate: str) -> str:
    """Both; a predicate that is there already adds nothing."""
    predicate = f"({predicate})" if " OR " in predicate else predicate
    if where is None:
        return predicate
    parts = where.split(" AND ")
    return where if predicate in parts else f"{where} AND {predicate}"


def without(where: str | None, predicate: str) -> str:
    """The first, and not the other; of an event that lacks the field the other does not hold."""
    return within(where, f"NOT ({predicate})")
