"""Finding texts and changes, and taking texts away."""

from __future__ import annotations

from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Final

import numpy as np
from textual.drivers.headless_driver import HeadlessDriver

from traversion_tui import pages, playhead
from traversion_tui.changing import find_change
from traversion_tui.deeds.deed import Deed
from traversion_tui.reading.event import as_json, place
from traversion_tui.reading.rows import headline
from traversion_tui.scene import time_format
from traversion_tui.widgets.sheet import Sheet

if TYPE_CHECKING:
    from traversion_tui.app import TraversionApp


def _find(app: TraversionApp, step: int) -> None:
    text, hits = app.hits
    if not len(hits):
        app.say("nothing is searched for; / starts a search" if not text else f"no {text!r}")
        return
    cursor = app.state.cursor if app.state.cursor is not None else -1
    before, after = int(np.searchsorted(hits, cursor)), int(np.searchsorted(hits, cursor + 1))
    at = after if step > 0 else before - 1
    wrapped = not 0 <= at < len(hits)
    position = int(hits[at % len(hits)])
    time = app.shown.view.time_at(position)
    app.apply(playhead.jump(app.state, app.shown.view, time, position))
    app.say(
        f"hit {at % len(hits) + 1:,} of {len(hits):,}" + ("  from the other end" if wrapped else "")
    )


def _copy(app: TraversionApp, what: str) -> None:
    position = app.selected()
    if position is None:
        app.say("no event is selected")
        return
    values = app.marks.view.page(position, 1).row(0, named=True)
    if what == "text":
        text = str(headline(values))
    elif what == "row":
        text = as_json(values)
    else:
        text = f"{place(app.marks.view, values)} {time_format(app.state).full(values['time'])}"
    app.copy_to_clipboard(text.encode(errors="replace").decode())
    app.say(f"copied the {what}")


def _mouse(app: TraversionApp) -> None:
    driver = app._driver  # noqa: SLF001 - Textual has no public switch for the mouse
    app.mouse_released = not app.mouse_released
    if driver is not None and not isinstance(driver, HeadlessDriver):
        name = "_disable_mouse_support" if app.mouse_released else "_enable_mouse_support"
        with suppress(AttributeError):
            getattr(driver, name)()
    app.say("the mouse is the terminal's; F2 takes it back" if app.mouse_released else "mouse on")


def _plain(app: TraversionApp) -> None:
    times = time_format(app.state)
    page = pages.plain_page(app.shown.view, app.main.event_log.top, app.size.height, times)
    app.push_screen(Sheet(page, app.look))


TEXTS: Final[dict[str, Deed]] = {
    "next_change": partial(find_change, step=1),
    "previous_change": partial(find_change, step=-1),
    "find_next": partial(_find, step=1),
    "find_previous": partial(_find, step=-1),
    "yank": partial(_copy, what="text"),
    "yank_row": partial(_copy, what="row"),
    "permalink": partial(_copy, what="place"),
    "mouse": _mouse,
    "plain": _plain,
}
