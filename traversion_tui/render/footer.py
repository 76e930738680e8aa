"""The footer: the keys that matter where the focus is."""

from __future__ import annotations

from collections.abc import Sequence

from textual.strip import Strip

from traversion_tui.keys import Keys
from traversion_tui.line import Line
from traversion_tui.scene import Pane
from traversion_tui.theme import Look

Hint = tuple[tuple[str, ...], str]

_COMMON: tuple[Hint, ...] = (
    (("play",), "play"),
    (("event_back", "event_forward"), "step"),
    (("next_error",), "next error"),
)
_LOG: tuple[Hint, ...] = (
    *_COMMON,
    (("detail",), "detail"),
    (("find",), "find"),
    (("filter_in",), "filter"),
    (("view",), "view"),
    (("prompt",), "TimeQL"),
    (("help",), "help"),
)
HINTS: dict[Pane, tuple[Hint, ...]] = {
    Pane.SCRUBBER: (
        *_COMMON,
        (("zoom_in_here", "zoom_out_here"), "zoom"),
        (("pan_left", "pan_right"), "pan"),
        (("fit",), "fit"),
        (("edge_a", "edge_b"), "edges"),
        (("help",), "help"),
    ),
    Pane.EVENTS: _LOG,
    Pane.STATE: _LOG,
    Pane.CHANGED: _LOG,
    Pane.WHY: (
        (("up", "down"), "choose"),
        (("detail",), "go to event"),
        (("to_cause", "to_effect"), "cause, effect"),
        (("next_error",), "next error"),
        (("prompt_pane",), "statement"),
        (("help",), "help"),
    ),
    Pane.VIEW: (
        *_COMMON,
        (("detail",), "go to event"),
        (("view",), "view"),
        (("filter_in",), "filter"),
        (("prompt_pane",), "statement"),
        (("help",), "help"),
    ),
    Pane.RESULT: (
        (("up", "down"), "choose"),
        (("detail",), "go to event"),
        (("filter_in",), "filter"),
        (("prompt_last",), "edit"),
        (("yank",), "copy"),
        (("leave",), "back"),
        (("help",), "help"),
    ),
}
PROMPT_HINTS = (("tab", "complete"), ("enter", "run"), ("up down", "earlier"), ("esc", "back"))
NARROW = (
    (("play",), "play"),
    (("event_back", "event_forward"), "step"),
    (("next_error",), "error"),
    (("next_pane",), "panes"),
    (("prompt",), "query"),
)


def paint_footer(pane: Pane, width: int, look: Look, keys: Keys) -> Strip:
    """As many hints as fit; help is never dropped."""
    if pane is Pane.PROMPT:
        return _paint(PROMPT_HINTS, None, width, look)
    hints = HINTS[pane] if width >= 100 else NARROW
    pairs = [(" ".join(filter(None, map(keys.first, ids))), label) for ids, label in hints]
    pairs = [(key, label) for key, label in pairs if key]
    id_, label = ("palette", "all keys") if width >= 100 else ("help", "help")
    last = (keys.first(id_), label)
    return _paint(pairs, last, width, look)


def paint_hints(hints: Sequence[tuple[str, str]], fact: str, width: int, look: Look) -> Strip:
    """A footer of keys, and what is to be told at its right end."""
    return _paint(hints, ("", fact) if fact else None, width, look)


def _paint(
    pairs: Sequence[tuple[str, str]], last: tuple[str, str] | None, width: int, look: Look
) -> Strip:
    line = Line(width, look.ink("text"), look.glyphs.ellipsis).skip(1)
    end = width - 1 - (len(f"{last[0]} {last[1]}") + 2 if last else 0)
    for keys, label in pairs:
        if line.at + len(keys) + len(label) + 1 > end:
            break
        line.put(keys, look.ink("bright", "b")).skip(1).put(label, look.ink("muted")).skip(3)
    if last:
        line.to(width - 1 - len(f"{last[0]} {last[1]}"))
        line.put(last[0], look.ink("bright", "b")).skip(1).put(last[1], look.ink("muted"))
    return line.strip()
