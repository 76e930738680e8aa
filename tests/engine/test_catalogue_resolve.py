"""A word of a statement finds the field it means, and says so where it cannot."""

import polars as pl
import pytest

from traversion_data import schema
from traversion_data.model import Recognised, SourceInfo
from traversion_data.store.view import StoreView
from traversion_engine.catalogue import Ambiguous, Catalogue, Field, FieldKind, Unknown


def catalogue(**columns: list[object]) -> Catalogue:
    height = max((len(values) for values in columns.values()), default=2)
    base = {
        "seq": range(height),
        "time": range(height),
        "end_time": range(height),
        "service": ["api"] * height,
        "type": ["log"] * height,
        "severity": [2] * height,
        "error_occurred": [False] * height,
    }
    return Catalogue.of(StoreView(schema.conform(pl.DataFrame({**base, **columns}))))


def found(columns: dict[str, list[object]], name: str, wanted_unit: str | None = None) -> str:
    result = catalogue(**columns).resolve(name, wanted_unit)
    assert isinstance(result, Field), result
    return result.name


NUMBERS: list[object] = [5.0, 50.0]


@pytest.mark.parametrize(
    ("columns", "name", "expected"),
    [
        ({"errorRate": NUMBERS}, "error_rate", "errorRate"),
        ({"http.status_code": NUMBERS}, "HTTP_StatusCode", "http.status_code"),
        ({}, "eventType", "type"),
        ({}, "kind", "type"),
        ({"kind": ["a", "b"]}, "kind", "kind"),
        ({}, "level", "severity"),
        ({"level": ["x", "y"]}, "level", "level"),
        ({"span_status": [1, 2]}, "status", "span_status"),
        ({"span_status": [1, 2], "status": [200, 503]}, "status", "status"),
        ({"duration_ns": [1, 2]}, "latency", "duration"),
        ({"duration_ns": [1, 2]}, "duration", "duration"),
        ({"latency_ms": NUMBERS}, "latency", "latency_ms"),
        ({"latency_ms": NUMBERS}, "duration", "latency_ms"),
        ({"cpu_pct": NUMBERS}, "cpu", "cpu_pct"),
        ({"queue_lag_ms": NUMBERS}, "queue.lag", "queue_lag_ms"),
        ({"host.cpu.usage_pct": NUMBERS}, "cpu", "host.cpu.usage_pct"),
        ({"cpu_pct": NUMBERS, "cpu_limit_pct": NUMBERS}, "cpu", "cpu_pct"),
        ({"mem_pct": NUMBERS, "mem_mb": NUMBERS}, "memory", "mem_pct"),
        ({}, "errors", "error_rate"),
        ({"errors_total": NUMBERS}, "errors", "errors_total"),
        ({}, "p99", "p99"),
        ({}, "requestRate", "request_rate"),
        ({}, "error", "error_occurred"),
        ({}, "ts", "time"),
        ({}, "service.name", "service"),
        ({}, "TraceID", "trace_id"),
    ],
)
def test_a_name_finds_its_field(columns: dict[str, list[object]], name: str, expected: str) -> None:
    assert found(columns, name) == expected


def test_the_unit_of_the_value_chooses_between_fields_of_one_meaning() -> None:
    columns: dict[str, list[object]] = {"mem_pct": NUMBERS, "mem_mb": NUMBERS}
    assert found(columns, "memory", wanted_unit="percent") == "mem_pct"
    assert found(columns, "memory", wanted_unit="MB") == "mem_mb"
    assert found(columns, "mem", wanted_unit="percent") == "mem_pct"


def test_two_candidates_are_told_and_not_chosen_from() -> None:
    result = catalogue(heap_mb=NUMBERS, heap_pct=NUMBERS).resolve("heap")
    assert isinstance(result, Ambiguous)
    assert {field.name for field in result.candidates} == {"heap_mb", "heap_pct"}
    assert found({"heap_mb": NUMBERS, "heap_pct": NUMBERS}, "heap", wanted_unit="%") == "heap_pct"


