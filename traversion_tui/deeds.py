"""What the keys that do more than move do."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Final

import numpy as np
from textual.drivers.headless_driver import HeadlessDriver

from traversion_tui import pages, playhead, transport
from traversion_tui.formats import speed
from traversion_tui.panes import why_statement
from traversion_tui.reading.event import as_json, detail, place
from traversion_tui.reading.rows import headline
from traversion_tui.receive import ask
from traversion_tui.scene import Pane, time_format
from traversion_tui.screens.one_key import OneKey
from traversion_tui.screens.palette import Palette
from traversion_tui.widgets.sheet import Sheet

if TYPE_CHECKING:
    from traversion_tui.app import TraversionApp

Deed = Callable[["TraversionApp"], None]

ORDER: Final = (Pane.EVENTS, Pane.STATE, Pane.CHANGED, Pane.WHY, Pane.RESULT, Pane.SCRUBBER)
LETTERS: Final = {
    "s": Pane.SCRUBBER, "e": Pane.EVENTS, "t": Pane.STATE, "c": Pane.CHANGED, "w": Pane.WHY,
    "r": Pane.RESULT, "p": Pane.PROMPT,
}  # fmt: skip
FAR: Final = 10**12


def _rows(app: TraversionApp, count: int) -> None:
    """Move the selection of the focused list; elsewhere that of the log."""
    rows = app.main.rows_of(app.pane) if app.pane is not Pane.SCRUBBER else None
    if rows is not None:
        rows.move(count)
    elif app.marks.view.height:
        cursor = app.state.cursor if app.state.cursor is not None else -1
        app.apply(playhead.select(app.state, app.marks.view, cursor + count))


def _page(app: TraversionApp, share: float) -> None:
    rows = app.main.rows_of(app.pane)
    room = rows.room if rows is not None else app.main.event_log.room
    _rows(app, round(room * share))


def _cycle_pane(app: TraversionApp, step: int) -> None:
    shown = [p for p in ORDER if p is Pane.SCRUBBER or app.solo or app.narrow or _is_shown(app, p)]
    shown = [p for p in shown if p is not Pane.RESULT or app.answers.result is not None]
    at = shown.index(app.pane) if app.pane in shown else 0
    app.focus_pane(shown[(at + step) % len(shown)])


def _is_shown(app: TraversionApp, pane: Pane) -> bool:
    return bool(app.main.query_one(f"#{pane.value}").display)


def _view(app: TraversionApp) -> None:
    """One pane alone after the other, then all together."""
    panes = list(app.scene().tabs)
    if not app.solo and not app.narrow:
        app.solo = True
        app.focus_pane(app.tab)
        return
    at = panes.index(app.tab) + 1 if app.tab in panes else 0
    if at == len(panes):
        app.solo, at = False, 0
    app.focus_pane(panes[at])


def _detail(app: TraversionApp) -> None:
    """Everything about the focused pane's selected row."""
    why, result = app.answers.why, app.main.result
    if app.pane is Pane.WHY and why is not None and why.links:
        rows = app.main.rows_of(Pane.WHY)
        app.go_to_event(why.links[rows.selected if rows else 0].seq)
    elif app.pane is Pane.RESULT and (seq := result.event()) is not None:
        app.go_to_event(seq)
    elif app.pane is Pane.STATE and app.answers.state is not None and app.answers.state.services:
        rows = app.main.rows_of(Pane.STATE)
        name = app.answers.state.services[rows.selected if rows else 0].name
        ask(app, f"STATE AT playhead WHERE service = '{name.replace(chr(39), chr(39) * 2)}'")
    elif app.state.cursor is not None:
        page = detail(app.marks.view, app.state.cursor, app.state.playhead, time_format(app.state))
        app.push_screen(Sheet(page, app.look))


def _statement(app: TraversionApp) -> None:
    """The focused pane's statement at the prompt."""
    result, why = app.answers.result, app.answers.why
    match app.pane:
        case Pane.STATE:
            text = "STATE AT playhead FOR health, request_rate, error_rate, p99, in_flight"
        case Pane.CHANGED:
            text = "STATE AT playhead CHANGED SINCE playhead - 1s"
        case Pane.WHY if why is not None:
            text = why_statement(why.seq)
        case Pane.RESULT if result is not None:
            text = result.statement
        case _:
            text = "TIMELINE"
    app.main.prompt.open("timeql", text)


def _mark(app: TraversionApp) -> None:
    def set_mark(letter: str | None) -> None:
        if letter and letter.isalnum():
            app.say(f"marked {letter}")
            app.apply(transport.bookmark(app.state, letter))

    app.say("mark: press a letter")
    app.push_screen(OneKey(), set_mark)


def _to_mark(app: TraversionApp) -> None:
    def go(letter: str | None) -> None:
        if letter == "'":
            app.action_act("back")
        elif letter and letter in app.state.bookmarks:
            time = app.state.bookmarks[letter]
            app.apply(playhead.jump(app.state, app.marks.view, time))
        elif letter:
            app.say(f"there is no mark {letter!r}; m and a letter set one")

    app.say("go to mark: press its letter")
    app.push_screen(OneKey(), go)


def _jump_mode(app: TraversionApp) -> None:
    def go(letter: str | None) -> None:
        pane = LETTERS.get(letter or "")
        if pane is Pane.PROMPT:
            app.main.prompt.open("timeql")
        elif pane is not None and (pane is not Pane.RESULT or app.answers.result is not None):
            app.focus_pane(pane)

    app.say("go to: s scrubber  e events  t state  c changed  w why  r result  p prompt")
    app.push_screen(OneKey(), go)


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
    time = int(app.marks.view.times[position])
    app.apply(playhead.jump(app.state, app.marks.view, time, position))
    app.say(
        f"hit {at % len(hits) + 1:,} of {len(hits):,}" + ("  from the other end" if wrapped else "")
    )


