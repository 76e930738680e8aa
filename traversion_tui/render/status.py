"""The status row: what is open, whether its lines add up, the moment on small screens, play."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from rich.style import Style
from textual.strip import Strip

from traversion_tui.formats import count, rate, size, speed
from traversion_tui.line import Line
from traversion_tui.scene import Loading
from traversion_tui.state import Follow
from traversion_tui.text import NOTHING, SafeText, width_of
from traversion_tui.theme import Look

_NO_GAPS: Final = "no gaps"
"""Said where the name has room all the same; gaps that there are are always told."""

_FOLDERS: Final = re.compile(r"(?<!\S)/\S*/(?=[^/\s])")
"""What stands before a file's name: in a sentence that has one row it takes all the room."""


@dataclass(frozen=True, slots=True)
class Status:
    """What the row tells; with a `clock`, that and the event stand in place of the sum of lines.

    gaps: stretches known to be missing. news: events that came since the newest was left.
    """

    name: SafeText
    loading: Loading
    zone: str
    memory: int
    playing: bool
    pace: float
    note: SafeText = NOTHING
    event: str = ""
    clock: str = ""
    follow: Follow = Follow.NONE
    news: int = 0
    gaps: int = 0
    redacted: bool = True

    @property
    def doubtful(self) -> bool:
        """Whether lines are missing or set aside: told by the mark where the sum has no room."""
        return self.loading.set_aside > 0 or self.gaps > 0


def paint_status(model: Status, width: int, look: Look) -> Strip:
    """One row on its own ground."""
    on = "surface"
    muted, text = look.ink("muted", on=on), look.ink("text", on=on)
    line = Line(width, text, look.glyphs.ellipsis).skip(1)
    wide = not model.clock
    warn = model.doubtful and not wide
    line.put("Traversion", look.ink("W" if warn else "accent", "b", on=on)).skip(2)
    if not model.redacted:
        line.put("NOT REDACTED", look.ink("W", "b", on=on)).skip(2)
    standing, badge = _standing(model, look)
    end = width - len(f"{standing[0]} {badge[0]}".rstrip()) - 1
    if model.note and not wide:
        line.put(model.note, text, room=end - len(model.clock) - line.at - 5)
        line.to(end - len(model.clock) - 3).put(model.clock, look.ink("accent", "b", on=on))
    elif model.note:
        line.put(model.name, look.ink("bright", on=on), room=(end - line.at) // 3).skip(3)
        line.put(model.note, text, room=end - line.at - 2)
    elif model.loading.trouble:
        told = _FOLDERS.sub("", model.loading.trouble)
        line.put(told, look.ink("E", "b", on=on), room=end - line.at - 2)
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
    line.to(end)
    for word, ink in (standing, badge):
        line.put(word, ink).skip(1)
    return line.strip()


def _standing(model: Status, look: Look) -> tuple[tuple[str, Style], tuple[str, Style]]:
    """What the playhead does, and how fast or how far behind it is."""
    bright, accent = (look.ink(role, "b", on="surface") for role in ("bright", "accent"))
    if model.follow is Follow.LIVE:
        return (f"{look.glyphs.play} LIVE", accent), ("", accent)
    pace = f"{look.glyphs.times}{speed(model.pace)}"
    if model.playing:
        return (f"{look.glyphs.play} PLAY", bright), (pace, bright)
    paused = f"{look.glyphs.pause} PAUSED", bright
    if model.follow is Follow.HELD and model.news:
        return paused, (f"+{count(model.news)} new", accent)
    return paused, (pace, bright)


def _sum(line: Line, model: Status, look: Look, end: int) -> None:
    on = "surface"
    muted = look.ink("muted", on=on)
    load = model.loading
    facts = f"{count(load.read)} read = {count(load.stored)}"
    aside = f"+ {count(load.set_aside)} aside"
    blank = f"+ {count(load.blank)} blank"
    roomy = line.width >= 120
    memory = size(model.memory) if model.memory and roomy else ""
    fixed = sum(map(len, (facts, aside, blank, model.zone))) + 3 * 3 + 2
    fixed += len(memory) + 3 if memory else 0
    spare = end - line.at - fixed - width_of(model.name)
    gaps = f"gaps {count(model.gaps)}" if model.gaps else ""
    if not gaps and roomy and spare >= len(_NO_GAPS) + 3:
        gaps = _NO_GAPS
    fixed += len(gaps) + 3 if gaps else 0
    line.put(model.name, look.ink("bright", on=on), room=max(end - line.at - fixed, 8)).skip(3)
    line.put(facts, muted).skip(1)
    line.put(aside, look.ink("W", on=on) if load.set_aside else muted).skip(1)
    line.put(blank, muted).skip(3)
    if gaps:
        line.put(gaps, look.ink("W", on=on) if model.gaps else muted).skip(3)
    line.put(model.zone, look.ink("text", on=on))
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
