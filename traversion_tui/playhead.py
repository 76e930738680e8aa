"""The one moment and how it moves: functions from a view state to the next."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from traversion_data import schema
from traversion_data.model import Nanos, TimeRange
from traversion_data.store.view import StoreView
from traversion_tui.landmarks import Trail
from traversion_tui.state import ViewState

REMEMBERED: Final = 256
"""Moments kept for going back."""


def opened(view: StoreView, zone: str = "UTC") -> ViewState:
    """The state of a recording just opened: at its first event, the whole in view."""
    whole = view.charted
    return ViewState(
        whole=whole,
        window=whole,
        playhead=whole.start,
        cursor=0 if view.height else None,
        zone=zone,
    )


def grown(state: ViewState, before: StoreView, view: StoreView) -> ViewState:
    """The same moment and event in a newer snapshot; a window on the whole stays on the whole."""
    if state.whole.length == 0:
        return replace(
            opened(view, state.zone), follow=state.follow, generation=state.generation + 1
        )
    whole = view.charted
    window = whole if state.window == state.whole else state.window.intersect(whole)
    at = replace(state, whole=whole, window=window, zooms=())
    untouched = state.playhead == state.whole.start and not state.past
    if untouched:
        return seek(at, view, whole.start, 0)
    return seek(at, view, state.playhead, _same_event(state.cursor, before, view))


def _same_event(cursor: int | None, before: StoreView, view: StoreView) -> int | None:
    """Where an event of a snapshot stands in a newer one."""
    if cursor is None or cursor >= before.height:
        return None
    seq = int(before.page(cursor, 1, [schema.SEQ])[schema.SEQ][0])
    first, last = view.span(TimeRange(time := before.time_at(cursor), time + 1))
    found = view.page(first, last - first, [schema.SEQ])[schema.SEQ].index_of(seq)
    return None if found is None else first + found


def reseated(state: ViewState, before: StoreView, view: StoreView) -> ViewState:
    """The same moment and event in another choice of a recording's events.

    An event that is not among them gives way to the last one before the playhead that is.
    """
    cursor = None
    if state.cursor is not None and state.cursor < before.height:
        cursor = view.row(int(before.page(state.cursor, 1, [schema.SEQ])[schema.SEQ][0]))
    at = last_known(view, state.playhead) if cursor is None else cursor
    return replace(state, cursor=at, generation=state.generation + 1)


def last_known(view: StoreView, time: Nanos) -> int | None:
    """Position of the last event at or before a moment."""
    position = view.position(time + 1) - 1
    return position if position >= 0 else None


def seek(state: ViewState, view: StoreView, time: Nanos, cursor: int | None = None) -> ViewState:
    """Move the playhead, inside the recording; the window follows it.

    The selected event becomes `cursor`, or the last one at or before the moment.
    """
    if state.whole.length == 0:
        return state
    time = min(max(time, state.whole.start), state.whole.end - 1)
    return replace(
        state,
        playhead=time,
        cursor=last_known(view, time) if cursor is None else cursor,
        window=framed(state.window, state.whole, time),
        generation=state.generation + 1,
    )


def jump(state: ViewState, view: StoreView, time: Nanos, cursor: int | None = None) -> ViewState:
    """Seek, and remember the moment left so that `back` returns to it."""
    moved = seek(state, view, time, cursor)
    if moved.playhead == state.playhead:
        return moved
    return replace(moved, past=(*state.past, state.playhead)[-REMEMBERED:], ahead=())


def framed(window: TimeRange, whole: TimeRange, time: Nanos) -> TimeRange:
    """The window moved as little as puts the moment inside it, with an eighth of room around."""
    if time in window or window.length >= whole.length:
        return window if time in window else whole
    room = window.length // 8
    start = time - room if time < window.start else time + room - window.length + 1
    start = min(max(start, whole.start), whole.end - window.length)
    return TimeRange(start, start + window.length)


def select(state: ViewState, view: StoreView, position: int) -> ViewState:
    """Select an event; the playhead moves only when the event lies ahead of it."""
    if not view.height:
        return state
    position = min(max(position, 0), view.height - 1)
    time = view.time_at(position)
    if time > state.playhead:
        return seek(state, view, time, position)
    return replace(state, cursor=position, generation=state.generation + 1)


def here(state: ViewState, view: StoreView) -> ViewState:
    """Bring the playhead to the selected event."""
    if state.cursor is None:
        return state
    return jump(state, view, view.time_at(state.cursor), state.cursor)


def step_event(state: ViewState, view: StoreView, count: int) -> ViewState:
    """Move the playhead by events: to the next ones, or back when `count` is negative."""
    if not view.height:
        return state
    cursor = state.cursor
    if cursor is None or view.time_at(cursor) != state.playhead:
        after = view.position(state.playhead + 1)
        cursor = after - 1 if count > 0 else view.position(state.playhead)
    position = min(max(cursor + count, 0), view.height - 1)
    return seek(state, view, view.time_at(position), position)


def next_on(state: ViewState, view: StoreView, trail: Trail) -> ViewState | None:
    """To the next event of a trail, at the moment it became known; None past the last."""
    found = trail.after(state.playhead, state.cursor)
    return None if found is None else jump(state, view, *found)


def previous_on(state: ViewState, view: StoreView, trail: Trail) -> ViewState | None:
    """To the previous event of a trail; None before the first."""
    found = trail.before(state.playhead, state.cursor)
    return None if found is None else jump(state, view, *found)


def percent(state: ViewState, view: StoreView, share: float) -> ViewState:
    """To a share of the recording, 0 to 100."""
    return jump(state, view, state.whole.start + round(state.whole.length * share / 100))


def back(state: ViewState, view: StoreView) -> ViewState:
    """To the moment visited before."""
    if not state.past:
        return state
    moved = seek(state, view, state.past[-1])
    return replace(moved, past=state.past[:-1], ahead=(*state.ahead, state.playhead))


def forward(state: ViewState, view: StoreView) -> ViewState:
    """To the moment that `back` left."""
    if not state.ahead:
        return state
    moved = seek(state, view, state.ahead[-1])
    return replace(moved, past=(*state.past, state.playhead), ahead=state.ahead[:-1])
