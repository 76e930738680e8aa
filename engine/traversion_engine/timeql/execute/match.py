"""MATCH PATTERN: every place where events follow each other as described."""

from __future__ import annotations

from itertools import pairwise
from typing import Final

import numpy as np
import polars as pl

from traversion_data import schema
from traversion_engine.sequences.ground import Ground
from traversion_engine.sequences.match import Found, matches
from traversion_engine.timeql.columns import empty_frame
from traversion_engine.timeql.execute import match_steps, scan, why_no_match
from traversion_engine.timeql.execute.run import Answer, Run
from traversion_engine.timeql.literals import duration_text
from traversion_engine.timeql.plan_match import MatchPattern

_READS: Final = [schema.SEQ, schema.TIME, schema.SERVICE, schema.MESSAGE]


def execute(run: Run, plan: MatchPattern) -> Answer:
    """One row an event of a match, by (match, step)."""
    candidates = match_steps.candidates(run, plan)
    run.check()
    ground = Ground(run.view.times)
    pattern = match_steps.pattern(run, ground, plan, candidates)
    run.check()
    found = matches(ground, pattern, plan.known_until)
    run.check()
    run.meta["matches"] = len(found.positions)
    for step in plan.steps:
        scan.note_absent_values(run, step.scan.where)
    _note_undecided(run, plan, found)
    if not len(found.positions):
        if not found.undecided:
            why_no_match.explain(run, plan, ground, candidates)
        return Answer(empty_frame(plan.columns), 0)
    run.meta["median_gaps"] = _median_gaps(ground, plan, found)
    rows = run.cut(_places(plan, found))
    return Answer(_read(run, rows.frame), rows.total)


def _numbers(plan: MatchPattern) -> list[int]:
    """The numbers of the steps that have an event, as they are counted in the statement."""
    return [number for number, step in enumerate(plan.steps, 1) if not step.absent]


def _places(plan: MatchPattern, found: Found) -> pl.DataFrame:
    count, steps = found.positions.shape
    return pl.DataFrame(
        {
            "match": np.repeat(np.arange(1, count + 1), steps),
            "step": np.tile(_numbers(plan), count),
            "position": found.positions.ravel(),
            "first": np.repeat(found.positions[:, 0], steps),
        }
    )


def _read(run: Run, rows: pl.DataFrame) -> pl.DataFrame:
    events = run.view.events[_READS][rows["position"].to_numpy()]
    since = events[schema.TIME].to_numpy() - run.view.times[rows["first"].to_numpy()]
    return pl.DataFrame(
        [
            rows["match"],
            rows["step"],
            events[schema.SEQ],
            events[schema.TIME],
            events[schema.SERVICE].cast(pl.String),
            events[schema.MESSAGE],
            pl.Series("since_start_ms", since / 1e6),
        ]
    )


def _median_gaps(ground: Ground, plan: MatchPattern, found: Found) -> str:
    """`1 to 2: 45s, 2 to 4: 1m30s`, by the numbers of the steps; to 1 ms, or exactly below it."""
    numbers = _numbers(plan)
    times = ground.times[found.positions]
    texts = []
    for at, (one, other) in enumerate(pairwise(numbers)):
        gap = round(float(np.median(times[:, at + 1] - times[:, at])))
        whole = gap if gap < 1_000_000 else round(gap, -6)
        texts.append(f"{one} to {other}: {duration_text(whole)}")
    return ", ".join(texts)


def _note_undecided(run: Run, plan: MatchPattern, found: Found) -> None:
    if found.undecided:
        many = "match is" if found.undecided == 1 else "matches are"
        run.note(
            f"{found.undecided:,} more {many} not known yet: the recording ends before"
            f" {duration_text(plan.within)} have passed since the first step."
        )
