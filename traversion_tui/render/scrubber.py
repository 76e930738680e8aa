"""The scrubber: the whole recording, the window, its bars, marks, ruler and the playhead."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from rich.style import Style
from textual.strip import Strip

from traversion_data.model import Nanos
from traversion_tui.formats import TimeFormat, duration, rate
from traversion_tui.line import Line, cells
from traversion_tui.reading.density import Track
from traversion_tui.render import bars, ruler
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
    """All that the scrubber shows. Tracks are None while nothing is loaded."""

    layout: Layout
    times: TimeFormat
    playhead: Nanos
    track: Track | None
    overview: Track | None
    marks: tuple[Nanos | None, Nanos | None] = (None, None)
    bookmarks: tuple[tuple[SafeText, Nanos], ...] = ()
    onset: Nanos | None = None
    loaded: float = 1.0
    focused: bool = False


def paint(model: Scrubber, width: int, look: Look) -> list[Strip]:
    """Rows of the scrubber, as many as its layout has."""
    if model.track is None or model.overview is None:
        return [_unloaded(model, width, look)] * model.layout.height
    if model.layout.compact:
        return [
            _bars(model, width, look, 0),
            _ruler(model, width, look),
            _overview(model, width, look),
        ]
    return [
        _overview(model, width, look),
        _flag_row(model, width, look),
        *(_bars(model, width, look, row) for row in reversed(range(model.layout.bar_rows))),
        _ruler(model, width, look),
    ]


def _row(model: Scrubber, width: int, look: Look, label: str) -> Line:
    line = Line(width, look.ink("text"), look.glyphs.ellipsis)
    role = "accent" if model.focused else "muted"
    if model.layout.compact:
        line.put(label, look.ink(role))
    else:
        line.right(label, look.ink(role), model.layout.left - 1)
    return line.to(model.layout.left)


def _unloaded(model: Scrubber, width: int, look: Look) -> Strip:
    line = _row(model, width, look, "")
    return line.put(look.glyphs.unloaded * model.layout.width, look.ink("faint")).strip()


def _playhead_cell(model: Scrubber, track: Track) -> int:
    return min(max(column(track.window, model.playhead, track.width), 0), track.width - 1)


def _overview(model: Scrubber, width: int, look: Look) -> Strip:
    track, window = model.overview, model.track
    assert track is not None
    assert window is not None
    compact = model.layout.compact
    whole = track.window
    label = "all" if compact else f"all {model.times.minute(whole.start):>6}"
    line = _row(model, width, look, label)
    glyphs, styles = _one_row(
        model,
        track,
        look,
        column(whole, window.window.start, track.width),
        column(whole, window.window.end - 1, track.width),
    )
    line.extend(cells(glyphs, styles)).skip(1)
    if compact:
        line.put(_short(whole.length), look.ink("muted"))
    else:
        end = whole.end + rounded(whole.length) - whole.length
        line.put(f"{model.times.minute(end)} {model.times.label}", look.ink("muted"))
    return line.strip()


def _one_row(
    model: Scrubber, track: Track, look: Look, first: int, last: int
) -> tuple[list[str], list[Style]]:
    heights = bars.stack(track, 1).tops
    colours = bars.worst(track)
    playhead = _playhead_cell(model, track)
    loaded = max(round(model.loaded * track.width), 1)
    whole = last - first >= track.width - 1
    glyphs: list[str] = []
    styles: list[Style] = []
    for at in range(track.width):
        on = "win" if first <= at <= last and not whole else "bg"
        kind = "bar" if at <= playhead else "ahead"
        letter = colours[at]
        tops = (
            int(heights[at]) if letter == "E" else 0,
            int(heights[at]) if letter in "EW" else 0,
            int(heights[at]),
        )
        glyph, style = bars.cell(look, tops, 0, kind=kind, on=on)
        glyphs.append(glyph)
        styles.append(style)
    if model.loaded < 1:
        for at in range(loaded, track.width):
            glyphs[at], styles[at] = look.glyphs.unloaded, look.ink("faint")
    for at, bracket in () if whole else ((first - 1, 0), (last + 1, 1)):
        place = min(max(at, 0), track.width - 1)
        glyphs[place], styles[place] = look.glyphs.window[bracket], look.ink("accent", "b")
    block = look.glyphs.playhead if look.glyphs.stacks else look.glyphs.bars[-1]
    glyphs[playhead], styles[playhead] = block, look.ink("accent", "b")
    return glyphs, styles


def _placed(model: Scrubber, look: Look) -> list[tuple[int, str, Style]]:
    """Marks of the window as (cell, text, style), those that matter most last."""
    assert model.track is not None
    found: list[tuple[int, str, Style]] = []

    def add(time: Nanos | None, text: str, role: str) -> None:
        assert model.track is not None
        if time is not None and time in model.track.window:
            shown = role if time <= model.playhead else "future" if role != "bright" else role
            at = column(model.track.window, time, model.track.width)
            found.append((at, text, look.ink(shown, "b")))

    for name, time in model.bookmarks:
        add(time, look.glyphs.bookmark + name, "text")
    add(model.onset, look.glyphs.onset, "E")
    add(model.marks[0], "A", "bright")
    add(model.marks[1], "B", "bright")
    return found


def _flag_row(model: Scrubber, width: int, look: Look) -> Strip:
    assert model.track is not None
    line = _row(model, width, look, "marks")
    room = width - model.layout.left
    glyphs = [" "] * room
    styles = [look.ink("text")] * room
    for at, text, style in _placed(model, look):
        for index, character in enumerate(text):
            if at + index < room:
                glyphs[at + index], styles[at + index] = character, style
    cell = _playhead_cell(model, model.track)
    clock = model.times.clock(model.playhead)
    text = f"{look.glyphs.flag} {clock} "
    start = cell
    if cell + len(text) > room:
        text = f" {clock} {look.glyphs.flag}"
        start = max(cell - len(text) + 1, 0)
    flag = look.ink("on_accent", "b", on="accent")
    for index, character in enumerate(text[: room - start]):
        glyphs[start + index], styles[start + index] = character, flag
    return line.extend(cells(glyphs, styles)).strip()


def _bars(model: Scrubber, width: int, look: Look, row: int) -> Strip:
    track = model.track
    assert track is not None
    compact, top_row = model.layout.compact, model.layout.bar_rows - 1
    label = {top_row: "events/s", 0: "0"}.get(row, "") if not compact else "ev/s"
    line = _row(model, width, look, label)
    if compact:
        shape = bars.stack(track, 1)
        glyphs, styles = _compact_bars(model, track, look, shape.tops)
    else:
        glyphs, styles = _stacked(model, track, look, row)
    line.extend(cells(glyphs, styles)).skip(1)
    if row == top_row:
        line.put(_axis(track.peak_rate), look.ink("muted"))
    return line.strip()


def _compact_bars(
    model: Scrubber, track: Track, look: Look, tops: np.ndarray
) -> tuple[list[str], list[Style]]:
    colours = bars.worst(track)
    playhead = _playhead_cell(model, track)
    glyphs: list[str] = []
    styles: list[Style] = []
    for at, letter in enumerate(colours):
        top = int(tops[at])
        height = (top if letter == "E" else 0, top if letter in "EW" else 0, top)
        glyph, style = bars.cell(look, height, 0, kind="bar" if at <= playhead else "ahead")
        glyphs.append(glyph)
        styles.append(style)
    glyphs[playhead], styles[playhead] = _playhead_glyph(look, int(tops[playhead]))
    return glyphs, styles


def _stacked(model: Scrubber, track: Track, look: Look, row: int) -> tuple[list[str], list[Style]]:
    shape = bars.stack(track, model.layout.bar_rows)
    playhead = _playhead_cell(model, track)
    columns = zip(shape.errors.tolist(), shape.warnings.tolist(), shape.tops.tolist(), strict=True)
    glyphs: list[str] = []
    styles: list[Style] = []
    for at, tops in enumerate(columns):
        glyph, style = bars.cell(look, tops, row, kind="bar" if at <= playhead else "ahead")
        glyphs.append(glyph)
        styles.append(style)
    glyphs[playhead], styles[playhead] = _playhead_glyph(look, int(shape.tops[playhead]) - row * 8)
    return glyphs, styles


def _playhead_glyph(look: Look, eighths: int) -> tuple[str, Style]:
    style = look.ink("accent", "b")
    if look.glyphs.stacks or eighths <= 0:
        return look.glyphs.playhead, style
    return look.glyphs.bars[min(eighths, 8) - 1], style


def _axis(per_second: float) -> str:
    return rate(per_second) if per_second < 10 or per_second >= 10_000 else f"{per_second:,.0f}"


def _ruler(model: Scrubber, width: int, look: Look) -> Strip:
    track = model.track
    assert track is not None
    compact = model.layout.compact
    length = track.window.length
    line = _row(model, width, look, _short(length) if compact else duration(rounded(length)))
    glyphs = [look.glyphs.rule] * track.width
    styles = [look.ink("faint")] * track.width
    for at, label in ruler.ticks(track.window, track.width, model.times):
        text = look.glyphs.tick + label
        if at + len(text) > track.width:
            continue
        for index, character in enumerate(text):
            glyphs[at + index] = character
            styles[at + index] = look.ink("muted" if index else "faint")
    if compact:
        for at, text, style in _placed(model, look):
            glyphs[at], styles[at] = text[0], style
    cell = _playhead_cell(model, track)
    glyphs[cell], styles[cell] = look.glyphs.ruler_playhead, look.ink("accent", "b")
    line.extend(cells(glyphs, styles)).skip(1)
    if not compact:
        line.put(ruler.per_cell(track.window, track.width), look.ink("muted"))
    return line.strip()


def rounded(nanos: Nanos) -> Nanos:
    """A length of time to the second, from ten minutes on to the minute."""
    unit = 10**9 if nanos < 6 * 10**11 else 6 * 10**10
    return round(nanos / unit) * unit if nanos >= 10**10 else nanos


def _short(nanos: Nanos) -> str:
    """A length of time in four cells: `2 m`, `8 m`, `36 h`."""
    for unit, name in ((86_400, "d"), (3_600, "h"), (60, "m"), (1, "s")):
        if nanos >= 2 * unit * 10**9 or (name != "d" and nanos == unit * 10**9):
            return f"{round(nanos / unit / 10**9)} {name}"
    return f"{round(nanos / 10**6)} ms"[:4] if nanos < 2 * 10**9 else "1 s"
