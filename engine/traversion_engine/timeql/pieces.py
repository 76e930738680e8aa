"""The neutral form in which a parsed statement leaves the grammar, and its inner error."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from traversion_engine.diagnostic import Span


@dataclass(frozen=True, slots=True)
class Piece:
    """A named rule that matched: its place, its text without trailing blanks, its parts."""

    rule: str
    span: Span
    text: str
    children: tuple[Piece, ...] = ()

    def all(self, *rules: str) -> Iterator[Piece]:
        """The parts of these rules, in order."""
        return (child for child in self.children if child.rule in rules)

    def find(self, *rules: str) -> Piece | None:
        """The first part of these rules, if any."""
        return next(self.all(*rules), None)

    def one(self, *rules: str) -> Piece:
        """The first part of these rules, which the grammar demands."""
        return next(self.all(*rules))


class MisplacedError(Exception):
    """Something wrong at a place, before it is known which text the place is in."""

    def __init__(
        self,
        span: Span,
        message: str,
        expected: tuple[str, ...] = (),
        hint: str | None = None,
    ) -> None:
        super().__init__(message)
        self.span = span
        self.message = message
        self.expected = expected
        self.hint = hint


class ClauseInsteadError(MisplacedError):
    """An operator where only the clause of that word can be: `a = 1 BETWEEN t AND t`."""
