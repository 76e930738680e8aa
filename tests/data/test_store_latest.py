"""The latest values of every series agree with reading all events in order of being known."""

from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from traversion_data import schema
from traversion_data.store.known import NEVER, KnownOrder, at_end, known_at
from traversion_data.store.latest import LatestIndex, StateColumn
from traversion_data.store.segments import GroupedTimes, Segments, group_starts, search_segments
from traversion_data.store.series import SeriesIndex
from traversion_data.store.view import StoreView

ROW = st.fixed_dictionaries(
    {
        "time": st.integers(0, 30),
        "length": st.one_of(st.none(), st.integers(0, 10)),
        "span": st.booleans(),
        "service": st.sampled_from(["a", "b"]),
        "instance": st.sampled_from([None, "x", "y"]),
        "host": st.sampled_from([None, "x", "h"]),
        "cpu": st.one_of(st.none(), st.floats(0, 100)),
        "pool": st.one_of(st.none(), st.integers(-3, 3)),
        "version": st.sampled_from([None, "v1", "v2"]),
        "leader": st.sampled_from([None, True, False]),
        "severity": st.sampled_from([None, 2, 4]),
    }
)
COLUMNS = ("cpu", "pool", "version", "leader", "severity", "duration_ns")


def view_of(rows: list[dict[str, Any]]) -> StoreView:
    frame = pl.DataFrame(
        [
            {
                **{key: row[key] for key in ("time", "service", "instance", "host")},
                **{key: row[key] for key in ("cpu", "pool", "version", "leader", "severity")},
                "seq": len(rows) - number,
                "type": "span" if row["span"] else "log",
                "span_id": str(number) if row["span"] else None,
                "end_time": _end(row),
                "duration_ns": row["length"] if row["span"] else None,
                "error_occurred": row["severity"] == 4,
            }
            for number, row in enumerate(rows)
        ],
        schema_overrides={
            "instance": pl.String, "host": pl.String, "span_id": pl.String,
            "version": pl.String, "cpu": pl.Float64, "pool": pl.Int64, "leader": pl.Boolean,
            "severity": pl.Int8, "end_time": pl.Int64, "duration_ns": pl.Int64,
        },
    )  # fmt: skip
    return StoreView(schema.conform(frame).sort("time", "seq"))


def _end(row: dict[str, Any]) -> int | None:
    if not row["span"]:
        return int(row["time"])
    return None if row["length"] is None else int(row["time"]) + int(row["length"])


def index_of(view: StoreView) -> LatestIndex:
    return LatestIndex(view, [StateColumn(c, pl.col(c), at_end(c)) for c in COLUMNS])


def by_hand(view: StoreView, time: int) -> dict[tuple[str, str | None, str], tuple[str, int]]:
    best: dict[tuple[str, str | None, str], tuple[int, int, Any]] = {}
    for row in view.events.iter_rows(named=True):
        for column in COLUMNS:
            end = NEVER if row["end_time"] is None else row["end_time"]
            known = end if at_end(column) else row["time"]
            key = (row["service"], row["instance"] or row["host"], column)
            found = (known, row["seq"], row[column])
            if row[column] is not None and known <= time:
                best[key] = max(best.get(key, (-1, -1, None)), found, key=lambda f: f[:2])
    return {key: (_text(value), seq) for key, (_, seq, value) in best.items()}


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else pl.Series([value]).cast(pl.String)[0]


def answer(view: StoreView, time: int) -> dict[tuple[str, str | None, str], tuple[str, int]]:
    index = index_of(view)
    cells = index.at(time)
    names = index.series.names[cells.series]
    texts, _ = index.texts(cells)
    seqs = view.events["seq"].gather(cells.position)
    columns = [COLUMNS[number] for number in cells.column]
    keys = zip(names["service"], names["instance"], columns, strict=True)
    return dict(zip(keys, zip(texts, seqs, strict=True), strict=True))


@settings(max_examples=120, deadline=None)
@given(st.lists(ROW, min_size=1, max_size=25), st.integers(-1, 45))
def test_latest_values_agree_with_reading_all_events(rows: list[dict[str, Any]], time: int) -> None:
    view = view_of(rows)
    assert answer(view, time) == by_hand(view, time)


