"""Events of traces are the same ones, looked through or looked up."""

from __future__ import annotations

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from traversion_data import schema
from traversion_data.store.view import StoreView
from traversion_engine.causality.members import SCANS, members

TRACES = st.lists(st.none() | st.sampled_from(["", "a", "b", "c", *map(str, range(5))]))


def recording(traces: list[str | None]) -> StoreView:
    columns = {"seq": range(len(traces)), "time": range(len(traces)), "trace_id": traces}
    types = {"seq": pl.Int64, "time": pl.Int64, "trace_id": pl.String}
    return StoreView(schema.conform(pl.DataFrame(columns, schema_overrides=types)))


@settings(deadline=None, max_examples=60)
@given(TRACES, st.sets(st.sampled_from(["", "a", "b", "gone"]), min_size=1))
def test_they_are_found_with_and_without_an_index(
    traces: list[str | None], asked: set[str]
) -> None:
    expected = [at for at, trace in enumerate(traces) if trace in asked]
    view, names = recording(traces), pl.Series(sorted(asked))
    assert members(view, names).tolist() == expected
    _ = view.traces
    assert members(view, names).tolist() == expected


def test_an_index_is_made_only_for_a_snapshot_that_is_asked_often() -> None:
    view = recording(["a", "b", "a"])
    for _ in range(SCANS):
        assert members(view, pl.Series(["a"])).tolist() == [0, 2]
        assert "traces" not in vars(view)
    assert members(view, pl.Series(["a"])).tolist() == [0, 2]
    assert "traces" in vars(view)
    many = pl.Series(["b", *map(str, range(200))])
    assert members(view, many).tolist() == [1]
