"""CHANGED: what the last step changed, as was → is."""

from __future__ import annotations

from collections.abc import Sequence

from textual.strip import Strip

from traversion_tui.answers import Change
from traversion_tui.line import Line
from traversion_tui.theme import Look


def paint_changes(changes: Sequence[Change], width: int, look: Look) -> list[Strip]:
    """A row for each changed field; a service is named once."""
    service = min(max((len(change.service) for change in changes), default=7), 24)
    field = min(max((len(change.field) for change in changes), default=6), 12)
    was = max(min((width - service - field) // 3, 14), 6)
    strips: list[Strip] = []
    named = ""
    for change in changes:
        line = Line(width, look.ink("text"), look.glyphs.ellipsis).skip(1)
        name = "" if change.service == named else change.service
        named = change.service
        line.column(name, look.ink("text"), service).skip(1)
        line.column(change.field, look.ink("muted"), field).skip(1)
        end = line.at + was
        line.right(change.was[:was], look.ink("muted"), end).skip(1)
        line.column(look.glyphs.becomes, look.ink("muted"), 2).skip(1)
        line.put(change.now, look.ink("bright", "b", on="chg"), room=width - line.at - 1)
        strips.append(line.strip())
    return strips
