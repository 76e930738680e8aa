"""Changes of what is deployed, configured or leading: found, gone to, and said in words."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from traversion_data import schema
from traversion_data.model import SECOND
from traversion_data.store.view import StoreView
from traversion_tui.state_changes import StateChanges

from .console_harness import app_of, console, drive, press, rows, text
from .tui_incident import START, MadeRecording, view_of


def made(rows_: list[dict[str, object]]) -> StoreView:
    """Events a second apart, with learned columns beside the core ones."""
    count = len(rows_)
    keys = dict.fromkeys(key for row in rows_ for key in row)
    frame = pl.DataFrame(
        {
            "seq": range(count),
            "source": np.zeros(count, dtype=np.uint16),
            "offset": range(count),
            "length": np.full(count, 1),
            "time": [START + at * SECOND for at in range(count)],
            "end_time": [START + at * SECOND for at in range(count)],
            "time_digits": np.full(count, 3),
            "severity": 2,
            **{key: [row.get(key) for row in rows_] for key in keys},
        }
    )
    return view_of(schema.conform(frame))


RELEASE: list[dict[str, object]] = [
    {"version": "1.4.1", "load": 1.0, "message": "sample"},
    {"version": "1.4.1", "load": 2.0, "message": "sample"},
    {"service": "cache", "version": "7.0", "message": "sample"},
    {"type": "config", "service": "cache", "message": "ttl 300 s to 240 s"},
    {"version": "1.4.2", "load": 3.0, "message": "sample"},
    {"leader": False, "message": "sample"},
    {"leader": True, "version": "1.4.3", "message": "elected"},
    {"service": "cache", "version": "7.0", "message": "sample"},
]


def filled(rows_: list[dict[str, object]]) -> StoreView:
    plain = {"type": "log", "service": "db"}
    return made([{**plain, **row} for row in rows_])


def test_a_change_is_a_setting_that_differs_from_the_one_before_of_its_series() -> None:
    view = filled(RELEASE)
    changes = view.kept(StateChanges.build)
    assert changes.trail.positions.tolist() == [3, 4, 6]
    assert changes.trail.known.tolist() == [START + at * SECOND for at in (3, 4, 6)]
    assert changes.words(view, 3, "→") == "cache: ttl 300 s to 240 s"
    assert changes.words(view, 4, "→") == "db: version 1.4.1 → 1.4.2"
    said = changes.words(view, 6, "->")
    assert said == "db: leader false -> true, version 1.4.2 -> 1.4.3"


def test_fields_that_describe_requests_are_no_state_whatever_their_name() -> None:
    view = filled([{"net.version": "1.1" if at % 2 else "2", "message": "m"} for at in range(400)])
    assert not len(view.kept(StateChanges.build).trail.known)


@pytest.mark.parametrize("field", ["load", "job", "held_by"])
def test_gauges_and_other_texts_are_none(field: str) -> None:
    view = filled([{field: 1.0 if at % 2 else 2.0} for at in range(9)])
    if field != "load":
        view = filled([{field: "a" if at % 2 else "b"} for at in range(9)])
    assert not len(view.kept(StateChanges.build).trail.known)


def test_c_goes_to_each_change_in_turn_and_says_what_it_is() -> None:
    async def play() -> None:
        async with console(MadeRecording([filled(RELEASE)])) as pilot:
            app = app_of(pilot)
            await press(pilot, "c c")
            assert app.state.playhead == START + 4 * SECOND
            assert "db: version 1.4.1 → 1.4.2" in rows(pilot)[0]
            assert any(row.startswith("▸ ") and "sample" in row for row in rows(pilot))
            await press(pilot, "C")
            assert app.state.playhead == START + 3 * SECOND
            assert "cache: ttl 300 s to 240 s" in rows(pilot)[0]
            await press(pilot, "C")
            assert "no earlier change of state" in text(pilot)
            assert app.state.playhead == START + 3 * SECOND

    drive(play)


def test_c_keeps_to_the_events_that_pass_the_filters() -> None:
    async def play() -> None:
        async with console(MadeRecording([filled(RELEASE)])) as pilot:
            app = app_of(pilot)
            await press(pilot, "f")
            await press(pilot, "c")
            assert app.state.playhead == START + 4 * SECOND
            await press(pilot, "F")
            await press(pilot, "c")
            assert "no change of state passes the filters" in text(pilot)

    drive(play)


def test_keys_typed_ahead_wait_until_the_change_is_found() -> None:
    async def play() -> None:
        async with console(MadeRecording([filled(RELEASE)])) as pilot:
            await press(pilot, "c c c full_stop")
            assert app_of(pilot).state.playhead == START + 7 * SECOND

    drive(play)


def test_without_any_the_sentence_says_so() -> None:
    async def play() -> None:
        view = filled([{"message": "a"}, {"message": "b"}])
        async with console(MadeRecording([view])) as pilot:
            await press(pilot, "c")
            assert "no deploy, config, leader or circuit change is recorded" in text(pilot)

    drive(play)
