"""Pages of text: rows of pieces, each a role and its words."""

from __future__ import annotations

from collections.abc import Sequence

from textual.strip import Strip

from traversion_tui.line import Line
from traversion_tui.text import Piece
from traversion_tui.theme import Look


def paint_pieces(pieces: Sequence[Piece], width: int, look: Look) -> Strip:
    """One row; what does not fit is cut."""
    line = Line(width, look.ink("text"), look.glyphs.ellipsis)
    for role, text in pieces:
        name, _, attributes = role.partition("+")
        line.put(text, look.ink(name, attributes))
    return line.strip()
