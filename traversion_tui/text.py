"""The one door from an event's text to the screen.

`SafeText` is made by `safe` and nowhere else, and every text field of what the painters draw has
that type, so a string that did not pass the door is a type error.
"""

from __future__ import annotations

from typing import Final, NewType

from rich.cells import cell_len, set_cell_size

from traversion_data.safe import printable

SafeText = NewType("SafeText", str)
"""One line without control, bidirectional or invisible codes. Never parsed as markup."""

Piece = tuple[str, SafeText]
"""A role of the palette (with `+b` for bold) and its text."""

NOTHING: Final = SafeText("")

HAIRLINE: Final[Piece] = ("rule", NOTHING)
"""Ends a heading of a page."""

CELL_LIMIT: Final = 4096


def safe(text: object) -> SafeText:
    """Any value's text, made harmless: one line, at most `CELL_LIMIT` characters."""
    shown = text if isinstance(text, str) else str(text)
    plain = printable(shown, CELL_LIMIT)
    return SafeText(plain if plain.isprintable() else _spell_out(plain))


def _spell_out(text: str) -> str:
    """Private-use and unassigned codes have no agreed width: a terminal gets their number."""
    return "".join(c if c.isprintable() else f"<U+{ord(c):04X}>" for c in text)


def width_of(text: str) -> int:
    """Cells a terminal needs for the text."""
    return len(text) if text.isascii() else cell_len(text)


def cut(text: SafeText, width: int, ellipsis: str = "…") -> SafeText:
    """The text in at most `width` cells, ending in `ellipsis` where something is missing."""
    if width <= 0:
        return NOTHING
    if width_of(text) <= width:
        return text
    return SafeText(set_cell_size(text, width - width_of(ellipsis)) + ellipsis)


def folded(text: str, width: int) -> list[str]:
    """The text in rows of at most `width` cells, broken at blanks; a longer word stays whole."""
    rows: list[str] = []
    row = ""
    for word in text.split():
        if row and width_of(row) + 1 + width_of(word) > width:
            rows.append(row)
            row = word
        else:
            row = f"{row} {word}" if row else word
    return [*rows, row] if row else rows
