"""Scopes of a statement to time ranges."""

from __future__ import annotations

from typing import Final

from traversion_data.model import SECOND, Nanos, TimeRange
from traversion_engine.timeql import ast
from traversion_engine.timeql.bind.environment import Environment
from traversion_engine.timeql.bind.moments import moment
from traversion_engine.timeql.times import time_text

AROUND: Final = 60 * SECOND


def scope_of(env: Environment, node: ast.Scope | None) -> TimeRange:
    """The range a statement looks at; the visible window or the whole recording without a scope.

    A range that leaves the recording is cut to it, with a note.

    Raises:
        StatementError: it ends before it starts.
    """
    whole = recorded(env)
    if node is None:
        window = env.context.window
        return whole if window is None else window.intersect(whole)
    start, end = _ends(env, node, whole)
    if start > end:
        raise env.error(
            _later_end(node),
            f"This ends at {_text(env, end)}, before it starts at {_text(env, start)}",
        )
    scope = TimeRange(start, end)
    if start < whole.start or end > whole.end:
        _note_outside(env, scope, whole)
    return scope.intersect(whole)


def recorded(env: Environment) -> TimeRange:
    """The range of the recording, up to now while it is being followed."""
    bounds = env.view.bounds
    return TimeRange(bounds.start, max(bounds.end, env.context.now or bounds.end))


def _ends(env: Environment, node: ast.Scope, whole: TimeRange) -> tuple[Nanos, Nanos]:
    match node:
        case ast.FromTo(start=start, end=end):
            return moment(env, start), whole.end if end is None else moment(env, end)
        case ast.Since(start=start):
            return moment(env, start), max(whole.end, env.clock.now)
        case ast.To(end=end):
            return whole.start, moment(env, end)
        case ast.BetweenTimes(start=start, end=end):
            return moment(env, start), moment(env, end)
        case ast.Last(duration=duration):
            now = env.clock.now
            env.meta["now"] = time_text(now, env.context.zone, 9)
            return now - duration.ns, now
        case ast.Around(center=center, radius=radius):
            middle = moment(env, center)
            reach = AROUND if radius is None else radius.ns
            return middle - reach, middle + reach


def _later_end(node: ast.Scope) -> ast.Node:
    match node:
        case ast.FromTo(end=end) if end is not None:
            return end
        case ast.BetweenTimes(end=end) | ast.To(end=end):
            return end
        case ast.FromTo(start=start) | ast.Since(start=start):
            return start
        case _:
            return node


def _note_outside(env: Environment, scope: TimeRange, whole: TimeRange) -> None:
    if not env.view.height:
        return
    recorded = f"the recording, {_text(env, whole.start)} to {_text(env, whole.end)}"
    if scope.end <= whole.start or scope.start >= whole.end:
        env.note(f"The scope lies outside {recorded}.")
    else:
        env.note(f"Part of the scope lies outside {recorded}.")


def _text(env: Environment, ns: Nanos) -> str:
    return time_text(ns, env.context.zone)
