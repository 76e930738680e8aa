"""The last stage: which module answers which plan."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import polars as pl

from traversion_engine.timeql import plan as plans
from traversion_engine.timeql import plan_anomalies, plan_compare, plan_predict
from traversion_engine.timeql.columns import empty_frame
from traversion_engine.timeql.execute import (
    anomalies,
    compare,
    edges,
    explain,
    manual,
    match,
    patterns,
    predict,
    predict_when,
    select,
    show,
    spans,
    state,
    timeline,
    traverse,
)
from traversion_engine.timeql.execute.run import Answer, Run
from traversion_engine.timeql.plan_match import MatchPattern
from traversion_engine.timeql.plan_patterns import Patterns


def execute(run: Run, plan: plans.Plan) -> Answer:
    """The rows of a plan, in exactly its columns.

    Raises:
        CancelledError: cancelled, or out of the time budget.
    """
    run.check()
    answer = _EXECUTORS[type(plan)](run, plan)
    run.check()
    return answer


def _nothing(_: Run, plan: plans.Nothing) -> Answer:
    return Answer(empty_frame(plan.columns), 0)


def _goto(run: Run, plan: plans.Goto) -> Answer:
    run.meta["goto"] = plan.time
    if plan.seq is not None:
        run.meta["seq"] = plan.seq
    return Answer(pl.DataFrame({"time": [plan.time]}, schema={"time": pl.Int64()}), 1)


def _mark(run: Run, plan: plans.Mark) -> Answer:
    run.meta["mark"] = plan.time
    run.meta["name"] = plan.name
    schema = {"name": pl.String(), "time": pl.Int64()}
    return Answer(pl.DataFrame({"name": [plan.name], "time": [plan.time]}, schema=schema), 1)


_EXECUTORS: Final[dict[type[Any], Callable[[Run, Any], Answer]]] = {
    plans.Timeline: timeline.execute,
    plans.Select: select.execute,
    plans.Trace: spans.trace,
    plans.Stack: spans.stack,
    plans.Calls: spans.calls,
    plans.Edges: edges.execute,
    plans.Traverse: traverse.execute,
    plans.Path: traverse.path,
    MatchPattern: match.execute,
    Patterns: patterns.execute,
    plans.State: state.execute,
    plans.History: state.history,
    plan_predict.Predict: predict.execute,
    plan_predict.PredictWhen: predict_when.execute,
    plan_compare.Compare: compare.execute,
    plan_anomalies.Anomalies: anomalies.execute,
    plans.Show: show.execute,
    plans.Explain: explain.execute,
    plans.Help: manual.execute,
    plans.Nothing: _nothing,
    plans.Goto: _goto,
    plans.Mark: _mark,
}
