"""Where a column that few events fill is filled, in the order in which events became known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from traversion_data.store.known import KnownOrder
from traversion_data.store.view import StoreView

_FEW: Final = 0.25
"""A column filled in more of the events than this is read with them."""


@dataclass(frozen=True)
class Filled:
    """times: when each became known, ns ascending; positions: uint32, of the same events."""

    times: np.ndarray
    positions: np.ndarray


def filled(view: StoreView, column: str) -> Filled | None:
    """The events that fill a column, found once a snapshot; None where they are not few."""
    kept = view.kept(_kept)
    if column not in kept:
        kept[column] = _found(view, column)
    return kept[column]


def _kept(_: StoreView) -> dict[str, Filled | None]:
    return {}


def _found(view: StoreView, column: str) -> Filled | None:
    values = view.events[column]
    if len(values) - values.null_count() > _FEW * len(values):
        return None
    known = view.kept(KnownOrder.build)
    at = np.flatnonzero(values.is_not_null().to_numpy()[known.positions])
    return Filled(known.times[at], known.positions[at])
