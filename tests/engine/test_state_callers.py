"""A span called from its own service is told by trace, service and parent, and by nothing else."""

from unittest import mock

import numpy as np
import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from traversion_data import schema
from traversion_data.store import arrays
from traversion_data.store.view import StoreView
from traversion_engine.state import callers
from traversion_engine.state.callers import has_caller

SPAN = st.fixed_dictionaries(
    {
        "trace_id": st.sampled_from([None, "t", "u"]),
        "service": st.sampled_from(["a", "b"]),
        "span_id": st.sampled_from([None, "1", "2", "3"]),
        "parent_span_id": st.sampled_from([None, "1", "2", "3", "4"]),
    }
)
IDS = dict.fromkeys(("trace_id", "span_id", "parent_span_id"), pl.String)


def _same(_: StoreView, __: str, at: np.ndarray) -> np.ndarray:
    """Keys that all meet, so that the texts have to decide."""
    return np.zeros(len(at), dtype=np.uint64)


@settings(max_examples=80, deadline=None)
@given(st.lists(SPAN, min_size=1, max_size=20), st.integers(1, 6), st.booleans())
def test_only_where_all_three_are_those_of_a_span(rows, few, collide):
    view = StoreView(
        schema.conform(
            pl.DataFrame(
                [{**row, "seq": at, "time": at} for at, row in enumerate(rows)],
                schema_overrides=IDS,
            )
        )
    )
    spans = np.array([at for at, row in enumerate(rows) if row["span_id"]], dtype=np.uint32)
    with (
        mock.patch.object(arrays, "ROWS", few),
        mock.patch.object(callers, "_keys", _same if collide else callers._keys),
    ):
        found = has_caller(view, spans, spans)
    there = {(rows[at]["trace_id"], rows[at]["service"], rows[at]["span_id"]) for at in spans}
    wanted = [
        (row["trace_id"], row["service"], row["parent_span_id"]) in there
        and row["trace_id"] is not None
        for row in (rows[at] for at in spans)
    ]
    assert found.tolist() == wanted
