"""What is checked on the bare text before any grammar runs: size, NUL, open quotes, depth."""

from __future__ import annotations

import re
from typing import Final

from traversion_engine.diagnostic import Diagnostic, Span, StatementError

MAX_BYTES: Final = 64 * 1024
MAX_DEPTH: Final = 64

_TOKEN: Final = re.compile(
    r"""'(?:[^']|'')*(?P<single>')?
      | "(?:[^"]|"")*(?P<double>")?
      | --[^\n]*
      | (?P<open>(?!(?i:AND|OR|NOT|IN|EXPLAIN)\b)(?:[^\W\d]\w*(?:[.\-]\w+)*\s*)?\()
      | (?P<close>\))
      | (?P<word>[^\W\d]\w*(?:[.\-]\w+)*)
      | \s+
      | .""",
    re.VERBOSE | re.DOTALL,
)
_WORD_AT: Final = re.compile(
    r"""'(?:[^']|'')*'? | "(?:[^"]|"")*"? | [^\W\d]\w*(?:[.\-]\w+)* | [\w.:]+
      | [=<>!~&|]+ | .""",
    re.VERBOSE | re.DOTALL,
)


def check(text: str) -> None:
    """Refuse a text that must not reach the grammar.

    Raises:
        StatementError: over 64 KiB, a NUL, a quote that is never closed, or more than 64 levels of
            brackets, calls, NOT and EXPLAIN.
    """
    if len(text) > MAX_BYTES or len(text.encode("utf-8", "surrogatepass")) > MAX_BYTES:
        raise _error(text, Span(0, 0), "A statement has at most 64 KiB", None)
    nul = text.find("\0")
    if nul >= 0:
        raise _error(text, Span(nul, nul + 1), "A statement cannot hold the character NUL", None)
    _check_tokens(text)


def _check_tokens(text: str) -> None:
    explains = 0
    negations = 0
    levels: list[int] = []
    for token in _TOKEN.finditer(text):
        place = Span(token.start(), token.end())
        mark = Span(token.start(), token.start() + 1)
        first = token.group()[0]
        if first == "'" and token["single"] is None:
            raise _error(text, mark, "This text is not closed", "Close it with '.")
        if first == '"' and token["double"] is None:
            raise _error(text, mark, "This name is not closed", 'Close it with ".')
        word = (token["word"] or "").upper()
        if token["open"]:
            levels.append(1 + negations)
            negations = 0
        elif token["close"]:
            negations = 0
            if levels:
                levels.pop()
        elif word == "EXPLAIN":
            explains += 1
        elif word == "NOT":
            negations += 1
        elif not first.isspace() and not token.group().startswith("--"):
            negations = 0
        if explains + sum(levels) + negations > MAX_DEPTH:
            message = f"This is nested deeper than {MAX_DEPTH} levels"
            raise _error(text, place, message, None)


def word_at(text: str, position: int) -> Span:
    """The word, number, quoted text or operator that begins at `position`; empty at the end."""
    found = _WORD_AT.match(text, position)
    return Span(position, found.end() if found and position < len(text) else position)


def end_of_text(text: str) -> Span:
    """Where something missing at the end would stand: one blank behind the last word."""
    used = len(text.rstrip())
    return Span(min(len(text), used + 1), min(len(text), used + 1))


def _error(text: str, span: Span, message: str, hint: str | None) -> StatementError:
    return StatementError(Diagnostic(message, text, span, (), hint))
