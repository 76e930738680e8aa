"""What a load brings, put where it is shown: snapshots, how far it is, how it ended."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from traversion_tui import live, playhead
from traversion_tui.filtering import refilter
from traversion_tui.landmarks import Landmarks
from traversion_tui.loading import failure_of, loading_of
from traversion_tui.messages import Loaded
from traversion_tui.scene import Loading
from traversion_tui.state import Follow

if TYPE_CHECKING:
    from traversion_tui.app import TraversionApp


def loaded(app: TraversionApp, message: Loaded) -> None:
    """Show what has been read so far; where a newer snapshot waits already, only that."""
    if message.marks is not None and message.marks.view.height and not _outdated(app, message):
        first = not app.marks.view.height
        _grow(app, message.marks)
        if first or message.ended:
            app.ask_panes()
        elif app.loading.share is None:
            for pane in app.seldom.values():
                pane.ask()
    if message.progress is not None:
        came = loading_of(message.progress, app.marks.view)
        app.loading = replace(app.loading, trouble=came.trouble) if app.loading.done else came
    if app.loading.done:
        app.loading = replace(Loading.of(app.marks.view.sources), trouble=app.loading.trouble)
    if message.ended:
        _end(app, message.error)


def _outdated(app: TraversionApp, message: Loaded) -> bool:
    """Whether a followed recording has posted a newer snapshot: frames wait for no screen."""
    follows = app.recording is not None and app.recording.terms.grows
    return follows and app.load is not None and message.marks is not app.load.newest


def _grow(app: TraversionApp, marks: Landmarks) -> None:
    """Take a newer snapshot; filtered rows stay until they are found in it."""
    before, app.marks = app.marks, marks
    filtered = bool(app.shown.view.height) and app.state.predicate is not None
    shown = app.shown if filtered else marks
    if app.state.follow is Follow.LIVE:
        app.state = live.advanced(app.state, marks.view.charted, shown.view)
    else:
        grown = playhead.grown(app.state, before.view, marks.view)
        app.state = replace(grown, cursor=app.state.cursor) if filtered else grown
    app.shown = shown
    if filtered:
        refilter(app)


def _end(app: TraversionApp, error: Exception | None) -> None:
    """Nothing more comes."""
    app.load = None
    app.memory = app.weigh()
    app.loading = Loading.of(app.marks.view.sources)
    if app.state.follow is not Follow.NONE and error is None:
        notes = [note for source in app.marks.view.sources for note in source.notes]
        app.say(": ".join(["nothing is followed any more", *notes[:1]]))
    app.card = bool(app.marks.view.height) and error is None and not app.note
    app.state = replace(app.state, follow=Follow.NONE)
    if error is not None:
        app.loading = replace(app.loading, failure=failure_of(error))
