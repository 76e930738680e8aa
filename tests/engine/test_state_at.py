"""STATE, what changed in it, and HISTORY."""

from typing import Any

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from traversion_data import schema
from traversion_data.model import SECOND, Recognised, SourceInfo, TimeRange
from traversion_data.store.known import known_at
from traversion_data.store.view import StoreView
from traversion_engine.catalogue import Catalogue, Field
from traversion_engine.state.columns import state_fields
from traversion_engine.state.history import history
from traversion_engine.state.state import STATE, changed, state_at

START = 1_700_000_000 * SECOND


def recording(*rows: dict[str, Any]) -> StoreView:
    full = [
        {
            "seq": number,
            "time": START + int(row["at"] * SECOND),
            "end_time": START + int((row["at"] + row.get("lasts", 0)) * SECOND),
            "duration_ns": int(row["lasts"] * SECOND) if "lasts" in row else None,
            "span_id": str(number) if "lasts" in row else None,
            "type": "span" if "lasts" in row else "log",
            "service": row.get("service", "api"),
            "instance": row.get("pod"),
            "severity": row.get("severity"),
            "message": row.get("message"),
            "error_occurred": row.get("severity") == 4,
            "version": row.get("version"),
            "cpu_pct": row.get("cpu"),
            "order_id": row.get("order"),
            "attrs": row.get("attrs"),
        }
        for number, row in enumerate(rows)
    ]
    text = dict.fromkeys(
        ["version", "order_id", "attrs", "instance", "message", "span_id"], pl.String
    )
    number = {"severity": pl.Int8, "cpu_pct": pl.Float64, "duration_ns": pl.Int64}
    frame = pl.DataFrame(full, schema_overrides={**text, **number})
    return StoreView(schema.conform(frame).sort("time", "seq"))


def values(view: StoreView, second: float, *names: str) -> dict[tuple[str | None, str], str]:
    frame = state_at(view, START + int(second * SECOND), fields(view, *names) if names else None)
    return {(row["instance"], row["field"]): row["value"] for row in frame.to_dicts()}


def fields(view: StoreView, *names: str) -> list[Field]:
    found = [Catalogue.of(view).resolve(name) for name in names]
    assert all(isinstance(field, Field) for field in found)
    return found  # type: ignore[return-value]


def test_each_instance_keeps_its_own_latest_value() -> None:
    view = recording(
        {"at": 0, "pod": "a", "version": "v1", "cpu": 5.0},
        {"at": 1, "pod": "b", "version": "v1"},
        {"at": 2, "pod": "a", "version": "v2"},
    )
    assert values(view, 2, "version", "cpu") == {
        ("a", "version"): "v2", ("a", "cpu_pct"): "5.0", ("b", "version"): "v1",
    }  # fmt: skip
    assert values(view, 1.5, "version")[("a", "version")] == "v1"


def test_a_span_sets_its_attributes_at_its_start_and_its_outcome_at_its_end() -> None:
    view = recording({"at": 0, "lasts": 10, "version": "v1", "severity": 4})
    assert values(view, 5, "version", "severity", "duration") == {(None, "version"): "v1"}
    assert values(view, 10, "version", "severity", "duration") == {
        (None, "version"): "v1", (None, "severity"): "error", (None, "duration"): "10000.0",
    }  # fmt: skip


def test_of_one_moment_the_highest_seq_wins() -> None:
    view = recording({"at": 1, "version": "first"}, {"at": 1, "version": "second"})
    assert values(view, 1, "version") == {(None, "version"): "second"}


def test_ids_and_messages_are_state_only_when_named() -> None:
    view = recording({"at": 0, "message": "hello", "order": "o-1", "version": "v1"})
    assert {field.name for field in state_fields(view)} == {"version"}
    assert values(view, 1, "message", "order_id") == {
        (None, "message"): "hello", (None, "order_id"): "o-1",
    }  # fmt: skip


def test_a_key_that_names_the_instance_is_no_state_of_it() -> None:
    view = recording({"at": 0, "version": "v1"})
    read = Recognised("instance", "version", "by name")
    source = SourceInfo(0, "file", "JSON Lines", recognised=(read,))
    assert state_fields(StoreView(view.events, sources=(source,))) == ()


def test_a_key_that_only_stands_in_attrs_is_state_when_named() -> None:
    view = recording({"at": 0, "attrs": '{"deploy":{"by":"ann"}}'}, {"at": 1, "attrs": None})
    assert values(view, 2, "deploy.by") == {(None, "deploy.by"): "ann"}


def test_columns_units_and_ages() -> None:
    view = recording({"at": 0, "cpu": 5.0}, {"at": 10, "cpu": 7.0}, {"at": 200, "version": "v"})
    frame = state_at(view, START + 12 * SECOND, fields(view, "cpu_pct"))
    assert dict(frame.schema) == STATE
    assert frame.row(0) == (
        "api", None, "cpu_pct", "7.0", 7.0, "percent", START + 10 * SECOND, 2000.0, False, 1,
    )  # fmt: skip


