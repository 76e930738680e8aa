"""Which events of a snapshot pass a predicate: what a view filters by."""

from __future__ import annotations

from dataclasses import replace
from threading import Event

import numpy as np

from traversion_data.store.view import StoreView
from traversion_engine.budget import Budget
from traversion_engine.context import Context
from traversion_engine.timeql import ast
from traversion_engine.timeql.bind import bind, environment
from traversion_engine.timeql.execute import Run
from traversion_engine.timeql.execute import scan as scanned
from traversion_engine.timeql.format_expressions import predicate as written
from traversion_engine.timeql.parse import parse
from traversion_engine.timeql.plan import Timeline
from traversion_engine.timeql.rewrite import rewrite


def positions(
    view: StoreView, predicate: str, context: Context, cancel: Event | None = None
) -> np.ndarray:
    """Positions of all events of the recording that pass, ascending; int64.

    Raises:
        StatementError: the predicate is wrong; the diagnostic's text is `TIMELINE WHERE …`.
        CancelledError: `cancel` was set meanwhile, or the time budget is used up.
    """
    statement = f"TIMELINE WHERE {predicate}"
    everywhere = replace(context, window=None)
    plan, _ = rewrite(bind(parse(statement), environment(statement, view, everywhere)))
    if not isinstance(plan, Timeline):
        return np.empty(0, dtype=np.int64)
    return scanned.positions(Run(view, everywhere, Budget(), cancel), plan.scan)


def predicate_of(statement: str) -> str | None:
    """What a TIMELINE statement keeps, as text; None for others and for those that keep all."""
    tree = parse(statement)
    if not isinstance(tree, ast.Timeline) or tree.where is None:
        return None
    return written(tree.where)
