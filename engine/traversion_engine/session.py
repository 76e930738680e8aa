"""The one door to the engine: statements in, result tables out, on the newest snapshot."""

from __future__ import annotations

from collections.abc import Callable
from threading import Event
from time import monotonic_ns
from types import MappingProxyType

from traversion_data.model import TimeRange
from traversion_data.store.view import StoreView
from traversion_engine.context import HEADLESS, Context
from traversion_engine.result import ResultTable
from traversion_engine.timeql.bind import bind, environment
from traversion_engine.timeql.errors import CancelledError, OverBudgetError
from traversion_engine.timeql.execute import Budget, Run, execute
from traversion_engine.timeql.format import format_statement
from traversion_engine.timeql.parse import parse
from traversion_engine.timeql.plan import Plan
from traversion_engine.timeql.rewrite import rewrite

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
        started = monotonic_ns()
        view = self.view
        tree = parse(statement)
        env = environment(statement, view, context)
        run = Run(view, context, self._budget, cancel)
        run.check()
        plan, _ = rewrite(bind(tree, env))
        run.check()
        answer = execute(run, plan)
        return ResultTable(
            answer.frame,
            plan.columns,
            format_statement(tree),
            answer.total,
            _scope(plan),
            run.scanned,
            monotonic_ns() - started,
            view.time_digits,
            (*env.notes, *(note for note in run.notes if note not in env.notes)),
            MappingProxyType({**env.meta, **run.meta}),
        )


def _scope(plan: Plan) -> TimeRange | None:
    scan = getattr(plan, "scan", None)
    return getattr(plan, "scope", None) if scan is None else scan.scope
