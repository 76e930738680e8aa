"""WHY: the effect, then its causes, with the kind of evidence, confidence and lag of each link."""

from __future__ import annotations

from dataclasses import dataclass

from textual.strip import Strip

from traversion_tui.answers import Link
from traversion_tui.line import Line
from traversion_tui.theme import Look

DEEPEST = 12
"""Levels that are indented; deeper ones say their depth in a number."""


@dataclass(frozen=True, slots=True)
class WhyLayout:
    """Where the evidence columns start; 0 where there is room for the tree only."""

    evidence: int

    @classmethod
    def of(cls, width: int) -> WhyLayout:
        """Columns `evidence  conf lag ms` at the right edge."""
        return cls(width - 23 if width >= 44 else 0)


def paint_head(width: int, look: Look, layout: WhyLayout) -> Strip:
    """The header row."""
    muted = look.ink("muted")
    line = Line(width, muted, look.glyphs.ellipsis).skip(1).put("effect, then its causes", muted)
    if layout.evidence:
        line.to(layout.evidence).column("evidence", muted, 9)
        line.right("conf", muted, width - 8).right("lag ms", muted, width - 1)
    return line.strip()


def paint_link(link: Link, width: int, look: Look, layout: WhyLayout, *, selected: bool) -> Strip:
    """One row of the tree."""
    on = "sel" if selected else "bg"
    line = Line(width, look.ink("text", on=on), look.glyphs.ellipsis)
    end = (layout.evidence if link.kind and layout.evidence else width) - 1
    line.put(look.glyphs.cursor if selected else " ", look.ink("accent", "b", on=on))
    line.put(_branches(link, look), look.ink("muted" if link.guess else "text", on=on))
    line.put(link.letter, look.severity(link.letter, on=on)).skip(1)
    bold = "b" if link.depth == 0 else ""
    told = "muted" if link.letter in "ID" or link.seen else "text"
    line.put(link.service, look.ink("bright", bold, on=on), room=end - line.at).skip(1)
    line.put(link.text, look.ink(told, bold, on=on), room=end - line.at)
    if layout.evidence and link.kind:
        quiet = look.ink("muted" if link.guess else "text", "i" if link.guess else "", on=on)
        line.to(layout.evidence).column(link.kind, quiet, 9)
        plain = look.ink("muted" if link.guess else "text", on=on)
        if link.confidence is not None:
            line.right(f"{link.confidence:.2f}", plain, width - 8)
        if link.lag_ms is not None:
            line.right(lag(link.lag_ms), plain, width - 1)
    return line.strip()


def lag(milliseconds: float) -> str:
    """`5,011`; `<1` when it is not zero but reads so; from a million on in seconds."""
    if abs(milliseconds) >= 1_000_000:
        return f"{milliseconds / 1000:,.0f} s"
    return "<1" if 0 < milliseconds < 0.5 else f"{milliseconds:,.0f}"


def _branches(link: Link, look: Look) -> str:
    if link.depth == 0:
        return ""
    glyphs = look.glyphs
    above, own = link.trunk[:-1], link.trunk[-1:]
    shown = above[-DEEPEST:]
    indent = "".join(f"{glyphs.trunk} " if more else "   " for more in shown)
    more = bool(own and own[0])
    if link.guess:
        corner = glyphs.guess if more else glyphs.last_guess
    else:
        corner = glyphs.branch if more else glyphs.last_branch
    number = f"{link.depth} " if len(above) > DEEPEST else ""
    return f"{indent}{corner} {number}"
