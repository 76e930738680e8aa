"""TRAVERSE: the causes or effects of an event, as a tree of rows."""

from __future__ import annotations

import numpy as np
import polars as pl

from traversion_engine.causality.graph import DEPTH, Limits, traverse
from traversion_engine.causality.path import causal_path
from traversion_engine.timeql.bound import Conjunct, Origin, columns_of
from traversion_engine.timeql.execute import scan
from traversion_engine.timeql.execute.derived import with_derived
from traversion_engine.timeql.execute.run import Answer, Run
from traversion_engine.timeql.expressions import test_expr
from traversion_engine.timeql.plan import Edging, Path, Scan, Traverse


def execute(run: Run, plan: Traverse) -> Answer:
    """Rows in the order in which the tree is read; `depth` and `parent_seq` give its shape."""
    of_events = tuple(part for part in plan.where if not _reads_steps(part))
    of_steps = tuple(part for part in plan.where if _reads_steps(part))
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
    if plan.until:
        run.meta["until_matches"] = found.matches
    if found.ended_without:
        words = " AND ".join(part.text for part in plan.until)
        run.note(f"{found.ended_without:,} branches ended without {words}.")
    if of_events and not found.total:
        run.note(f"No event of the walk passes {' AND '.join(part.text for part in of_events)}.")
    if not of_steps:
        answer = run.cut(found.frame, plan.limit)
        return Answer(answer.frame, max(found.total, answer.total))
    return run.cut(filtered(run, found.frame, of_steps, plan), plan.limit)


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


def filtered(
    run: Run, rows: pl.DataFrame, where: tuple[Conjunct, ...], plan: Traverse
) -> pl.DataFrame:
    """The rows that pass tests of their own columns and of their events' fields."""
    columns = [column for part in where for column in columns_of(part.test)]
    read = {column.name for column in columns if column.origin is Origin.RECORDED}
    derived = tuple({column.label for column in columns if column.origin is Origin.DERIVED})
    wide = rows
    if read or derived:
        events = run.view.rows(run.view.seqs.positions_of(rows["seq"].to_numpy()))
        beside = with_derived(run.view, events, derived, plan.over)
        added = [n for n in beside.columns if (n in read or n not in events) and n not in rows]
        wide = pl.concat([rows, beside.select(added)], how="horizontal")
    for part in where:
        before = wide.height
        wide = wide.filter(test_expr(part.test))
        if before and not wide.height:
            run.note(f"No row of the walk passes {part.text}.")
    return wide.select(rows.columns)


def _reads_steps(part: Conjunct) -> bool:
    return any(column.origin is Origin.RESULT for column in columns_of(part.test))
