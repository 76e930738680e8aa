"""What may be typed next, over the prompt: the statement's signature, then the offers."""

from __future__ import annotations

from typing import Final

from textual.strip import Strip

from traversion_tui.answers import Help
from traversion_tui.formats import count
from traversion_tui.line import Line
from traversion_tui.theme import Look

MOST_ROWS: Final = 8
"""Offers shown at once."""
_WIDEST: Final = 44
_SORT: Final = 11


def suggestion_rows(model: Help) -> int:
    """How many rows it takes."""
    return min(len(model.offers), MOST_ROWS) + _has_signature(model)


def paint_suggestions(model: Help, width: int, look: Look) -> list[Strip]:
    """The signature with the clause at the caret marked, then offers around the chosen one."""
    rows = [_signature(model, width, look)] if _has_signature(model) else []
    first = max((model.chosen or 0) - MOST_ROWS + 1, 0)
    shown = model.offers[first : first + MOST_ROWS]
    texts = min(max((len(offer.shown) for offer in shown), default=0), _WIDEST)
    for number, offer in enumerate(shown, first):
        chosen = number == model.chosen
        on = "sel" if chosen else "surface"
        line = Line(width, look.ink("text", on=on), look.glyphs.ellipsis).skip(1)
        line.column(offer.shown, look.ink("text", "b" if chosen else "", on=on), texts).skip(2)
        line.column(offer.sort, look.ink("accent", on=on), _SORT)
        line.put(offer.detail, look.ink("muted", on=on), room=max(width - line.at - 1, 0))
        rows.append(line.strip())
    return rows


def _has_signature(model: Help) -> bool:
    return bool(model.signature) or model.estimate is not None


def _signature(model: Help, width: int, look: Look) -> Strip:
    on = "surface"
    line = Line(width, look.ink("text", on=on), look.glyphs.ellipsis).skip(1)
    reads = "" if model.estimate is None else f"reads {count(model.estimate)} events"
    room = width - len(reads) - 4
    first, last = model.part
    for text, ink in (
        (model.signature[:first], look.ink("muted", on=on)),
        (model.signature[first:last], look.ink("accent", "b", on=on)),
        (model.signature[last:], look.ink("muted", on=on)),
    ):
        if text:
            line.put(text, ink, room=max(room - line.at, 0))
    if reads:
        line.right(reads, look.ink("muted", on=on), width - 1)
    return line.strip()
