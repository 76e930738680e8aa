"""`--map end=KEY` on formats whose specification names the key of every stamp."""

from __future__ import annotations

import json

import pytest

from traversion_data.errors import InputError
from traversion_data.model import FieldMap

from .loaded import AT, MILLI, check, rows_of

MICROS = AT // 1000
ZIPKIN = {
    "traceId": "5b8efff798038103d269b633813fc60c",
    "id": "eee19b7ec3c1b174",
    "name": "get",
    "timestamp": MICROS,
    "duration": 250_000,
    "localEndpoint": {"serviceName": "cart"},
}
JAEGER = {
    "traceID": "5b8efff798038103d269b633813fc60c",
    "spans": [
        {
            "traceID": "5b8efff798038103d269b633813fc60c",
            "spanID": "eee19b7ec3c1b174",
            "operationName": "get",
            "startTime": MICROS,
            "duration": 250_000,
            "processID": "p1",
        }
    ],
    "processes": {"p1": {"serviceName": "cart"}},
}
SPAN = {
    "traceId": "5b8efff798038103d269b633813fc60c",
    "spanId": "eee19b7ec3c1b174",
    "name": "get",
    "startTimeUnixNano": str(AT),
    "endTimeUnixNano": str(AT + 250 * MILLI),
    "attributes": [{"key": "took_ms", "value": {"intValue": "40"}}],
}
OTLP = {"resourceSpans": [{"scopeSpans": [{"spans": [SPAN]}]}]}


def read(record, *pairs):
    return rows_of(json.dumps(record).encode() + b"\n", field_map=FieldMap(pairs))


@pytest.mark.parametrize(
    ("record", "key"), [(ZIPKIN, "timestamp"), ([ZIPKIN], "timestamp"), (JAEGER, "startTime")]
)
def test_the_stamp_of_a_span_as_its_end(record, key):
    rows, info = read(record, ("end", key))
    check(rows[0], time=AT - 250 * MILLI, end_time=AT, duration_ns=250 * MILLI, type="span")
    assert not [note for note in info.notes if "--map" in note]


def test_stamps_of_a_few_years_after_the_epoch_keep_the_unit_of_their_format():
    rows, _ = read({**ZIPKIN, "timestamp": 1_000_000}, ("end", "timestamp"))
    check(rows[0], time=750_000_000, end_time=1_000_000_000)


@pytest.mark.parametrize("record", [ZIPKIN, JAEGER, OTLP])
def test_stamps_are_starts_where_nobody_says_otherwise(record):
    rows, _ = read(record)
    check(rows[0], time=AT, end_time=AT + 250 * MILLI, duration_ns=250 * MILLI)


def test_an_end_that_the_format_calls_so_too():
    rows, _ = read(OTLP, ("end", "endTimeUnixNano"))
    check(rows[0], time=AT, end_time=AT + 250 * MILLI, duration_ns=250 * MILLI)


def test_a_start_of_a_format_without_durations_is_refused_as_an_end():
    with pytest.raises(InputError, match=r"--map end=startTimeUnixNano: in OTLP .*duration=KEY"):
        read(OTLP, ("end", "startTimeUnixNano"))


def test_a_duration_that_is_mapped_too_gives_the_start():
    rows, _ = read(OTLP, ("end", "startTimeUnixNano"), ("duration", "took_ms"))
    check(rows[0], time=AT - 40 * MILLI, end_time=AT, duration_ns=40 * MILLI)


def test_the_end_of_json_lines():
    rows, _ = read({"ts": AT, "msg": "x", "duration_ms": 40}, ("end", "ts"))
    check(rows[0], time=AT - 40 * MILLI, end_time=AT, duration_ns=40 * MILLI)
