"""STACK and CALLS: what is open at the playhead, and who has been calling whom."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from textual.strip import Strip

from traversion_tui.formats import count, percent
from traversion_tui.line import Line
from traversion_tui.text import safe
from traversion_tui.theme import Look

DEEPEST: Final = 10
FAILING: Final = 0.05
"""Share of failed calls from which an edge is drawn as bad."""

Row = Mapping[str, Any]


def stack_head(width: int, look: Look) -> Strip:
    """The header row of STACK."""
    muted = look.ink("muted")
    line = Line(width, muted, look.glyphs.ellipsis).skip(1).put("open span", muted)
    return line.right("open ms", muted, width - 11).right("usual p99", muted, width - 1).strip()


def paint_open(row: Row, width: int, look: Look, *, selected: bool) -> Strip:
    """One open span; bright where it is open for longer than it usually takes."""
    on = "sel" if selected else "bg"
    usual, opened = row["usual_p99_ms"], row["open_ms"] or 0.0
    late = usual is not None and opened > usual
    line = Line(width, look.ink("text", on=on), look.glyphs.ellipsis)
    line.put(look.glyphs.cursor if selected else " ", look.ink("accent", "b", on=on))
    line.skip(2 * min(int(row["depth"]), DEEPEST))
    edge = width - 22
    line.put(safe(row["service"] or ""), look.ink("bright", on=on), room=edge - line.at).skip(1)
    line.put(safe(row["operation"] or ""), look.ink("muted", on=on), room=edge - line.at)
    if row["waiting_on"] and edge - line.at > 24:
        words = f"  waits for {row['waiting_on']}"
        line.put(safe(words), look.ink("future", "i", on=on), room=edge - line.at)
    line.right(f"{opened:,.0f}", look.ink("W" if late else "text", on=on), width - 11)
    shown = look.glyphs.minus if usual is None else f"{usual:,.0f}"
    return line.right(shown, look.ink("muted", on=on), width - 1).strip()


def map_head(width: int, look: Look, caller: int) -> Strip:
    """The header row of CALLS."""
    muted = look.ink("muted")
    line = Line(width, muted, look.glyphs.ellipsis).skip(1)
    line.column("caller", muted, caller).skip(1)
    line.put("callee and operation", muted, room=width - 31 - line.at)
    return _numbers(line, ("calls", "err %", "p50 ms", "p95 ms"), [muted] * 4).strip()


def paint_call(
    row: Row, width: int, look: Look, caller: int, *, first: bool, selected: bool
) -> Strip:
    """One edge; the caller stands in the first row of its group only."""
    on = "sel" if selected else "bg"
    line = Line(width, look.ink("text", on=on), look.glyphs.ellipsis)
    line.put(look.glyphs.cursor if selected else " ", look.ink("accent", "b", on=on))
    named = safe(row["caller"] or look.glyphs.minus) if first else safe("")
    line.column(named, look.ink("bright", on=on), caller).skip(1)
    edge = width - 30
    line.put(safe(row["callee"] or ""), look.ink("text", on=on), room=edge - line.at).skip(1)
    line.put(safe(row["operation"] or ""), look.ink("muted", on=on), room=edge - line.at)
    failed = row["error_rate"]
    bad = failed is not None and failed >= FAILING
    texts = (
        count(row["calls"] or 0),
        look.glyphs.minus if failed is None else percent(failed),
        *(look.glyphs.minus if row[key] is None else f"{row[key]:,.0f}" for key in ("p50", "p95")),
    )
    plain = look.ink("text", on=on)
    return _numbers(
        line, texts, [plain, look.ink("E" if bad else "text", on=on), plain, plain]
    ).strip()


def _numbers(line: Line, texts: tuple[str, ...], inks: list[Any]) -> Line:
    for text, ink, end in zip(texts, inks, (24, 17, 9, 1), strict=True):
        line.right(text, ink, line.width - end)
    return line
