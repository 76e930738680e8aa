"""ANOMALIES through its statement: what is found, what is not, and that nothing later is used."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from traversion_data.model import SECOND
from traversion_data.store.known import known_at
from traversion_engine import Context, open_recording
from traversion_engine.session import Session

START = datetime(2024, 1, 15, 10, tzinfo=UTC)
NANOS = int(START.timestamp()) * SECOND


def at(seconds):
    return (START + timedelta(seconds=seconds)).isoformat()


def gauge(values, name="cpu_pct", service="web", every=1.0):
    return [
        {"timestamp": at(n * every), "type": "metric", "service": service, name: value}
        for n, value in enumerate(values)
        if value is not None
    ]


def span(n, seconds, lasted_ms, service="web", *, failed=False):
    return {
        "timestamp": at(seconds), "type": "span", "service": service, "duration_ms": lasted_ms,
        "trace_id": f"t{n}", "span_id": f"s{n}", "span_kind": "server",
        "status": "ERROR" if failed else "OK",
    }  # fmt: skip


def log(seconds, message, service="web"):
    return {"timestamp": at(seconds), "type": "log", "service": service, "message": message}


def found(recording, statement="ANOMALIES", context=None):
    frame = recording.query(statement, context or Context()).frame
    rows = frame.select("time", "service", "field", "kind", "seq").rows()
    return [((time - NANOS) / SECOND, *rest) for time, *rest in rows]


def test_one_value_far_out_is_a_spike_at_its_event(record):
    recording = record(gauge([50] * 30 + [90] + [50] * 29))
    assert found(recording) == [(30.0, "web", "cpu_pct", "spike", 30)]


def test_a_lasting_change_is_one_row_and_the_return_none(record):
    recording = record(gauge([10] * 60 + [40] * 60 + [10] * 60))
    assert found(recording) == [(60.0, "web", "cpu_pct", "level", 60)]


def test_a_slope_is_no_change_of_level_and_a_step_on_it_is(record):
    slope = [n / 2 for n in range(120)]
    assert found(record(gauge(slope))) == []
    shifted = [value + 20 * (n >= 60) for n, value in enumerate(slope)]
    assert found(record(gauge(shifted))) == [(60.0, "web", "cpu_pct", "level", 60)]


def test_samples_that_stop_are_a_silence_from_their_last_on(record):
    rows = gauge([50] * 40 + [None] * 20 + [50] * 40)
    assert found(record(rows)) == [(40.0, "web", "cpu_pct", "silence", 39)]


def test_a_service_that_stays_silent_is_told_while_others_go_on(record):
    spans = [span(n, n / 10, 5) for n in range(300)]
    others = [span(1000 + n, n / 10, 5, "db") for n in range(600)]
    recording = record(sorted(spans + others, key=lambda row: row["timestamp"]))
    time, service, field, kind, _ = found(recording, "ANOMALIES FOR request_rate")[0]
    assert (service, field, kind) == ("web", "request_rate", "silence")
    assert time == pytest.approx(30, abs=1)


def test_errors_that_begin_are_a_level_of_the_error_rate(record):
    spans = [span(n, n / 10, 5, failed=n >= 600 and n % 2 == 0) for n in range(1200)]
    recording = record(spans)
    time, service, field, kind, seq = found(recording, "ANOMALIES FOR error_rate")[0]
    assert (service, field, kind) == ("web", "error_rate", "level")
    assert time == pytest.approx(60, abs=2)
    assert seq == pytest.approx(600, abs=20)
    assert recording.view.events["error_occurred"][seq] is True


def test_requests_that_take_ten_times_as_long_are_a_level_of_p95(record):
    spans = [span(n, n / 10, (50 if n >= 600 else 5) + n % 3) for n in range(1200)]
    time, _, field, kind, _ = found(record(spans), "ANOMALIES FOR p95")[0]
    assert (field, kind) == ("p95", "level")
    assert time == pytest.approx(60, abs=2)


def test_new_and_gone_messages_are_told_by_their_templates(record):
    usual = [log(n, f"request {n} done") for n in range(100)]
    new = [log(n + 0.5, f"pool exhausted by {n}") for n in range(60, 100)]
    gone = [log(n + 0.25, "heartbeat") for n in range(50)]
    rows = sorted(usual + new + gone, key=lambda row: row["timestamp"])
    assert [row[:4] for row in found(record(rows), "ANOMALIES FOR message")] == [
        (49.25, "web", "template(message) = 'heartbeat'", "gone_message"),
        (60.5, "web", "template(message) = 'pool exhausted by <*>'", "new_message"),
    ]


def test_a_message_that_occurs_once_is_neither_new_nor_gone(record):
    rows = [log(n, f"request {n} done") for n in range(100)]
    rows.insert(50, log(49.5, "config reloaded"))
    assert found(record(rows)) == []


def test_by_another_field_keeps_its_values_apart(record):
    rows = [
        {**row, "host": host}
        for pair in zip(gauge([50] * 60), gauge([50] * 30 + [90] + [50] * 29), strict=True)
        for row, host in zip(pair, "ab", strict=True)
    ]
    assert found(record(rows), "ANOMALIES BY host") == [(30.0, "b", "cpu_pct", "spike", 61)]


def test_what_begins_outside_the_scope_is_left_out_but_is_history(record):
    recording = record(gauge([50] * 30 + [90] + [50] * 29))
    assert found(recording, "ANOMALIES FROM '10:00:31'") == []
    assert found(recording, "ANOMALIES FROM '10:00:30'") == found(recording)


CUTS = ("15:46:00", "15:47:37", "15:48:11.25", "15:49:50", "15:51:02")


@pytest.mark.parametrize("time", CUTS)
def test_nothing_later_than_the_end_of_the_scope_is_used(time):
    view = open_recording("scenario:checkout-cascade").view
    whole = Session(lambda: view)
    statement = f"ANOMALIES TO '2024-01-15 {time}'"
    moment = whole.ask(f"GOTO '2024-01-15 {time}'", Context()).frame["time"][0]
    cut = Session(lambda: known_at(view, moment - 1))
    expected = whole.ask(statement, Context())
    then = cut.ask(statement, Context(now=moment))
    assert expected.frame.equals(then.frame)


def test_the_planted_incident_is_found_at_its_onset():
    recording = open_recording("scenario:checkout-cascade")
    frame = recording.query("ANOMALIES FOR error_rate, pool_waiting", Context()).frame
    first = frame.row(0, named=True)
    assert (first["service"], first["field"], first["kind"]) == ("db", "pool_waiting", "level")
    assert set(frame["service"]) >= {"db", "orders", "api-gateway"}
