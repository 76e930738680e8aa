"""What a row of the log says, before and after a span's outcome is known."""

import pytest

from traversion_tui.reading.rows import headline


@pytest.mark.parametrize(
    ("event", "ended", "said"),
    [
        ({"message": "GET / 500", "operation": "GET /"}, True, "GET / 500"),
        ({"message": "GET / 500", "operation": "GET /"}, False, "GET /"),
        ({"message": "SELECT route", "operation": None}, False, "SELECT route"),
        ({"message": None, "operation": "GET /"}, True, "GET /"),
        ({"type": "metric", "cpu_pct": 6.5}, True, "cpu_pct=6.5"),
        ({"type": "span", "rows": 7}, False, "span"),
    ],
)
def test_headline(event: dict[str, object], ended: bool, said: str) -> None:
    assert headline(event, ended=ended) == said
