"""Ids of what an event tells of, which are not its own."""

from __future__ import annotations

import pytest

from .decoded import AT, check, row_of, rows_of

TRACE, SPAN, ENTRY = "4bf92f3577b34da6a3ce929d0e0e4736", "3ff9a8981b7ccd5a", "00f067aa0ba902b7"
LINE = {"@timestamp": AT, "message": "x", "log.level": "info"}


@pytest.mark.parametrize("nested", [True, False])
def test_the_tracing_fields_of_ecs(nested):
    ids = {"trace": TRACE, "span": SPAN, "transaction": ENTRY, "event": "e-1"}
    named = {k: {"id": v} for k, v in ids.items()} if nested else {f"{k}.id": ids[k] for k in ids}
    row = row_of({**LINE, **named})
    check(row, trace_id=TRACE, span_id=SPAN, event_id="e-1")
    assert row["transaction.id"] == ENTRY


def test_without_a_span_the_transaction_of_ecs_is_the_span():
    row = row_of({**LINE, "trace.id": TRACE, "transaction.id": ENTRY})
    check(row, trace_id=TRACE, span_id=ENTRY, event_id=None)


def test_a_transaction_without_a_trace_is_no_span():
    row = row_of({**LINE, "transaction": {"id": "T-123", "amount": 5}})
    check(row, span_id=None, event_id=None)
    assert row["transaction.id"] == "T-123"


@pytest.mark.parametrize(
    "around",
    ["span", "process", "data", "resource", "context", "source", "payload", "metadata", "docker"],
)
def test_an_id_within_something_is_not_the_events(around):
    rows = rows_of(*({**LINE, around: {"id": f"identity-{n}"}} for n in range(3)))
    assert [row["event_id"] for row in rows] == [None] * 3


def test_cloud_events_have_their_id_at_the_top():
    event = {"specversion": "1.0", "type": "log", "source": "/shop", "time": "2024-01-15T15:47:23Z"}
    rows = rows_of(*({**event, "id": f"A234-1234-{n}", "data": {"id": f"o-{n}"}} for n in range(3)))
    assert [row["event_id"] for row in rows] == ["A234-1234-0", "A234-1234-1", "A234-1234-2"]
    assert [row["data.id"] for row in rows] == ["o-0", "o-1", "o-2"]


def test_a_process_is_not_the_operation():
    check(row_of({**LINE, "process": {"name": "java", "pid": 7}}), operation=None)
