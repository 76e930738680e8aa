"""Events that lie in the future: their clock was wrong, so nothing earlier can come from them.

An event is taken to lie in the future if it starts more than `MARGIN` after the wall clock of the
machine that reads it: a day is more than a time zone that was read wrongly can make.
"""

from __future__ import annotations

from time import time_ns
from typing import Final

import numpy as np
import polars as pl

from traversion_data import schema
from traversion_data.model import SECOND, Nanos
from traversion_engine.causality.evidence import event_number

MARGIN: Final = 24 * 3600 * SECOND


def in_future(events: pl.DataFrame, now: Nanos | None = None) -> np.ndarray:
    """For each row of an event frame whether it lies in the future; bool.

    `now` is the wall clock in ns, the machine's own unless given.
    """
    latest = (time_ns() if now is None else now) + MARGIN
    limit = (pl.col(schema.OBSERVED_TIME) + MARGIN).fill_null(latest)
    return (
        events.select((pl.col(schema.TIME) > limit).fill_null(value=False)).to_series().to_numpy()
    )


def future_notes(seqs: pl.Series, future: np.ndarray) -> tuple[str, ...]:
    """What the reader is told of the events that lie in the future, nothing where none does."""
    count = int(future.sum())
    if not count:
        return ()
    first = seqs.filter(pl.Series(future)).to_frame("seq").select(event_number(pl.col("seq").min()))
    which = first.item() if count == 1 else f"{first.item()} and {count - 1:,} more"
    said = (
        f"{which} {'lies' if count == 1 else 'lie'} in the future, more than a day after this"
        " machine's clock: kept, and held to cause nothing that is earlier."
    )
    return (said,)
