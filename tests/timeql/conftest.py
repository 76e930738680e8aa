"""Recordings small enough to answer by hand."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from traversion_engine import Context, Recording, ResultTable, open_recording
from traversion_engine.diagnostic import StatementError

Row = dict[str, Any]

SHOP: Sequence[Row] = (
    # 0 to 2: requests end, the last one fails
    {"timestamp": "2024-01-15T10:00:00Z", "type": "log", "service": "web", "severity": "info",
     "message": "start 1", "user": "ann", "cpu_pct": 50.0, "event_id": "evt-a"},
    {"timestamp": "2024-01-15T10:00:01Z", "type": "log", "service": "db", "severity": "warn",
     "message": "slow query 12", "cpu_pct": 81.5, "ok": True},
    {"timestamp": "2024-01-15T10:00:02.5Z", "type": "log", "service": "web", "severity": "error",
     "message": "boom 7", "user": "bob", "weight": 3.5, "event_id": "evt-b"},
    {"timestamp": "2024-01-15T10:00:02.5Z", "type": "metric", "service": "db", "cpu_pct": 90.0,
     "free_ratio": 0.25},
    {"timestamp": "2024-01-15T10:00:11Z", "type": "log", "service": "web", "severity": "info",
     "message": "start 2", "user": "ann", "ok": False},
    {"timestamp": "2024-01-15T10:00:20Z", "type": "error", "service": "db", "severity": "fatal",
     "message": "dead", "free_ratio": 0.75},
)  # fmt: skip
"""Six events of two services in twenty seconds; seq is the place in this list."""

Ask = Callable[..., list[tuple[Any, ...]]]


@pytest.fixture(scope="session")
def record(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Sequence[Row]], Recording]:
    """Writes rows as JSON lines and opens the file."""

    def opened(rows: Sequence[Row], **options: Any) -> Recording:
        path: Path = tmp_path_factory.mktemp("recording") / "events.jsonl"
        path.write_text("".join(f"{json.dumps(row)}\n" for row in rows), encoding="utf-8")
        return open_recording(path, **options)

    return opened


@pytest.fixture(scope="session")
def shop(record: Callable[[Sequence[Row]], Recording]) -> Recording:
    return record(SHOP)


@pytest.fixture
def answer(shop: Recording) -> Callable[..., ResultTable]:
    return lambda statement, context=None: shop.query(statement, context or Context())


@pytest.fixture
def rows(answer: Callable[..., ResultTable]) -> Ask:
    return lambda statement, context=None: answer(statement, context).frame.rows()


@pytest.fixture
def error(shop: Recording) -> Callable[..., str]:
    """What a wrong statement is answered with, caret and all."""

    def rendered(statement: str, context: Context | None = None) -> str:
        with pytest.raises(StatementError) as caught:
            shop.query(statement, context or Context())
        return str(caught.value)

    return rendered
