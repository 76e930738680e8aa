"""What the scrubber shows and where in a row its track stands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from traversion_data.model import Nanos
from traversion_tui.formats import TimeFormat
from traversion_tui.line import Line
from traversion_tui.reading.density import Track
from traversion_tui.text import SafeText
from traversion_tui.theme import Look
from traversion_tui.transport import column

SMALLEST: Final = (60, 16)
"""Columns and rows that the console needs."""


@dataclass(frozen=True, slots=True)
class Layout:
    """Where the track stands in a row, and how many rows of bars there are."""

    left: int
    width: int
    bar_rows: int
    compact: bool

    @property
    def height(self) -> int:
        """Rows of the whole scrubber."""
        return 3 if self.compact else self.bar_rows + 3


def layout(width: int, height: int) -> Layout:
    """The scrubber for a screen of so many cells; tracks are multiples of 12 where they can be."""
    if width < 100 or height < 28:
        return Layout(left=5, width=max(width - 10, 10), bar_rows=1, compact=True)
    track = (width - 24) // 12 * 12
    return Layout(left=11, width=track, bar_rows=4 if height >= 36 else 2, compact=False)


@dataclass(frozen=True)
class Scrubber:
    """All that the scrubber shows. Tracks are None while nothing is loaded.

    `overview` is as wide as the share of the input that is loaded; the rest is hatched.
    """

    layout: Layout
    times: TimeFormat
    playhead: Nanos
    track: Track | None
    overview: Track | None
    marks: tuple[Nanos | None, Nanos | None] = (None, None)
    bookmarks: tuple[tuple[SafeText, Nanos], ...] = ()
    onset: Nanos | None = None
    focused: bool = False
    gaps: tuple[frozenset[int], frozenset[int]] = (frozenset(), frozenset())
    """Cells of the window's track and of the overview in which events are known to be missing."""
    hits: frozenset[int] = frozenset()
    """Cells of the window's track with events that the last statement chose."""
    filtered: bool = False
    """Whether the bars count only what the filters keep; the overview always counts all."""


def row_of(model: Scrubber, width: int, look: Look, label: str) -> Line:
    """A row with its label in the gutter, ready for the track."""
    line = Line(width, look.ink("text"), look.glyphs.ellipsis)
    role = "accent" if model.focused else "muted"
    if model.layout.compact:
        line.put(label, look.ink(role))
    else:
        line.right(label, look.ink(role), model.layout.left - 1)
    return line.to(model.layout.left)


def playhead_cell(model: Scrubber, track: Track) -> int:
    """The playhead's cell, at the edge where it lies outside."""
    return min(max(column(track.window, model.playhead, track.width), 0), track.width - 1)


def rounded(nanos: Nanos) -> Nanos:
    """A length of time to the second, from ten minutes on to the minute."""
    unit = 10**9 if nanos < 6 * 10**11 else 6 * 10**10
    return round(nanos / unit) * unit if nanos >= 10**10 else nanos


def short(nanos: Nanos) -> str:
    """A length of time in four cells: `2 m`, `8 m`, `36 h`."""
    nanos = rounded(nanos)
    for unit, name in ((86_400, "d"), (3_600, "h"), (60, "m"), (1, "s")):
        if nanos >= 2 * unit * 10**9 or (name != "d" and nanos == unit * 10**9):
            return f"{round(nanos / unit / 10**9)} {name}"
    return f"{round(nanos / 10**6)} ms"[:4] if nanos < 2 * 10**9 else "1 s"
