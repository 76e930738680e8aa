"""The rows of marks and ticks, the playhead's flag among them."""

from __future__ import annotations

from collections.abc import Sequence

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


def _hits(model: Scrubber, look: Look) -> list[tuple[int, str, Style]]:
    """The same of the events that a statement chose; they give way to all marks."""
    assert model.track is not None
    now = playhead_cell(model, model.track)
    inks = look.ink("text"), look.ink("future")
    return [(at, look.glyphs.anomaly, inks[at > now]) for at in sorted(model.hits)]


def flag_row(model: Scrubber, width: int, look: Look) -> Strip:
    """Marks of the window, and the playhead's flag with its time."""
    assert model.track is not None
    line = row_of(model, width, look, "marks")
    room = width - model.layout.left
    glyphs = [" "] * room
    styles = [look.ink("text")] * room
    placed = _placed(model, look)
    for at, text, style in (*_hits(model, look), *placed):
        for index, character in enumerate(text):
            if at + index < room:
                glyphs[at + index], styles[at + index] = character, style
    start, text = _flag(model, look, [(at, name) for at, name, _ in placed], room)
    flag = look.ink("on_accent", "b", on="accent")
    for index, character in enumerate(text[: room - start]):
        glyphs[start + index], styles[start + index] = character, flag
    return line.extend(cells(glyphs, styles)).strip()


def _flag(
    model: Scrubber, look: Look, placed: Sequence[tuple[int, str]], room: int
) -> tuple[int, str]:
    """Where the flag starts and what it says: it names the marks of its cell and covers no other.

    It hangs to the right where both sides are free, or neither is.
    """
    assert model.track is not None
    cell = playhead_cell(model, model.track)
    clock = model.times.clock(model.playhead)
    here = "".join(f"{name} " for at, name in placed if at == cell)
    right, left = f"{look.glyphs.flag} {here}{clock} ", f" {clock} {here}{look.glyphs.flag}"
    start = cell - len(left) + 1
    hidden = any(cell < at < cell + len(right) for at, _ in placed)
    free = start >= 0 and not any(start < at + len(name) and at < cell for at, name in placed)
    if cell + len(right) > room or (hidden and free):
        return max(start, 0), left
    return cell, right


def ruler_row(model: Scrubber, width: int, look: Look) -> Strip:
    """Ticks at round times; on small screens the marks stand here too."""
    track = model.track
    assert track is not None
    compact = model.layout.compact
    length = track.window.length
    line = row_of(model, width, look, short(length) if compact else duration(rounded(length)))
    glyphs = [look.glyphs.rule] * track.width
    styles = [look.ink("faint")] * track.width
    cell = playhead_cell(model, track)
    placed = [*_hits(model, look), *_placed(model, look)] if compact else []
    taken = {cell, *(at for at, _, _ in placed)}
    for at, label in ruler.ticks(track.window, track.width, model.times):
        text = look.glyphs.tick + label
        if at + len(text) > track.width:
            continue
        if taken & set(range(at + 1, at + len(text))):
            text = look.glyphs.tick
        for index, character in enumerate(text):
            glyphs[at + index] = character
            styles[at + index] = look.ink("muted" if index else "faint")
    for at, text, style in placed:
        glyphs[at], styles[at] = text[0], style
    glyphs[cell], styles[cell] = look.glyphs.ruler_playhead, look.ink("accent", "b")
    line.extend(cells(glyphs, styles)).skip(1)
    if not compact:
        line.put(ruler.per_cell(track.window, track.width), look.ink("muted"))
    return line.strip()
