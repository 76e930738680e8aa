"""Going from one recorded change of state to the next: found by a worker, then gone to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from traversion_tui import playhead
from traversion_tui.state_changes import Found, find_job

if TYPE_CHECKING:
    from traversion_tui.app import TraversionApp
    from traversion_tui.messages import Answered


def find_change(app: TraversionApp, step: int) -> None:
    """Have the next change found, or with a negative step the one before; keys wait for it."""
    here = (app.state.playhead, app.state.cursor)
    becomes = app.look.glyphs.becomes
    job = find_job(app.marks.view, app.shown.view, here, step, becomes)
    app.channels["change"].ask(app.state.generation, job)
    app.keyboard.hold()


def changed(app: TraversionApp, message: Answered) -> None:
    """Go to the change found, and say what it changed."""
    if message.error is not None:
        app.say(f"changes of state could not be found: {message.error}")
        return
    found: Found = message.value
    if found.at is not None and found.shown is app.shown.view:
        app.apply(playhead.jump(app.state, app.shown.view, *found.at))
    app.say(found.words)
