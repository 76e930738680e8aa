"""Rows, panes and views: where the selection and the focus go."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from traversion_tui import playhead
from traversion_tui.deeds.deed import Deed
from traversion_tui.panes import why_statement
from traversion_tui.reading.event import detail
from traversion_tui.receive import ask
from traversion_tui.scene import Pane, time_format
from traversion_tui.views import View, after
from traversion_tui.widgets.sheet import Sheet

if TYPE_CHECKING:
    from traversion_tui.app import TraversionApp

ORDER: Final = (
    Pane.EVENTS,
    Pane.VIEW,
    Pane.STATE,
    Pane.CHANGED,
    Pane.WHY,
    Pane.RESULT,
    Pane.SCRUBBER,
)
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
    elif app.shown.view.height:
        cursor = app.state.cursor if app.state.cursor is not None else -1
        position = app.main.event_log.beside(cursor, count)
        app.apply(playhead.select(app.state, app.shown.view, position))


def _page(app: TraversionApp, share: float) -> None:
    rows = app.main.rows_of(app.pane)
    room = rows.room if rows is not None else app.main.event_log.room
    _rows(app, round(room * share))


def _cycle_pane(app: TraversionApp, step: int) -> None:
    shown = [p for p in ORDER if p is Pane.SCRUBBER or app.solo or app.narrow or _is_shown(app, p)]
    tabs = app.scene().tabs
    shown = [p for p in shown if p in tabs or p is Pane.SCRUBBER]
    at = shown.index(app.pane) if app.pane in shown else 0
    app.focus_pane(shown[(at + step) % len(shown)])


def _is_shown(app: TraversionApp, pane: Pane) -> bool:
    return bool(app.main.query_one(f"#{pane.value}").display)


def _view(app: TraversionApp) -> None:
    """The next view in the left pane: log, trace, stack, map."""
    app.left_view = after(app.left_view)
    app.ask_view()
    app.focus_pane(Pane.EVENTS if app.left_view is View.LOG else Pane.VIEW)


def _alone(app: TraversionApp) -> None:
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
    elif app.pane is Pane.VIEW:
        _to_row(app)
    elif app.pane is Pane.RESULT and (seq := result.event()) is not None:
        app.go_to_event(seq)
    elif app.pane is Pane.STATE and (name := app.main.state_pane.service()) is not None:
        quoted = name.replace("'", "''")
        ask(app, f"STATE AT playhead WHERE service = '{quoted}'")
    elif (position := app.selected()) is not None:
        page = detail(app.marks.view, position, app.state.playhead, time_format(app.state))
        app.push_screen(Sheet(page, app.look))


def _to_row(app: TraversionApp) -> None:
    """To the event of a view's row: an open one is selected where the playhead is."""
    seq = app.main.view_pane.value("seq")
    if not isinstance(seq, int):
        app.say("no event stands behind this row; f keeps the events of the service called")
        return
    position = app.shown.view.row(seq)
    if app.left_view is View.STACK and position is not None:
        app.apply(playhead.select(app.state, app.shown.view, position))
    else:
        app.go_to_event(seq)


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
        case Pane.VIEW if app.answers.seen is not None:
            text = app.answers.seen.statement
        case _:
            text = "TIMELINE"
    app.open_prompt("timeql", text)


def _jump_mode(app: TraversionApp) -> None:
    def go(letter: str | None) -> None:
        pane = LETTERS.get(letter or "")
        if pane is Pane.PROMPT:
            app.open_prompt("timeql")
        elif pane is Pane.EVENTS:
            app.focus_pane(app.left_pane)
        elif pane is not None and (pane is not Pane.RESULT or pane in app.scene().tabs):
            app.focus_pane(pane)

    app.say("go to: s scrubber  e events  t state  c changed  w why  r result  p prompt")
    app.keyboard.once(go)


def _tree(app: TraversionApp, step: int) -> None:
    rows = app.main.rows_of(Pane.WHY)
    if rows is not None:
        rows.move(step)


def _prompt(app: TraversionApp, mode: str) -> None:
    app.open_prompt(mode)


def _prompt_last(app: TraversionApp) -> None:
    lines = app.main.prompt.statements
    app.open_prompt("timeql", lines[-1] if lines else "")


PANES: Final[dict[str, Deed]] = {
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
    "alone": _alone,
    "go_to": partial(_prompt, mode="goto"),
    "prompt": partial(_prompt, mode="timeql"),
    "prompt_last": _prompt_last,
    "prompt_pane": _statement,
    "find": partial(_prompt, mode="find"),
    "to_cause": partial(_tree, step=1),
    "to_effect": partial(_tree, step=-1),
}
