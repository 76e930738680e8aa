"""What a row of the log says, before and after a span's outcome is known."""

import pytest

from traversion_tui.reading.rows import headline


@pytest.mark.parametrize(
    ("event", "ended", "said"),
    [
        ({"message": "GET / 500", "operation": "GET /"}, True, "GET / 500"),
        ({"message": "GET / 500", "operation": "GET /"}, False, "GET /"),
        ({"message": "SELECT route", "time": 5, "end_time": 9}, False, "SELECT route"),
        ({"message": "SELECT route", "time": 5, "end_time": None}, False, "SELECT route"),
        ({"message": "pool dry", "type": "log", "time": 5, "end_time": 5}, False, "log"),
        ({"message": None, "operation": "GET /"}, True, "GET /"),
        ({"type": "metric", "cpu_pct": 6.5}, True, "cpu_pct=6.5"),
        ({"type": "span", "rows": 7}, False, "span"),
    ],
)
def test_headline(event: dict[str, object], ended: bool, said: str) -> None:
    assert headline(event, ended=ended) == said
