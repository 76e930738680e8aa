"""The prompt's row, with the error of the last statement under it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.style import Style
from textual.strip import Strip

from traversion_tui.editor import Edited
from traversion_tui.line import Line, cells
from traversion_tui.reading.highlight import highlight
from traversion_tui.text import NOTHING, SafeText, safe, width_of
from traversion_tui.theme import Look

LABELS = {"timeql": "TimeQL", "goto": "Go to", "find": "Find"}

NOTE = "note"
"""The mode of a note, before the mark's letter."""


@dataclass(frozen=True, slots=True)
class Prompt:
    """What the prompt shows. `facts` stand at the right: rows and time of the last answer."""

    mode: str
    edited: Edited
    focused: bool
    facts: str = ""
    hint: SafeText = NOTHING
    error: tuple[SafeText, ...] = ()


def paint_prompt(model: Prompt, width: int, look: Look) -> list[Strip]:
    """The row typed into, then the error's rows; a caret stands under the text as it was typed."""
    caret = _caret_under(model, width)
    rows = (safe(" " * len(_label(model, look)) + caret),) if caret else model.error
    return [_typed(model, width, look), *_error(rows, width, look)]


def error_rows(model: Prompt, width: int) -> int:
    """How many rows the error takes."""
    return 1 if _caret_under(model, width) else len(model.error)


def _label(model: Prompt, look: Look) -> str:
    label = LABELS.get(model.mode) or f"Note for mark {model.mode.removeprefix(NOTE).strip()}"
    return f"{label} {look.glyphs.prompt} "


def _caret_under(model: Prompt, width: int) -> str:
    """The row of carets where it can stand under what is typed, without a copy of the text."""
    if len(model.error) != 2 or model.error[0] != model.edited.text:
        return ""
    return model.error[1] if width_of(model.error[1]) < width - 12 else ""


def _typed(model: Prompt, width: int, look: Look) -> Strip:
    on = "surface"
    line = Line(width, look.ink("text", on=on), look.glyphs.ellipsis).skip(1)
    line.put(_label(model, look), look.ink("accent", "b", on=on))
    end = width - len(model.facts) - 4 if model.facts else width - 1
    if not model.edited.text and not model.focused:
        line.put(model.hint, look.ink("muted", on=on), room=end - line.at)
    else:
        _text(line, model, look, end - line.at)
    if model.facts:
        line.right(model.facts, look.ink("muted", on=on), width - 1)
    return line.strip()


def _text(line: Line, model: Prompt, look: Look, room: int) -> None:
    on = "surface"
    plain = look.ink("text", on=on)
    text = model.edited.text
    shown = [str(safe(c)) if not c.isprintable() else c for c in text]
    styles: list[Style] = [plain] * len(text)
    if model.mode == "timeql":
        for start, stop, role in highlight(text):
            style = look.ink(role, "b" if role == "accent" else "", on=on)
            styles[start:stop] = [style] * (stop - start)
    carets = model.error[1] if _caret_under(model, line.width) else ""
    if "^" in carets:
        start, stop = carets.index("^"), carets.rindex("^") + 1
        styles[start:stop] = [look.ink("E", "u", on=on)] * len(styles[start:stop])
    if model.focused:
        shown.append(" ")
        styles.append(plain)
        styles[model.edited.caret] = look.ink("on_accent", on="accent")
    first = _first_shown(shown, model.edited.caret if model.focused else 0, room)
    last, used = first, 0
    while last < len(shown) and used + width_of(shown[last]) <= room:
        used += width_of(shown[last])
        last += 1
    line.extend(cells(shown[first:last], styles[first:last]))


def _first_shown(shown: Sequence[str], caret: int, room: int) -> int:
    """The first character to show, so that the caret stays inside the room."""
    first, used = caret, width_of(shown[caret]) if caret < len(shown) else 0
    while first > 0 and used + width_of(shown[first - 1]) <= room:
        first -= 1
        used += width_of(shown[first])
    return first


def _error(lines: Sequence[SafeText], width: int, look: Look) -> list[Strip]:
    strips: list[Strip] = []
    for index, text in enumerate(lines):
        line = Line(width, look.ink("text"), look.glyphs.ellipsis).skip(1)
        role = "E" if index == len(lines) - 1 else "muted"
        strips.append(line.put(text, look.ink(role), room=width - 2).strip())
    return strips
