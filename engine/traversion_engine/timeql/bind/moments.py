"""Times of a statement to nanoseconds."""

from __future__ import annotations

from traversion_data import schema
from traversion_data.model import Nanos
from traversion_engine.diagnostic import did_you_mean, nearest
from traversion_engine.timeql import ast
from traversion_engine.timeql.bind import events
from traversion_engine.timeql.bind.environment import Environment
from traversion_engine.timeql.literals import time_from_text
from traversion_engine.timeql.times import TimeTextError, instant, time_text

_EARLIEST, _LATEST = -(2**63) + 1, 2**63 - 1


def moment(env: Environment, node: ast.TimeExpr) -> Nanos:
    """The moment a time means, in ns UTC.

    Raises:
        StatementError: it is no time, no such bookmark, an unclear day.
        NothingThereError: it is the time of an event that does not exist here.
    """
    found = _base(env, node) + node.offset_ns
    if not _EARLIEST <= found <= _LATEST:
        raise env.error(node, "This time is outside the years 1678 to 2261")
    return found


def moment_of_text(env: Environment, node: ast.String) -> Nanos:
    """The moment that a quoted text means beside the field `time`."""
    written = time_from_text(node.value, node.span)
    if written is None:
        return _literal(env, node.value, node)
    return moment(env, written)


def event_moment(env: Environment, position: int) -> Nanos:
    """The start of the event at a position."""
    return int(env.view.events[schema.TIME][position])


def _base(env: Environment, node: ast.TimeExpr) -> Nanos:
    match node:
        case ast.TimeLiteral(text=text):
            return _literal(env, text, node)
        case ast.Now():
            return _word(env, "now")
        case ast.Playhead():
            return _word(env, "playhead")
        case ast.Start():
            return _word(env, "start")
        case ast.End():
            return _word(env, "end")
        case ast.Ago(duration=duration):
            return _word(env, "now") - duration.ns
        case ast.Bookmark(name=name):
            return _bookmark(env, name, node)
        case ast.EventTime(event=event):
            return event_moment(env, events.position(env, event))


def _word(env: Environment, word: str) -> Nanos:
    clock = env.clock
    if word == "now":
        env.meta["now"] = time_text(clock.now, clock.zone, 9)
        return clock.now
    if word == "playhead":
        return clock.playhead
    return clock.bounds.start if word == "start" else clock.bounds.end


def _bookmark(env: Environment, name: str, node: ast.Node) -> Nanos:
    bookmarks = env.context.bookmarks
    if name in bookmarks:
        return bookmarks[name].time
    close = nearest(name, bookmarks)
    hint = did_you_mean(*(f"@{close_name}" for close_name in close))
    if not bookmarks:
        hint = "MARK 'name' in the console makes one."
    raise env.error(node, f"There is no bookmark @{name}", hint)


def _literal(env: Environment, text: str, node: ast.Node) -> Nanos:
    try:
        found = instant(text, env.clock)
    except TimeTextError as error:
        raise env.error(node, str(error), error.hint) from None
    for note in found.notes:
        env.note(note)
    return found.ns
