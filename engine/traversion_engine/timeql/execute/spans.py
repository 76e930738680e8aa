"""Statements about spans: TRACE."""

from __future__ import annotations

from traversion_engine.timeql.execute.run import Answer, Run
from traversion_engine.timeql.plan import Trace
from traversion_engine.traces.answer import TraceAnswer
from traversion_engine.traces.waterfall import waterfall


def trace(run: Run, plan: Trace) -> Answer:
    """The spans of a trace, callers before callees."""
    run.meta["trace"] = plan.trace_id
    return _answer(run, waterfall(run.view, plan.trace_id, run.budget.rows))


def _answer(run: Run, found: TraceAnswer) -> Answer:
    for note in found.notes:
        run.note(note)
    answer = run.cut(found.frame)
    return Answer(answer.frame, max(answer.total, found.total))
