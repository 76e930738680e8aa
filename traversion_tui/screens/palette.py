"""All actions by name: type a part, choose, run."""

from __future__ import annotations

from typing import Final

from textual import events
from textual.screen import ModalScreen
from textual.strip import Strip

from traversion_tui.actions import ACTIONS, Action, Scope
from traversion_tui.editor import Edited, insert, press
from traversion_tui.formats import count
from traversion_tui.keys import Keys
from traversion_tui.line import Line
from traversion_tui.render.footer import paint_hints
from traversion_tui.text import safe
from traversion_tui.theme import Look
from traversion_tui.widgets.sheet import Then

ROOM_FOR_HELP: Final = 90
"""Cells from which on each action is explained in its row; below only the chosen one is."""


def matching(text: str) -> list[Action]:
    """Actions whose label has the typed letters in order: at a word's start first."""
    wanted = text.lower().replace(" ", "")
    if not wanted:
        return sorted(ACTIONS, key=_is_rarely_picked)
    found: list[tuple[bool, int, int, Action]] = []
    for index, action in enumerate(ACTIONS):
        label = action.label.lower()
        spread = _spread(wanted, label)
        if spread is not None:
            inside = f" {text.lower().strip()}" not in f" {label}"
            found.append((inside, spread, index, action))
    return [action for *_, action in sorted(found, key=lambda item: item[:3])]


def _is_rarely_picked(action: Action) -> bool:
    """What only has a meaning as a key comes last while nothing is typed."""
    return action.later or action.id.startswith("percent_") or action.id.endswith("_here")


def _spread(wanted: str, label: str) -> int | None:
    """How far apart the wanted letters stand in the label; None where one is missing."""
    at, first = -1, 0
    for index, letter in enumerate(wanted):
        at = label.find(letter, at + 1)
        if at < 0:
            return None
        first = at if index == 0 else first
    return at - first + first // 4


def _sentence(action: Action) -> str:
    where = "" if action.scope is Scope.GLOBAL else f" ({action.scope.value})"
    return action.help + where + (" Not in this version." if action.later else "")


class Palette(ModalScreen[None], inherit_bindings=False):
    """Hands the id of the action chosen to `then`, None where none was."""

    CSS = "Palette { background: $background; padding: 1 1; }"

    def __init__(self, look: Look, keys: Keys, then: Then) -> None:
        super().__init__()
        self._keys = keys
        self._then = then
        self._look = look
        self._edited = Edited()
        self._selected = 0

    def take_key(self, event: events.Key) -> None:
        """Type, choose, run or close."""
        found = matching(self._edited.text)
        match event.key:
            case "escape" | "ctrl+p":
                self._close(None)
            case "enter":
                self._close(found[self._selected].id if found else None)
            case "up":
                self._selected = max(self._selected - 1, 0)
            case "down":
                self._selected = min(self._selected + 1, max(len(found) - 1, 0))
            case key:
                typed = event.character if event.is_printable else None
                edited = press(self._edited, key) or (
                    insert(self._edited, typed) if typed else None
                )
                if edited is not None:
                    self._edited, self._selected = edited, 0
        self.refresh()

    def _close(self, id_: str | None) -> None:
        self.dismiss()
        self._then(id_)

    def render_line(self, y: int) -> Strip:
        """The text typed, then the actions that match it."""
        look, width = self._look, self.size.width
        found = matching(self._edited.text)
        if y == self.size.height - 1:
            hints = (("enter", "run"), ("up down", "choose"), ("esc", "back"))
            return paint_hints(hints, "", width, look)
        if y == self.size.height - 2 and width < ROOM_FOR_HELP and found:
            line = Line(width, look.ink("muted"), look.glyphs.ellipsis).skip(1)
            return line.put(_sentence(found[self._selected]), look.ink("muted")).strip()
        if y == 0:
            line = Line(width, look.ink("text", on="surface"), look.glyphs.ellipsis).skip(1)
            line.put(f"Action {look.glyphs.prompt} ", look.ink("accent", "b", on="surface"))
            line.put(safe(self._edited.text), look.ink("text", on="surface"))
            line.put(" ", look.ink("on_accent", on="accent"))
            fact = f"{count(len(found))} of {count(len(ACTIONS))} actions"
            return line.right(fact, look.ink("muted", on="surface"), width - 1).strip()
        room = max(self.size.height - 4, 1)
        index = y - 2 + max(self._selected - room + 1, 0)
        if not 2 <= y < 2 + room or not 0 <= index < len(found):
            return Line(width, look.ink("text")).strip()
        action, on = found[index], "sel" if index == self._selected else "bg"
        role, quiet = ("future", "future") if action.later else ("bright", "muted")
        line = Line(width, look.ink("text", on=on), look.glyphs.ellipsis)
        line.put(look.glyphs.cursor if on == "sel" else " ", look.ink("accent", "b", on=on)).skip(1)
        line.column(action.label, look.ink(role, on=on), 31).skip(1)
        line.column(self._keys.all_of(action.id), look.ink("text", on=on), 20).skip(1)
        if width >= ROOM_FOR_HELP:
            line.put(_sentence(action), look.ink(quiet, on=on), room=width - line.at - 1)
        return line.strip()
