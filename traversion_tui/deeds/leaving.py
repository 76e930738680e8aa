"""Help and sheets, going back, cancelling and quitting."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from traversion_tui import pages
from traversion_tui.deeds.deed import Deed
from traversion_tui.scene import Pane
from traversion_tui.screens.palette import Palette
from traversion_tui.views import View
from traversion_tui.widgets.sheet import Sheet

if TYPE_CHECKING:
    from traversion_tui.app import TraversionApp


def _leave(app: TraversionApp) -> None:
    """Close what is open; from the top, quit; while what comes is not kept, when asked twice."""
    if _back(app):
        return
    coming = app.load is not None and bool(app.marks.view.height)
    kept = app.recording is None or app.recording.terms.kept
    if kept or not coming or app.leaving:
        app.exit()
        return
    app.leaving = True
    app.say("what was read is not kept (--store keeps it): q again leaves")


def escape(app: TraversionApp) -> None:
    """Close what is open; at the top say how to quit."""
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
        app.focus_pane(app.left_pane)
        return True
    if app.left_view is not View.LOG:
        app.left_view = View.LOG
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

    app.push_screen(Sheet(pages.start_page(), app.look, frozenset({"d"}), chosen))


def _card(app: TraversionApp) -> None:
    app.card = not app.card
    app.push()


def _help(app: TraversionApp) -> None:
    app.push_screen(Sheet(pages.help_page(app.pane, app.loading, app.keys), app.look))


def _palette(app: TraversionApp) -> None:
    def run(id_: str | None) -> None:
        if id_ is not None:
            app.action_act(id_)

    app.push_screen(Palette(app.look, app.keys, run))


LEAVING: Final[dict[str, Deed]] = {
    "palette": _palette,
    "help": _help,
    "card": _card,
    "leave": _leave,
    "escape": escape,
    "interrupt": _interrupt,
    "start": _start,
}
