"""What comes back from workers and the prompt, put where it is shown."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from traversion_data import schema
from traversion_engine.result import ResultTable, Role
from traversion_engine.session import CancelledError
from traversion_tui import playhead, suggesting, transport
from traversion_tui.answers import Result, StateAt, Why
from traversion_tui.changing import changed
from traversion_tui.filtering import found
from traversion_tui.messages import Answered
from traversion_tui.moment import MomentError, parse_moment
from traversion_tui.panes import ask_job, context_of, find_job
from traversion_tui.reading.services import differences, tints
from traversion_tui.render.prompt import NOTE
from traversion_tui.scene import Pane, time_format
from traversion_tui.text import NOTHING, SafeText, safe
from traversion_tui.views import Seen, statement_of

if TYPE_CHECKING:
    from traversion_tui.app import TraversionApp


def entered(app: TraversionApp, mode: str, text: str) -> None:
    """A line came from the prompt."""
    match mode:
        case "goto":
            _go_to(app, text)
        case "find":
            app.channels["find"].ask(app.state.generation, find_job(app.shown.view, text))
            app.hits = (text, np.array([], dtype=np.int64))
            app.keyboard.hold()
            app.focus_pane(app.tab)
        case _ if mode.startswith(NOTE):
            app.apply(transport.annotate(app.state, mode.removeprefix(NOTE).strip(), text))
            app.focus_pane(app.tab)
        case _:
            ask(app, text)


def ask(app: TraversionApp, statement: str) -> None:
    """Have a statement answered; the old answer stays until the new one is there."""
    if app.recording is None:
        return
    context = context_of(app.state, app.shown.view)
    app.asked = statement
    app.answers = replace(app.answers, asking=True)
    job = ask_job(app.recording.session, statement, context)
    app.channels["ask"].ask(app.state.generation, job)
    app.keyboard.hold()
    app.push()


def _go_to(app: TraversionApp, text: str) -> None:
    try:
        time, cursor = parse_moment(text, app.state, app.marks, time_format(app.state))
    except MomentError as error:
        app.say(str(error))
        return
    app.focus_pane(app.tab)
    if cursor is not None:
        app.go_to_event(int(app.marks.view.page(cursor, 1)[schema.SEQ][0]))
    else:
        app.apply(playhead.jump(app.state, app.shown.view, time))


def receive(app: TraversionApp, message: Answered) -> None:
    """Put an answer where it belongs."""
    match message.channel:
        case "state":
            _state(app, message)
        case "why":
            _why(app, message)
        case "find":
            _found(app, message)
        case "view":
            _view(app, message)
        case "filter":
            found(app, message)
        case "change":
            changed(app, message)
        case "help":
            suggesting.found(app, message.value)
        case _:
            _result(app, message)


def _state(app: TraversionApp, message: Answered) -> None:
    before = app.answers.state
    if message.error is not None:
        shown = StateAt(app.state.playhead, note=safe(message.error))
        app.answers = replace(app.answers, state=shown, changes=(), tinted=frozenset())
        return
    state: StateAt = message.value
    if before is not None and before.time == state.time:
        app.answers = replace(app.answers, state=state)
        return
    changes = differences(before, state)
    app.answers = replace(app.answers, state=state, changes=changes, tinted=tints(changes))


def _why(app: TraversionApp, message: Answered) -> None:
    if isinstance(message.error, CancelledError):
        return
    if message.error is not None:
        old = app.answers.why
        note = safe(str(message.error).splitlines()[-1] if str(message.error) else "no answer")
        app.answers = replace(app.answers, why=Why(old.seq if old else 0, NOTHING, note=note))
        return
    app.answers = replace(app.answers, why=message.value)


def _view(app: TraversionApp, message: Answered) -> None:
    if message.error is not None:
        note = (str(message.error).splitlines() or ["no answer"])[-1]
        view = app.left_view
        message.value = Seen(view, statement_of(view, None), note=note)
    app.answers = replace(app.answers, seen=message.value)


def _found(app: TraversionApp, message: Answered) -> None:
    if message.error is not None:
        reason = next(iter(str(message.error).splitlines()), "")
        app.say(f"{app.hits[0][:40]!r} is no pattern: {reason}")
        return
    app.hits = (app.hits[0], message.value)
    if not len(message.value):
        app.say(f"no event says {app.hits[0]!r}")
        return
    app.action_act("find_next")


def _result(app: TraversionApp, message: Answered) -> None:
    statement = safe(app.asked)
    app.answers = replace(app.answers, asking=False)
    if isinstance(message.error, CancelledError):
        app.say("cancelled")
        return
    if message.error is not None:
        lines = tuple(safe(line) for line in str(message.error).splitlines()) or (safe("failed"),)
        kept = app.answers.result.table if app.answers.result is not None else None
        app.answers = replace(app.answers, result=Result(statement, kept, lines))
        return
    table: ResultTable = message.value
    if _obeyed(app, statement, table):
        return
    app.answers = replace(app.answers, result=Result(statement, table))
    if app.tab is not Pane.RESULT:
        app.left = (app.tab, app.solo)
    app.solo = True
    app.focus_pane(Pane.RESULT)


def _obeyed(app: TraversionApp, statement: SafeText, table: ResultTable) -> bool:
    """Whether the statement was one that moves the console: GOTO and MARK."""
    word = statement.split(maxsplit=1)[0].upper() if statement.strip() else ""
    times = [column.name for column in table.columns if column.role is Role.TIME]
    if word not in {"GOTO", "MARK"} or not times or not table.shown:
        return False
    row = table.frame.row(0, named=True)
    time = int(row[times[0]])
    app.answers = replace(app.answers, result=None)
    app.focus_pane(app.tab if app.tab is not Pane.RESULT else app.left_pane)
    if word == "GOTO" and (seq := table.meta.get("seq")) is not None:
        app.go_to_event(int(seq))
    elif word == "GOTO":
        app.apply(playhead.jump(app.state, app.shown.view, time))
    else:
        at = replace(app.state, playhead=time)
        marked = transport.bookmark(at, str(row.get("name") or "m"))
        app.apply(replace(marked, playhead=app.state.playhead))
    return True
