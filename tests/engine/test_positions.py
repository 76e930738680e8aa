"""The door that a view filters through."""

from __future__ import annotations

from pathlib import Path

import pytest

from traversion_data.model import TimeRange
from traversion_engine import StatementError, open_recording
from traversion_engine.context import Context
from traversion_engine.positions import positions, predicate_of


def view(tmp_path: Path):
    path = tmp_path / "events.jsonl"
    path.write_text(
        "".join(
            f'{{"time": "2024-01-15T15:47:0{n}Z", "service": "{s}", "level": "{level}"}}\n'
            for n, (s, level) in enumerate(
                [("db", "info"), ("api", "error"), ("db", "error"), ("db", "warn")]
            )
        )
    )
    return open_recording(str(path)).view


def test_all_events_that_pass_are_found_wherever_the_window_is(tmp_path: Path) -> None:
    opened = view(tmp_path)
    context = Context(window=TimeRange(opened.bounds.start, opened.bounds.start + 1))
    assert positions(opened, "service = 'db'", context).tolist() == [0, 2, 3]
    assert positions(opened, "service = 'db' AND severity >= 'error'", context).tolist() == [2]
    assert positions(opened, "service = 'gone'", context).tolist() == []


def test_a_wrong_predicate_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StatementError):
        positions(view(tmp_path), "servce = 'db'", Context())


def test_the_predicate_of_a_timeline_is_its_own() -> None:
    assert predicate_of("TIMELINE LAST 5m WHERE service = 'db' LIMIT 3") == "service = 'db'"
    assert predicate_of("TIMELINE") is None
    assert predicate_of("SELECT count() WHERE service = 'db'") is None
