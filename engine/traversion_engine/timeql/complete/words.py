"""Candidates that the language itself has: keywords, operators, times, events, durations."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from traversion_data.model import Nanos
from traversion_data.store.view import StoreView
from traversion_engine.context import Context
from traversion_engine.timeql import keywords
from traversion_engine.timeql.complete.candidate import Candidate, Sort
from traversion_engine.timeql.registry import STATEMENTS
from traversion_engine.timeql.times import time_text

_HEADS: Final = {head.split()[0]: head for head in keywords.HEADS}
_COMPARISONS: Final = ("=", "!=", "<", "<=", ">", ">=", "~")
_CHANGES: Final = ("=", "*", "+", "-")
_OPERATOR_WORDS: Final = frozenset({"AND", "OR", "NOT", "IN", "BETWEEN", "LIKE", "CONTAINS", "IS"})
_DURATIONS: Final = ("30s", "1m", "5m", "15m", "1h", "1d")
_UNITS: Final = ("ms", "s", "m", "h", "d", "seconds", "minutes", "hours", "days")
_AMOUNT_UNITS: Final = ("%", "ms", "s", "m", "h", "KB", "MB", "GB", "KiB", "MiB", "GiB")
_TIMES: Final = {
    "now": "the end of the recording, or the clock while it is followed",
    "playhead": "the moment shown",
    "start": "the first event",
    "end": "behind the last event",
    "FIRST ERROR": "",
    "LAST ERROR": "",
    "'10 minutes ago'": "before now",
}
_EVENTS: Final = {"selected": "the event under the cursor", "FIRST ERROR": "", "LAST ERROR": ""}


def statements() -> Iterator[Candidate]:
    """Every statement that this version answers, and EXPLAIN."""
    for head in keywords.HEADS:
        info = STATEMENTS.get(head)
        if info is None:
            yield Candidate(head, Sort.STATEMENT, "How a statement is understood and answered.")
        elif info.available:
            yield Candidate(head, Sort.STATEMENT, info.meaning)


def examples() -> Iterator[Candidate]:
    """A whole statement of each kind."""
    for info in STATEMENTS.values():
        if info.available:
            yield Candidate(" ".join(info.examples[0].split()), Sort.EXAMPLE, info.meaning)


def keyword(label: str) -> Candidate | None:
    """The candidate of a keyword of the grammar; None for a label that is a kind."""
    if label != keywords.spelled(label) or not label.replace("_", "").isalpha():
        return None
    return Candidate(label, Sort.OPERATOR if label in _OPERATOR_WORDS else Sort.KEYWORD)


def is_head(label: str) -> bool:
    """Whether a keyword begins a statement."""
    return label in _HEADS


def comparisons() -> Iterator[Candidate]:
    """Signs that compare."""
    return (Candidate(sign, Sort.OPERATOR) for sign in _COMPARISONS)


def changes() -> Iterator[Candidate]:
    """Signs that change a field in WHAT IF."""
    return (Candidate(sign, Sort.OPERATOR) for sign in _CHANGES)


def durations() -> Iterator[Candidate]:
    """Lengths of time that are often asked for."""
    return (Candidate(text, Sort.DURATION) for text in _DURATIONS)


def time_units() -> Iterator[Candidate]:
    """What a number of a duration is in."""
    return (Candidate(text, Sort.UNIT) for text in _UNITS)


def amount_units() -> Iterator[Candidate]:
    """What a number that is compared may be in."""
    return (Candidate(text, Sort.UNIT) for text in _AMOUNT_UNITS)


def topics() -> Iterator[Candidate]:
    """What HELP knows."""
    return (Candidate(head, Sort.STATEMENT, info.meaning) for head, info in STATEMENTS.items())


def times(view: StoreView, context: Context) -> Iterator[Candidate]:
    """Bookmarks, words for moments, and the moments at hand as a clock shows them."""
    for name, mark in context.bookmarks.items():
        yield Candidate(_mark(name), Sort.TIME, mark.note or time_text(mark.time, context.zone))
    for word, detail in _TIMES.items():
        yield Candidate(word, Sort.TIME, detail)
    if view.height:
        at = context.playhead
        if at is not None:
            yield Candidate(_clock(at, context), Sort.TIME, "playhead")
        yield Candidate(_clock(view.bounds.start, context), Sort.TIME, "start")
        yield Candidate(_clock(view.bounds.end, context), Sort.TIME, "end")


def events() -> Iterator[Candidate]:
    """Words for events."""
    return (Candidate(word, Sort.EVENT, detail) for word, detail in _EVENTS.items())


def _mark(name: str) -> str:
    quoted = name.replace("'", "''")
    return f"@{name}" if name.isidentifier() else f"@'{quoted}'"


def _clock(at: Nanos, context: Context) -> str:
    return f"'{time_text(at, context.zone)}'"
