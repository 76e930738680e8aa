"""The form of the lines: valid, in order, whole traces, the same bytes every time."""

from __future__ import annotations

import itertools
import json
import os
import re
import subprocess
import sys
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

import traversion_scenarios
from traversion_scenarios import UnknownScenarioError

Event = dict[str, Any]
ROOT = Path(traversion_scenarios.__file__).parent
START = datetime(2024, 1, 15, 15, 44, tzinfo=UTC)
END = datetime(2024, 1, 15, 15, 52, tzinfo=UTC)
COUNTS = {"span": 19_114, "metric": 1_632, "log": 1_428, "error": 943, "deploy": 1, "config": 1}


def moment(event: Event) -> datetime:
    return datetime.fromisoformat(event["timestamp"])


def end(event: Event) -> datetime:
    return moment(event) + timedelta(microseconds=round(event.get("duration_ms", 0.0) * 1_000))


def spans(events: list[Event]) -> list[Event]:
    return [event for event in events if event["type"] == "span"]


def test_names_are_plain_and_described() -> None:
    names = traversion_scenarios.names()
    assert "checkout-cascade" in names
    for name in names:
        assert re.fullmatch(r"[a-z0-9][a-z0-9_-]{0,63}", name)
        info = traversion_scenarios.describe(name)
        assert info.name == name
        assert info.start_ns < info.end_ns
        assert info.title
        assert info.summary.endswith(".")
        assert info.look_for
        assert info.hints


def test_the_incident_plays_when_it_is_said_to() -> None:
    info = traversion_scenarios.describe("checkout-cascade")
    assert info.start_ns == int(START.timestamp()) * 1_000_000_000
    assert info.end_ns == int(END.timestamp()) * 1_000_000_000


@pytest.mark.parametrize("door", [traversion_scenarios.describe, traversion_scenarios.lines])
def test_an_unknown_name_is_answered_with_the_nearest(door: Any) -> None:
    with pytest.raises(UnknownScenarioError, match="Did you mean checkout-cascade") as caught:
        door("chekout-cascade")
    assert caught.value.nearest == ("checkout-cascade",)


def test_a_name_like_none_is_answered_with_all_and_without_its_escapes() -> None:
    with pytest.raises(UnknownScenarioError, match="There are: checkout-cascade") as caught:
        traversion_scenarios.lines("\x1b[31m" + "z" * 5_000)
    assert "\x1b" not in str(caught.value)
    assert len(str(caught.value)) < 200


def test_the_bytes_are_the_same_again_whatever_the_hash_seed(cascade_lines: list[bytes]) -> None:
    program = (
        "import sys, traversion_scenarios as s;"
        "[sys.stdout.buffer.write(line) for line in s.lines('checkout-cascade')]"
    )
    environment = {**os.environ, "PYTHONHASHSEED": "4711", "PYTHONPATH": str(ROOT.parent)}
    again = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, check=True, env=environment
    )
    assert again.stdout == b"".join(cascade_lines)


def test_only_the_standard_library_is_imported() -> None:
    program = (
        f"import sys; sys.path.insert(0, {str(ROOT.parent)!r});"
        "import traversion_scenarios; print(*sorted(sys.modules))"
    )
    # -I and -S keep away what the environment would load by itself.
    listed = subprocess.run(
        [sys.executable, "-I", "-S", "-c", program], capture_output=True, check=True, text=True
    )
    loaded = listed.stdout.split()
    outside = {name.partition(".")[0] for name in loaded} - set(sys.stdlib_module_names)
    assert outside <= {"__main__", "traversion_scenarios"}


def test_each_line_is_an_object_that_ends_in_a_newline(cascade_lines: list[bytes]) -> None:
    for line in cascade_lines:
        assert line.endswith(b"}\n")
        assert line.count(b"\n") == 1
        assert isinstance(json.loads(line), dict)


def test_counts_by_type_of_this_version(cascade: list[Event]) -> None:
    assert Counter(event["type"] for event in cascade) == COUNTS
    assert 15_000 <= len(cascade) <= 25_000


def test_times_lie_in_the_recording_with_six_digits(cascade: list[Event]) -> None:
    for event in cascade:
        assert re.fullmatch(r"2024-01-15T15:\d\d:\d\d\.\d{6}Z", event["timestamp"])
        assert moment(event) >= START
        assert end(event) < END


