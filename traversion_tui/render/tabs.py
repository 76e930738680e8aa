"""The row of tabs where one pane has the room, and the row of sick services under it."""

from __future__ import annotations

from collections.abc import Sequence

from textual.strip import Strip

from traversion_tui.answers import StateAt
from traversion_tui.line import Line
from traversion_tui.render.services import HEALTH_ROLE, glyph
from traversion_tui.scene import Pane
from traversion_tui.theme import Look


def paint_tabs(
    tabs: Sequence[tuple[Pane, str, str]], active: Pane, scope: str, width: int, look: Look
) -> Strip:
    """`Events  State 4 sick  Changed 4  Why 5 ─── all levels`."""
    line = Line(width, look.ink("text"), look.glyphs.ellipsis).skip(1)
    for pane, name, fact in tabs:
        if pane is active:
            line.put(f" {name} ", look.ink("on_accent", "b", on="accent")).skip(1)
            if fact:
                line.put(fact, look.ink("muted")).skip(1)
        else:
            line.skip(1).put(name, look.ink("text")).skip(1)
            if fact:
                line.put(fact, look.ink("muted")).skip(1)
    end = width - len(scope) - 2 if scope else width
    line.rule(look.glyphs.rule, look.ink("rule"), max(end - 1, line.at))
    return line.to(end).put(scope, look.ink("muted")).strip()


def paint_sick(state: StateAt | None, width: int, look: Look) -> Strip:
    """`■ db  ▲ gateway   4 healthy`: always visible where STATE is a tab."""
    line = Line(width, look.ink("text"), look.glyphs.ellipsis).skip(1)
    if state is None:
        return line.strip()
    sick = [service for service in state.services if service.sick]
    sick.sort(key=lambda service: service.health != "failing")
    healthy = f"{len(state.services) - len(sick)} healthy"
    for index, service in enumerate(sick):
        more = f"+{len(sick) - index}"
        if line.at + len(service.name) + 2 + len(more) + len(healthy) + 6 > width:
            line.put(more, look.ink("text"))
            break
        role = HEALTH_ROLE[service.health]
        line.put(glyph(service.health, look), look.ink(role)).skip(1)
        line.put(service.name, look.ink("text")).skip(3)
    return line.right(healthy, look.ink("muted"), width - 1).strip()
