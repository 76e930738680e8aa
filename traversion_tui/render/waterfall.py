"""TRACE as a waterfall: the tree of spans, and each one's bar on the trace's own time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from rich.segment import Segment
from textual.strip import Strip

from traversion_data.model import MILLISECOND, Nanos
from traversion_tui.line import Line, cells
from traversion_tui.text import safe
from traversion_tui.theme import Look

ALL: Final = ("start ms", "took ms", "self ms")
"""Headers of the numbers; where room is short only the second."""

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Waterfall:
    """Columns of a waterfall, and the time that its bars span: from `start` `length` ns on."""

    name: int
    numbers: int
    bar: int
    step: int
    start: Nanos
    length: Nanos

    @classmethod
    def of(cls, width: int, deepest: int, start: Nanos, length: Nanos) -> Waterfall:
        """Start and self time are dropped before the bars are; deep trees are indented less."""
        numbers = len(ALL) if width >= 96 else 1
        name = min(max(width * 2 // 5, 20), 40)
        bar = max(width - name - numbers * 8 - 6, 6)
        step = 2 if deepest * 4 <= name else 1
        return cls(name, numbers, bar, step, start, max(length, 1))


def paint_head(width: int, look: Look, plan: Waterfall) -> Strip:
    """The header row with the length of the axis."""
    muted = look.ink("muted")
    line = Line(width, muted, look.glyphs.ellipsis).skip(1).column("span", muted, plan.name)
    titles = ALL if plan.numbers == len(ALL) else ALL[1:2]
    for title in titles:
        line.right(title, muted, line.at + 8)
    line.skip(2)
    end = f"{plan.length / MILLISECOND:,.0f} ms"
    line.put("0", muted).rule(
        look.glyphs.rule, look.ink("faint"), line.at + plan.bar - len(end) - 3
    )
    return line.skip(1).put(end, muted).strip()


def paint_span(
    row: Row, playhead: Nanos, width: int, look: Look, plan: Waterfall, *, selected: bool
) -> Strip:
    """One span. What the playhead has not reached is dim, and how it ended is not told."""
    on = "sel" if selected else "bg"
    start = int(row["time"])
    took = row["duration_ms"]
    end = start + round((took or 0) * MILLISECOND)
    ahead, ended = start > playhead, end <= playhead
    text = look.ink("future" if ahead else "text", on=on)
    line = Line(width, text, look.glyphs.ellipsis)
    line.put(look.glyphs.cursor if selected else " ", look.ink("accent", "b", on=on))
    edge = 1 + plan.name
    line.skip(min(plan.step * int(row["depth"]), plan.name // 2))
    name = look.ink("future" if ahead else "bright", on=on)
    line.put(safe(row["service"] or ""), name, room=edge - line.at - 1).skip(1)
    quiet = look.ink("future" if ahead else "muted", on=on)
    line.put(safe(row["operation"] or ""), quiet, room=edge - line.at - 1).to(edge)
    numbers = [row["start_ms"], took, row["self_ms"]] if plan.numbers == len(ALL) else [took]
    known = quiet if ended else look.ink("future", on=on)
    for number in numbers:
        shown = look.glyphs.minus if number is None else f"{number:,.0f}"
        line.right(shown, known, line.at + 8)
    line.skip(2)
    failed = row["status"] == "error" and ended
    glyph = look.glyphs.critical if row["critical"] else look.glyphs.span
    span = _Span(start, end, glyph, "E" if failed else "I", on)
    line.extend(_bar(span, playhead, look, plan)).skip(1)
    return line.put("E" if failed else " ", look.severity("E", on=on)).strip()


@dataclass(frozen=True, slots=True)
class _Span:
    """When a span runs, ns, and the palette's roles of its bar and its ground."""

    start: Nanos
    end: Nanos
    glyph: str
    letter: str
    on: str


def _bar(span: _Span, playhead: Nanos, look: Look, plan: Waterfall) -> list[Segment]:
    def cell(time: Nanos) -> int:
        return (time - plan.start) * plan.bar // plan.length

    first = min(max(cell(span.start), 0), plan.bar - 1)
    last = min(max(cell(max(span.end - 1, span.start)), first), plan.bar - 1)
    known = cell(playhead)
    glyphs = [" "] * plan.bar
    styles = [look.ink("text", on=span.on)] * plan.bar
    for at in range(first, last + 1):
        glyphs[at] = span.glyph
        styles[at] = look.ink(("bar" if at <= known else "ahead") + span.letter, on=span.on)
    if 0 <= known < plan.bar and glyphs[known] == " ":
        glyphs[known], styles[known] = look.glyphs.playhead, look.ink("accent", on=span.on)
    return cells(glyphs, styles)
