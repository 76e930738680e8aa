"""Which spans were called from their own service, so that they are no requests to it."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import polars as pl

from traversion_data import schema
from traversion_data.store.arrays import laid, ranges
from traversion_data.store.view import StoreView

_KEY = [schema.TRACE_ID, schema.SERVICE]


def has_caller(view: StoreView, spans: np.ndarray, asked: np.ndarray) -> np.ndarray:
    """Whether (bool) each of the asked spans has its parent among the spans of its own service.

    spans, asked: positions, ascending. Parents are sought by 64-bit keys; where these meet, the
    texts decide.
    """
    own = _keys(view, schema.SPAN_ID, spans)
    order = np.argsort(own, kind="stable")
    own = own[order]
    parent = _keys(view, schema.PARENT_SPAN_ID, asked)
    called = np.zeros(len(asked), dtype=bool)
    doubtful = []
    for part in ranges(len(asked)) if len(spans) else ():
        ascending = np.argsort(parent[part])  # neighbours are searched in the same places
        wanted = parent[part][ascending]
        near = np.minimum(np.searchsorted(own, wanted), len(own) - 1)
        there = own[near] == wanted
        met, near = ascending[there], near[there]
        children = view.events.select(*_KEY, id=schema.PARENT_SPAN_ID)[asked[part][met]]
        callers = view.events.select(*_KEY, id=schema.SPAN_ID)[spans[order[near]]]
        same = pl.all_horizontal(
            (children[name] == callers[name]).fill_null(value=False) for name in children.columns
        )
        called[met + part.start] = pl.select(same).to_series().to_numpy()
        doubtful.append(met[~called[met + part.start]] + part.start)
    if doubtful:
        rows = np.concatenate(doubtful)
        called[rows] = _called_by_any(view, spans, asked[rows])
    return called


def _keys(view: StoreView, column: str, at: np.ndarray) -> np.ndarray:
    """Hashes (uint64) of trace, service and an id, at some positions that ascend."""
    columns = view.events.select(*_KEY, id=column)
    key = (
        pl.col("id").hash(2)
        ^ pl.col(schema.TRACE_ID).hash()
        ^ pl.col(schema.SERVICE).to_physical().hash(1)
    )

    def parts() -> Iterator[np.ndarray]:
        for part in ranges(view.height):
            first, last = np.searchsorted(at, (part.start, part.stop))
            keys = columns[part].select(key).to_series().to_numpy()
            yield keys[at[first:last] - at.dtype.type(part.start)]

    return laid(parts(), view.allocate(len(at), np.uint64))


def _called_by_any(view: StoreView, spans: np.ndarray, asked: np.ndarray) -> np.ndarray:
    """As `has_caller`, by texts alone; for the few whose key meets that of another span."""
    callers = view.events.select(*_KEY, id=schema.SPAN_ID)
    asking = view.events.select(*_KEY, id=schema.PARENT_SPAN_ID)[asked].with_row_index("row")
    asking = asking.drop_nulls()
    called = np.zeros(len(asked), dtype=bool)
    if asking.height:
        found = asking.join(callers[spans], on=[*_KEY, "id"], how="semi")
        called[found["row"].to_numpy()] = True
    return called
