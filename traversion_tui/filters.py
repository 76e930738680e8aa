"""What the log is filtered by: predicates of TimeQL, composed, and the events that pass them."""

# ruff: noqa: PLC0415 (the language is imported with the first filter, after the first picture)

from __future__ import annotations

from dataclasses import dataclass
from threading import Event
from typing import Any

from traversion_data import schema
from traversion_data.model import Severity
from traversion_data.store.view import StoreView
from traversion_engine.context import Context
from traversion_engine.result import ResultColumn, Role
from traversion_tui.formats import LETTERS
from traversion_tui.landmarks import Landmarks
from traversion_tui.reading.rows import columns
from traversion_tui.workers import Job


@dataclass(frozen=True, eq=False)
class Filtered:
    """The events of a snapshot that pass a predicate, as a snapshot of their own."""

    predicate: str
    of: StoreView
    marks: Landmarks


def filter_job(view: StoreView, predicate: str, context: Context) -> Job:
    """The events of a snapshot that pass; what the log does not show of them is left out."""

    def job(cancel: Event) -> Filtered:
        from traversion_engine.positions import positions

        kept = positions(view, predicate, context, cancel)
        names = dict.fromkeys([*columns(view), schema.TRACE_ID, schema.TIME_DIGITS])
        events = view.events.select(list(names))[kept]
        marks = Landmarks(StoreView(events, sources=view.sources, generation=view.generation))
        _ = (marks.view.density, marks.view.seqs, marks.errors, marks.warnings)
        return Filtered(predicate, view, marks)

    return job


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
