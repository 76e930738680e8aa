"""The rows of a TIMELINE while a recording grows: each once, with the first snapshot that has it.

What one more snapshot costs follows from the events that are new in it, not from those there are.
"""

from __future__ import annotations

import polars as pl

from traversion_data import schema
from traversion_data.store.growth import unchanged
from traversion_data.store.view import StoreView
from traversion_engine.budget import Budget
from traversion_engine.catalogue import Catalogue
from traversion_engine.context import Context
from traversion_engine.diagnostic import NotAvailableError
from traversion_engine.result import ResultTable
from traversion_engine.timeql import ast
from traversion_engine.timeql.bind import bind, environment
from traversion_engine.timeql.execute import scan
from traversion_engine.timeql.execute.run import Run
from traversion_engine.timeql.execute.timeline import projected
from traversion_engine.timeql.format import format_statement
from traversion_engine.timeql.parse import parse
from traversion_engine.timeql.plan import Scan, Timeline
from traversion_engine.timeql.rewrite import rewrite

_NOTHING = StoreView(schema.empty())


class Arrivals:
    """Follows one TIMELINE through the snapshots of a recording. Not thread-safe."""

    def __init__(self, statement: str, budget: Budget | None = None) -> None:
        """Events are never too many: of the budget only the seconds count, for each snapshot.

        Raises:
            StatementError: the statement is no TimeQL.
            NotAvailableError: it is no TIMELINE.
        """
        tree = parse(statement)
        if not isinstance(tree, ast.Timeline):
            raise NotAvailableError("Only a TIMELINE can be followed in this version")
        self._statement = statement
        self._tree = tree
        self._budget = budget or Budget()
        self._before = _NOTHING
        self._counted: tuple[Scan, int] | None = None
        """A scan, and how many of the events of the snapshot before pass it."""

    def skip(self, view: StoreView) -> None:
        """Take a snapshot whose events are not new to whoever reads."""
        self._before, self._counted = view, None

    def come(self, view: StoreView, context: Context) -> ResultTable:
        """Rows of the answer on `view` whose events no earlier snapshot had, by (time, seq).

        All events of the snapshot before must be in `view`, wherever in it the new ones stand.
        With a LIMIT, only those among the first so many rows of the whole answer.

        Raises:
            StatementError: what it names does not fit what is recorded.
            CancelledError: the time budget is used up.
        """
        first = unchanged(self._before, view)
        behind, came = self._before.events.slice(first), view.events.slice(first)
        if behind.height:
            came = came.join(behind, on=schema.SEQ, how="anti", maintain_order="left")
        Catalogue.grow(self._before, view, first)
        env = environment(self._statement, view, context)
        plan, _ = rewrite(bind(self._tree, env))
        run = Run(view, context, self._budget)
        found = came.clear()
        if isinstance(plan, Timeline) and came.height:
            found = scan.among(run, plan.scan, came)
            if plan.limit is not None:
                found = self._limited(run, plan.scan, plan.limit, found, last=not behind.height)
        self._before = view
        rows = projected(found)
        return ResultTable(
            rows,
            plan.columns,
            format_statement(self._tree),
            rows.height,
            scanned=run.scanned,
            time_digits=view.time_digits,
        )

    def _limited(
        self, run: Run, asked: Scan, limit: int, found: pl.DataFrame, *, last: bool
    ) -> pl.DataFrame:
        """Those among the first `limit` rows of the whole answer. last: no event is behind them."""
        known = self._counted
        if last and known is not None and asked.agrees(known[0], self._before):
            self._counted = (asked, known[1] + found.height)
            return found.head(max(limit - known[1], 0))
        whole = scan.positions(run, asked)
        self._counted = (asked, len(whole))
        kept = run.view.events[schema.SEQ].gather(whole[:limit])
        return found.filter(pl.col(schema.SEQ).is_in(kept.implode()))
