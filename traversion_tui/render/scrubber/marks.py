"""The rows of marks and ticks, the playhead's flag among them."""

from __future__ import annotations

from rich.style import Style
from textual.strip import Strip

from traversion_data.model import Nanos
from traversion_tui.formats import duration
from traversion_tui.line import cells
from traversion_tui.render import ruler
from traversion_tui.render.scrubber.model import Scrubber, playhead_cell, rounded, row_of, short
from traversion_tui.theme import Look
from traversion_tui.transport import column


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


def flag_row(model: Scrubber, width: int, look: Look) -> Strip:
    """Marks of the window, and the playhead's flag with its time."""
    assert model.track is not None
    line = row_of(model, width, look, "marks")
    room = width - model.layout.left
    glyphs = [" "] * room
    styles = [look.ink("text")] * room
    for at, text, style in _placed(model, look):
        for index, character in enumerate(text):
            if at + index < room:
                glyphs[at + index], styles[at + index] = character, style
    cell = playhead_cell(model, model.track)
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


def ruler_row(model: Scrubber, width: int, look: Look) -> Strip:
    """Ticks at round times; on small screens the marks stand here too."""
    track = model.track
    assert track is not None
    compact = model.layout.compact
    length = track.window.length
    line = row_of(model, width, look, short(length) if compact else duration(rounded(length)))
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
    cell = playhead_cell(model, track)
    glyphs[cell], styles[cell] = look.glyphs.ruler_playhead, look.ink("accent", "b")
    line.extend(cells(glyphs, styles)).skip(1)
    if not compact:
        line.put(ruler.per_cell(track.window, track.width), look.ink("muted"))
    return line.strip()
