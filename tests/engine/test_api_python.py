"""The public Python API: exactly the documented names, and a recording from file to answer."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from threading import Thread

import pytest

import traversion_engine
from traversion_data.source.locate import open_sources
from traversion_engine import (
    InputError,
    NotAvailableError,
    Recording,
    StatementError,
    open_recording,
)

SPANS = [
    {"timestamp": "2024-01-15T10:00:00Z", "type": "span", "service": "web", "operation": "GET /",
     "trace_id": "t1", "span_id": "a", "duration_ms": 100, "status": "error", "event_id": "e1"},
    {"timestamp": "2024-01-15T10:00:00.010Z", "type": "span", "service": "db", "operation": "query",
     "trace_id": "t1", "span_id": "b", "parent_span_id": "a", "duration_ms": 50,
     "status": "error"},
    {"timestamp": "2024-01-15T10:00:00.020Z", "type": "log", "service": "db", "severity": "error",
     "message": "pool exhausted", "trace_id": "t1", "span_id": "b", "event_id": "e3"},
]  # fmt: skip


@pytest.fixture
def path(tmp_path):
    found = tmp_path / "spans.jsonl"
    found.write_text("\n".join(map(json.dumps, SPANS)), encoding="utf-8")
    return found


def test_the_exported_names_are_the_documented_ones():
    documented = re.findall(r"^\| `(\w+)` \|", traversion_engine.__doc__, re.MULTILINE)
    assert sorted(documented) == sorted(traversion_engine.__all__)
    assert all(getattr(traversion_engine, name) is not None for name in documented)
    with pytest.raises(AttributeError, match="no attribute 'parse'"):
        _ = traversion_engine.parse


def test_importing_the_package_does_not_load_the_engine():
    program = "import sys, traversion_engine; print('polars' in sys.modules)"
    run = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert run.stdout.strip() == "False"


def test_a_recording_from_file_to_answer(path):
    recording = open_recording(path)
    table = recording.query("SELECT service, count() GROUP BY service")
    assert table.to_arrow().to_pylist() == [
        {"service": "db", "count()": 2},
        {"service": "web", "count()": 1},
    ]
    assert [source.stored for source in recording.sources] == [3]


@pytest.mark.parametrize("event", [0, "#0", "e1"])
def test_a_causality_chain_starts_at_the_event_and_reaches_the_cause(path, event):
    table = open_recording(path).trace_causality_chain(event)
    rows = table.frame.select("seq", "role").rows()
    assert rows == [(0, None), (1, "return"), (2, "emit")]


def test_a_causality_chain_goes_forward_too(path):
    table = open_recording(path).trace_causality_chain("e3", direction="forward")
    assert table.frame["seq"].to_list() == [2, 1, 0]


def test_root_causes_come_with_a_later_version(path):
    with pytest.raises(NotAvailableError):
        open_recording(path).find_root_cause("e1")


def test_a_field_map_and_a_zone(tmp_path):
    path = tmp_path / "odd.jsonl"
    path.write_text('{"wann": "2024-01-15 10:00:00", "wer": "web", "was": "hallo"}\n')
    recording = open_recording(
        path, field_map={"time": "wann", "service": "wer", "message": "was"}, tz="Europe/Berlin"
    )
    table = recording.query("SELECT service, message, time WHERE time = '10:00'")
    assert table.frame.rows() == [("web", "hallo", 1705309200 * 10**9)]


def test_zones_by_source(tmp_path):
    for name in ("nginx.log", "app.log"):
        (tmp_path / name).write_text("2024-01-15 10:00:00 INFO hello\n")
    zones = {"*": "Europe/Berlin", "nginx*": "America/New_York"}
    recording = open_recording(tmp_path, tz=zones)
    found = recording.query("SELECT service, time").frame.rows()
    hour = 3600 * 10**9
    assert dict(found) == {"app": 1705309200 * 10**9, "nginx": 1705309200 * 10**9 + 6 * hour}
    assert recording.query("TIMELINE WHERE time = '10:00'").frame["service"].to_list() == ["app"]
    assert [source.zone for source in recording.sources] == ["Europe/Berlin", "America/New_York"]
    with pytest.raises(InputError, match=r"did you mean nginx\.log\?"):
        open_recording(tmp_path, tz={"nginx.lgo": "Europe/Berlin"})
    with pytest.raises(InputError, match="no time zone 'Berlin'; did you mean Europe/Berlin"):
        open_recording(tmp_path, tz={"nginx*": "Berlin"})


def test_bad_input_is_one_sentence(tmp_path):
    with pytest.raises(InputError, match=r"nowhere\.jsonl"):
        open_recording(tmp_path / "nowhere.jsonl")


def test_a_wrong_statement_points(path):
    with pytest.raises(StatementError) as caught:
        open_recording(path).query("TIMELINE WHERE servce = 'db'")
    assert str(caught.value).splitlines()[1].startswith("               ^^^^^^ ")


def test_a_recording_loads_in_a_thread_and_answers_meanwhile(path):
    recording = Recording(open_sources([str(path)]))
    assert recording.query("TIMELINE").notes == ("The recording holds no events.",)
    progress, snapshots = [], []
    thread = Thread(target=recording.load, args=(progress.append, snapshots.append))
    thread.start()
    thread.join()
    assert progress[-1].done
    assert progress[-1].rows == 3
    assert snapshots[-1] is recording.view
    assert recording.query("TIMELINE").total == 3


def test_cancelling_before_loading_reads_nothing(path):
    recording = Recording(open_sources([str(path)]))
    recording.cancel()
    assert recording.load().height == 0
