"""Why MATCH PATTERN found nothing: the first thing that was missing, in the order of its rules."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import reduce
from typing import Final

import numpy as np

from traversion_engine.sequences.chains import NONE, Step
from traversion_engine.sequences.ground import Ground
from traversion_engine.sequences.match import matches, spans
from traversion_engine.timeql.bound import Value, columns_of
from traversion_engine.timeql.execute import match_steps, scan
from traversion_engine.timeql.execute.match_steps import Candidates
from traversion_engine.timeql.execute.run import Run
from traversion_engine.timeql.literals import duration_text
from traversion_engine.timeql.plan_match import MatchPattern

_SERVICE: Final = "service"


def explain(run: Run, plan: MatchPattern, ground: Ground, candidates: Sequence[Candidates]) -> None:
    """Note it."""
    present = [
        (number, step, found)
        for number, (step, found) in enumerate(zip(plan.steps, candidates, strict=True), 1)
        if not step.absent
    ]
    for number, step, found in present:
        if not found.passing:
            if len(present) > 1 and run.view.within(step.scan.scope).height:
                run.note(f"Step {number} finds no event.")
            scan.explain_empty(run, step.scan)
            return
    names = " and ".join(_label(key) for key in plan.by)
    for number, _, found in present:
        if not len(found.keys):
            run.note(f"No event of step {number} has {names}, and one without takes no part.")
            return
    if not _shared([found for _, _, found in present]):
        run.note(_apart(run, plan, ground, candidates, names))
        return
    run.note(_too_far(run, plan, ground, candidates))


def _shared(present: Sequence[Candidates]) -> bool:
    """Whether some key has events of every step."""
    return bool(len(reduce(np.intersect1d, (np.unique(found.keys) for found in present))))


def _apart(
    run: Run, plan: MatchPattern, ground: Ground, candidates: Sequence[Candidates], names: str
) -> str:
    across = replace(plan, by=())
    zeros = [replace(each, keys=np.zeros_like(each.keys)) for each in candidates]
    found = matches(ground, match_steps.pattern(run, ground, across, zeros), plan.known_until)
    there = len(found.positions)
    gives = f", which gives {there:,} match{'' if there == 1 else 'es'}" if there else ""
    of = "services" if names == _SERVICE else f"values of {names}"
    return (
        f"The steps are on different {of}: none has events of all of them."
        f" BY NOTHING matches across all{gives}."
    )


def _too_far(run: Run, plan: MatchPattern, ground: Ground, candidates: Sequence[Candidates]) -> str:
    pattern = match_steps.pattern(run, ground, plan, candidates)
    free = [Step(step.places, NONE) for step in pattern.steps]
    long = spans(ground, free)
    one = f"one {_label(plan.by[0])}" if len(plan.by) == 1 else "one key"
    where = f" of {one}" if plan.by else ""
    if not len(long):
        return f"The steps never follow each other in this order among the events{where}."
    within = duration_text(plan.within)
    if long.min() > pattern.within:
        took = duration_text(int(long.min()))
        return f"The shortest sequence{where} takes {took}, longer than WITHIN {within}."
    count = int(np.count_nonzero(long <= pattern.within))
    many = "The one sequence" if count == 1 else f"All {count:,} sequences"
    return f"{many} within {within} had an event that NOT FOLLOWED BY rules out."


def _label(key: Value) -> str:
    return columns_of(key)[0].label