@settings(max_examples=80, deadline=None)
@given(st.lists(ROW, min_size=1, max_size=25), st.integers(0, 45))
def test_nothing_known_later_is_used(rows: list[dict[str, Any]], time: int) -> None:
    view = view_of(rows)
    assert answer(view, time) == answer(known_at(view, time), time)


@settings(max_examples=60, deadline=None)
@given(st.lists(ROW, min_size=1, max_size=25), st.lists(st.integers(-1, 45), min_size=1))
def test_many_moments_at_once_agree_with_one_by_one(
    rows: list[dict[str, Any]], times: list[int]
) -> None:
    index = index_of(view_of(rows))
    for column in range(len(COLUMNS)):
        for series in range(index.series.names.height):
            asked = np.array(times)
            many = index.at_many(column, np.full(len(times), series), asked)
            wanted = index.wanted(np.array([column]), np.array([series]))
            ones = [index.at(t, wanted) for t in times]
            found = {int(at): int(p) for at, p in zip(many.wanted, many.position, strict=True)}
            single = {n: int(c.position[0]) for n, c in enumerate(ones) if len(c.position)}
            assert found == single


def test_a_usual_gap_is_the_mean_of_the_gaps_before() -> None:
    rows = [
        {"time": t, "service": "a", "instance": None, "host": None, "span": False, "length": None,
         "cpu": 1.0, "pool": None, "version": None, "leader": None, "severity": None}
        for t in (0, 10, 30)
    ]  # fmt: skip
    index = index_of(view_of(rows))
    assert np.isnan(index.at(5).gap).all()
    assert index.at(29).gap.tolist() == [10.0]
    assert index.at(99).gap.tolist() == [15.0]


def test_history_lists_what_set_a_value_in_the_order_it_was_known() -> None:
    base = {"service": "a", "instance": "i", "host": None, "span": True, "cpu": None, "pool": None,
            "version": None, "leader": None}  # fmt: skip
    rows = [
        {**base, "time": 0, "length": 20, "severity": 4},
        {**base, "time": 5, "length": 2, "severity": 2},
        {**base, "time": 6, "length": None, "severity": 2},
    ]
    index = index_of(view_of(rows))
    positions, times = index.history(COLUMNS.index("severity"), 0)
    assert (positions.tolist(), times.tolist()) == ([1, 0], [7, 20])


def test_a_span_open_at_the_moment_shows_no_outcome() -> None:
    row = {"service": "a", "instance": None, "host": None, "span": True, "cpu": 5.0, "pool": None,
           "version": None, "leader": None, "time": 10, "length": 10, "severity": 4}  # fmt: skip
    then = known_at(view_of([row]), 15).events
    columns = ["end_time", "duration_ns", "severity", "error_occurred", "cpu"]
    assert then.select(columns).row(0) == (None, None, None, False, 5.0)
    assert known_at(view_of([row]), 20).events.equals(view_of([row]).events)
    assert known_at(view_of([row]), 9).height == 0


def test_series_are_named_by_instance_or_host() -> None:
    view = view_of(
        [
            {"service": s, "instance": i, "host": h, "span": False, "cpu": 1.0, "pool": None,
             "version": None, "leader": None, "time": 1, "length": None, "severity": None}
            for s, i, h in [("b", None, None), ("a", "x", "h"), ("a", None, "x"), ("a", None, "h")]
        ]
    )  # fmt: skip
    index = SeriesIndex.build(view)
    assert index.names.rows() == [("a", "h"), ("a", "x"), ("b", None)]
    assert sorted(index.codes.tolist()) == [0, 1, 1, 2]
    assert index.of_service("a").tolist() == [0, 1]


def test_outcomes_rank_by_end_and_seq() -> None:
    rows = [
        {"service": "a", "instance": None, "host": None, "span": True, "cpu": None, "pool": None,
         "version": None, "leader": None, "time": t, "length": length, "severity": None}
        for t, length in [(0, 9), (1, 2), (2, None), (3, 0)]
    ]  # fmt: skip
    order = KnownOrder.build(view_of(rows))
    assert order.positions.tolist() == [3, 1, 0, 2]
    assert [order.rank(t) for t in (2, 3, 9, NEVER)] == [0, 2, 3, 3]


