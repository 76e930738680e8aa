"""The one door to the engine: statements in, result tables out, on the newest snapshot."""

from __future__ import annotations

from collections.abc import Callable
from threading import Event

from traversion_data.store.view import StoreView
from traversion_engine.context import HEADLESS, Context
from traversion_engine.result import ResultTable


class CancelledError(Exception):
    """The statement was cancelled by its asker."""


class Session:
    """Asks of one recording. Thread-safe: every call works on one immutable snapshot."""

    def __init__(self, view: Callable[[], StoreView]) -> None:
        """`view` gives the newest snapshot, for instance `lambda: head.view`."""
        self._view = view

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
            NotAvailable: this version does not have the statement (exit code 3).
            CancelledError: `cancel` was set meanwhile.
        """
        raise NotImplementedError
