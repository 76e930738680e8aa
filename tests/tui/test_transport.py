"""Scrubbing, zooming, stepping and play as functions of the state, without any screen."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from traversion_data import schema
from traversion_data.model import SECOND, TimeRange
from traversion_data.store.view import StoreView
from traversion_engine.context import Bookmark
from traversion_tui import playhead, transport
from traversion_tui.landmarks import Landmarks
from traversion_tui.state import Loop, ViewState

from .tui_incident import incident, view_of

WIDTH = 96
VIEW = view_of(incident(600))
EMPTY = StoreView(schema.empty())


def points(times: list[int], severities: list[int] | None = None) -> StoreView:
    """A view of point events."""
    frame = {"seq": range(len(times)), "time": times, "end_time": times, "service": "s"}
    events = pl.DataFrame({**frame, "severity": severities or [2] * len(times)})
    return StoreView(schema.conform(events).sort("time", "seq"))


def opened() -> ViewState:
    return playhead.opened(VIEW)


def holds(state: ViewState) -> None:
    """What is true of every state."""
    assert state.whole.start <= state.window.start <= state.playhead < state.window.end
    assert state.window.end <= state.whole.end
    if state.cursor is not None:
        assert VIEW.times[state.cursor] <= state.playhead


steps = st.one_of(
    st.tuples(st.just("cell"), st.integers(-30, 30)),
    st.tuples(st.just("event"), st.integers(-3, 3)),
    st.tuples(st.just("zoom"), st.sampled_from([0.5, 2.0, 0.01])),
    st.tuples(st.just("pan"), st.sampled_from([-0.25, 0.25, 3.0])),
    st.tuples(st.just("percent"), st.integers(0, 100)),
    st.tuples(st.just("select"), st.integers(-5, 700)),
    st.tuples(
        st.sampled_from(["fit", "zoom_back", "back", "forward", "here", "error"]), st.just(0)
    ),
)
MARKS = Landmarks(VIEW)


def moved(state: ViewState, kind: str, amount: float) -> ViewState:
    match kind:
        case "cell":
            return transport.step_cell(state, VIEW, int(amount), WIDTH)
        case "event":
            return playhead.step_event(state, VIEW, int(amount) or 1)
        case "zoom":
            return transport.zoom(state, amount)
        case "pan":
            return transport.pan(state, VIEW, amount)
        case "percent":
            return playhead.percent(state, VIEW, amount)
        case "select":
            return playhead.select(state, VIEW, int(amount))
        case "fit":
            return transport.fit(state)
        case "zoom_back":
            return transport.zoom_back(state)
        case "back":
            return playhead.back(state, VIEW)
        case "forward":
            return playhead.forward(state, VIEW)
        case "here":
            return playhead.here(state, VIEW)
        case _:
            return playhead.next_on(state, VIEW, MARKS.errors) or state


@settings(max_examples=150, deadline=None)
@given(st.lists(steps, max_size=25))
def test_whatever_is_pressed_the_playhead_stays_in_the_window(
    keys: list[tuple[str, float]],
) -> None:
    state = opened()
    for kind, amount in keys:
        after = moved(state, kind, amount)
        holds(after)
        assert after is state or after.generation > state.generation
        state = after


@settings(deadline=None)
@given(st.integers(0, WIDTH - 1), st.integers(1, 20))
def test_a_cell_step_moves_the_playhead_by_cells_and_returns(cell: int, count: int) -> None:
    start = transport.seek_cell(opened(), VIEW, cell, WIDTH)
    assert transport.column(start.window, start.playhead, WIDTH) == cell
    there = transport.step_cell(start, VIEW, count, WIDTH)
    expected = min(cell + count, WIDTH - 1)
    assert transport.column(there.window, there.playhead, WIDTH) == expected
    if cell + count < WIDTH:
        assert transport.step_cell(there, VIEW, -count, WIDTH).playhead == start.playhead


@settings(deadline=None)
@given(st.integers(1, 599))
def test_stepping_by_event_visits_every_event_once(count: int) -> None:
    state = opened()
    for _ in range(3):
        state = playhead.step_event(state, VIEW, 1)
    assert state.cursor == 3
    far = playhead.step_event(state, VIEW, count)
    assert far.cursor == min(3 + count, 599)
    assert far.playhead == VIEW.times[far.cursor]


def test_events_at_the_same_instant_are_visited_one_by_one() -> None:
    view = points([10, 20, 20, 20, 30])
    state = playhead.opened(view)
    seen = []
    for _ in range(4):
        state = playhead.step_event(state, view, 1)
        seen.append((state.cursor, state.playhead))
    assert seen == [(1, 20), (2, 20), (3, 20), (4, 30)]
    for _ in range(4):
        state = playhead.step_event(state, view, -1)
    assert state.cursor == 0


def test_between_events_a_step_goes_to_the_neighbours() -> None:
    view = points([10, 20, 30])
    between = playhead.seek(playhead.opened(view), view, 25)
    assert between.cursor == 1
    assert playhead.step_event(between, view, 1).playhead == 30
    assert playhead.step_event(between, view, -1).playhead == 20


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 8), st.integers(0, 5)), min_size=1, max_size=30))
def test_errors_are_visited_in_the_order_they_became_known(events: list[tuple[int, int]]) -> None:
    view = points([t for t, _ in events], [s for _, s in events])
    trail = Landmarks(view).errors
    state = playhead.opened(view)
    visited = [state.cursor] if state.cursor in trail.positions.tolist() else []
    while (after := playhead.next_on(state, view, trail)) is not None:
        state = after
        visited.append(state.cursor)
    assert visited == trail.positions.tolist()
    while (before := playhead.previous_on(state, view, trail)) is not None:
        state = before
    if len(trail.known):
        assert state.cursor == trail.positions[0]


def test_a_span_is_found_at_its_end() -> None:
    events = pl.DataFrame(
        {"seq": [0, 1], "time": [0, 5], "end_time": [100, 5], "service": "s",
         "error_occurred": [True, False], "severity": [None, 2]}
    )  # fmt: skip
    view = StoreView(schema.conform(events))
    state = playhead.next_on(playhead.opened(view), view, Landmarks(view).errors)
    assert state is not None
    assert (state.playhead, state.cursor) == (100, 0)


@settings(deadline=None)
@given(st.floats(0, 100), st.sampled_from([0.5, 0.1, 2.0]))
def test_zooming_keeps_the_playhead_where_it_is_on_the_track(share: float, factor: float) -> None:
    state = playhead.percent(transport.zoom(playhead.percent(opened(), VIEW, 50), 0.5), VIEW, share)
    after = transport.zoom(state, factor)
    assert after.playhead == state.playhead
    inside = after.window.start > state.whole.start and after.window.end < state.whole.end
    if inside:
        before = (state.playhead - state.window.start) / state.window.length
        now = (after.playhead - after.window.start) / after.window.length
        assert now == pytest.approx(before, abs=0.001)


def test_zooming_has_an_end_and_goes_back_step_by_step() -> None:
    state = opened()
    windows = [state.window]
    for _ in range(60):
        state = transport.zoom(state, 0.5)
        windows.append(state.window)
    assert state.window.length == transport.SHORTEST
    for window in reversed(list(dict.fromkeys(windows))[:-1]):
        state = transport.zoom_back(state)
        assert state.window == window
    assert transport.zoom_back(state) == state


@pytest.mark.parametrize("speed", [0.1, 1.0, 1000.0])
def test_play_passes_recorded_time_at_its_speed(speed: float) -> None:
    state = replace(transport.play(opened(), VIEW), speed=speed)
    after = transport.tick(state, VIEW, SECOND // 100)
    assert after.playhead - state.playhead == round(SECOND // 100 * speed)


def test_play_event_by_event_skips_the_gaps() -> None:
    view = points([0, 10 * SECOND, 3600 * SECOND])
    state = replace(transport.play(playhead.opened(view), view), speed=transport.EVENT_PACED)
    state = transport.tick(state, view, 1)
    assert state.playhead == 10 * SECOND
    state = transport.tick(state, view, 1)
    assert state.playhead == 3600 * SECOND
    assert not transport.tick(state, view, 1).playing


def test_loops_return_to_their_start() -> None:
    state = transport.play(opened(), VIEW)
    over = transport.tick(replace(state, loop=Loop.ALL), VIEW, 10**15)
    assert (over.playhead, over.playing) == (state.whole.start, True)
    a, b = state.whole.start + 5 * SECOND, state.whole.start + 9 * SECOND
    edges = replace(state, loop=Loop.EDGES, marks=(b, a), playhead=b)
    assert transport.tick(edges, VIEW, SECOND).playhead == a
    assert transport.next_loop(replace(state, loop=Loop.ALL)).loop is Loop.OFF


def test_stop_returns_to_where_play_began() -> None:
    begun = playhead.percent(opened(), VIEW, 30)
    state = transport.tick(transport.play(begun, VIEW), VIEW, SECOND)
    assert transport.stop(state, VIEW).playhead == begun.playhead


def test_speeds_go_up_to_event_by_event_and_down_to_a_tenth() -> None:
    state = opened()
    for _ in range(40):
        state = transport.faster(state)
    assert state.speed == transport.EVENT_PACED
    for _ in range(40):
        state = transport.slower(state)
    assert state.speed == 0.1


def test_a_growing_recording_keeps_moment_window_and_selection() -> None:
    half = VIEW.events.head(300)
    view = StoreView(half)
    state = playhead.jump(transport.zoom(playhead.opened(view), 0.25), view, int(view.times[100]))
    after = playhead.grown(state, view, VIEW)
    assert (after.playhead, after.cursor) == (state.playhead, state.cursor)
    assert after.window.length == state.window.length
    fitted = playhead.grown(playhead.percent(playhead.opened(view), view, 50), view, VIEW)
    assert fitted.window == VIEW.bounds


def test_nothing_fails_on_a_recording_without_events() -> None:
    state = playhead.opened(EMPTY)
    assert state.cursor is None
    for act in (
        lambda: transport.step_cell(state, EMPTY, 1, WIDTH),
        lambda: playhead.step_event(state, EMPTY, 1),
        lambda: playhead.select(state, EMPTY, 3),
        lambda: playhead.percent(state, EMPTY, 50),
        lambda: transport.zoom(state, 0.5),
        lambda: transport.pan(state, EMPTY, 0.5),
        lambda: transport.fit(state),
        lambda: transport.play(state, EMPTY),
        lambda: playhead.here(state, EMPTY),
    ):
        assert act().whole == TimeRange(0, 0)


def test_one_event_is_a_recording() -> None:
    view = points([5])
    state = playhead.opened(view)
    assert state.cursor == 0
    assert transport.step_cell(state, view, 5, WIDTH).playhead == 5
    assert playhead.next_on(state, view, Landmarks(view).errors) is None


def test_bookmarks_are_kept_apart_from_the_state_before() -> None:
    state = opened()
    marked = transport.bookmark(state, "k")
    assert dict(state.bookmarks) == {}
    assert marked.bookmarks["k"] == Bookmark(state.playhead)
    noted = transport.annotate(marked, "k", "here it began")
    assert noted.bookmarks["k"] == Bookmark(state.playhead, "here it began")
    assert transport.annotate(marked, "x", "no such mark") is marked
    assert np.array_equal(VIEW.times, np.sort(VIEW.times))
