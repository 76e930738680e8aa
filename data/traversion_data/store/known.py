"""When each thing of an event is known: a span's outcome at its end, all else at its time."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import polars as pl

from traversion_data import schema
from traversion_data.model import Nanos
from traversion_data.store.arrays import laid, ranges, taken
from traversion_data.store.view import StoreView

NEVER: Final = np.iinfo(np.int64).max
"""Known time of the outcome of a span that never ended."""

_END_CORE: Final = (schema.SEVERITY, schema.DURATION, schema.STATUS, schema.ERROR_OCCURRED)
_END_PREFIXES: Final = ("error", "exception", "err.")
_END_FORMS: Final = frozenset(
    {
        "status",
        "statuscode",
        "httpstatus",
        "httpstatuscode",
        "httpresponsestatus",
        "httpresponsestatuscode",
        "rpcgrpcstatuscode",
        "grpcstatuscode",
    }
)


def at_end(column: str) -> bool:
    """Whether a span's value in this column is its outcome, known only at its end."""
    name = column.lower()
    form = name.replace("_", "").replace(".", "").replace("-", "")
    return column in _END_CORE or name.startswith(_END_PREFIXES) or form in _END_FORMS


def is_span() -> pl.Expr:
    """Spans, not the events that only name the span they belong to."""
    marked = (
        pl.col(schema.SPAN_KIND).is_not_null()
        | pl.col(schema.DURATION).is_not_null()
        | pl.col(schema.END_TIME).is_null()
        | (pl.col(schema.TYPE) == "span")
    )
    return pl.col(schema.SPAN_ID).is_not_null() & marked


def known_at(view: StoreView, time: Nanos) -> StoreView:
    """The recording as it was known at `time`: what began by then, outcomes of what had ended.

    A span open at `time` has no end and NULL in every column of its outcome.
    """
    events = view.events.slice(0, view.position(time + 1))
    open_still = (pl.col(schema.END_TIME) > time) | pl.col(schema.END_TIME).is_null()
    outcome = [name for name in events.columns if at_end(name)]
    hidden = [
        pl.when(~open_still).then(pl.col(name)).otherwise(_absent(name)).alias(name)
        for name in [schema.END_TIME, *outcome]
    ]
    return replace(view, events=events.with_columns(hidden))


def _absent(column: str) -> pl.Expr:
    return pl.lit(value=False) if column == schema.ERROR_OCCURRED else pl.lit(None)


@dataclass(frozen=True)
class KnownOrder:
    """Events in the order in which their outcomes became known, ties by seq.

    times: int64 ns ascending, `NEVER` for spans without an end. positions: uint32, the event of
    each rank.
    """

    times: np.ndarray
    positions: np.ndarray

    @classmethod
    def build(cls, view: StoreView) -> KnownOrder:
        """From a snapshot; keep it with `view.kept(KnownOrder.build)`."""
        ends = view.events[schema.END_TIME]
        times = laid(
            (ends[part].fill_null(NEVER).to_numpy() for part in ranges(view.height)),
            view.allocate(view.height, np.int64),
        )
        positions = view.allocate(view.height, np.uint32)
        if all(bool((times[part] == view.times[part]).all()) for part in ranges(view.height)):
            whole = (np.arange(part.start, part.stop) for part in ranges(view.height))
            return cls(view.times, laid(whole, positions))
        order = np.argsort(times, kind="stable")
        positions[:] = order
        ordered = taken(times, order, view.allocate)
        del order
        tied = np.zeros(view.height, dtype=bool)
        tied[1:] = ordered[1:] == ordered[:-1]
        tied[:-1] |= tied[1:]
        tied &= ordered != NEVER
        among = positions[tied]
        seqs = view.events[schema.SEQ].gather(among).to_numpy()
        positions[tied] = among[np.lexsort((seqs, times[among]))]
        return cls(ordered, positions)

    def rank(self, time: Nanos) -> int:
        """Number of outcomes known at `time`."""
        return int(np.searchsorted(self.times, min(time, NEVER - 1), side="right"))
