"""The events that the steps of MATCH PATTERN ask for, with their keys."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl

from traversion_data import schema
from traversion_engine.sequences.chains import NONE, Step
from traversion_engine.sequences.ground import Ground
from traversion_engine.sequences.match import Pattern
from traversion_engine.timeql.bound import Origin, Value, columns_of
from traversion_engine.timeql.execute import scan
from traversion_engine.timeql.execute.derived import with_derived
from traversion_engine.timeql.execute.run import Run
from traversion_engine.timeql.expressions import value_expr
from traversion_engine.timeql.plan import Scan
from traversion_engine.timeql.plan_match import MatchPattern

_KEY: Final = "_key"


@dataclass(frozen=True)
class Candidates:
    """The events that pass one step: ascending positions and the numbers of their keys.

    passing: how many pass, with those that lack the key and take no part.
    """

    positions: np.ndarray
    keys: np.ndarray
    passing: int


def candidates(run: Run, plan: MatchPattern) -> list[Candidates]:
    """Those of each step; equal steps are looked for once."""
    passing: dict[Scan, np.ndarray] = {}
    for step in plan.steps:
        if step.scan not in passing:
            passing[step.scan] = scan.positions(run, step.scan)
    run.check()
    keys = _keys(run, plan, np.concatenate(list(passing.values())))
    ends = np.cumsum([len(each) for each in passing.values()])
    parts = zip(passing.values(), np.split(keys, ends[:-1]), strict=True)
    given = dict(zip(passing, map(_with_key, *zip(*parts, strict=True)), strict=True))
    return [given[step.scan] for step in plan.steps]


def _with_key(positions: np.ndarray, keys: np.ndarray) -> Candidates:
    part = keys >= 0
    if part.all():
        return Candidates(positions, keys, len(positions))
    return Candidates(positions[part], keys[part], len(positions))


def pattern(run: Run, ground: Ground, plan: MatchPattern, found: Sequence[Candidates]) -> Pattern:
    """The steps as places: absent ones bar the way to the next that has an event."""
    steps: list[Step] = []
    barred: list[np.ndarray] = []
    for step, events in zip(plan.steps, found, strict=True):
        places = ground.places(events.positions, events.keys)
        if step.absent:
            barred.append(places)
        else:
            steps.append(Step(places, _merged(barred)))
            barred = []
    after = _merged(barred) if plan.last_is_absent else None
    # nothing takes longer than all there is, and so sums of times stay within int64
    longest = max(plan.known_until + 2 - run.view.bounds.start, 0)
    return Pattern(tuple(steps), after, min(plan.within, longest))


def _merged(places: Sequence[np.ndarray]) -> np.ndarray:
    if len(places) < 2:
        return places[0] if places else NONE
    return np.sort(np.concatenate(places))


def _keys(run: Run, plan: MatchPattern, positions: np.ndarray) -> np.ndarray:
    """A number from 0 on for each event's key, equal for equal keys; -1 where it lacks one."""
    if not plan.by:
        return np.zeros(len(positions), dtype=np.int64)
    first, *others = (_numbered(_values(run, plan, key, positions)) for key in plan.by)
    codes = first
    for other in others:
        pairs = codes * (int(other.max(initial=0)) + 1) + other
        pairs[(codes < 0) | (other < 0)] = -1
        codes = _numbered(pl.Series(pairs).replace(-1, None))
    return codes


def _values(run: Run, plan: MatchPattern, key: Value, positions: np.ndarray) -> pl.Series:
    needed = columns_of(key)
    recorded = [column.name for column in needed if column.origin is not Origin.DERIVED]
    derived = tuple(column.label for column in needed if column.origin is Origin.DERIVED)
    if derived:
        recorded += [schema.SERVICE, schema.TIME, schema.END_TIME]
    frame = run.view.events[list(dict.fromkeys(recorded))][positions]
    frame = with_derived(run.view, frame, derived, plan.steps[0].scan.over)
    return frame.select(value_expr(key)).to_series()


def _numbered(values: pl.Series) -> np.ndarray:
    """A number from 0 on for each different value; -1 for NULL."""
    if isinstance(values.dtype, pl.Categorical):
        return values.to_physical().cast(pl.Int64).fill_null(-1).to_numpy()
    frame = values.alias(_KEY).to_frame()
    different = frame.drop_nulls().unique().with_row_index("number")
    joined = frame.join(different, on=_KEY, how="left", maintain_order="left")
    return joined["number"].cast(pl.Int64).fill_null(-1).to_numpy()
