"""EDGES: what is held to cause what."""

from __future__ import annotations

import polars as pl

from traversion_engine.timeql.execute.beside import passing_rows
from traversion_engine.timeql.execute.run import Answer, Run
from traversion_engine.timeql.plan import Edges, Edging
from traversion_engine.traces.edge_rows import edges_with_returns, structural_edges


def execute(run: Run, plan: Edges) -> Answer:
    """Edges by their effect's time and seq."""
    listed = edges_with_returns if plan.with_returns else structural_edges
    first, last = run.view.span(plan.scope)
    run.scanned += last - first
    whole = not plan.where and _takes_all(plan.edging)
    found = listed(run.view, plan.scope, run.budget.rows if whole else None)
    run.check()
    for note in found.notes:
        run.note(note)
    allowed = _allowed(found.frame, plan.edging)
    rows = passing_rows(run, allowed, "child", plan.where, plan.over)
    if not found.frame.height:
        run.note("No event in scope has a cause that its ids name.")
    answer = run.cut(rows)
    return Answer(answer.frame, max(answer.total, found.total if whole else 0))


def _takes_all(edging: Edging) -> bool:
    return "direct" in edging.via and not edging.min_confidence and not edging.vetoed


def _allowed(edges: pl.DataFrame, edging: Edging) -> pl.DataFrame:
    edges = edges.filter(
        pl.col("kind").is_in(edging.via) & (pl.col("confidence") >= edging.min_confidence)
    )
    for cause, effect in edging.vetoed:
        edges = edges.filter((pl.col("parent") != cause) | (pl.col("child") != effect))
    return edges
