"""Pages of text: rows of pieces, each a role and its words."""

from __future__ import annotations

from collections.abc import Sequence

from textual.strip import Strip

from traversion_tui.line import Line
from traversion_tui.text import Piece
from traversion_tui.theme import Look


def paint_pieces(pieces: Sequence[Piece], width: int, look: Look) -> Strip:
    """One row; what does not fit is cut. A piece of the role `rule` is a hairline to the edge."""
    line = Line(width, look.ink("text"), look.glyphs.ellipsis)
    for role, text in pieces:
        if role == "rule":
            line.skip(1).rule(look.glyphs.rule, look.ink("rule"), width)
            continue
        name, _, attributes = role.partition("+")
        line.put(text, look.ink(name, attributes))
    return line.strip()
