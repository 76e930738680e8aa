"""Where the trouble is: positions of errors and warnings, by the moment they became known."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import polars as pl

from traversion_data import schema
from traversion_data.model import Nanos, Severity
from traversion_data.store.view import StoreView


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


def _trail(view: StoreView, chosen: np.ndarray) -> Trail:
    positions = np.flatnonzero(chosen)
    known = view.events[schema.END_TIME].gather(positions).to_numpy()
    order = np.argsort(known, kind="stable")
    return Trail(known[order], positions[order])


@dataclass(frozen=True, eq=False)
class Landmarks:
    """A snapshot with its trails, each built at first use; equal only to itself."""

    view: StoreView

    @cached_property
    def errors(self) -> Trail:
        """Events at least as bad as ERROR, and failed spans."""
        failed = (pl.col(schema.SEVERITY) >= int(Severity.ERROR)) | pl.col(schema.ERROR_OCCURRED)
        return self._where(failed.fill_null(value=False))

    @cached_property
    def warnings(self) -> Trail:
        """Events that warn, no more."""
        return self._where((pl.col(schema.SEVERITY) == int(Severity.WARN)).fill_null(value=False))

    @cached_property
    def services(self) -> int:
        """How many services there are in all."""
        return self.view.events[schema.SERVICE].n_unique()

    def _where(self, predicate: pl.Expr) -> Trail:
        chosen = self.view.events.select(predicate.alias("chosen"))["chosen"]
        return _trail(self.view, chosen.to_numpy())
