"""TRAVERSE: the causes or effects of an event, as a tree of rows."""

from __future__ import annotations

import numpy as np
import polars as pl

from traversion_data.model import Nanos
from traversion_engine.causality.graph import DEPTH, Limits, traverse
from traversion_engine.causality.path import causal_path
from traversion_engine.timeql.bound import Conjunct, Origin, columns_of
from traversion_engine.timeql.execute import scan
from traversion_engine.timeql.execute.beside import passing_rows, reads_own
from traversion_engine.timeql.execute.run import Answer, Run
from traversion_engine.timeql.plan import Edging, Path, Scan, Traverse


def execute(run: Run, plan: Traverse) -> Answer:
    """Rows in the order in which the tree is read; `depth` and `parent_seq` give its shape."""
    of_events = tuple(part for part in plan.where if not reads_own(part))
    of_steps = tuple(part for part in plan.where if reads_own(part))
    limits = _limits(plan.edging, plan.depth, None if of_steps else plan.limit)
    found = traverse(
        run.view,
        plan.start,
        plan.direction,
        limits=limits,
        until=passing(run, plan.until, plan) if plan.until else None,
        where=passing(run, of_events, plan) if of_events else None,
        check=run.check,
    )
    for note in found.notes:
        run.note(note)
    scan.note_absent_values(run, (*plan.until, *of_events))
    if plan.until:
        run.meta["until_matches"] = found.matches
    if found.ended_without:
        words = " AND ".join(part.text for part in plan.until)
        branches = "1 branch" if found.ended_without == 1 else f"{found.ended_without:,} branches"
        run.note(f"{branches} ended without {words}.")
    if of_events and not found.total:
        run.note(f"No event of the walk passes {' AND '.join(part.text for part in of_events)}.")
    if not of_steps:
        answer = run.cut(found.frame, plan.limit)
        return Answer(answer.frame, max(found.total, answer.total))
    return run.cut(_passing_steps(run, found.frame, of_steps, plan.over), plan.limit)


def _passing_steps(
    run: Run, rows: pl.DataFrame, where: tuple[Conjunct, ...], over: Nanos
) -> pl.DataFrame:
    """The rows that pass; one without an event of its own passes tests of steps only."""
    tested = "event of the row"
    known = rows.with_columns(pl.coalesce("seq", "parent_seq").alias(tested))
    if not all(_reads_own_only(part) for part in where):
        known = known.filter(pl.col("seq").is_not_null())
    return passing_rows(run, known, tested, where, over).drop(tested)


def _reads_own_only(part: Conjunct) -> bool:
    return all(column.origin is Origin.RESULT for column in columns_of(part.test))


def path(run: Run, plan: Path) -> Answer:
    """The most probable path, from the cause to the effect; none with the reason why."""
    found = causal_path(
        run.view, plan.cause, plan.effect, limits=_limits(plan.edging), check=run.check
    )
    for note in found.notes:
        run.note(note)
    if found.frame.height:
        run.meta["confidence"] = found.confidence
    return run.cut(found.frame)


def _limits(edging: Edging, depth: int = DEPTH, limit: int | None = None) -> Limits:
    return Limits(edging.via, edging.min_confidence, edging.vetoed, depth, limit)


def passing(run: Run, where: tuple[Conjunct, ...], plan: Traverse) -> np.ndarray:
    """For each position of the snapshot whether its event passes; bool."""
    mask = np.zeros(run.view.height, dtype=bool)
    mask[scan.positions(run, Scan(run.view.bounds, where, (), plan.over))] = True
    return mask
