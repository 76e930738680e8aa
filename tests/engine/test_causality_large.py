"""TRAVERSE on deep chains and wide fans: short answers, exact counts."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest

from traversion_data import schema
from traversion_data.store.view import StoreView
from traversion_engine.causality import graph
from traversion_engine.causality.graph import Limits, traverse

MS = 1_000_000


def test_a_chain_of_five_thousand_calls_is_walked_without_recursion() -> None:
    count = 5_000
    ids = [str(n) for n in range(count)]
    frame = schema.conform(
        pl.DataFrame({
            "seq": np.arange(count), "time": np.arange(count),
            "end_time": np.full(count, 2 * count), "duration_ns": 2 * count - np.arange(count),
            "type": ["span"] * count, "trace_id": ["t"] * count, "span_id": ids,
            "parent_span_id": [None, *ids[:-1]], "service": ["a"] * count,
        })
    )  # fmt: skip
    view = StoreView(frame)
    assert traverse(view, count - 1).total == 65
    assert traverse(view, count - 1, limits=Limits(depth=count)).total == count


def fan_of(callees: int, **more: Any) -> StoreView:
    """A span that calls a span of one operation so often; every 10,000th fails."""
    count = callees + 1
    ids = [str(n) for n in range(count)]
    columns = {
        "seq": np.arange(count), "time": np.arange(count), "end_time": np.arange(count) + MS,
        "duration_ns": np.full(count, MS), "type": ["span"] * count, "trace_id": ["t"] * count,
        "span_id": ids, "parent_span_id": [None] + ["0"] * callees, "service": ["a"] * count,
        "operation": ["get"] * count, "error_occurred": np.arange(count) % 10_000 == 10_000 - 1,
    }  # fmt: skip
    return StoreView(schema.conform(pl.DataFrame(columns | more)))


def test_a_fan_of_a_hundred_thousand_is_a_few_rows_with_exact_counts() -> None:
    found = traverse(fan_of(100_000), 0, "forward")
    errors = found.frame.filter(pl.col("seq") % 10_000 == 9_999)
    assert (found.frame.height, errors.height, found.total) == (1 + 10 + 10 + 1, 10, 100_001)
    last = found.frame.row(-1, named=True)
    assert (last["seq"], last["message"]) == (11, "×99,980 get")
    assert last["evidence"] == "#11 names span 0 as its parent; ×99,980: 1.67 min in all"
    assert found.notes[-1].startswith("Under one parent the first 10 rows alike are listed; ")
    assert found.notes[-1].endswith(" 1 row marked × stands for 99,979 more.")


def test_what_lies_below_rows_that_are_folded_is_counted() -> None:
    callees = 20_000
    parents = [None, *("0" if n % 2 else str(n - 1) for n in range(1, callees + 1))]
    found = traverse(fan_of(callees, parent_span_id=parents), 0, "forward")
    assert found.total == callees + 1
    count = [text.split()[0][1:].replace(",", "") for text in found.frame["message"] if "×" in text]
    below = [
        text.split(" and ")[1].split()[0].replace(",", "")
        for text in found.frame["evidence"].drop_nulls()
        if "×" in text
    ]
    assert (
        found.frame.height - 1 + sum(map(int, count)) - len(count) + sum(map(int, below)) == callees
    )


def test_a_walk_of_ten_thousand_rows_is_not_folded() -> None:
    found = traverse(fan_of(9_999), 0, "forward")
    assert (found.frame.height, found.notes) == (10_000, ())
    assert not found.frame["message"].str.contains("×").any()


def test_rows_beyond_the_budget_are_counted_in_a_note(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(graph, "ROW_BUDGET", 5)
    found = traverse(fan_of(8), 0, "forward")
    assert (found.frame.height, found.total) == (5, 9)
    assert found.notes == (
        "Only the first 5 of 9 rows are given; DEPTH, WHERE or LIMIT narrow it.",
    )


def test_a_limit_on_a_fan_keeps_the_total() -> None:
    found = traverse(fan_of(100_000), 0, "forward", limits=Limits(limit=5))
    assert (found.frame.height, found.total, found.notes) == (5, 100_001, ())
