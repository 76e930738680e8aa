"""What one statement's execution carries along: its snapshot, its limits, its notes."""

from __future__ import annotations

from dataclasses import dataclass, field
from threading import Event
from time import monotonic

import polars as pl

from traversion_data.store.view import StoreView
from traversion_engine.budget import Budget
from traversion_engine.context import Context
from traversion_engine.timeql.errors import CancelledError, OverBudgetError


@dataclass
class Run:
    """One execution. `check` is called between stages and between slices of a scan."""

    view: StoreView
    context: Context
    budget: Budget
    cancel: Event | None = None
    notes: list[str] = field(default_factory=list)
    meta: dict[str, str | int | float | bool] = field(default_factory=dict)
    scanned: int = 0
    started: float = field(default_factory=monotonic)

    def check(self) -> None:
        """Raise CancelledError when cancelled, OverBudgetError when out of time."""
        if self.cancel is not None and self.cancel.is_set():
            raise CancelledError("The statement was cancelled.")
        if monotonic() - self.started > self.budget.seconds:
            raise OverBudgetError(
                f"The statement took longer than {self.budget.seconds:g} s and was stopped;"
                " a smaller scope or a LIMIT helps."
            )

    def note(self, text: str) -> None:
        """Add a note, once."""
        if text not in self.notes:
            self.notes.append(text)

    def cut(self, frame: pl.DataFrame, limit: int | None = None) -> Answer:
        """An answer of at most `limit` rows and the row budget, with the number it was cut from."""
        most = self.budget.rows if limit is None else min(limit, self.budget.rows)
        if limit == 0:
            self.note("LIMIT 0 leaves no row.")
        if frame.height > most and most == self.budget.rows:
            self.note(f"Only the first {most:,} of {frame.height:,} rows are given; add a LIMIT.")
        return Answer(frame.head(most), frame.height)


@dataclass(frozen=True)
class Answer:
    """Rows of an answer and how many there were before they were cut."""

    frame: pl.DataFrame
    total: int
