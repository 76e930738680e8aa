"""Rows of the snapshot that pass a scan's tests."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import Final

import numpy as np
import polars as pl

from traversion_data import schema
from traversion_engine.catalogue import Catalogue
from traversion_engine.state.health import RULE
from traversion_engine.timeql.bound import DERIVED_COST, Conjunct, Origin, columns_of, cost_of
from traversion_engine.timeql.execute.derived import with_derived
from traversion_engine.timeql.execute.run import Run
from traversion_engine.timeql.expressions import holds, passing
from traversion_engine.timeql.occurrence import FEW_VALUES, absent_values
from traversion_engine.timeql.plan import Scan

SLICE: Final = 1_000_000
"""Rows tested between two looks at the cancel flag."""

_POSITION: Final = "_position"


def rows(run: Run, scan: Scan) -> pl.DataFrame:
    """The events that pass, in (time, seq) order, with `scan.columns` (and nothing else)."""
    columns = list(scan.columns)
    if not scan.where and not scan.derived:
        run.scanned += scan.estimate(run.view)
        return run.view.within(scan.scope).select(columns)
    parts = [_passing(run, scan, part).select(columns) for _, part in _slices(run, scan)]
    if not parts:
        parts = [_passing(run, scan, run.view.page(0, 0)).select(columns)]
    return pl.concat(parts, rechunk=False)


def positions(run: Run, scan: Scan, first: int = 0) -> np.ndarray:
    """The positions, from `first` on, of the events that pass, ascending; int64."""
    if not scan.where:
        start, last = run.view.span(scan.scope)
        start = max(start, first)
        run.scanned += max(last - start, 0)
        return np.arange(start, last)
    found = [
        _passing(run, scan, part.with_row_index(_POSITION, offset=start))[_POSITION]
        for start, part in _slices(run, scan, first)
    ]
    return pl.concat(found).cast(pl.Int64).to_numpy() if found else np.empty(0, dtype=np.int64)


def among(run: Run, scan: Scan, events: pl.DataFrame) -> pl.DataFrame:
    """Those of some events of the snapshot, by time, that `rows` gives too."""
    ends = np.array([scan.scope.start, scan.scope.end])
    first, last = (int(at) for at in np.searchsorted(events[schema.TIME].to_numpy(), ends))
    inside = events[_read(scan, events)].slice(first, max(last - first, 0))
    run.scanned += inside.height
    return _passing(run, scan, inside)[list(scan.columns)]


def note_absent_values(run: Run, where: tuple[Conjunct, ...]) -> None:
    """Note the services, types and words that the tests ask for and nothing has."""
    for note in absent_values(Catalogue.of(run.view), where, FEW_VALUES):
        run.note(note)


def tell_rule(run: Run, derived: tuple[str, ...]) -> None:
    """Where health is read, let meta say by which rule."""
    if "health" in derived:
        run.meta["health_rule"] = RULE


def explain_empty(run: Run, scan: Scan) -> None:
    """Note why a scan has no rows: nothing recorded there, a field absent, a test that all fail."""
    if not run.view.height:
        run.note("The recording holds no events.")
        return
    frame = run.view.within(scan.scope)
    if not frame.height:
        run.note("No event starts in the scope.")
        return
    recorded = [column for column in scan.tested if column.origin is Origin.RECORDED]
    for column in recorded:
        if column.path or frame[column.name].null_count() < frame.height:
            continue
        where = "this scope" if frame.height < run.view.height else "this recording"
        run.note(f"No event of {where} has {column.label}.")
    for note in absent_values(Catalogue.of(run.view), scan.where):
        run.note(note)
    single = [part for part in scan.where if _is_cheap(part)]
    failing = [part.text for part in single if not _passes(frame, part)]
    if failing:
        run.note(f"No event in scope passes {failing[0]}.")
    elif len(scan.where) > 1:
        run.note("Each condition holds for some event in scope, but no event passes all of them.")
    elif scan.where and not single:
        run.note(f"No event in scope passes {scan.where[0].text}.")


def _slices(run: Run, scan: Scan, first: int = 0) -> Iterator[tuple[int, pl.DataFrame]]:
    """Parts of the scope with the columns that are tested or wanted, and where each starts."""
    begin, last = run.view.span(scan.scope)
    wanted = _read(scan, run.view.events)
    for start in range(max(begin, first), last, SLICE):
        run.check()
        part = run.view.page(start, min(SLICE, last - start), wanted)
        run.scanned += part.height
        yield start, part


def _read(scan: Scan, events: pl.DataFrame) -> list[str]:
    """The columns that are tested or wanted."""
    names = {*scan.columns, *(column.name for column in scan.tested)}
    if scan.derived or not names:
        names |= {schema.SERVICE, schema.TIME, schema.END_TIME}
    return [name for name in events.columns if name in names]


def _passing(run: Run, scan: Scan, frame: pl.DataFrame) -> pl.DataFrame:
    """The rows that pass, with their derived fields.

    Texts are only looked at where the cheaper tests hold, and fields only derived there.
    """
    tell_rule(run, scan.derived)
    derived: tuple[str, ...] = ()
    for cost, equally_dear in groupby(scan.where, key=lambda part: cost_of(part.test)):
        if cost == DERIVED_COST and not derived:
            derived = scan.derived
            frame = with_derived(run.view, frame, derived, scan.over)
        frame = passing(frame, (part.test for part in equally_dear))
    return frame if derived else with_derived(run.view, frame, scan.derived, scan.over)


def _is_cheap(part: Conjunct) -> bool:
    return all(column.origin is not Origin.DERIVED for column in columns_of(part.test))


def _passes(frame: pl.DataFrame, part: Conjunct) -> bool:
    return bool(frame.select(holds(part.test).any()).item())
