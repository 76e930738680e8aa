"""What completion offers."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from traversion_engine.diagnostic import NOWHERE, Span


class Sort(StrEnum):
    """What a candidate is."""

    STATEMENT = "statement"
    EXAMPLE = "example"
    KEYWORD = "keyword"
    FIELD = "field"
    FUNCTION = "function"
    VALUE = "value"
    TIME = "time"
    EVENT = "event"
    DURATION = "duration"
    UNIT = "unit"
    OPERATOR = "operator"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A text that may be typed, and in a few words what it is."""

    text: str
    sort: Sort
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Completion:
    """What may stand at the caret.

    place: the part of the text that a candidate replaces, up to the caret; empty where no word is
    being typed. signature: of the statement, "" before there is one; part: the clause of it that
    the caret is in, empty where it is in none.
    """

    place: Span
    candidates: tuple[Candidate, ...]
    signature: str = ""
    part: Span = NOWHERE

    def taken(self, text: str, candidate: Candidate) -> tuple[str, int]:
        """The text with a candidate in its place, and where the caret stands then."""
        head = text[: self.place.start] + candidate.text
        return head + text[self.place.end :], len(head)
