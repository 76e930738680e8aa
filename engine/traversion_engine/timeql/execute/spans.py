"""Statements about spans: TRACE, STACK, CALLS."""

from __future__ import annotations

from traversion_engine.timeql.execute.beside import passing_open_spans
from traversion_engine.timeql.execute.run import Answer, Run
from traversion_engine.timeql.plan import Calls, Stack, Trace
from traversion_engine.timeql.times import time_text
from traversion_engine.traces.answer import TraceAnswer
from traversion_engine.traces.calls import calls as calls_between
from traversion_engine.traces.stack import stack as open_spans
from traversion_engine.traces.waterfall import waterfall


def trace(run: Run, plan: Trace) -> Answer:
    """The spans of a trace, callers before callees."""
    run.meta["trace"] = plan.trace_id
    run.scanned += len(run.view.traces.positions_of(plan.trace_id))
    return _answer(run, waterfall(run.view, plan.trace_id, run.budget.rows))


def stack(run: Run, plan: Stack) -> Answer:
    """The spans open at a moment, callers before callees."""
    run.meta["at"] = time_text(plan.at, run.context.zone, 9)
    run.scanned += run.view.position(plan.at + 1)
    if not plan.where:
        return _answer(run, open_spans(run.view, plan.at, run.budget.rows))
    found = open_spans(run.view, plan.at)
    for note in found.notes:
        run.note(note)
    return run.cut(passing_open_spans(run, found.frame, plan.at, plan.where, plan.over))


def calls(run: Run, plan: Calls) -> Answer:
    """The service map."""
    bounds, window = run.view.bounds, plan.window
    run.scanned += run.view.height
    whole = window.start <= bounds.start and window.end >= bounds.end
    return _answer(run, calls_between(run.view, None if whole else window))


def _answer(run: Run, found: TraceAnswer) -> Answer:
    for note in found.notes:
        run.note(note)
    answer = run.cut(found.frame)
    return Answer(answer.frame, max(answer.total, found.total))
