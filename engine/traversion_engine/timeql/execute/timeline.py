"""TIMELINE: the events of a scope, one row each."""

from __future__ import annotations

import polars as pl

from traversion_data import schema
from traversion_data.model import MILLISECOND
from traversion_engine.exact import in_units_of
from traversion_engine.timeql.columns import TIMELINE
from traversion_engine.timeql.execute import scan
from traversion_engine.timeql.execute.run import Answer, Run
from traversion_engine.timeql.plan import Timeline


def execute(run: Run, plan: Timeline) -> Answer:
    """Events that start in scope and pass, by (time, seq)."""
    found = scan.rows(run, plan.scan)
    scan.note_absent_values(run, plan.scan.where)
    if not found.height:
        scan.explain_empty(run, plan.scan)
    answer = run.cut(found, plan.limit)
    return Answer(projected(answer.frame), answer.total)


def projected(events: pl.DataFrame) -> pl.DataFrame:
    """Event rows as the columns of TIMELINE."""
    return events.select(
        pl.col(schema.SEQ),
        pl.col(schema.EVENT_ID),
        pl.col(schema.TIME),
        pl.col(schema.TYPE, schema.SERVICE).cast(pl.String),
        pl.col(schema.SEVERITY),
        pl.col(schema.MESSAGE),
        in_units_of(pl.col(schema.DURATION), MILLISECOND).alias("duration_ms"),
        pl.col(schema.TRACE_ID, schema.SPAN_ID),
    )[[column.name for column in TIMELINE]]
