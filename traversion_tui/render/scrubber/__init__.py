"""The scrubber: the whole recording, the window, its bars, marks, ruler and the playhead."""

from __future__ import annotations

from textual.strip import Strip

from traversion_tui.render.scrubber.marks import flag_row, ruler_row
from traversion_tui.render.scrubber.model import SMALLEST, Layout, Scrubber, layout, row_of
from traversion_tui.render.scrubber.tracks import bar_row, overview_row
from traversion_tui.theme import Look

__all__ = ["SMALLEST", "Layout", "Scrubber", "layout", "paint"]


def paint(model: Scrubber, width: int, look: Look) -> list[Strip]:
    """Rows of the scrubber, as many as its layout has."""
    if model.track is None or model.overview is None:
        return [_unloaded(model, width, look)] * model.layout.height
    if model.layout.compact:
        return [
            bar_row(model, width, look, 0),
            ruler_row(model, width, look),
            overview_row(model, width, look),
        ]
    return [
        overview_row(model, width, look),
        flag_row(model, width, look),
        *(bar_row(model, width, look, row) for row in reversed(range(model.layout.bar_rows))),
        ruler_row(model, width, look),
    ]


def _unloaded(model: Scrubber, width: int, look: Look) -> Strip:
    line = row_of(model, width, look, "")
    return line.put(look.glyphs.unloaded * model.layout.width, look.ink("faint")).strip()
