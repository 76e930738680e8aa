"""Whole traces around some events: kernels need a span's callers wherever these lie."""

from __future__ import annotations

import numpy as np
import polars as pl

from traversion_data import schema
from traversion_data.store.view import StoreView


def with_traces(view: StoreView, positions: np.ndarray) -> np.ndarray:
    """Positions of the events given and of all others of their traces and of linked traces.

    Events without a trace id that name spans count as one trace. Ascending.
    """
    ids = view.events.select(schema.TRACE_ID, schema.LINKS)
    chosen = ids[positions]
    linked = chosen.select(
        pl.col(schema.LINKS).explode().struct.field(schema.TRACE_ID)
    ).drop_nulls()  # fmt: skip
    traces = pl.concat([chosen.select(schema.TRACE_ID), linked]).unique()
    member = ids.with_row_index("position").join(
        traces, on=schema.TRACE_ID, how="semi", nulls_equal=True
    )
    joined: np.ndarray = np.sort(member["position"].to_numpy().astype(np.int64))
    return joined
