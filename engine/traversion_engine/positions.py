"""Which events of a snapshot pass a predicate: what a view filters by."""

from __future__ import annotations

from dataclasses import dataclass, replace
from threading import Event

import numpy as np

from traversion_data.store.growth import unchanged
from traversion_data.store.view import StoreView
from traversion_engine.budget import Budget
from traversion_engine.catalogue import Catalogue
from traversion_engine.context import Context
from traversion_engine.timeql import ast
from traversion_engine.timeql.bind import bind, environment
from traversion_engine.timeql.execute import Run
from traversion_engine.timeql.execute import scan as scanned
from traversion_engine.timeql.format_expressions import predicate as written
from traversion_engine.timeql.parse import parse
from traversion_engine.timeql.plan import Scan, Timeline
from traversion_engine.timeql.rewrite import rewrite


@dataclass(frozen=True, eq=False)
class Passing:
    """The events of a snapshot that pass a predicate.

    positions: theirs in `view`, ascending; int64. same: how many of the first ones were found in an
    earlier snapshot, at the same positions. scan: what was tested, if anything had to be.
    """

    view: StoreView
    positions: np.ndarray
    same: int
    scan: Scan | None


def passing(
    view: StoreView,
    predicate: str,
    context: Context,
    cancel: Event | None = None,
    before: Passing | None = None,
) -> Passing:
    """All events of the recording that pass, wherever the context's window is.

    Where `before` is of the same predicate and of an earlier snapshot, all of whose events are in
    `view`, only those are tested that stand where others stood, unless what the predicate means has
    changed meanwhile.

    Raises:
        StatementError: the predicate is wrong; the diagnostic's text is `TIMELINE WHERE …`.
        CancelledError: `cancel` was set meanwhile, or the time budget is used up.
    """
    known, first = np.empty(0, dtype=np.int64), 0
    if before is not None:
        first = unchanged(before.view, view)
        Catalogue.grow(before.view, view, first)
    statement = f"TIMELINE WHERE {predicate}"
    everywhere = replace(context, window=None)
    plan, _ = rewrite(bind(parse(statement), environment(statement, view, everywhere)))
    if not isinstance(plan, Timeline):
        return Passing(view, np.empty(0, dtype=np.int64), 0, None)
    if before is None or not before.scan or not plan.scan.agrees(before.scan, before.view):
        first = 0
    else:
        known = before.positions[: np.searchsorted(before.positions, first)]
    found = scanned.positions(Run(view, everywhere, Budget(), cancel), plan.scan, first)
    return Passing(view, np.concatenate([known, found]), len(known), plan.scan)


def predicate_of(statement: str) -> str | None:
    """What a TIMELINE statement keeps, as text; None for others and for those that keep all."""
    tree = parse(statement)
    if not isinstance(tree, ast.Timeline) or tree.where is None:
        return None
    return written(tree.where)