@given(
    st.lists(st.lists(st.integers(0, 20)), max_size=6), st.lists(st.integers(-1, 21), min_size=6)
)
def test_segments_are_searched_each_for_its_own_value(
    pieces: list[list[int]], below: list[int]
) -> None:
    values = np.array([v for piece in pieces for v in sorted(piece)], dtype=np.int64)
    lengths = np.array([len(piece) for piece in pieces], dtype=np.int64)
    last = np.cumsum(lengths)
    first = last - lengths
    needles = np.array(below[: len(pieces)], dtype=np.int64)
    found = search_segments(values, first, last, needles)
    counted = [sum(v < n for v in piece) for piece, n in zip(pieces, needles, strict=True)]
    assert (found - first).tolist() == counted


def test_an_empty_recording_has_no_state() -> None:
    assert answer(StoreView(schema.empty().with_columns(
        cpu=pl.lit(None, pl.Float64), pool=pl.lit(None, pl.Int64),
        version=pl.lit(None, pl.String), leader=pl.lit(None, pl.Boolean),
    )), 5) == {}  # fmt: skip


def test_series_are_the_same_whether_numbered_by_table_or_by_sorting() -> None:
    rows = [
        {"service": s, "instance": i, "host": h, "span": False, "cpu": 1.0, "pool": None,
         "version": None, "leader": None, "time": n, "length": None, "severity": None}
        for n, (s, i, h) in enumerate(
            [("b", None, None), ("a", "x", "h"), ("a", None, "x"), ("b", "y", None)] * 3
        )
    ]  # fmt: skip
    table = SeriesIndex.build(view_of(rows))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("traversion_data.store.series._TABLE", 0)
        sorting = SeriesIndex.build(view_of(rows))
    assert table.names.equals(sorting.names)
    assert table.codes.tolist() == sorting.codes.tolist()


@settings(max_examples=50, deadline=None)
@given(st.lists(st.sets(st.integers(0, 200)), min_size=1, max_size=5), st.data())
def test_ranks_are_searched_by_their_sample_as_by_hand(
    pieces: list[set[int]], data: st.DataObject
) -> None:
    ranks = np.array([rank for piece in pieces for rank in sorted(piece)], dtype=np.uint32)
    last = np.cumsum([len(piece) for piece in pieces])
    first = last - np.array([len(piece) for piece in pieces])
    segments = Segments.of(ranks, first, last)
    pair = st.tuples(st.integers(0, len(pieces) - 1), st.integers(0, 201))
    asked = data.draw(st.lists(pair, min_size=1))
    of, below = (np.array(column, dtype=np.int64) for column in zip(*asked, strict=True))
    counted = [sum(rank < limit for rank in pieces[n]) for n, limit in asked]
    assert (segments.search(of, below) - first[of]).tolist() == counted


MOMENTS = st.one_of(
    st.integers(0, 30), st.integers(NEVER - 30, NEVER), st.integers(1 << 60, (1 << 60) + 9)
)


@pytest.mark.parametrize("together", [MOMENTS, st.integers(5, 30), st.integers(NEVER - 9, NEVER)])
@settings(max_examples=50, deadline=None)
@given(data=st.data())
def test_times_are_searched_by_group_whether_their_keys_fit_or_not(
    together: st.SearchStrategy[int], data: st.DataObject
) -> None:
    found = data.draw(st.lists(st.tuples(st.integers(0, 2), together), max_size=30))
    found.sort()
    codes, times = (np.array([pair[n] for pair in found], dtype=np.int64) for n in (0, 1))
    grouped = GroupedTimes.of(times, group_starts(codes, 3))
    assert grouped.times.tolist() == times.tolist()
    assert grouped.groups.tolist() == codes.tolist()
    limits = st.one_of(MOMENTS, st.integers(-5, 40))
    asked = data.draw(st.lists(st.tuples(st.integers(0, 2), limits), min_size=1))
    group, below = (np.array(column, dtype=np.int64) for column in zip(*asked, strict=True))
    counted = [sum(pair[0] == g and pair[1] < limit for pair in found) for g, limit in asked]
    assert (grouped.before(group, below) - grouped.starts[group]).tolist() == counted
