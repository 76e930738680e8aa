"""STATE and HISTORY where there is something to say: times, messages, derived values, the end."""

from __future__ import annotations

import pytest

BASE = {"service": "web", "instance": "web-0"}
ROWS = [
    {**BASE, "timestamp": "2024-01-15T10:00:00Z", "type": "log", "message": "up"},
    *(
        {**BASE, "timestamp": f"2024-01-15T10:00:{second:02}Z", "type": "span",
         "span_id": f"s{second}", "trace_id": f"t{second}", "duration_ms": 7.131 * second,
         "message": "200 GET /"}
        for second in range(1, 30)
    ),
]  # fmt: skip


@pytest.fixture(scope="module")
def service(record):
    return record(ROWS)


def test_only_logs_set_the_message(service):
    assert service.query("STATE AT '10:00:20' FOR message").frame["value"].to_list() == ["up"]
    assert service.query("HISTORY OF web.message").frame["value"].to_list() == ["up"]


@pytest.mark.parametrize("statement", ["STATE FOR time", "HISTORY OF web.end_time"])
def test_times_are_no_state(service, statement):
    table = service.query(statement)
    assert table.total == 0
    assert table.notes[0].endswith("says when, and is no state.")


def test_beside_a_time_the_other_fields_are_answered(service):
    table = service.query("STATE FOR time, duration")
    assert table.frame["field"].to_list() == ["duration"]


def test_a_moment_after_the_recording_is_noted(service):
    assert service.query("STATE AT '10:00:00' FOR health").notes == ()
    after = service.query("STATE AT '2024-01-15 10:05' FOR duration")
    assert after.total == 1
    assert after.notes == (
        "2024-01-15 10:05:00.000 lies after the recording, which ends at 2024-01-15 10:00:29.206.",
    )


def test_durations_are_the_numbers_that_were_recorded(service):
    expected = [str(round(7.131 * second, 6)) for second in range(1, 30)]
    assert service.query("HISTORY OF web.duration").frame["value"].to_list() == expected


def test_a_derived_history_is_short_knows_what_was_before_and_says_its_step(service):
    table = service.query("HISTORY OF web.p50 FROM '10:00:10' TO '10:00:20'")
    assert "p50 is derived; it was looked at every 1s." in table.notes
    assert table.frame["previous"][0] is not None
    assert table.frame["time"].min() == 1705312810 * 10**9
    assert all(len(value.replace(".", "")) <= 6 for value in table.frame["value"])
