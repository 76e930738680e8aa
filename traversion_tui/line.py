"""A row of cells under construction: texts at columns, in order, padded to a width."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from traversion_tui.text import SafeText, cut, safe, width_of


class Line:
    """Builds one `Strip` of exactly `width` cells, left to right."""

    __slots__ = ("_at", "_ellipsis", "_ground", "_styles", "_texts", "width")

    def __init__(self, width: int, ground: Style, ellipsis: str = "…") -> None:
        self.width = width
        self._ground = ground
        self._ellipsis = ellipsis
        self._at = 0
        self._texts: list[str] = []
        self._styles: list[Style | None] = []

    @property
    def at(self) -> int:
        """The first free column."""
        return self._at

    def to(self, column: int) -> Line:
        """Pad with the ground up to a column; a column already passed changes nothing.

        Where a blank after a text looks like one of the ground the text is made longer, since each
        segment of a row costs at every step on its way to the terminal.
        """
        gap = min(column, self.width) - self._at
        if gap > 0:
            self._at += gap
            if self._styles and _blank_alike(self._styles[-1], self._ground):
                self._texts[-1] += " " * gap
            else:
                self._texts.append(" " * gap)
                self._styles.append(self._ground)
        return self

    def skip(self, cells: int) -> Line:
        """Pad with the ground."""
        return self.to(self._at + cells)

    def put(self, text: str, style: Style, *, room: int | None = None) -> Line:
        """Write text at the first free column, cut to `room` cells and to the row's end.

        Text that a terminal would not show as it is passes the safe door here, whatever type the
        caller claimed for it.
        """
        left = self.width - self._at
        limit = left if room is None else min(room, left)
        shown = text if text.isprintable() else safe(text)
        if len(shown) > limit or not shown.isascii():
            shown = cut(SafeText(shown), limit, self._ellipsis)
        if shown:
            self._texts.append(shown)
            self._styles.append(style)
            self._at += width_of(shown)
        return self

    def column(self, text: str, style: Style, width: int) -> Line:
        """Write text in a column of `width` cells, padded to its end."""
        end = self._at + width
        return self.put(text, style, room=width).to(end)

    def right(self, text: str, style: Style, end: int) -> Line:
        """Write text so that it ends before column `end`."""
        return self.to(max(self._at, end - width_of(text))).put(text, style)

    def rule(self, glyph: str, style: Style, end: int) -> Line:
        """Draw a hairline up to a column."""
        return self.put(glyph * (min(end, self.width) - self._at), style)

    def extend(self, segments: Iterable[Segment]) -> Line:
        """Add segments that this package drew itself."""
        for segment in segments:
            self._texts.append(segment.text)
            self._styles.append(segment.style)
            self._at += segment.cell_length
        return self

    def strip(self) -> Strip:
        """The finished row."""
        self.to(self.width)
        return Strip(map(Segment, self._texts, self._styles), self.width)


@lru_cache(maxsize=1024)
def _blank_alike(style: Style | None, ground: Style) -> bool:
    """Whether a blank looks the same in both styles."""
    if style is None or style.bgcolor != ground.bgcolor or style.link:
        return False
    marks = (style.underline, style.underline2, style.reverse, style.strike, style.overline)
    return style == ground or not any((*marks, style.frame, style.encircle, style.conceal))


def cells(glyphs: list[str], styles: list[Style]) -> list[Segment]:
    """Runs of equal style out of one glyph and one style per cell."""
    segments: list[Segment] = []
    start = 0
    for at in range(1, len(glyphs) + 1):
        if at == len(glyphs) or styles[at] is not styles[start]:
            segments.append(Segment("".join(glyphs[start:at]), styles[start]))
            start = at
    return segments
