"""The status row: what is open, whether its lines add up, the moment on small screens, play."""

from __future__ import annotations

from dataclasses import dataclass

from textual.strip import Strip

from traversion_tui.formats import count, rate, size, speed
from traversion_tui.line import Line
from traversion_tui.scene import Loading
from traversion_tui.text import NOTHING, SafeText
from traversion_tui.theme import Look


@dataclass(frozen=True, slots=True)
class Status:
    """What the row tells; with a `clock`, that and the event stand in place of the sum of lines."""

    name: SafeText
    loading: Loading
    zone: str
    memory: int
    playing: bool
    pace: float
    note: SafeText = NOTHING
    event: str = ""
    clock: str = ""

    @property
    def doubtful(self) -> bool:
        """Whether lines were set aside: the name's mark says so where the sum has no room."""
        return self.loading.set_aside > 0


def paint_status(model: Status, width: int, look: Look) -> Strip:
    """One row on its own ground."""
    on = "surface"
    muted, text = look.ink("muted", on=on), look.ink("text", on=on)
    line = Line(width, text, look.glyphs.ellipsis).skip(1)
    wide = not model.clock
    warn = model.doubtful and not wide
    line.put("Traversion", look.ink("W" if warn else "accent", "b", on=on)).skip(2)
    pace = f"{look.glyphs.times}{speed(model.pace)}"
    word, glyph = ("PLAY", look.glyphs.play) if model.playing else ("PAUSED", look.glyphs.pause)
    end = width - len(f"{glyph} {word} {pace}") - 1
    if model.note and not wide:
        line.put(model.note, text, room=end - len(model.clock) - line.at - 5)
        line.to(end - len(model.clock) - 3).put(model.clock, look.ink("accent", "b", on=on))
    elif model.note:
        line.put(model.name, look.ink("bright", on=on), room=(end - line.at) // 3).skip(3)
        line.put(model.note, text, room=end - line.at - 2)
    elif not model.loading.done:
        line.put(model.name, look.ink("bright", on=on), room=(end - line.at) // 3).skip(3)
        _loading(line, model.loading, look, end)
    elif model.loading.failure:
        line.put(model.name, look.ink("bright", on=on), room=(end - line.at) // 3).skip(3)
        line.put(model.loading.failure, look.ink("E", on=on), room=end - line.at - 2)
    elif wide:
        _sum(line, model, look, end)
    else:
        tail = f"{model.event}  {model.clock}"
        room = end - len(tail) - line.at - 4
        line.put(model.name, look.ink("bright", on=on), room=room)
        line.to(end - len(tail) - 3).put(model.event, muted).skip(2)
        line.put(model.clock, look.ink("accent", "b", on=on))
    line.right(f"{glyph} {word} ", look.ink("bright", "b", on=on), width - len(pace) - 1)
    return line.put(pace, look.ink("bright", "b", on=on)).strip()


def _sum(line: Line, model: Status, look: Look, end: int) -> None:
    on = "surface"
    muted = look.ink("muted", on=on)
    load = model.loading
    facts = f"{count(load.read)} read = {count(load.stored)}"
    aside = f"+ {count(load.set_aside)} aside"
    blank = f"+ {count(load.blank)} blank"
    memory = size(model.memory) if model.memory and line.width >= 120 else ""
    fixed = sum(map(len, (facts, aside, blank, model.zone))) + 3 * 3 + 2
    fixed += len(memory) + 3 if memory else 0
    line.put(model.name, look.ink("bright", on=on), room=max(end - line.at - fixed, 8)).skip(3)
    line.put(facts, muted).skip(1)
    line.put(aside, look.ink("W", on=on) if load.set_aside else muted).skip(1)
    line.put(blank, muted).skip(3).put(model.zone, look.ink("text", on=on))
    if memory and line.at + len(memory) + 3 < end:
        line.right(memory, muted, end - 3)


def _loading(line: Line, load: Loading, look: Look, end: int) -> None:
    on = "surface"
    muted, text = look.ink("muted", on=on), look.ink("text", on=on)
    share = "loading" if load.share is None else f"loading {load.share:.0%}"
    parts = (
        (share, text),
        (f"{count(load.stored)} rows", text),
        (f"{rate(load.rows_per_second)} rows/s", muted),
        (f"{size(round(load.bytes_per_second))}/s", muted),
        ("ctrl+c stops", muted),
    )
    for words, ink in parts:
        if line.at + len(words) + 2 < end:
            line.put(words, ink).skip(3)
