"""WHERE over a statement's own rows, which may also name fields of the events they are about."""

from __future__ import annotations

import numpy as np
import polars as pl

from traversion_data import schema
from traversion_data.model import Nanos
from traversion_data.store.known import at_end
from traversion_data.store.view import StoreView
from traversion_engine.state.derived import derived_at
from traversion_engine.timeql.bound import DERIVED_PREFIX, Conjunct, Origin, columns_of
from traversion_engine.timeql.execute.derived import with_derived
from traversion_engine.timeql.execute.run import Run
from traversion_engine.timeql.execute.scan import note_absent_values, tell_rule
from traversion_engine.timeql.expressions import passing


def reads_own(part: Conjunct) -> bool:
    """Whether a test reads a column of the statement's own table."""
    return any(column.origin is Origin.RESULT for column in columns_of(part.test))


def passing_rows(
    run: Run, rows: pl.DataFrame, event: str, where: tuple[Conjunct, ...], over: Nanos
) -> pl.DataFrame:
    """The rows that pass; `event` names the column with the seq of the event a row is about."""
    note_absent_values(run, where)
    if not where or not rows.height:
        return rows
    names = _derived(where)
    tell_rule(run, names)
    events = _events(run.view, rows[event])
    return _passing(run, rows, with_derived(run.view, events, names, over), where)


def passing_open_spans(
    run: Run, rows: pl.DataFrame, at: Nanos, where: tuple[Conjunct, ...], over: Nanos
) -> pl.DataFrame:
    """The same for spans that are open at `at`: their outcome is not known then."""
    note_absent_values(run, where)
    if not where or not rows.height:
        return rows
    hidden = [
        pl.lit(value=False).alias(name)
        if name == schema.ERROR_OCCURRED
        else pl.lit(None).alias(name)
        for name in (schema.END_TIME, *filter(at_end, run.view.events.columns))
    ]
    events = _events(run.view, rows["seq"]).with_columns(hidden)
    names = _derived(where)
    tell_rule(run, names)
    if names:
        moments = np.full(events.height, at, dtype=np.int64)
        derived = derived_at(run.view, events[schema.SERVICE], moments, names, over)
        events = events.with_columns(derived[name].alias(DERIVED_PREFIX + name) for name in names)
    return _passing(run, rows, events, where)


def _passing(
    run: Run, rows: pl.DataFrame, events: pl.DataFrame, where: tuple[Conjunct, ...]
) -> pl.DataFrame:
    wanted = {
        column.name
        for part in where
        for column in columns_of(part.test)
        if column.origin is not Origin.RESULT
    }
    own = {name: f"own {name}" for name in rows.columns if name in wanted}
    wide = pl.concat([rows.rename(own), events.select(sorted(wanted))], how="horizontal")
    for part in where:
        before = wide.height
        wide = passing(wide, [part.test])
        if before and not wide.height:
            run.note(f"No row passes {part.text}.")
    return wide.select(own.get(name, name) for name in rows.columns).rename(
        {renamed: name for name, renamed in own.items()}
    )


def _events(view: StoreView, seqs: pl.Series) -> pl.DataFrame:
    return view.rows(view.seqs.positions_of(seqs.to_numpy()))


def _derived(where: tuple[Conjunct, ...]) -> tuple[str, ...]:
    columns = [column for part in where for column in columns_of(part.test)]
    names = (column.label for column in columns if column.origin is Origin.DERIVED)
    return tuple(dict.fromkeys(names))
