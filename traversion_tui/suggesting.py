"""Help while a statement is typed: asked for with each edit, taken with tab."""

from __future__ import annotations

from dataclasses import replace
from threading import Event
from typing import TYPE_CHECKING

from traversion_engine.context import Context
from traversion_engine.session import Session
from traversion_tui.answers import Help, Offer
from traversion_tui.editor import Edited
from traversion_tui.panes import context_of
from traversion_tui.scene import Pane
from traversion_tui.text import safe
from traversion_tui.workers import Job

if TYPE_CHECKING:
    from traversion_tui.app import TraversionApp


def ask(app: TraversionApp) -> None:
    """Have it found out what may be typed next."""
    prompt = app.main.prompt
    if app.recording is None or app.pane is not Pane.PROMPT or prompt.mode != "timeql":
        app.answers = replace(app.answers, help=None)
        return
    context = context_of(app.state, app.shown.view)
    job = help_job(app.recording.session, prompt.edited, context)
    app.channels["help"].ask(app.state.generation, job)


def help_job(session: Session, edited: Edited, context: Context) -> Job:
    """Finds what may stand at the caret, and how much the statement would read."""

    def job(_: Event) -> Help:
        found = session.complete(edited.text, edited.caret, context)
        offers = tuple(
            Offer(each.text, safe(each.text), each.sort.value, safe(each.detail))
            for each in found.candidates
            if each.text.isprintable()
        )
        return Help(
            edited.text,
            edited.caret,
            found.place.start,
            offers,
            safe(found.signature),
            (found.part.start, found.part.end),
            session.estimate(edited.text, context) if edited.text.strip() else None,
        )

    return job


def found(app: TraversionApp, known: Help | None) -> None:
    """Show what was found, if the line is still the one it was found for."""
    if known is None or known.line(None) == app.main.prompt.edited:
        app.answers = replace(app.answers, help=known)


def close(app: TraversionApp) -> None:
    """Show no offers until something is typed again."""
    app.channels["help"].cancel()
    app.answers = replace(app.answers, help=None)


def step(app: TraversionApp, by: int) -> None:
    """Put the next offer, or the one before, in the place of the word being typed."""
    known, prompt = app.answers.help, app.main.prompt
    if known is None or not known.offers or known.line(known.chosen) != prompt.edited:
        app.say("nothing is known to go on with here")
        return
    first = 0 if by > 0 else -1
    chosen = first if known.chosen is None else known.chosen + by
    known = replace(known, chosen=chosen % len(known.offers))
    app.answers = replace(app.answers, help=known)
    prompt.put(known.line(known.chosen))
    app.push()
