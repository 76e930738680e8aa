"""A pane's title: its name in bold, its scope in muted words, a hairline to the edge."""

from __future__ import annotations

from collections.abc import Sequence

from textual.strip import Strip

from traversion_tui.line import Line
from traversion_tui.text import folded
from traversion_tui.theme import Look


def paint_title(
    name: str, scope: Sequence[str], width: int, look: Look, *, focused: bool, end: int = 0
) -> Strip:
    """`State at the playhead   last 60 s ─────`; accent while the pane has the focus."""
    line = Line(width, look.ink("text"), look.glyphs.ellipsis)
    line.skip(1).put(name, look.ink("accent" if focused else "bright", "b")).skip(1)
    for index, fact in enumerate(fact for fact in scope if fact):
        gap = 3 if index else 0
        if index and line.at + gap + len(fact) + 2 > width - end:
            break
        line.skip(gap).put(fact, look.ink("muted"), room=width - end - line.at - 2)
    return line.skip(1).rule(look.glyphs.rule, look.ink("rule"), width - end).strip()


def paint_note(text: str, width: int, look: Look) -> Strip:
    """A muted sentence in a pane that has nothing else to show."""
    line = Line(width, look.ink("text"), look.glyphs.ellipsis)
    return line.skip(1).put(text, look.ink("muted"), room=width - 2).strip()


def paint_notes(text: str, width: int, look: Look) -> list[Strip]:
    """A muted text of several sentences, folded at blanks."""
    return [paint_note(row, width, look) for row in folded(text, width - 2)]
