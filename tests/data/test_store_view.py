"""A snapshot answers where, when and how many, and keeps what was computed from it."""

from itertools import pairwise
from time import time_ns

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from traversion_data import schema
from traversion_data.model import DAY, Severity, SourceInfo, TimeRange
from traversion_data.store.view import StoreView

SEVERITY = st.sampled_from([None, *map(int, Severity)])
EVENTS = st.lists(st.tuples(st.integers(0, 50), SEVERITY), max_size=40)


def view_of(*rows: tuple[int, int | None], **columns: object) -> StoreView:
    frame = pl.DataFrame(
        {
            "seq": range(len(rows)),
            "time": [time for time, _ in rows],
            "end_time": [time for time, _ in rows],
            "severity": [severity for _, severity in rows],
            "error_occurred": [(severity or 0) >= 4 for _, severity in rows],
            "service": ["a"] * len(rows),
            **columns,
        },
        schema_overrides={"severity": pl.Int8, "time": pl.Int64, "end_time": pl.Int64},
    )
    return StoreView(schema.conform(frame).sort("time", "seq"))


def test_bounds_reach_one_nanosecond_beyond_the_last_span_end() -> None:
    rows = [(10, 2), (20, 2)]
    assert view_of(*rows).bounds == TimeRange(10, 21)
    assert view_of(*rows, end_time=[90, 20]).bounds == TimeRange(10, 91)
    assert view_of(*rows, end_time=[None, None]).bounds == TimeRange(10, 21)
    assert StoreView(schema.empty()).bounds == TimeRange(0, 0)


def test_a_clock_that_is_years_ahead_does_not_stretch_what_is_drawn() -> None:
    ahead = time_ns() + 3650 * DAY
    view = view_of((100, 2), (200, 2), (ahead, 2))
    assert view.charted == TimeRange(100, 201)
    assert (view.ahead_of_clock, view.bounds.end) == (1, ahead + 1)
    alone = view_of((ahead, 2))
    assert alone.charted == alone.bounds
    assert view_of().charted == TimeRange(0, 0)


def test_scopes_are_half_open_and_pages_are_clipped() -> None:
    view = view_of((10, 2), (20, 2), (20, 2), (30, 2))
    assert view.span(TimeRange(10, 20)) == (0, 1)
    assert view.within(TimeRange(20, 30))["seq"].to_list() == [1, 2]
    assert view.page(3, 10, ["seq"]).rows() == [(3,)]
    assert view.page(-5, 1, ["seq"]).rows() == [(0,)]
    assert view.page(9, 1).height == 0


def test_errors_are_positions_in_time_order() -> None:
    assert view_of((30, 4), (10, 5), (20, 2)).errors.tolist() == [0, 2]


def test_what_is_built_from_a_snapshot_is_kept_with_it() -> None:
    view = view_of((1, 2))
    assert view.kept(list_of_heights) is view.kept(list_of_heights)


def list_of_heights(view: StoreView) -> list[int]:
    return [view.height]


def test_new_accounts_of_the_same_events_share_their_indexes() -> None:
    view = view_of((1, 2), (2, 4))
    density, heights = view.density, view.kept(list_of_heights)
    source = SourceInfo(0, "file", "JSON Lines", complete=True)
    after = view.with_accounts(view.aside, (source,))
    assert (after.sources, after.generation) == ((source,), 1)
    assert after.complete
    assert after.density is density
    assert after.kept(list_of_heights) is heights
    assert view.sources == ()


@given(EVENTS, st.lists(st.integers(-5, 60), min_size=2, max_size=9, unique=True))
def test_density_counts_every_event_of_each_severity(
    rows: list[tuple[int, int | None]], edges: list[int]
) -> None:
    edges.sort()
    counts = view_of(*rows).density.counts(pl.Series(edges).to_numpy())
    for level in Severity:
        for bucket, (low, high) in enumerate(pairwise(edges)):
            expected = sum(
                low <= time < high and (int(Severity.INFO) if s is None else s) == level
                for time, s in rows
            )
            assert counts[level, bucket] == expected


@given(EVENTS, st.integers(-5, 60), st.sampled_from(list(Severity)))
def test_the_next_and_the_previous_event_at_least_so_bad(
    rows: list[tuple[int, int | None]], at: int, level: Severity
) -> None:
    density = view_of(*rows).density
    bad = [t for t, s in rows if (int(Severity.INFO) if s is None else s) >= level]
    assert density.next_at_least(level, at) == min((t for t in bad if t > at), default=None)
    assert density.previous_at_least(level, at) == max((t for t in bad if t < at), default=None)


def test_events_are_found_by_number() -> None:
    view = view_of((30, 2), (10, 2), (20, 2))
    assert [view.row(seq) for seq in (0, 1, 2, 3)] == [2, 0, 1, None]
    assert view.seqs.positions_of(pl.Series([2, 0]).to_numpy()).tolist() == [1, 2]


def test_a_trace_is_found_in_time_order() -> None:
    view = view_of((30, 2), (10, 2), (20, 2), (5, 2), trace_id=["t", "t", "u", None])
    assert view.rows(view.traces.positions_of("t"))["seq"].to_list() == [1, 0]
    assert view.traces.positions_of("nowhere").tolist() == []
