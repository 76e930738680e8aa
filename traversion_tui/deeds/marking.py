"""Marks, edges, loops and clocks."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from traversion_tui import playhead, transport
from traversion_tui.deeds.deed import Deed
from traversion_tui.deeds.leaving import escape
from traversion_tui.render.prompt import NOTE
from traversion_tui.scene import time_format

if TYPE_CHECKING:
    from traversion_tui.app import TraversionApp


def _mark(app: TraversionApp) -> None:
    def set_mark(letter: str | None) -> None:
        if letter and letter.isalnum():
            app.apply(transport.bookmark(app.state, letter))
            app.open_prompt(f"{NOTE} {letter}")
            app.say(f"marked {letter}")

    app.say("mark: press a letter")
    app.keyboard.once(set_mark)


def _to_mark(app: TraversionApp) -> None:
    def go(letter: str | None) -> None:
        if letter == "'":
            app.action_act("back")
        elif letter and letter in app.state.bookmarks:
            mark = app.state.bookmarks[letter]
            app.apply(playhead.jump(app.state, app.shown.view, mark.time))
            app.say(f"mark {letter}" + (f"   {mark.note}" if mark.note else ""))
        elif letter:
            app.say(f"there is no mark {letter!r}; m and a letter set one")

    app.say("go to mark: press its letter")
    app.keyboard.once(go)


def _edge(app: TraversionApp, edge: int) -> None:
    app.apply(transport.set_edge(app.state, edge))


def _clear_edges(app: TraversionApp) -> None:
    if app.state.marks == (None, None):
        escape(app)
    else:
        app.apply(transport.clear_edges(app.state))


def _loop(app: TraversionApp) -> None:
    app.apply(transport.next_loop(app.state))
    app.say(f"loop {app.state.loop.value}")


def _clock(app: TraversionApp) -> None:
    app.apply(transport.next_clock(app.state))
    app.say(f"times {app.state.clock.value}: {time_format(app.state).label}")


MARKING: Final[dict[str, Deed]] = {
    "mark": _mark,
    "to_mark": _to_mark,
    "edge_a": partial(_edge, edge=0),
    "edge_b": partial(_edge, edge=1),
    "clear_edges": _clear_edges,
    "loop": _loop,
    "clock": _clock,
}
