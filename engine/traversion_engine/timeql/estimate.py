"""How much a statement will look at, before it is asked."""

from __future__ import annotations

from traversion_data.model import TimeRange
from traversion_data.store.view import StoreView
from traversion_engine.context import HEADLESS, Context
from traversion_engine.diagnostic import NotAvailableError, StatementError
from traversion_engine.timeql.bind import bind, environment
from traversion_engine.timeql.parse import parse
from traversion_engine.timeql.plan import Plan, Select, Timeline
from traversion_engine.timeql.rewrite import rewrite


def estimate(text: str, view: StoreView, context: Context = HEADLESS) -> int | None:
    """Events that a statement will read, as EXPLAIN says; None where it is none, or names none."""
    try:
        plan, _ = rewrite(bind(parse(text), environment(text, view, context)))
    except (StatementError, NotAvailableError):
        return None
    return rows_read(plan, view)


def rows_read(plan: Plan, view: StoreView) -> int | None:
    """Events that a plan looks at; None for one that reads no events by moment or scope."""
    if isinstance(plan, Timeline | Select):
        return plan.scan.estimate(view)
    at, scope = getattr(plan, "at", None), getattr(plan, "scope", None)
    if isinstance(at, int):
        return view.position(at + 1)
    if isinstance(scope, TimeRange):
        first, last = view.span(scope)
        return last - first
    return None
