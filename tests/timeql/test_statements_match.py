"""MATCH PATTERN as a statement: keys of every sort, a recording that goes on, limits, its plan."""

from __future__ import annotations

from threading import Event

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from traversion_data.model import SECOND
from traversion_engine import Context
from traversion_engine.budget import Budget
from traversion_engine.session import CancelledError, Session

T0 = 1_705_312_800 * SECOND


def at(second: float, message: str, **more: object) -> dict[str, object]:
    stamp = f"2024-01-15T10:{int(second // 60):02}:{second % 60:06.3f}Z"
    return {"timestamp": stamp, "type": "log", "service": "api", "message": message, **more}


def steps(recording, statement: str, context: Context | None = None) -> list[tuple[int, int, int]]:
    """(match, step, seq) of every row."""
    frame = recording.query(statement, context or Context()).frame
    return frame.select("match", "step", "seq").rows()


def test_a_key_deep_in_the_attributes(record):
    recording = record(
        [
            at(0, "begin", job={"run": {"id": "x"}}),
            at(1, "begin", job={"run": {"id": "y"}}),
            at(2, "end", job={"run": {"id": "x"}}),
        ]
    )
    statement = "MATCH PATTERN WHERE message = 'begin' FOLLOWED BY message = 'end' WITHIN 1m BY "
    assert steps(recording, statement + "job.run.id") == [(1, 1, 0), (1, 2, 2)]


def test_a_key_whose_type_changed(record):
    recording = record([at(0, "begin", shard=7), at(1, "begin", shard=8), at(2, "end", shard="7")])
    statement = "MATCH PATTERN WHERE message = 'begin' FOLLOWED BY message = 'end' WITHIN 1m BY "
    assert steps(recording, statement + "shard") == [(1, 1, 0), (1, 2, 2)]


def test_a_derived_field_as_key(record):
    recording = record([at(0, "begin"), at(1, "end"), at(2, "end", service="db")])
    statement = "MATCH PATTERN WHERE message = 'begin' FOLLOWED BY message = 'end' WITHIN 1m BY "
    assert steps(recording, statement + "health") == [(1, 1, 0), (1, 2, 1)]


def test_while_input_is_followed_it_is_known_up_to_now(record):
    recording = record([at(0, "query"), at(1, "other")])
    statement = "MATCH PATTERN WHERE message = 'query' NOT FOLLOWED BY message = 'reply' WITHIN 10s"
    early = recording.query(statement, Context(now=T0 + 10 * SECOND))
    assert (early.shown, early.meta["matches"]) == (0, 0)
    assert early.notes[0].startswith("1 more match is not known yet")
    late = recording.query(statement, Context(now=T0 + 10 * SECOND + 1))
    assert (late.shown, late.meta["matches"], late.notes) == (1, 1, ())


def test_the_visible_window_is_the_scope(record):
    recording = record([at(second, "tick") for second in range(6)])
    view = recording.view
    window = type(view.bounds)(T0 + 2 * SECOND, T0 + 4 * SECOND)
    statement = "MATCH PATTERN WHERE message = 'tick' FOLLOWED BY message = 'tick' WITHIN 1m"
    assert steps(recording, statement, Context(window=window)) == [(1, 1, 2), (1, 2, 3)]


def test_rows_are_cut_and_matches_all_counted(record):
    view = record([at(second, "tick") for second in range(10)]).view
    session = Session(lambda: view, Budget(rows=3))
    table = session.ask("MATCH PATTERN WHERE message = 'tick' WITHIN 1s")
    assert (table.shown, table.total, table.meta["matches"]) == (3, 10, 10)
    assert table.truncated


def test_it_can_be_cancelled(record):
    view = record([at(0, "tick")]).view
    cancel = Event()
    cancel.set()
    with pytest.raises(CancelledError):
        Session(lambda: view).ask("MATCH PATTERN WHERE error WITHIN 1s", Context(), cancel)


def test_explain_says_what_each_step_reads(record):
    recording = record([at(second, "tick", n=second) for second in range(6)])
    rows = recording.query(
        "EXPLAIN MATCH PATTERN WHERE n > 1 AND time < '10:00:04' NOT FOLLOWED BY message ~ 'x'"
        " FOLLOWED BY n = 5 WITHIN 1m BY NOTHING"
    ).frame.rows()
    facts = [fact for _, fact in rows]
    assert (
        "steps: WHERE n > 1 AND time < '10:00:04', NOT FOLLOWED BY message ~ 'x', FOLLOWED BY n = 5"
        in facts
    )
    assert "within: 1m" in facts
    assert "step 1: tested in the scan: n > 1" in facts
    assert "step 1: estimated rows: 4 of 6" in facts
    assert "step 3: estimated rows: 6 of 6" in facts


def test_equal_steps_are_looked_for_once(record):
    recording = record([at(second, "tick") for second in range(6)])
    table = recording.query("MATCH PATTERN WHERE error FOLLOWED BY error WITHIN 1m")
    assert table.scanned == 6


@settings(max_examples=15, deadline=None)
@given(st.lists(st.sampled_from("abx"), min_size=1, max_size=14), st.integers(0, 14))
def test_a_recording_cut_at_a_moment_gives_what_was_known_then(record, letters, cut):
    """Nothing that comes later takes a match away or adds one that ended before."""
    events = [at(second, letter) for second, letter in enumerate(letters)]
    whole, cut = record(events), min(cut, len(events) - 1)
    before = record(events[: cut + 1])
    statement = (
        "MATCH PATTERN WHERE message = 'a' FOLLOWED BY message = 'b' NOT FOLLOWED BY"
        " message = 'x' WITHIN 3s"
    )
    frame = whole.query(statement).frame
    starts = frame.filter(frame["step"] == 1)
    known = starts.filter(starts["time"] + 3 * SECOND <= T0 + cut * SECOND)["match"]
    expected = frame.filter(frame["match"].is_in(known.implode()))["seq"].to_list()
    assert before.query(statement).frame["seq"].to_list() == expected
    assert np.all(np.diff(frame["match"].to_numpy()) >= 0)
