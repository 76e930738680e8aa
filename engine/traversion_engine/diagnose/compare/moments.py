"""Derived fields that have a value at a moment only: at the end of each window."""

from __future__ import annotations

import numpy as np
import polars as pl

from traversion_data.model import Nanos
from traversion_data.store.view import StoreView
from traversion_engine.catalogue import Field
from traversion_engine.diagnose.compare.effects import Effects
from traversion_engine.diagnose.compare.ends import single_values
from traversion_engine.state.derived import derived_at


def moments(
    view: StoreView, services: pl.Series, field: Field, ends: tuple[Nanos, Nanos], over: Nanos
) -> Effects:
    """By service what a derived field was at two moments; of a text whether it was that."""
    count = len(services)
    both = [
        derived_at(view, services, np.full(count, end), [field.name], over).to_series()
        for end in ends
    ]
    number = np.arange(count)
    if field.numeric:
        a, b = (side.cast(pl.Float64).fill_null(float("nan")).to_numpy() for side in both)
        return single_values(number, a, b)
    shown = both[1].fill_null(both[0])
    a, b = ((side == shown).cast(pl.Float64).fill_null(float("nan")).to_numpy() for side in both)
    found = single_values(number, a, b)
    quoted = shown.gather(found.group).str.replace_all("'", "''", literal=True)
    start = pl.Series([f"{field.name} = '"]).new_from_index(0, len(quoted))
    return found.labelled(start + quoted + "'")