def test_a_value_is_stale_after_five_usual_gaps_and_a_minute() -> None:
    view = recording(
        {"at": 0, "cpu": 5.0}, {"at": 20, "cpu": 7.0, "version": "v1"}, {"at": 500, "order": "x"}
    )
    stale = {}
    for second in (119, 121):
        frame = state_at(view, START + second * SECOND, fields(view, "cpu_pct", "version"))
        stale[second] = dict(zip(frame["field"], frame["stale"], strict=True))
    assert stale == {
        119: {"cpu_pct": False, "version": False},
        121: {"cpu_pct": True, "version": False},
    }


def test_rows_come_by_service_then_derived_then_instance() -> None:
    view = recording(
        {"at": 0, "service": "b", "pod": "x", "version": "1"},
        {"at": 0, "service": "a", "pod": "y", "version": "1"},
        {"at": 0, "service": "a", "pod": "x", "version": "1"},
    )
    frame = state_at(view, START + SECOND, fields(view, "version", "health"))
    assert frame.select("service", "instance", "field").rows() == [
        ("a", None, "health"), ("a", "x", "version"), ("a", "y", "version"),
        ("b", None, "health"), ("b", "x", "version"),
    ]  # fmt: skip
    only = state_at(view, START + SECOND, fields(view, "version", "health"), services=["b"])
    assert set(only["service"]) == {"b"}
    assert only.height == 2


def test_a_recorded_field_takes_the_place_of_the_derived_one() -> None:
    view = recording({"at": 0, "version": "v"})
    named = StoreView(view.events.with_columns(health=pl.lit("green")))
    assert values(named, 1)[(None, "health")] == "green"


def test_changes_carry_what_was() -> None:
    view = recording(
        {"at": 0, "pod": "a", "version": "v1", "cpu": 1.0},
        {"at": 5, "pod": "a", "version": "v2", "cpu": 1.0},
        {"at": 6, "pod": "b", "version": "v2"},
    )
    names = fields(view, "version", "cpu_pct")
    rows = changed(view, START + SECOND, START + 9 * SECOND, names)
    assert rows.select("instance", "field", "value", "was").rows() == [
        ("a", "version", "v2", "v1"), ("b", "version", "v2", None),
    ]  # fmt: skip


def test_history_keeps_changes_only() -> None:
    view = recording(
        {"at": 0, "pod": "a", "version": "v1"},
        {"at": 1, "pod": "b", "version": "v1"},
        {"at": 2, "pod": "a", "version": "v1"},
        {"at": 5, "pod": "a", "version": "v2"},
        {"at": 6, "service": "other", "version": "v9"},
    )
    version = fields(view, "version")[0]
    rows = history(view, "api", version)
    assert rows.select("seq", "instance", "value", "previous", "held_ms").rows() == [
        (0, "a", "v1", None, 5000.0), (1, "b", "v1", None, None), (3, "a", "v2", "v1", None),
    ]  # fmt: skip
    late = history(view, "api", version, TimeRange(START + 2 * SECOND, START + 9 * SECOND))
    assert late["previous"].to_list() == ["v1"]
    assert history(view, "nobody", version).height == 0


def test_history_of_an_outcome_stands_at_the_end_of_its_span() -> None:
    view = recording({"at": 0, "lasts": 10, "severity": 4}, {"at": 2, "lasts": 1, "severity": 2})
    rows = history(view, "api", fields(view, "severity")[0])
    assert rows.select("seq", "time", "value").rows() == [
        (1, START + 3 * SECOND, "info"), (0, START + 10 * SECOND, "error"),
    ]  # fmt: skip


def test_history_of_a_derived_field_tells_when_it_changed() -> None:
    view = recording(
        *({"at": n, "lasts": 0.1} for n in range(60)),
        {"at": 200, "service": "other"},
    )
    health = fields(view, "health")[0]
    rows = history(view, "api", health)
    assert rows.select("seq", "time", "value", "previous", "held_ms").rows() == [
        (None, START, "healthy", None, 120_000.0),
        (None, START + 120 * SECOND, "silent", "healthy", None),
    ]
    assert history(view, "api", health, TimeRange(START, START + 9 * SECOND)).height == 1
    assert history(view, "nobody", health).height == 0


def test_an_empty_recording_has_an_empty_state() -> None:
    frame = state_at(StoreView(schema.empty()), START)
    assert dict(frame.schema) == STATE
    assert frame.height == 0


ROW = st.fixed_dictionaries(
    {"at": st.integers(0, 120), "service": st.sampled_from(["a", "b"])},
    optional={
        "lasts": st.integers(0, 60),
        "pod": st.sampled_from(["x", "y"]),
        "severity": st.sampled_from([2, 4]),
        "version": st.sampled_from(["v1", "v2"]),
        "cpu": st.floats(0, 100),
        "message": st.sampled_from(["m", "n"]),
    },
)


@settings(max_examples=80, deadline=None)
@given(st.lists(ROW, min_size=1, max_size=20), st.integers(0, 200))
def test_state_is_that_of_a_recording_cut_by_what_was_known(
    rows: list[dict[str, Any]], second: int
) -> None:
    view, time = recording(*rows), START + second * SECOND
    assert state_at(view, time).rows() == state_at(known_at(view, time), time).rows()
