"""Recorded changes of what is deployed, configured or leading: where they are and what they say.

A change is an event that sets a text or boolean field named after such a thing to another value
than the one before of the same service and instance, or an event whose type is named after one.
Gauges and what is derived (health) change at every sample and are none.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from threading import Event
from typing import Final

import numpy as np
import polars as pl

from traversion_data import schema
from traversion_data.model import Nanos
from traversion_data.store.series import SeriesIndex
from traversion_data.store.view import StoreView
from traversion_engine.catalogue import Catalogue, Field, FieldKind
from traversion_engine.state.columns import StateIndex, state_column
from traversion_tui.landmarks import Trail
from traversion_tui.reading.rows import headline
from traversion_tui.text import SafeText, safe
from traversion_tui.workers import Job

THINGS: Final = frozenset({
    "version", "release", "revision", "build", "commit", "deploy", "deploys", "deployed",
    "deployment", "rollout", "rollback", "config", "configs", "configuration", "setting",
    "settings", "flag", "flags", "feature", "features", "mode", "enabled", "leader", "leaders",
    "leadership", "primary", "master", "role", "circuit", "breaker", "failover", "replica",
    "replicas",
})  # fmt: skip
"""Words of a field's or a type's name by which it is about what is deployed or configured."""

EVENTS: Final = THINGS | {"change", "changed", "restart", "restarted"}

UNSTEADY: Final = 4
"""A field that is set anew at more than one in so many of its samples describes requests."""

STEADY_CHANGES: Final = 64
"""So few changes are looked at whatever their share."""

TOLD: Final = 2
"""Fields named in a sentence; of more only the number is."""

_WORD: Final = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_DETAILS: Final = {
    "position": pl.Int64(),
    "known": pl.Int64(),
    "series": pl.Int64(),
    "field": pl.String(),
    "was": pl.String(),
    "now": pl.String(),
}


@dataclass(frozen=True, eq=False)
class StateChanges:
    """The changes of a snapshot.

    trail: their events. details: frame `position, known, series, field, was, now`, a row for each
    field that a change set anew, by position. names: frame `service, instance` by series.
    """

    trail: Trail
    details: pl.DataFrame
    names: pl.DataFrame

    @classmethod
    def build(cls, view: StoreView) -> StateChanges:
        """From a snapshot; keep it with `view.kept(StateChanges.build)`. For workers."""
        series = view.kept(SeriesIndex.build)
        fields = [field for field in StateIndex.of(view).fields if _is_setting(field)]
        frames = [_of_field(view, field, series.codes) for field in fields]
        details = pl.concat([pl.DataFrame(schema=_DETAILS), *frames]).sort("position", "field")
        named = _named(view)
        ends = view.events[schema.END_TIME].gather(named)
        known = np.concatenate([details["known"].to_numpy(), ends.to_numpy()])
        positions = np.concatenate([details["position"].to_numpy(), named])
        pairs = np.unique(np.stack([known, positions]), axis=1)
        return cls(Trail(pairs[0], pairs[1]), details, series.names)

    def among(self, whole: StoreView, shown: StoreView) -> Trail:
        """The changes that pass the filters, by their positions in the filtered snapshot."""
        if shown is whole:
            return self.trail
        seqs = whole.events[schema.SEQ].gather(self.trail.positions).to_list()
        rows = [shown.row(int(seq)) for seq in seqs]
        there = np.array([row is not None for row in rows], dtype=bool)
        positions = np.array([row for row in rows if row is not None], dtype=np.int64)
        return Trail(self.trail.known[there], positions)

    def words(self, view: StoreView, position: int, becomes: str) -> SafeText:
        """What changed at an event: `db: version 1.4.1 → 1.4.2`; else what the event says."""
        rows = self.details.filter(pl.col("position") == position).rows(named=True)
        values = view.page(position, 1).row(0, named=True)
        if not rows:
            says, name = headline(values), values[schema.SERVICE] or "?"
            return says if says.startswith(str(name)) else safe(f"{name}: {says}")
        service, instance = self.names.row(rows[0]["series"])
        who = f"{service or '?'} ({instance})" if instance else service or "?"
        told = [f"{row['field']} {row['was']} {becomes} {row['now']}" for row in rows[:TOLD]]
        more = [f"{len(rows) - TOLD} more"] if len(rows) > TOLD else []
        return safe(f"{who}: {', '.join(told + more)}")


@dataclass(frozen=True, eq=False)
class Found:
    """Where the next change is, in the snapshot asked about; nowhere past the last."""

    shown: StoreView
    at: tuple[Nanos, int] | None
    words: SafeText


def find_job(
    whole: StoreView,
    shown: StoreView,
    here: tuple[Nanos, int | None],
    step: int,
    becomes: str,
) -> Job:
    """The next change from (playhead, cursor), or with a negative step the one before."""

    def job(cancel: Event) -> Found:
        del cancel
        changes = whole.kept(StateChanges.build)
        trail = changes.among(whole, shown)
        at = trail.after(*here) if step > 0 else trail.before(*here)
        if at is None:
            return Found(shown, None, _none(changes.trail, trail, step))
        seq = int(shown.page(at[1], 1, [schema.SEQ])[schema.SEQ][0])
        position = whole.row(seq)
        assert position is not None
        return Found(shown, at, changes.words(whole, position, becomes))

    return job


def _none(recorded: Trail, passing: Trail, step: int) -> SafeText:
    if not len(recorded.known):
        return safe("no deploy, config, leader or circuit change is recorded here")
    if not len(passing.known):
        return safe("no change of state passes the filters; ctrl+f switches them off")
    return safe(f"no {'later' if step > 0 else 'earlier'} change of state")


def _is_setting(field: Field) -> bool:
    return field.kind in {FieldKind.TEXT, FieldKind.BOOLEAN} and _about(field.name, THINGS)


def _about(name: str, things: frozenset[str]) -> bool:
    return any(word.lower() in things for word in _WORD.findall(name))


def _named(view: StoreView) -> np.ndarray:
    """Positions of the events whose type says that something was changed."""
    types = view.events[schema.TYPE]
    chosen = [str(name) for name in types.unique().drop_nulls() if _about(str(name), EVENTS)]
    return _among(types, chosen)


def _among(types: pl.Series, chosen: Sequence[str]) -> np.ndarray:
    if not chosen:
        return np.empty(0, dtype=np.int64)
    matches = types.cast(pl.String()).is_in(list(chosen)).fill_null(value=False)
    return matches.arg_true().cast(pl.Int64()).to_numpy()


def _of_field(view: StoreView, field: Field, codes: np.ndarray) -> pl.DataFrame:
    """The changes of one field, columns of `_DETAILS`; none of a field that is never steady."""
    column = state_column(field, Catalogue.of(view).drifted(field.name))
    known = pl.col(schema.END_TIME if column.at_end else schema.TIME)
    settings = (
        view.events.select(
            pl.int_range(pl.len(), dtype=pl.Int64()).alias("position"),
            known.cast(pl.Int64()).alias("known"),
            pl.Series("series", codes).cast(pl.Int64()),
            column.expr.cast(pl.String()).alias("now"),
        )
        .filter(pl.col("now").is_not_null() & pl.col("known").is_not_null())
        .sort("known", "position")
        .with_columns(pl.col("now").shift(1).over("series").alias("was"))
    )
    changes = settings.filter(pl.col("was").is_not_null() & (pl.col("now") != pl.col("was")))
    if changes.height > max(STEADY_CHANGES, settings.height // UNSTEADY):
        changes = changes.clear()
    return changes.with_columns(pl.lit(field.name).alias("field")).select(_DETAILS.keys())