def test_an_exact_name_comes_before_one_that_differs_in_case() -> None:
    assert found({"Pool": NUMBERS, "pool": NUMBERS}, "pool") == "pool"
    assert isinstance(catalogue(Pool=NUMBERS, pool=NUMBERS).resolve("POOL"), Ambiguous)


def test_a_recorded_field_comes_before_a_derived_one_of_its_name() -> None:
    recorded = catalogue(health=["green", "red"]).resolve("health")
    derived = catalogue().resolve("health")
    assert isinstance(recorded, Field)
    assert isinstance(derived, Field)
    assert (recorded.kind, derived.kind) == (FieldKind.TEXT, FieldKind.DERIVED)


def test_an_unknown_name_brings_the_nearest() -> None:
    unknown = catalogue(**{"http.status_code": NUMBERS}).resolve("servcie")
    assert isinstance(unknown, Unknown)
    assert unknown.nearest[0] == "service"
    by_ending = catalogue(**{"http.status_code": NUMBERS}).resolve("status_code")
    assert by_ending == Unknown(("http.status_code",))


def test_a_synonym_that_nothing_was_recorded_for_says_so() -> None:
    unknown = catalogue().resolve("cpu")
    assert isinstance(unknown, Unknown)
    assert unknown.synonym


def test_quoted_names_have_no_synonyms() -> None:
    columns: dict[str, list[object]] = {"host.cpu.usage_pct": NUMBERS}
    assert isinstance(catalogue(**columns).resolve("cpu", quoted=True), Unknown)


def test_keys_that_only_stand_in_attrs_are_fields() -> None:
    texts: list[object] = [
        '{"deploy":{"version":"v1, \\"x\\":","canary":true},"odd key\'s":1.5,"n":[1,{"a":2}]}',
        '{"retry-count":3,"deploy":{"version":"v2"}}',
    ]
    known = catalogue(attrs=texts)
    assert {"deploy.version", "deploy.canary", "odd key's", "retry-count", "n"} <= set(known.names)
    for name, expected in [
        ("deploy.version", ['v1, "x":', "v2"]),
        ("retryCount", [None, 3.0]),
        ("deploy.canary", [True, None]),
        ("odd key's", [1.5, None]),
    ]:
        field = known.resolve(name)
        assert isinstance(field, Field)
        assert known.view.events.select(field.expr().alias("v"))["v"].to_list() == expected


def test_a_key_in_the_middle_of_a_long_recording_is_found_too(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("traversion_engine.catalogue.catalogue._SAMPLE", 2)
    texts: list[object] = ['{"a":1}', None, None, '{"late":2}', None, None, '{"b":3}']
    known = catalogue(attrs=texts)
    assert {"a", "b"} <= set(known.names)
    assert "late" not in known.names
    assert found({"attrs": texts}, "late") == "late"
    assert isinstance(known.resolve("nowhere"), Unknown)
    assert "late" in known.names


def test_the_catalogue_is_made_once_for_a_snapshot() -> None:
    known = catalogue()
    assert Catalogue.of(known.view) is known


@pytest.mark.parametrize(
    ("word", "expected"),
    [("msg", "message"), ("Msg", "message"), ("kind", "span_kind"), ("type", "type")],
)
def test_a_key_that_a_core_field_was_read_from_still_names_it(word: str, expected: str) -> None:
    read = (
        Recognised("message", "msg", "by name"),
        Recognised("span_kind", "kind", "by name"),
        Recognised("type", "Type", "by name"),
    )
    events = catalogue(message=["a", "b"], span_kind=["server", None]).view.events
    view = StoreView(events, sources=(SourceInfo(0, "app.jsonl", "JSON Lines", recognised=read),))
    field = Catalogue.of(view).resolve(word)
    assert isinstance(field, Field)
    assert field.name == expected
