"""Calls between services in both windows: which are new and which are gone."""

from __future__ import annotations

import numpy as np
import polars as pl

from traversion_data import schema
from traversion_data.store.view import StoreView
from traversion_engine.diagnose.compare.counts import count_rows
from traversion_engine.diagnose.compare.effects import Effects
from traversion_engine.diagnose.compare.sample import PARTS, Sample

_PARENT = [schema.TRACE_ID, schema.SPAN_ID]


def calls(view: StoreView, sample: Sample, positions: np.ndarray) -> tuple[pl.Series, Effects]:
    """Calls a second that ended in each window; positions: the event of each row of the sample.

    A call is a span whose parent is a span of another service, as CALLS counts them. Gives the
    callers and what was found, labelled with the callee.
    """
    rows = view.events.select(schema.TRACE_ID, schema.PARENT_SPAN_ID, callee=schema.SERVICE)[
        positions
    ].with_columns(cell=sample.cell % (2 * PARTS))
    rows = rows.filter(
        pl.col(schema.TRACE_ID).is_not_null() & pl.col(schema.PARENT_SPAN_ID).is_not_null()
    )
    callers = (
        view.events.lazy()
        .filter(pl.col(schema.DURATION).is_not_null())
        .select(*_PARENT, caller=schema.SERVICE)
        .drop_nulls()
        .join(rows.lazy().select(schema.TRACE_ID).unique(), on=schema.TRACE_ID, how="semi")
        .unique(_PARENT, keep="first", maintain_order=True)
        .collect()
    )
    between = (
        rows.join(callers, left_on=[schema.TRACE_ID, schema.PARENT_SPAN_ID], right_on=_PARENT)
        .filter(pl.col("caller") != pl.col("callee"))
        .group_by(pl.col("caller", "callee").cast(pl.String), "cell")
        .len()
    )
    pairs = between.select("caller", "callee").unique().sort("caller", "callee")
    pairs = pairs.with_row_index("row")
    cells = np.zeros((pairs.height, 2 * PARTS))
    at = between.join(pairs, on=["caller", "callee"], how="left")
    cells[at["row"].to_numpy(), at["cell"].to_numpy()] = at["len"].to_numpy()
    found = count_rows(sample, np.arange(pairs.height), cells.reshape(-1, 2, PARTS))
    labels = pairs.select("calls " + pl.col("callee")).to_series()
    return pairs["caller"], found.labelled(labels)
