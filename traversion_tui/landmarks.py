"""Where the trouble is: positions of errors and warnings, by the moment they became known."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
import polars as pl

from traversion_data import schema
from traversion_data.model import Nanos, Severity
from traversion_data.store.growth import take_over, unchanged
from traversion_data.store.view import StoreView

_FEW: Final = 1024
"""So many names are sooner put into a set than told apart in the column."""


@dataclass(frozen=True)
class Trail:
    """Events of one kind, sorted by (known, position): two int64 arrays of one length.

    A span's outcome is known at its end, so that is where it is found.
    """

    known: np.ndarray
    positions: np.ndarray

    def after(self, time: Nanos, cursor: int | None) -> tuple[Nanos, int] | None:
        """The next one: known later, or at the same moment but behind the cursor."""
        return self._at(self._rank(time, -1 if cursor is None else cursor + 1))

    def before(self, time: Nanos, cursor: int | None) -> tuple[Nanos, int] | None:
        """The previous one, in the same order."""
        return self._at(self._rank(time, -1 if cursor is None else cursor) - 1)

    def _rank(self, time: Nanos, position: int) -> int:
        """How many stand before (time, position) in the trail's order."""
        first, last = (int(at) for at in np.searchsorted(self.known, [time, time + 1]))
        return first + int(np.searchsorted(self.positions[first:last], position))

    def _at(self, index: int) -> tuple[Nanos, int] | None:
        if not 0 <= index < len(self.known):
            return None
        return int(self.known[index]), int(self.positions[index])

    def grown(self, first: int, added: Trail) -> Trail:
        """With the events from position `first` on replaced by others."""
        stay = self.positions < first
        known = np.concatenate([self.known[stay], added.known])
        positions = np.concatenate([self.positions[stay], added.positions])
        order = np.argsort(known, kind="stable")
        return Trail(known[order], positions[order])


def _trail(events: pl.DataFrame, chosen: pl.Series, first: int = 0) -> Trail:
    """The trail of the events for which `chosen` is true; they stand from position `first` on.

    Series are compared: to evaluate expressions costs more for the few events of a batch.
    """
    positions = pl.Series(np.arange(first, first + events.height)).filter(chosen).to_numpy()
    known = events[schema.END_TIME].filter(chosen).to_numpy()
    order = np.argsort(known, kind="stable")
    return Trail(known[order], positions[order])


def _failed(events: pl.DataFrame) -> pl.Series:
    return (events[schema.SEVERITY] >= int(Severity.ERROR)) | events[schema.ERROR_OCCURRED]


def _warn(events: pl.DataFrame) -> pl.Series:
    return events[schema.SEVERITY] == int(Severity.WARN)


@dataclass(frozen=True, eq=False)
class Landmarks:
    """A snapshot with its trails, each built at first use; equal only to itself."""

    view: StoreView

    @classmethod
    def grown(cls, before: Landmarks, view: StoreView) -> Landmarks:
        """Those of a later snapshot with all events of an earlier one, by what was not there."""
        marks = cls(view)
        marks.take_over(before)
        return marks

    def take_over(self, before: Landmarks) -> None:
        """Make what an earlier snapshot has had made, from that and what was not there."""
        view = self.view
        first = unchanged(before.view, view)
        take_over(before.view, view, first)
        come = view.events.slice(first)
        known, given = before.__dict__, self.__dict__
        if "errors" in known:
            given["errors"] = before.errors.grown(first, _trail(come, _failed(come), first))
        if "warnings" in known:
            given["warnings"] = before.warnings.grown(first, _trail(come, _warn(come), first))
        if "names" in known:
            given["names"] = before.names | _names(come)

    @cached_property
    def errors(self) -> Trail:
        """Events at least as bad as ERROR, and failed spans."""
        return _trail(self.view.events, _failed(self.view.events))

    @cached_property
    def warnings(self) -> Trail:
        """Events that warn, no more."""
        return _trail(self.view.events, _warn(self.view.events))

    @cached_property
    def names(self) -> frozenset[str | None]:
        """The services there are."""
        return _names(self.view.events)

    @property
    def services(self) -> int:
        """How many services there are in all."""
        return len(self.names)


def _names(events: pl.DataFrame) -> frozenset[str | None]:
    names = events[schema.SERVICE]
    return frozenset((names if len(names) <= _FEW else names.unique()).to_list())
