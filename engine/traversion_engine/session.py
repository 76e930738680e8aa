"""The one door to the engine: statements in, result tables out, on the newest snapshot."""

from __future__ import annotations

from collections.abc import Callable
from threading import Event
from typing import TYPE_CHECKING

from traversion_data.store.view import StoreView
from traversion_engine.budget import Budget
from traversion_engine.context import HEADLESS, Context
from traversion_engine.result import ResultTable
from traversion_engine.timeql.errors import CancelledError, OverBudgetError

if TYPE_CHECKING:
    from traversion_engine.timeql.complete import Completion

__all__ = ["Budget", "CancelledError", "OverBudgetError", "Session"]


class Session:
    """Asks of one recording. Thread-safe: every call works on one immutable snapshot."""

    def __init__(self, view: Callable[[], StoreView], budget: Budget | None = None) -> None:
        """`view` gives the newest snapshot, for instance `lambda: head.view`."""
        self._view = view
        self._budget = budget or Budget()

    @property
    def view(self) -> StoreView:
        """The newest snapshot."""
        return self._view()

    def ask(
        self, statement: str, context: Context = HEADLESS, cancel: Event | None = None
    ) -> ResultTable:
        """Answer a TimeQL statement.

        Raises:
            StatementError: the statement is wrong (exit code 2).
            NotAvailableError: this version does not have the statement (exit code 3).
            CancelledError: `cancel` was set meanwhile, or the time budget is used up.
        """
        # Imported with the first statement: the console shows its first picture without it.
        from traversion_engine.timeql.answer import answer  # noqa: PLC0415
        from traversion_engine.timeql.execute import Run  # noqa: PLC0415

        return answer(statement, Run(self.view, context, self._budget, cancel))

    def complete(self, text: str, caret: int, context: Context = HEADLESS) -> Completion:
        """What may be typed at a caret of an unfinished statement, and its signature."""
        from traversion_engine.timeql.complete import complete  # noqa: PLC0415 - as in `ask`

        return complete(text, caret, self.view, context)

    def estimate(self, statement: str, context: Context = HEADLESS) -> int | None:
        """Events that a statement would read; None where it is wrong or reads none."""
        from traversion_engine.timeql.estimate import estimate  # noqa: PLC0415 - as in `ask`

        return estimate(statement, self.view, context)
