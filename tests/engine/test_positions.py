"""The door that a view filters through."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from traversion_data import schema
from traversion_data.model import TimeRange
from traversion_data.store.view import StoreView
from traversion_engine import StatementError, open_recording
from traversion_engine.context import Context
from traversion_engine.positions import passing, predicate_of


def view(tmp_path: Path):
    path = tmp_path / "events.jsonl"
    path.write_text(
        "".join(
            f'{{"time": "2024-01-15T15:47:0{n}Z", "service": "{s}", "level": "{level}"}}\n'
            for n, (s, level) in enumerate(
                [("db", "info"), ("api", "error"), ("db", "error"), ("db", "warn")]
            )
        )
    )
    return open_recording(str(path)).view


def test_all_events_that_pass_are_found_wherever_the_window_is(tmp_path: Path) -> None:
    opened = view(tmp_path)
    context = Context(window=TimeRange(opened.bounds.start, opened.bounds.start + 1))
    assert passing(opened, "service = 'db'", context).positions.tolist() == [0, 2, 3]
    assert passing(
        opened, "service = 'db' AND severity >= 'error'", context
    ).positions.tolist() == [2]
    assert passing(opened, "service = 'gone'", context).positions.tolist() == []


def test_a_wrong_predicate_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StatementError):
        passing(view(tmp_path), "servce = 'db'", Context())


def test_the_predicate_of_a_timeline_is_its_own() -> None:
    assert predicate_of("TIMELINE LAST 5m WHERE service = 'db' LIMIT 3") == "service = 'db'"
    assert predicate_of("TIMELINE") is None
    assert predicate_of("SELECT count() WHERE service = 'db'") is None


def snapshot(events: list[tuple[int, int, str]]) -> StoreView:
    """Events of (second, number, service), sorted."""
    rows = [
        {"seq": seq, "time": second * 10**9, "end_time": second * 10**9, "service": service}
        for second, seq, service in events
    ]
    frame = schema.conform(pl.DataFrame(rows, infer_schema_length=None))
    return StoreView(frame.sort("time", "seq"))


EVENTS = st.lists(
    st.tuples(st.integers(0, 9), st.sampled_from(["db", "api"])), min_size=1, max_size=20
)


@settings(deadline=None, max_examples=60)
@given(EVENTS, EVENTS, st.booleans())
def test_what_is_known_of_an_earlier_snapshot_gives_what_all_of_it_gives(
    early: list[tuple[int, str]], more: list[tuple[int, str]], later: bool
) -> None:
    more = [(second + 10 * later, service) for second, service in more]
    every = [(second, seq, service) for seq, (second, service) in enumerate(early + more)]
    before, view = snapshot(every[: len(early)]), snapshot(every)
    for predicate in ("service = 'db'", "in_flight > 0 OR service = 'db'"):
        known = passing(before, predicate, Context())
        grown = passing(view, predicate, Context(), before=known)
        anew = passing(view, predicate, Context())
        assert grown.positions.tolist() == anew.positions.tolist()
        assert grown.positions[: grown.same].tolist() == known.positions[: grown.same].tolist()
        if later and "in_flight" not in predicate:
            assert grown.same == len(known.positions)


def test_a_predicate_that_means_something_else_by_now_is_tested_anew() -> None:
    before = snapshot([(1, 0, "db"), (2, 1, "api"), (5, 2, "db")])
    view = snapshot([(1, 0, "db"), (2, 1, "api"), (5, 2, "db"), (9, 3, "api")])
    last = "time > end - 4s"
    known = passing(before, last, Context())
    assert known.positions.tolist() == [1, 2]
    grown = passing(view, last, Context(), before=known)
    assert (grown.positions.tolist(), grown.same) == ([3], 0)
