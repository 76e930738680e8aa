"""The story of `checkout-cascade`: calm, dry pool, failures, recovery; and that it emerges."""

from __future__ import annotations

import re
import statistics
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import traversion_scenarios
from traversion_scenarios.checkout_cascade import DESCRIPTION

Event = dict[str, Any]
ROOT = Path(traversion_scenarios.__file__).parent


def at(clock: str) -> datetime:
    return datetime.fromisoformat(f"2024-01-15T{clock}").replace(tzinfo=UTC)


def moment(event: Event) -> datetime:
    return datetime.fromisoformat(event["timestamp"])


def known(event: Event) -> datetime:
    return moment(event) + timedelta(milliseconds=event.get("duration_ms", 0.0))


def front_door(events: list[Event], since: str, until: str) -> list[Event]:
    return [
        e
        for e in events
        if e["type"] == "span"
        and e["service"] == "api-gateway"
        and e["span_kind"] == "server"
        and at(since) <= moment(e) < at(until)
    ]


def failed_share(requests: list[Event]) -> float:
    return sum(e["status"] == "error" for e in requests) / len(requests)


def exhausted(events: list[Event]) -> list[Event]:
    return [e for e in events if "pool exhausted" in e.get("message", "")]


def first_503(events: list[Event]) -> Event:
    failed = [e for e in front_door(events, "15:44", "15:52") if e["http.status_code"] == 503]
    return min(failed, key=known)


def samples(events: list[Event], service: str) -> list[Event]:
    return [e for e in events if e["type"] == "metric" and e["service"] == service]


def descendants(events: list[Event], root: Event) -> list[Event]:
    children: dict[str, list[Event]] = {}
    for event in events:
        if event["type"] == "span" and event["trace_id"] == root["trace_id"]:
            children.setdefault(event["parent_span_id"], []).append(event)
    found, waiting = [], [root]
    while waiting:
        below = children.get(waiting.pop()["span_id"], [])
        found += below
        waiting += below
    return found


def test_it_is_calm_before_the_job(cascade: list[Event]) -> None:
    requests = front_door(cascade, "15:44", "15:46:50")
    assert failed_share(requests) < 0.005
    durations = sorted(e["duration_ms"] for e in requests)
    assert 5 < statistics.median(durations) < 50
    assert durations[-1] < 1_000
    in_use = [e["pool_in_use"] for e in samples(cascade, "db") if moment(e) < at("15:46:50")]
    assert 4 <= statistics.mean(in_use) <= 8
    assert max(in_use) <= 9
    for event in cascade:
        if event["type"] == "metric" and moment(event) < at("15:46:50"):
            assert event["cpu_pct"] < 50
            assert event["memory_pct"] < 70


def test_the_pool_first_runs_dry_in_the_promised_second(cascade: list[Event]) -> None:
    first = min(map(moment, exhausted(cascade)))
    assert first.replace(microsecond=0) == at("15:47:23")


def test_nothing_in_the_code_names_that_second() -> None:
    offset = int((at("15:47:23") - at("15:44")).total_seconds())
    epoch = int(at("15:47:23").timestamp())
    named = re.compile(rf"47:23|\b{offset}(\.0+)?\b|{epoch}|3\s*min\w*\s*23|23\.168")
    for path in sorted(ROOT.glob("**/*.py")):
        text = path.read_text(encoding="utf-8")
        assert not named.search(text.replace("_", "")), path.name
        assert not named.search(text), path.name


def test_a_pool_twice_as_large_has_no_cascade(roomy: list[Event]) -> None:
    assert not exhausted(roomy)
    assert not [e for e in roomy if "acquire queued" in e.get("message", "")]
    assert failed_share(front_door(roomy, "15:44", "15:52")) < 0.01
    assert max(e["duration_ms"] for e in front_door(roomy, "15:44", "15:52")) < 1_000
    assert max(e["memory_pct"] for e in samples(roomy, "worker")) < 90


def test_the_job_does_all_its_batches_either_way(cascade: list[Event], roomy: list[Event]) -> None:
    for events in (cascade, roomy):
        done = [e["batch"] for e in events if e.get("message") == "reconcile batch done"]
        assert sorted(done) == list(range(1, 113))
        assert any(e.get("message") == "reconcile batch: all 112 batches done" for e in events)