def _copy(app: TraversionApp, what: str) -> None:
    if app.state.cursor is None:
        app.say("no event is selected")
        return
    values = app.marks.view.page(app.state.cursor, 1).row(0, named=True)
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


def _leave(app: TraversionApp) -> None:
    """Close what is open; from the top, quit."""
    if not _back(app):
        app.exit()


def _escape(app: TraversionApp) -> None:
    if app.card:
        app.card = False
        app.push()
    elif not _back(app):
        app.say("q quits")


def _back(app: TraversionApp) -> bool:
    if app.tab is Pane.RESULT:
        (tab, app.solo) = app.left
        app.focus_pane(tab)
        return True
    if app.solo and not app.narrow:
        app.solo = False
        app.focus_pane(Pane.EVENTS)
        return True
    return False


def _interrupt(app: TraversionApp) -> None:
    """The first cancels what is running, the second quits."""
    if app.interrupted:
        app.exit()
        return
    app.interrupted = True
    cancelled = app.channels["ask"].cancel()
    if not app.loading.done and app.recording is not None:
        app.recording.cancel()
        app.say("loading stopped; ctrl+c again quits")
    else:
        app.say("cancelled; ctrl+c again quits" if cancelled else "ctrl+c again quits")


def _start(app: TraversionApp) -> None:
    def chosen(key: str | None) -> None:
        if key == "d" and app.make_demo is not None:
            app.open(app.make_demo())
        else:
            app.exit()

    app.push_screen(Sheet(pages.start_page(), app.look, frozenset({"d"})), chosen)


def _card(app: TraversionApp) -> None:
    app.card = not app.card
    app.push()


def _help(app: TraversionApp) -> None:
    app.push_screen(Sheet(pages.help_page(app.pane, app.loading), app.look))


def _palette(app: TraversionApp) -> None:
    def run(id_: str | None) -> None:
        if id_ is not None:
            app.action_act(id_)

    app.push_screen(Palette(app.look), run)


def _say_speed(app: TraversionApp) -> None:
    app.say(f"speed x{speed(app.state.speed)}")


def _loop(app: TraversionApp) -> None:
    app.apply(transport.next_loop(app.state))
    app.say(f"loop {app.state.loop.value}")


def _clock(app: TraversionApp) -> None:
    app.apply(transport.next_clock(app.state))
    app.say(f"times {app.state.clock.value}: {time_format(app.state).label}")


def _follow(app: TraversionApp) -> None:
    done = app.loading.done
    app.say(
        "the input is complete: there is nothing to follow" if done else "following comes later"
    )


def _edge(app: TraversionApp, edge: int) -> None:
    app.apply(transport.set_edge(app.state, edge))


def _clear_edges(app: TraversionApp) -> None:
    if app.state.marks == (None, None):
        _escape(app)
    else:
        app.apply(transport.clear_edges(app.state))


def _tree(app: TraversionApp, step: int) -> None:
    rows = app.main.rows_of(Pane.WHY)
    if rows is not None:
        rows.move(step)


def _plain(app: TraversionApp) -> None:
    times = time_format(app.state)
    page = pages.plain_page(app.marks.view, app.main.event_log.top, app.size.height, times)
    app.push_screen(Sheet(page, app.look))


def _prompt(app: TraversionApp, mode: str) -> None:
    app.main.prompt.open(mode)


def _prompt_last(app: TraversionApp) -> None:
    lines = app.main.prompt.statements
    app.main.prompt.open("timeql", lines[-1] if lines else "")


DEEDS: Final[dict[str, Deed]] = {
    "up": partial(_rows, count=-1),
    "down": partial(_rows, count=1),
    "top": partial(_rows, count=-FAR),
    "bottom": partial(_rows, count=FAR),
    "half_up": partial(_page, share=-0.5),
    "half_down": partial(_page, share=0.5),
    "page_up": partial(_page, share=-1),
    "page_down": partial(_page, share=1),
    "detail": _detail,
    "next_pane": partial(_cycle_pane, step=1),
    "previous_pane": partial(_cycle_pane, step=-1),
    "jump_mode": _jump_mode,
    "view": _view,
    "go_to": partial(_prompt, mode="goto"),
    "prompt": partial(_prompt, mode="timeql"),
    "prompt_last": _prompt_last,
    "prompt_pane": _statement,
    "find": partial(_prompt, mode="find"),
    "find_next": partial(_find, step=1),
    "find_previous": partial(_find, step=-1),
    "mark": _mark,
    "to_mark": _to_mark,
    "edge_a": partial(_edge, edge=0),
    "edge_b": partial(_edge, edge=1),
    "clear_edges": _clear_edges,
    "to_cause": partial(_tree, step=1),
    "to_effect": partial(_tree, step=-1),
    "loop": _loop,
    "clock": _clock,
    "follow": _follow,
    "yank": partial(_copy, what="text"),
    "yank_row": partial(_copy, what="row"),
    "permalink": partial(_copy, what="place"),
    "mouse": _mouse,
    "plain": _plain,
    "palette": _palette,
    "help": _help,
    "card": _card,
    "leave": _leave,
    "escape": _escape,
    "interrupt": _interrupt,
    "start": _start,
}
"""By action, and `start`, which is what happens when nothing is open."""
