"""Scrubbing, zooming and play: functions from a view state to the next, over a track of cells."""

from __future__ import annotations

import math
from dataclasses import replace
from types import MappingProxyType
from typing import Final

from traversion_data.model import Nanos, TimeRange
from traversion_data.store.view import StoreView
from traversion_engine.context import Bookmark
from traversion_tui.playhead import jump, seek
from traversion_tui.state import Clock, Loop, ViewState

SPEEDS: Final = (0.1, 0.25, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0, 1000.0)
EVENT_PACED: Final = math.inf
"""Play one event after the other, however long the gaps."""

SHORTEST: Final = 1_000
"""Nanoseconds of the narrowest window."""

REMEMBERED: Final = 64
"""Windows kept for zooming back."""


def column(window: TimeRange, time: Nanos, width: int) -> int:
    """The cell of a track of `width` cells in which a moment lies; outside the window outside."""
    return (time - window.start) * width // max(window.length, 1)


def cell_start(window: TimeRange, cell: int, width: int) -> Nanos:
    """The first nanosecond of a cell."""
    return window.start - (-cell * window.length // width)


def cell_end(window: TimeRange, cell: int, width: int) -> Nanos:
    """The last nanosecond of a cell: where a playhead has seen all of it."""
    return max(cell_start(window, cell + 1, width) - 1, cell_start(window, cell, width))


def step_cell(state: ViewState, view: StoreView, count: int, width: int) -> ViewState:
    """Move the playhead by cells; at the edge of the window the window moves along."""
    cell = column(state.window, state.playhead, width) + count
    return seek(state, view, cell_end(state.window, cell, width))


def seek_cell(state: ViewState, view: StoreView, cell: int, width: int) -> ViewState:
    """Move the playhead to a cell of the visible track."""
    cell = min(max(cell, 0), width - 1)
    return seek(state, view, cell_end(state.window, cell, width))


def zoom(state: ViewState, factor: float, about: Nanos | None = None) -> ViewState:
    """Show `factor` times as much time; the moment `about`, else the playhead, keeps its place."""
    window, whole = state.window, state.whole
    about = state.playhead if about is None else about
    length = min(max(round(window.length * factor), SHORTEST), whole.length)
    if length == window.length or not window.length:
        return state
    share = (about - window.start) / window.length
    start = about - round(share * length)
    return _look_at(state, _inside(start, length, whole))


def fit(state: ViewState) -> ViewState:
    """Show the whole recording."""
    return state if state.window == state.whole else _look_at(state, state.whole)


def look_at(state: ViewState, view: StoreView, window: TimeRange) -> ViewState:
    """Show a stretch of time, at least the shortest; the playhead goes with it."""
    window = window.intersect(state.whole)
    length = min(max(window.length, SHORTEST), state.whole.length)
    shown = _inside(window.start, length, state.whole)
    if not state.whole.length or shown == state.window:
        return state
    time = min(max(state.playhead, shown.start), shown.end - 1)
    at = state if time == state.playhead else seek(state, view, time)
    return _look_at(replace(at, window=state.window), shown)


def zoom_back(state: ViewState) -> ViewState:
    """The window before the last zoom."""
    if not state.zooms:
        return state
    back = replace(state, zooms=state.zooms[:-1])
    return _show(back, state.zooms[-1])


def pan(state: ViewState, view: StoreView, share: float) -> ViewState:
    """Move the window by a share of its length; the playhead stays inside it."""
    window = state.window
    moved = _inside(window.start + round(window.length * share), window.length, state.whole)
    if moved == window:
        return state
    time = min(max(state.playhead, moved.start), moved.end - 1)
    shown = replace(state, window=moved, generation=state.generation + 1)
    return shown if time == state.playhead else seek(shown, view, time)


def _inside(start: Nanos, length: Nanos, whole: TimeRange) -> TimeRange:
    start = max(whole.start, min(start, whole.end - length))
    return TimeRange(start, min(start + length, whole.end))


def _look_at(state: ViewState, window: TimeRange) -> ViewState:
    return _show(replace(state, zooms=(*state.zooms, state.window)[-REMEMBERED:]), window)


def _show(state: ViewState, window: TimeRange) -> ViewState:
    if state.playhead not in window:
        centre = state.playhead - window.length // 2
        window = _inside(centre, window.length, state.whole)
    return replace(state, window=window, generation=state.generation + 1)


def play(state: ViewState, view: StoreView) -> ViewState:
    """Start to play, or pause; from the end it starts over."""
    if state.playing:
        return replace(state, playing=False, generation=state.generation + 1)
    at_end = state.playhead >= state.whole.end - 1
    start = seek(state, view, state.whole.start) if at_end else state
    return replace(start, playing=True, origin=start.playhead, generation=start.generation + 1)


def stop(state: ViewState, view: StoreView) -> ViewState:
    """Stop, and return to where play began."""
    if state.origin is None:
        return replace(state, playing=False, generation=state.generation + 1)
    return replace(jump(state, view, state.origin), playing=False, origin=None)


def tick(state: ViewState, view: StoreView, elapsed: Nanos) -> ViewState:
    """Play on by so much wall-clock time, at the state's speed."""
    if not state.playing or elapsed <= 0:
        return state
    if state.speed == EVENT_PACED:
        after = view.position(state.playhead + 1)
        time = view.time_at(after) if after < view.height else state.whole.end
    else:
        time = state.playhead + max(round(elapsed * state.speed), 1)
    start, end = _looped(state)
    if time < end:
        return seek(state, view, time)
    if state.loop is Loop.OFF:
        return replace(seek(state, view, end - 1), playing=False)
    return seek(state, view, start)


def _looped(state: ViewState) -> tuple[Nanos, Nanos]:
    first, last = state.marks
    if state.loop is Loop.EDGES and first is not None and last is not None:
        return min(first, last), max(first, last) + 1
    return state.whole.start, state.whole.end


def faster(state: ViewState) -> ViewState:
    """The next speed up; beyond the highest one event after the other."""
    return replace(state, speed=next((s for s in SPEEDS if s > state.speed), EVENT_PACED))


def slower(state: ViewState) -> ViewState:
    """The next speed down."""
    return replace(state, speed=next((s for s in reversed(SPEEDS) if s < state.speed), SPEEDS[0]))


def next_loop(state: ViewState) -> ViewState:
    """Off, all, A..B; without both edges the last is left out."""
    order = [Loop.OFF, Loop.ALL] + ([Loop.EDGES] if None not in state.marks else [])
    at = order.index(state.loop) if state.loop in order else -1
    return replace(state, loop=order[(at + 1) % len(order)], generation=state.generation + 1)


def next_clock(state: ViewState) -> ViewState:
    """Source zone, UTC, local, since the start, and since mark A where it is set."""
    order = [clock for clock in Clock if clock is not Clock.MARK or state.marks[0] is not None]
    at = order.index(state.clock) if state.clock in order else -1
    return replace(state, clock=order[(at + 1) % len(order)], generation=state.generation + 1)


def set_edge(state: ViewState, edge: int) -> ViewState:
    """Set compare edge A (0) or B (1) at the playhead."""
    a, b = state.marks
    marks = (state.playhead, b) if edge == 0 else (a, state.playhead)
    return replace(state, marks=marks, generation=state.generation + 1)


def set_edges(state: ViewState, first: Nanos, last: Nanos) -> ViewState:
    """Set A to the earlier moment and B to the later one, both inside the recording."""
    ends = (min(first, last), max(first, last))
    a, b = (min(max(time, state.whole.start), state.whole.end - 1) for time in ends)
    return replace(state, marks=(a, b), generation=state.generation + 1)


def clear_edges(state: ViewState) -> ViewState:
    """Take A and B away."""
    loop = Loop.OFF if state.loop is Loop.EDGES else state.loop
    clock = Clock.SOURCE if state.clock is Clock.MARK else state.clock
    return replace(
        state, marks=(None, None), loop=loop, clock=clock, generation=state.generation + 1
    )


def bookmark(state: ViewState, name: str) -> ViewState:
    """Remember the playhead under a name, without a note."""
    return _marked(state, name, Bookmark(state.playhead))


def annotate(state: ViewState, name: str, note: str) -> ViewState:
    """Write a note beside a bookmark; where there is none under that name, nothing changes."""
    mark = state.bookmarks.get(name)
    return state if mark is None else _marked(state, name, replace(mark, note=note))


def _marked(state: ViewState, name: str, mark: Bookmark) -> ViewState:
    kept = MappingProxyType({**state.bookmarks, name: mark})
    return replace(state, bookmarks=kept, generation=state.generation + 1)
