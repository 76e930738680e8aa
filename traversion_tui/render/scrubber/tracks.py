"""The rows of bars: the window's stacks, and the whole recording in one row."""

from __future__ import annotations

import numpy as np
from rich.style import Style
from textual.strip import Strip

from traversion_tui.formats import rate
from traversion_tui.line import cells
from traversion_tui.reading.density import Track
from traversion_tui.render import bars
from traversion_tui.render.scrubber.model import Scrubber, playhead_cell, rounded, row_of, short
from traversion_tui.theme import Look
from traversion_tui.transport import column


def overview_row(model: Scrubber, width: int, look: Look) -> Strip:
    """The whole recording in one row, the window between brackets."""
    track, window = model.overview, model.track
    assert track is not None
    assert window is not None
    compact = model.layout.compact
    whole = track.window
    label = "all" if compact else f"all {model.times.minute(whole.start):>6}"
    line = row_of(model, width, look, label)
    glyphs, styles = _one_row(
        model,
        track,
        look,
        column(whole, window.window.start, track.width),
        column(whole, window.window.end - 1, track.width),
    )
    line.extend(cells(glyphs, styles))
    line.put(look.glyphs.unloaded * (model.layout.width - track.width), look.ink("faint")).skip(1)
    if compact:
        line.put(short(whole.length), look.ink("muted"))
    else:
        end = whole.end + rounded(whole.length) - whole.length
        line.put(f"{model.times.minute(end)} {model.times.label}", look.ink("muted"))
    return line.strip()


def _one_row(
    model: Scrubber, track: Track, look: Look, first: int, last: int
) -> tuple[list[str], list[Style]]:
    heights = bars.stack(track, 1).tops
    colours = bars.worst(track)
    playhead = playhead_cell(model, track)
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
    for at in model.gaps[1]:
        on = "win" if first <= at <= last and not whole else "bg"
        glyphs[at], styles[at] = look.glyphs.gap, look.ink("W", on=on)
    for at, bracket in () if whole else ((first - 1, 0), (last + 1, 1)):
        place = min(max(at, 0), track.width - 1)
        glyphs[place], styles[place] = look.glyphs.window[bracket], look.ink("accent", "b")
    block = look.glyphs.playhead if look.glyphs.stacks else look.glyphs.bars[-1]
    glyphs[playhead], styles[playhead] = block, look.ink("accent", "b")
    return glyphs, styles


def bar_row(model: Scrubber, width: int, look: Look, row: int) -> Strip:
    """One row of the window's bars, counted from below."""
    track = model.track
    assert track is not None
    compact, top_row = model.layout.compact, model.layout.bar_rows - 1
    label = {top_row: "events/s", 0: "0"}.get(row, "") if not compact else "ev/s"
    if model.filtered and row == top_row:
        label = "filtered/s" if not compact else "filt"
    line = row_of(model, width, look, label)
    if compact:
        shape = bars.stack(track, 1)
        glyphs, styles = _compact_bars(model, track, look, shape.tops)
    else:
        glyphs, styles = _stacked(model, track, look, row)
    empty = track.totals == 0
    for at in model.gaps[0]:
        if (row == 0 or empty[at]) and at != playhead_cell(model, track):
            glyphs[at], styles[at] = look.glyphs.gap, look.ink("W")
    line.extend(cells(glyphs, styles)).skip(1)
    if row == top_row:
        line.put(_axis(track.peak_rate), look.ink("muted"))
    return line.strip()


def _compact_bars(
    model: Scrubber, track: Track, look: Look, tops: np.ndarray
) -> tuple[list[str], list[Style]]:
    colours = bars.worst(track)
    playhead = playhead_cell(model, track)
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
    playhead = playhead_cell(model, track)
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
