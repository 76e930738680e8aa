"""What the Why pane says of rows that stand for several events, or for none."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from traversion_data import schema
from traversion_data.store.view import StoreView
from traversion_engine.session import Session
from traversion_tui.answers import Why
from traversion_tui.reading.links import why
from traversion_tui.text import safe

MS = 1_000_000


def span(
    seq: int, sid: str, parent: str | None, at: int, until: int, **more: Any
) -> dict[str, Any]:
    return {
        "seq": seq, "time": at * MS, "end_time": until * MS, "duration_ns": (until - at) * MS,
        "type": "span", "trace_id": "t", "span_id": sid, "parent_span_id": parent, "service": sid,
        "operation": f"op {sid}", "message": f"{sid} failed", "error_occurred": False,
    } | more  # fmt: skip


def asked(seq: int, playhead: int, *rows: dict[str, Any]) -> Why:
    frame = schema.conform(pl.DataFrame(list(rows), infer_schema_length=None))
    view = StoreView(frame.sort("time", "seq"))
    table = Session(lambda: view).ask(f"TRAVERSE FROM #{seq} FOLLOWING backward")
    return why(table, view, seq, safe("why"), playhead * MS)


@pytest.mark.parametrize(("playhead", "said"), [(20, "×2 b failed"), (3, "×2 op b")])
def test_repeats_are_counted_and_an_open_span_keeps_its_outcome(playhead: int, said: str) -> None:
    repeats = [span(seq, "b", "a", 1, 5) for seq in (2, 3)]
    found = asked(1, playhead, span(1, "a", None, 0, 9), *repeats)
    assert found.links[1].text == said


def test_a_cycle_is_named_by_its_events() -> None:
    found = asked(3, 20, span(1, "a", "b", 0, 9), span(2, "b", "a", 1, 8), span(3, "c", "b", 2, 7))
    assert [link.text for link in found.links] == ["c failed", "cycle (2): #1, #2"]


def test_a_parent_that_is_not_seen_leads_to_the_event_that_names_it() -> None:
    found = asked(2, 20, span(1, "a", "gone", 0, 3), span(2, "b", "gone", 4, 8))
    rows = [(link.seq, link.depth, link.text) for link in found.links]
    assert rows == [(2, 0, "b failed"), (2, 1, "not seen: gone"), (1, 2, "a failed")]
    assert [link.seen for link in found.links] == [False, False, False]
