"""What the keys that only move do: from a frame to the next state, or a sentence why not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Final

import numpy as np

from traversion_data import schema
from traversion_tui import live, playhead, transport
from traversion_tui.landmarks import Landmarks, Trail
from traversion_tui.state import Follow, ViewState

ZOOM: Final = 2.0
PAN: Final = 0.25


@dataclass(frozen=True, eq=False)
class Here:
    """Where a move starts: the state, its snapshot, and how many cells the track has."""

    state: ViewState
    marks: Landmarks
    width: int


Move = Callable[[Here], ViewState | str]


def _cells(count: int) -> Move:
    return lambda at: transport.step_cell(at.state, at.marks.view, count, at.width)


def _events(count: int) -> Move:
    return lambda at: playhead.step_event(at.state, at.marks.view, count)


def _percent(share: float) -> Move:
    return lambda at: playhead.percent(at.state, at.marks.view, share)


def _next(trail: Callable[[Landmarks], Trail], none: str) -> Move:
    return lambda at: playhead.next_on(at.state, at.marks.view, trail(at.marks)) or none


def _previous(trail: Callable[[Landmarks], Trail], none: str) -> Move:
    return lambda at: playhead.previous_on(at.state, at.marks.view, trail(at.marks)) or none


def _errors(marks: Landmarks) -> Trail:
    return marks.errors


def _warnings(marks: Landmarks) -> Trail:
    return marks.warnings


def _related(at: Here, step: int) -> ViewState | str:
    view, cursor = at.marks.view, at.state.cursor
    if cursor is None:
        return "no event is selected"
    trace = view.page(cursor, 1)[schema.TRACE_ID][0]
    if trace is None:
        return "the selected event belongs to no trace"
    positions = view.traces.positions_of(trace)
    index = int(np.searchsorted(positions, cursor)) + step
    if not 0 <= index < len(positions):
        return f"no {'later' if step > 0 else 'earlier'} event in this trace"
    return playhead.select(at.state, view, int(positions[index]))


def _back(at: Here) -> ViewState | str:
    return playhead.back(at.state, at.marks.view) if at.state.past else "no moment before"


def _forward(at: Here) -> ViewState | str:
    return playhead.forward(at.state, at.marks.view) if at.state.ahead else "no moment after"


def _zoom_back(at: Here) -> ViewState | str:
    return transport.zoom_back(at.state) if at.state.zooms else "this is the first window"


def _zoom(factor: float) -> Move:
    return lambda at: transport.zoom(at.state, factor)


def _pan(share: float) -> Move:
    return lambda at: transport.pan(at.state, at.marks.view, share)


def _nothing_follows(at: Here) -> bool:
    return at.state.follow is Follow.NONE


def _follow(at: Here) -> ViewState | str:
    if _nothing_follows(at):
        return "nothing is followed: open a file that is still written with --follow"
    return live.follow(at.state, at.marks.view)


MOVES: Final[dict[str, Move]] = {
    "cell_back": _cells(-1),
    "cell_forward": _cells(1),
    "cells_back": _cells(-10),
    "cells_forward": _cells(10),
    "event_back": _events(-1),
    "event_forward": _events(1),
    **{f"percent_{n}": _percent(n * 10) for n in range(10)},
    "go_start": _percent(0),
    "go_end": lambda at: _percent(100)(at) if _nothing_follows(at) else _follow(at),
    "here": lambda at: playhead.here(at.state, at.marks.view),
    "back": _back,
    "forward": _forward,
    "play": lambda at: live.play(at.state, at.marks.view),
    "follow": _follow,
    "stop": lambda at: transport.stop(at.state, at.marks.view),
    "slower": lambda at: transport.slower(at.state),
    "faster": lambda at: transport.faster(at.state),
    "slower_here": lambda at: transport.slower(at.state),
    "faster_here": lambda at: transport.faster(at.state),
    "next_error": _next(_errors, "no later error"),
    "previous_error": _previous(_errors, "no earlier error"),
    "next_warning": _next(_warnings, "no later warning"),
    "previous_warning": _previous(_warnings, "no earlier warning"),
    "next_related": partial(_related, step=1),
    "previous_related": partial(_related, step=-1),
    "zoom_in": _zoom(1 / ZOOM),
    "zoom_out": _zoom(ZOOM),
    "zoom_in_here": _zoom(1 / ZOOM),
    "zoom_out_here": _zoom(ZOOM),
    "pan_left": _pan(-PAN),
    "pan_right": _pan(PAN),
    "fit": lambda at: transport.fit(at.state),
    "zoom_back": _zoom_back,
}
"""By action. Moves that also have something to say are with the console's other actions."""
