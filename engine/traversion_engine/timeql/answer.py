"""The way of a statement from its text to the table of its answer, through every stage."""

from __future__ import annotations

from time import monotonic_ns
from types import MappingProxyType

from traversion_data.model import TimeRange
from traversion_engine.result import ResultTable
from traversion_engine.timeql.bind import bind, environment
from traversion_engine.timeql.execute import Run, execute
from traversion_engine.timeql.format import format_statement
from traversion_engine.timeql.parse import parse
from traversion_engine.timeql.plan import Plan
from traversion_engine.timeql.rewrite import rewrite


def answer(statement: str, run: Run) -> ResultTable:
    """What a statement gives on the snapshot, from the place and within the limits of a run.

    Raises:
        StatementError: the statement is wrong.
        NotAvailableError: this version does not have the statement.
        CancelledError: it was cancelled meanwhile, or the time budget is used up.
    """
    started = monotonic_ns()
    tree = parse(statement)
    env = environment(statement, run.view, run.context)
    run.check()
    plan, _ = rewrite(bind(tree, env))
    run.check()
    found = execute(run, plan)
    return ResultTable(
        found.frame,
        plan.columns,
        format_statement(tree),
        found.total,
        _scope(plan),
        run.scanned,
        monotonic_ns() - started,
        run.view.time_digits,
        (*env.notes, *(note for note in run.notes if note not in env.notes)),
        MappingProxyType({**env.meta, **run.meta}),
    )


def _scope(plan: Plan) -> TimeRange | None:
    scan = getattr(plan, "scan", None)
    return getattr(plan, "scope", None) if scan is None else scan.scope