def test_lines_stand_in_the_order_of_writing_not_of_starting(cascade: list[Event]) -> None:
    written = [end(event) for event in cascade]
    assert written == sorted(written)
    started = [moment(event) for event in cascade]
    assert started != sorted(started)


def test_ids_are_unique_and_well_formed(cascade: list[Event]) -> None:
    span_ids = [span["span_id"] for span in spans(cascade)]
    assert len(set(span_ids)) == len(span_ids)
    for span in spans(cascade):
        assert re.fullmatch(r"[0-9a-f]{32}", span["trace_id"])
        assert re.fullmatch(r"[0-9a-f]{16}", span["span_id"])
    event_ids = [
        e["event_id"] for e in cascade if e["type"] in {"log", "error", "deploy", "config"}
    ]
    assert event_ids == [f"evt-{number:06}" for number in range(1, len(event_ids) + 1)]


def test_every_trace_is_whole_with_one_root(cascade: list[Event]) -> None:
    by_id = {span["span_id"]: span for span in spans(cascade)}
    roots = Counter(s["trace_id"] for s in by_id.values() if s["parent_span_id"] is None)
    assert set(roots) == {span["trace_id"] for span in by_id.values()}
    assert set(roots.values()) == {1}
    for span in by_id.values():
        if span["parent_span_id"] is not None:
            assert by_id[span["parent_span_id"]]["trace_id"] == span["trace_id"]


def test_a_child_lies_within_its_parent_unless_the_caller_left(cascade: list[Event]) -> None:
    by_id = {span["span_id"]: span for span in spans(cascade)}
    left_behind = 0
    for span in by_id.values():
        parent = by_id.get(span["parent_span_id"])
        if parent is None:
            continue
        assert moment(parent) <= moment(span)
        if end(span) > end(parent):
            assert parent["span_kind"] == "client"
            assert parent["error_type"] == "DeadlineExceeded"
            left_behind += 1
    assert left_behind > 0


def test_logs_of_a_request_lie_within_its_span(cascade: list[Event]) -> None:
    by_id = {span["span_id"]: span for span in spans(cascade)}
    within = [e for e in cascade if e["type"] in {"log", "error"} and "span_id" in e]
    assert within
    for event in within:
        span = by_id[event["span_id"]]
        assert event["trace_id"] == span["trace_id"]
        assert event["service"] == span["service"]
        assert moment(span) <= moment(event) <= end(span)


def test_severity_and_status_agree(cascade: list[Event]) -> None:
    for event in cascade:
        if event["type"] == "metric":
            continue
        assert event["severity"] in {"debug", "info", "warn", "error", "fatal"}
        if event["type"] == "span":
            assert (event["status"] == "error") == (event["severity"] == "error")
        elif event["type"] == "error":
            assert event["severity"] in {"error", "fatal"}
            assert event["error_type"]


def test_a_connection_is_never_in_two_hands(cascade: list[Event]) -> None:
    uses: dict[str, list[tuple[datetime, datetime]]] = {}
    for span in spans(cascade):
        if span["service"] == "db" and span["span_kind"] == "server" and "conn_id" in span:
            got = moment(span) + timedelta(microseconds=round(span["pool_wait_ms"] * 1_000))
            uses.setdefault(span["conn_id"], []).append((got, end(span)))
    assert sorted(uses) == [f"c-{number:02}" for number in range(1, 21)]
    for intervals in uses.values():
        intervals.sort()
        for (_, released), (taken, _) in itertools.pairwise(intervals):
            assert released <= taken


def test_metrics_come_every_five_seconds_from_each_instance(cascade: list[Event]) -> None:
    times: dict[str, list[datetime]] = {}
    for event in cascade:
        if event["type"] == "metric":
            assert 0 <= event["cpu_pct"] <= 100
            assert 0 <= event["memory_pct"] <= 100
            times.setdefault(event["instance"], []).append(moment(event))
    assert len(times) == 17
    for samples in times.values():
        gaps = {b - a for a, b in itertools.pairwise(samples)}
        assert gaps == {timedelta(seconds=5)}
        assert len(samples) == 96
