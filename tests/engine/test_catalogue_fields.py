"""The catalogue knows kinds, units, values and the SHOW tables of a snapshot."""

import json

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from traversion_data import schema
from traversion_data.store.growth import unchanged
from traversion_data.store.view import StoreView
from traversion_engine.catalogue import Catalogue, Field, FieldKind, show


def view(**columns: object) -> StoreView:
    base = {
        "seq": [0, 1, 2, 3],
        "time": [10, 20, 30, 40],
        "end_time": [10, 20, 30, 40],
        "service": ["api", "api", "db", "api"],
        "host": ["a", "b", None, "a"],
        "type": ["log", "span", "log", "log"],
        "severity": [2, 4, 2, None],
        "error_occurred": [False, True, False, False],
    }
    return StoreView(schema.conform(pl.DataFrame({**base, **columns})))


@pytest.mark.parametrize(
    ("name", "values", "unit", "source"),
    [
        ("cpu_pct", [0.5, 0.5, 0.5, 0.5], "percent", "suffix"),
        ("cpu", [0.1, 0.9, None, 0.3], "ratio", "range"),
        ("cpu", [10, 95, None, 30], "percent", "range"),
        ("cpu", [10, 250, None, 30], None, None),
        ("cpu_m", [10, 95, None, 30], None, None),
        ("pool_in_use", [1, 20, 3, 4], None, None),
        ("leader", [0, 1, 1, 0], None, None),
        ("hits", [0.1, float("nan"), float("inf"), 1.0], "ratio", "range"),
    ],
)
def test_a_unit_is_known_by_suffix_or_by_range(
    name: str, values: list[float | None], unit: str | None, source: str | None
) -> None:
    field = Catalogue.of(view(**{name: values})).resolve(name)
    assert isinstance(field, Field)
    assert (field.unit, field.unit_source) == (unit, source)


def test_duration_is_shown_in_milliseconds_and_kept_in_nanoseconds() -> None:
    field = Catalogue.of(view(duration_ns=[1, 2, 3, 4])).resolve("duration")
    assert isinstance(field, Field)
    assert (field.kind, field.column) == (FieldKind.DURATION, "duration_ns")
    assert (field.unit, field.stored_unit) == ("ms", "ns")


def test_ids_are_ids_whatever_their_type() -> None:
    known = Catalogue.of(view(order_id=[1, 2, 3, 4], userId=["a", "b", "c", "d"]))
    assert [known.resolve(name).kind for name in ("order_id", "userId")] == [FieldKind.ID] * 2


def test_statistics_count_what_is_there() -> None:
    known = Catalogue.of(view(pool=[None, 7, 7, 9]))
    field = known.recorded("pool")
    assert field is not None
    stats = known.stats(field)
    assert (stats.filled, stats.distinct, stats.example) == (3, 2, "7")
    assert (stats.low, stats.high) == (7, 9)


def test_values_come_by_frequency_and_near_ones_are_found() -> None:
    known = Catalogue.of(view())
    service = known.recorded("service")
    severity = known.recorded("severity")
    assert service is not None
    assert severity is not None
    assert known.values(service) == ("api", "db")
    assert known.values(severity) == ("info", "error")
    assert known.has_value(service, "db")
    assert not known.has_value(service, "dbb")
    assert known.nearest_values(service, "apo") == ("api",)


def test_show_services_counts_replicas_events_and_errors() -> None:
    assert show.services(view()).rows() == [("api", 2, 3, 1, 10, 40), ("db", 0, 1, 0, 30, 30)]


def test_show_types_lists_the_most_frequent_first() -> None:
    assert show.types(view()).rows() == [("log", 3), ("span", 1)]


def test_show_fields_lists_recorded_and_derived_fields() -> None:
    table = show.fields(view(cpu=[0.1, 0.2, 0.2, None]))
    rows = {row[0]: row[1:] for row in table.rows()}
    assert rows["cpu"] == ("number", "ratio", "recorded; unit by its range", 3, 2, "0.1")
    assert rows["severity"][-3:] == (3, 2, "info")
    assert rows["p99"][:2] == ("number", "ms")
    assert rows["time"][-1] == "1970-01-01T00:00:00.000000010Z"
    assert "trace_id" not in rows


def test_examples_are_in_the_unit_that_is_shown() -> None:
    rows = {row[0]: row[1:] for row in show.fields(view(duration_ns=[2_500_000] * 4)).rows()}
    assert rows["duration"] == ("duration", "ms", "how long it took; unit declared", 4, 1, "2.5")


def test_an_empty_recording_has_a_catalogue() -> None:
    empty = StoreView(schema.empty())
    assert show.services(empty).height == 0
    assert show.fields(empty)["field"].to_list()[-1] == "health"
    assert isinstance(Catalogue.of(empty).resolve("service"), Field)


ATTRS = st.none() | st.dictionaries(
    st.sampled_from(["a", "b", "c.d"]),
    st.integers(0, 9) | st.text("xy", max_size=2) | st.dictionaries(st.just("d"), st.booleans()),
    min_size=1,
)


def with_attrs(rows: list[tuple[int, int, dict[str, object] | None]]) -> StoreView:
    """Events of (time, number, attributes), sorted."""
    frame = pl.DataFrame(
        {
            "seq": [seq for _, seq, _ in rows],
            "time": [time for time, _, _ in rows],
            "attrs": [attrs and json.dumps(attrs) for _, _, attrs in rows],
        },
        schema_overrides={"seq": pl.Int64, "time": pl.Int64, "attrs": pl.String},
    )
    return StoreView(schema.conform(frame).sort("time", "seq"))


@settings(deadline=None, max_examples=60)
@given(
    st.lists(st.tuples(st.integers(0, 5), ATTRS), max_size=6),
    st.lists(st.tuples(st.integers(0, 9), ATTRS), max_size=6),
)
def test_attributes_of_a_snapshot_that_grew_are_those_of_the_whole(early, more) -> None:
    every = [(time, seq, attrs) for seq, (time, attrs) in enumerate(early + more)]
    before, view = with_attrs(every[: len(early)]), with_attrs(every)
    _ = Catalogue.of(before).names
    Catalogue.grow(before, view, unchanged(before, view))
    grown, anew = Catalogue.of(view), Catalogue(view)
    assert set(grown.names) == set(anew.names)
    for name in anew.names:
        made, whole = grown.recorded(name), anew.recorded(name)
        if made.path == whole.path:
            assert made == whole


def test_keys_in_attributes_of_old_events_are_not_looked_for_again() -> None:
    before = with_attrs([(1, 0, {"a": 1}), (2, 1, {"b": 1})])
    view = with_attrs([(1, 0, {"changed": 1}), (2, 1, {"b": 1}), (3, 2, {"c": 1})])
    assert isinstance(Catalogue.of(before).resolve("a"), Field)
    Catalogue.grow(before, view, 2)
    known = Catalogue.of(view)
    assert {"a", "b", "c"} <= set(known.names)
    assert "changed" not in known.names