def test_the_gateway_fails_seconds_after_the_pool(cascade: list[Event]) -> None:
    dry = min(map(moment, exhausted(cascade)))
    assert timedelta(seconds=1) < known(first_503(cascade)) - dry < timedelta(seconds=30)
    assert failed_share(front_door(cascade, "15:47:30", "15:49:30")) > 0.3


def test_a_503_leads_down_to_a_connection_not_got(cascade: list[Event]) -> None:
    root = first_503(cascade)
    assert root["message"].startswith("503 POST /")
    assert root["parent_span_id"] is None
    below = descendants(cascade, root)
    assert any(e["service"] == "orders" and e["status"] == "error" for e in below)
    refused = [
        e
        for e in below
        if e["service"] == "db"
        and e["operation"] == "acquire connection"
        and e["status"] == "error"
    ]
    assert refused
    for span in refused:
        assert re.fullmatch(r"connection pool exhausted 20/20 in use, \d+ waiting", span["message"])
        assert span["pool_wait_ms"] == 5_000
        assert sum(span["holders"].values()) == 20


def test_the_errors_of_the_pool_name_connections_the_worker_was_given(
    cascade: list[Event],
) -> None:
    held = [
        (e["conn_id"], moment(e), known(e))
        for e in cascade
        if e["type"] == "span" and e.get("peer.service") == "worker" and e["span_kind"] == "server"
        if "conn_id" in e
    ]
    alarms = [e for e in cascade if e.get("error_type") == "PoolExhausted"]
    assert Counter(e["held_by"] for e in alarms).most_common(1)[0][0] == "worker"
    first = min(alarms, key=moment)
    assert (first["held_by"], first["held_for"]) == ("worker", "SELECT ledger FOR UPDATE")
    for alarm in alarms:
        if alarm["held_by"] == "worker":
            got = moment(alarm)
            assert any(c == alarm["conn_id"] and a <= got <= b for c, a, b in held)
    notes = [e for e in cascade if re.match(r"reconcile batch \d+ of 112", e.get("message", ""))]
    assert notes
    assert all(e["conn_id"] in e["conn_ids"] for e in notes)
    assert max(len(e["conn_ids"]) for e in notes) > 12


def test_retries_come_with_the_failures_and_not_before(cascade: list[Event]) -> None:
    retries = [e for e in cascade if e.get("message", "").startswith("retrying ")]
    assert {e["service"] for e in retries} == {"cart", "orders"}
    assert min(map(moment, retries)) > min(map(moment, exhausted(cascade)))
    attempts = Counter(e.get("attempt") for e in front_door(cascade, "15:47:30", "15:49:30"))
    assert attempts[2] + attempts[3] > 50
    assert any(
        e["severity"] == "fatal" and e["message"].startswith("circuit db open")
        for e in cascade
        if e["type"] == "error"
    )


def test_high_cpu_is_followed_by_high_memory_on_the_same_service(cascade: list[Event]) -> None:
    worker = samples(cascade, "worker")
    hot = min(moment(e) for e in worker if e["cpu_pct"] > 80)
    full = min(moment(e) for e in worker if e["memory_pct"] > 90)
    assert hot < full <= hot + timedelta(minutes=5)
    assert max(e["memory_pct"] for e in worker) < 100


def test_it_recovers_by_itself(cascade: list[Event]) -> None:
    assert failed_share(front_door(cascade, "15:50", "15:52")) < 0.005
    calm = [e for e in samples(cascade, "db") if moment(e) >= at("15:50")]
    assert all(e["pool_waiting"] == 0 and e["pool_in_use"] <= 9 for e in calm)
    assert max(e["duration_ms"] for e in front_door(cascade, "15:50", "15:52")) < 1_000


def test_the_gateway_has_a_state_when_the_pool_runs_dry(cascade: list[Event]) -> None:
    before = [e for e in samples(cascade, "api-gateway") if moment(e) <= at("15:47:23")]
    latest = {e["instance"]: e for e in before}
    assert len(latest) == 2
    for sample in latest.values():
        assert at("15:47:23") - moment(sample) <= timedelta(seconds=5)
        assert {"cpu_pct", "memory_pct", "in_flight", "queue_depth", "version"} <= set(sample)


def test_the_changes_are_written_down_in_calm_times(cascade: list[Event]) -> None:
    changes = [e for e in cascade if e["type"] in {"deploy", "config"}]
    assert [e["service"] for e in changes] == [c.service for c in DESCRIPTION.changes]
    assert all(moment(e) < at("15:46:30") for e in changes)
