"""Errors that point: a place in a text, what is wrong there, what was expected, a nearest match."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from traversion_data.safe import printable

_LONGEST_WORD = 64
_LEFT_OF_CARET = 100
_WIDEST_MARK = 80
_RIGHT_OF_CARET = 100


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A half-open place `[start, end)` in a text, in characters."""

    start: int
    end: int

    def to(self, other: Span) -> Span:
        """The place from this one's start to the other's end."""
        return Span(self.start, max(self.end, other.end))


NOWHERE = Span(0, 0)


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One error of one statement.

    Args:
        message: a sentence, or "" where `expected` says all.
        source: the whole text the span is in.
        span: the place; empty at the end of the text.
        expected: what could stand there, the most likely first.
        hint: a sentence that says what to write instead, or None.
    """

    message: str
    source: str
    span: Span
    expected: tuple[str, ...] = ()
    hint: str | None = None

    @property
    def line(self) -> int:
        """The 1-based line of the place."""
        return self.source.count("\n", 0, self.span.start) + 1

    @property
    def column(self) -> int:
        """The 1-based column of the place, in characters of its line."""
        return self.span.start - self._line_start + 1

    @property
    def _line_start(self) -> int:
        return self.source.rfind("\n", 0, self.span.start) + 1

    @property
    def sentence(self) -> str:
        """What is wrong, what was expected and the hint, without the text."""
        parts = [_stopped(self.message)] if self.message else []
        if self.expected:
            head = "Expected" if parts else "expected"
            parts.append(f"{head} {one_of(self.expected)}.")
        if self.hint:
            parts.append(self.hint)
        return printable(" ".join(parts))

    def render(self) -> str:
        """The line of the text, carets under the place and the sentence behind them.

        A text of several lines is shown by the one line concerned, under its line and column; of a
        very long line only the part around the place is shown.
        """
        begin = self._line_start
        newline = self.source.find("\n", self.span.start)
        end = len(self.source) if newline < 0 else newline
        start, stop = self.span.start, max(self.span.start, min(self.span.end, end))
        left = printable(_tail(self.source[begin:start]))
        mark = printable(_head(self.source[start:stop], _WIDEST_MARK))
        right = printable(_head(self.source[stop:end].rstrip(), _RIGHT_OF_CARET))
        carets = " " * _cells(left) + "^" * max(1, _cells(mark))
        text = f"{left}{mark}{right}\n{carets} {self.sentence}"
        if "\n" in self.source.strip():
            return f"line {self.line}, column {self.column}\n{text}"
        return text


class StatementError(Exception):
    """A statement that cannot be understood; the command line leaves with exit code 2."""

    def __init__(self, diagnostic: Diagnostic) -> None:
        super().__init__(diagnostic)
        self.diagnostic = diagnostic

    def __str__(self) -> str:
        return self.diagnostic.render()


class NotAvailableError(Exception):
    """A statement of the language that this version cannot answer; exit code 3."""

    def __init__(self, statement: str) -> None:
        super().__init__(f"{statement} is not available in this version.")
        self.statement = statement


def did_you_mean(*names: str) -> str | None:
    """The hint for the nearest names, None without any."""
    return f"Did you mean {one_of(names)}?" if names else None


def one_of(names: Iterable[str]) -> str:
    """`a, b or c`."""
    listed = list(names)
    if len(listed) < 2:
        return "".join(listed)
    return f"{', '.join(listed[:-1])} or {listed[-1]}"


def nearest(word: str, candidates: Iterable[str], limit: int = 3) -> tuple[str, ...]:
    """The candidates that `word` may be a slip of, best first, case ignored.

    One edit is allowed where the shorter of the two has up to four letters, else two; an edit
    inserts, deletes, replaces or swaps two neighbours. Ties go to a shared first letter, then to
    the nearer length, then to the alphabet.
    """
    typed = word.casefold()
    if not typed or len(typed) > _LONGEST_WORD:
        return ()
    found: list[tuple[int, bool, int, str]] = []
    for candidate in dict.fromkeys(candidates):
        name = candidate.casefold()
        if not name:
            continue
        allowed = 1 if min(len(typed), len(name)) <= 4 else 2
        if abs(len(typed) - len(name)) > allowed:
            continue
        distance = edit_distance(typed, name)
        if distance <= allowed:
            other_letter = typed[0] != name[0]
            found.append((distance, other_letter, abs(len(typed) - len(name)), candidate))
    return tuple(name for *_, name in sorted(found)[:limit])


def edit_distance(a: str, b: str) -> int:
    """Edits (insert, delete, replace, swap of neighbours) that turn `a` into `b`."""
    before: list[int] = []
    row = list(range(len(b) + 1))
    for i, left in enumerate(a, start=1):
        current = [i]
        for j, right in enumerate(b, start=1):
            cost = min(row[j] + 1, current[j - 1] + 1, row[j - 1] + (left != right))
            if i > 1 and j > 1 and left == b[j - 2] and a[i - 2] == right:
                cost = min(cost, before[j - 2] + 1)
            current.append(cost)
        before, row = row, current
    return row[-1]


def _stopped(sentence: str) -> str:
    return sentence if sentence.endswith((".", "?", "!")) else f"{sentence}."


def _cells(text: str) -> int:
    if text.isascii():
        return len(text)
    from wcwidth import wcswidth  # noqa: PLC0415 - its tables take a while and are seldom needed

    width = wcswidth(text)
    return width if width >= 0 else len(text)


def _tail(text: str) -> str:
    return text if len(text) <= _LEFT_OF_CARET else f"…{text[-_LEFT_OF_CARET:]}"


def _head(text: str, limit: int) -> str:
    return text if len(text) <= limit else f"{text[:limit]}…"
