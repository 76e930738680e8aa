"""PATTERNS: sequences of events that lead to errors more often than chance."""

from __future__ import annotations

from traversion_engine.diagnose.patterns import FALSE, Mined, mine
from traversion_engine.diagnose.patterns.items import READS
from traversion_engine.timeql.columns import empty_frame
from traversion_engine.timeql.execute.run import Answer, Run
from traversion_engine.timeql.plan_patterns import Patterns


def execute(run: Run, plan: Patterns) -> Answer:
    """One row a sequence and error, most lifted first."""
    events = run.view.within(plan.scope).select(READS)
    run.scanned += events.height
    if not events.height:
        run.note("The recording holds no events." if not run.view.height else _NOTHING_STARTS)
        return Answer(empty_frame(plan.columns), 0)
    mined = mine(events, plan.scope.end, plan.min_support, run.check)
    run.meta["tested"] = mined.tested
    run.meta["kinds_of_error"] = mined.errors
    run.meta["false_discoveries"] = f"at most {FALSE:.0%} on average, over all that were tested"
    if not mined.rows.height:
        run.note(_why_none(plan, mined))
    return run.cut(mined.rows)


_NOTHING_STARTS = "No event starts in the scope."


def _why_none(plan: Patterns, mined: Mined) -> str:
    if not mined.errors:
        return f"No kind of error occurs {plan.min_support} times or more in the scope."
    return (
        f"Of {mined.tested:,} sequences that were tested, none comes before an error more often"
        " than chance explains."
    )
