"""Glyph tables: one cell each, and an ASCII table that says the same things."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Glyphs:
    """What the painters draw with. Every glyph is one cell, `pause` and `becomes` excepted."""

    cursor: str
    ahead: str
    flag: str
    playhead: str
    ruler_playhead: str
    window: tuple[str, str]
    onset: str
    anomaly: str
    bookmark: str
    tick: str
    rule: str
    column: str
    corner: str
    becomes: str
    repeats: str
    play: str
    pause: str
    ellipsis: str
    gap: str
    unloaded: str
    bars: str
    stacks: tuple[str, str, str] | None
    """Cell glyphs for error, warning and info bars where colour cannot tell them apart."""
    braille: bool
    healthy: str
    degraded: str
    failing: str
    silent: str
    branch: str
    last_branch: str
    trunk: str
    guess: str
    last_guess: str
    changed: str
    minus: str
    times: str
    prompt: str
    dot: str
    span: str
    critical: str


UNICODE: Final = Glyphs(
    cursor="▸",
    ahead="┊",
    flag="▼",
    playhead="│",
    ruler_playhead="┃",
    window=("[", "]"),
    onset="!",
    anomaly="◆",
    bookmark="'",
    tick="┴",
    rule="─",
    column="│",
    corner="┬",
    becomes="→",
    repeats="×",
    play="▶",
    pause="❚❚",
    ellipsis="…",
    gap="╱",
    unloaded="░",
    bars="▁▂▃▄▅▆▇█",
    stacks=None,
    braille=True,
    healthy="·",
    degraded="▲",
    failing="■",
    silent="○",
    branch="├─",
    last_branch="└─",
    trunk="│ ",
    guess="├┄",
    last_guess="└┄",
    changed="▎",
    minus="−",
    times="×",
    prompt="›",
    dot="·",
    span="━",
    critical="▆",
)

ASCII: Final = Glyphs(
    cursor=">",
    ahead=":",
    flag="V",
    playhead="|",
    ruler_playhead="|",
    window=("[", "]"),
    onset="!",
    anomaly="*",
    bookmark="'",
    tick="+",
    rule="-",
    column="|",
    corner="+",
    becomes="->",
    repeats="x",
    play=">",
    pause="||",
    ellipsis="~",
    gap="/",
    unloaded="?",
    bars=".......-",
    stacks=("#", "=", "-"),
    braille=False,
    healthy=".",
    degraded="!",
    failing="X",
    silent="o",
    branch="|-",
    last_branch="`-",
    trunk="| ",
    guess="|.",
    last_guess="`.",
    changed="*",
    minus="-",
    times="x",
    prompt=">",
    dot=".",
    span="=",
    critical="#",
)

SHADES: Final = ("█", "▓", "▒")
"""Error, warning and info bars without colour where the terminal has the glyphs."""
