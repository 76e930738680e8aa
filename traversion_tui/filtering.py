"""The log's filters in the console: applied by a worker, the old rows shown until it is done."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from traversion_tui import filters, live, playhead
from traversion_tui.landmarks import Landmarks
from traversion_tui.panes import context_of
from traversion_tui.state import Follow

if TYPE_CHECKING:
    from traversion_tui.app import TraversionApp
    from traversion_tui.messages import Answered


def filter_by(app: TraversionApp, where: str | None, *, on: bool) -> None:
    """Filter by a predicate; the old rows stay until the new ones are found."""
    app.state = replace(app.state, where=where, filtering=on, generation=app.state.generation + 1)
    if app.state.predicate is None:
        see(app, app.marks)
    else:
        refilter(app)
    app.push()


def refilter(app: TraversionApp) -> None:
    """Have the events found that pass the filters in the newest snapshot."""
    if (predicate := app.state.predicate) is not None:
        context = context_of(app.state, app.shown.view)
        job = filters.filter_job(app.marks.view, predicate, context, app.shown)
        app.channels["filter"].ask(app.state.generation, job)


def see(app: TraversionApp, shown: Landmarks) -> None:
    """Show another choice of the recording's events, the moment and the event kept."""
    if app.state.follow is Follow.LIVE:
        app.state = live.advanced(app.state, app.state.whole, shown.view)
    else:
        app.state = playhead.reseated(app.state, app.shown.view, shown.view)
    app.shown = shown
    app.hits = ("", np.array([], dtype=np.int64))
    app.ask_why()


def found(app: TraversionApp, message: Answered) -> None:
    """The events that pass are there, or the predicate was refused."""
    if message.error is not None:
        app.state = replace(app.state, filtering=False)
        see(app, app.marks)
        lines = str(message.error).splitlines() or ["it could not be applied"]
        app.say(f"no such filter: {lines[-1].strip(' ^')}")
        return
    kept: filters.Filtered = message.value
    if kept.predicate != app.state.predicate:
        return
    see(app, kept)
    if kept.of is not app.marks.view:
        refilter(app)
