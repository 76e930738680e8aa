"""A line being typed: text and caret, changed only by making another."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

LONGEST: Final = 64 * 1024
"""Characters of a statement that the language takes."""


@dataclass(frozen=True, slots=True)
class Edited:
    """Text with a caret before character `caret`."""

    text: str = ""
    caret: int = 0

    @classmethod
    def at_end(cls, text: str) -> Edited:
        """The caret behind the text."""
        return cls(text, len(text))


def insert(edited: Edited, text: str) -> Edited | None:
    """Type or paste at the caret, line ends as blanks; None where it would be too long."""
    text = " ".join(text.splitlines()) if "\n" in text or "\r" in text else text
    if len(edited.text) + len(text) > LONGEST:
        return None
    head, tail = edited.text[: edited.caret], edited.text[edited.caret :]
    return Edited(head + text + tail, len(head) + len(text))


def press(edited: Edited, key: str) -> Edited | None:
    """The effect of an editing key; None for a key that does not edit."""
    text, caret = edited.text, edited.caret
    match key:
        case "left":
            return replace(edited, caret=max(caret - 1, 0))
        case "right":
            return replace(edited, caret=min(caret + 1, len(text)))
        case "home" | "ctrl+a":
            return replace(edited, caret=0)
        case "end" | "ctrl+e":
            return replace(edited, caret=len(text))
        case "ctrl+left":
            return replace(edited, caret=_word_start(text, caret))
        case "ctrl+right":
            return replace(edited, caret=_word_end(text, caret))
        case "backspace":
            return Edited(text[: max(caret - 1, 0)] + text[caret:], max(caret - 1, 0))
        case "delete":
            return Edited(text[:caret] + text[caret + 1 :], caret)
        case "ctrl+w":
            start = _word_start(text, caret)
            return Edited(text[:start] + text[caret:], start)
        case "ctrl+u":
            return Edited(text[caret:], 0)
        case "ctrl+k":
            return Edited(text[:caret], caret)
        case _:
            return None


def _word_start(text: str, caret: int) -> int:
    while caret and not text[caret - 1].isalnum():
        caret -= 1
    while caret and text[caret - 1].isalnum():
        caret -= 1
    return caret


def _word_end(text: str, caret: int) -> int:
    while caret < len(text) and not text[caret].isalnum():
        caret += 1
    while caret < len(text) and text[caret].isalnum():
        caret += 1
    return caret


@dataclass(frozen=True, slots=True)
class History:
    """Lines entered before; `at` counts back from the newest, 0 is the line being typed."""

    lines: tuple[str, ...] = ()
    at: int = 0
    draft: str = ""

    def entered(self, line: str) -> History:
        """With a new line, not twice in a row."""
        kept = self.lines if self.lines[-1:] == (line,) else (*self.lines, line)
        return History(kept[-1000:])

    def older(self, current: str) -> tuple[History, str]:
        """The line before; of lines that hold what was being typed, if any do, the one of those."""
        draft = current if self.at == 0 else self.draft
        for at in range(self.at + 1, len(self.lines) + 1):
            if self._meant(at, draft, current):
                return History(self.lines, at, draft), self.lines[-at]
        return self, current

    def newer(self, current: str) -> tuple[History, str]:
        """The line after, as `older` chooses; in the end what was being typed."""
        if self.at == 0:
            return self, current
        for at in range(self.at - 1, 0, -1):
            if self._meant(at, self.draft, current):
                return History(self.lines, at, self.draft), self.lines[-at]
        return History(self.lines, 0, self.draft), self.draft

    def _meant(self, at: int, draft: str, current: str) -> bool:
        sought = draft.casefold().strip()
        held = any(sought in line.casefold() for line in self.lines)
        line = self.lines[-at]
        return line != current and (not held or sought in line.casefold())
