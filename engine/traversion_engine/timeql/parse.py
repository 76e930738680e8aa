"""The first stage: text -> ast.Statement, or a StatementError that points."""

from __future__ import annotations

import re
from typing import Final

from traversion_engine.diagnostic import (
    Diagnostic,
    Span,
    StatementError,
    edit_distance,
)
from traversion_engine.timeql import ast
from traversion_engine.timeql.build_statements import statement
from traversion_engine.timeql.expected import (
    clause_key,
    clauses,
    hint_for,
    missing,
    shown,
    slips,
    terminals_at,
    words,
)
from traversion_engine.timeql.grammar import Attempt
from traversion_engine.timeql.habits import habit
from traversion_engine.timeql.pieces import ClauseInsteadError, MisplacedError, Piece
from traversion_engine.timeql.shapes import query_of
from traversion_engine.timeql.tokens import check, end_of_text, word_at

_SWALLOWERS: Final = ("event_id", "field", "name", "alias_name", "service_name", "call_open")
"""Terminals that may take a mistyped keyword for a name."""

_LONGEST_TRIED: Final = 4096


def parse(text: str) -> ast.Statement:
    """The statement that a text is.

    Raises:
        StatementError: it is none; the diagnostic says where and what was expected.
    """
    try:
        return _read(text)
    except MisplacedError as error:
        raise StatementError(
            Diagnostic(error.message, text, error.span, error.expected, error.hint)
        ) from None
    except RecursionError:
        message = "This is nested too deep to be read here"
        raise StatementError(Diagnostic(message, text, Span(0, len(text)))) from None


def _read(text: str) -> ast.Statement:
    query = query_of(text)
    if query is None:
        check(text)
        query = _checked(text, Attempt(text))
    try:
        return _built(query)
    except ClauseInsteadError as error:
        again = Attempt(text, clause_at=error.span.start)
        if again.query is None:
            raise
        return _built(_checked(text, again))


def _checked(text: str, attempt: Attempt) -> Piece:
    query = attempt.query
    if query is None:
        raise StatementError(_diagnose(text, attempt, attempt.furthest()))
    if missing(query.children[1]):
        _refuse_repetition(query.children[1])
        raise StatementError(_diagnose(text, attempt, len(text)))
    return query


def _built(query: Piece) -> ast.Statement:
    prefix, piece = query.children[:2]
    _refuse_repetition(piece)
    return _explained(statement(piece), prefix)


def expected_at(text: str, offset: int) -> tuple[str, ...]:
    """What may stand at `offset`, given the text before it; what follows is not looked at.

    Keywords (`WHERE`), kinds (`a time`, `a field`), operators and `the end`, in the order a person
    wants to read them; nothing where the text before is wrong already or a quote is open.
    """
    before = text[:offset]
    try:
        check(before)
        attempt = Attempt(before)
    except (StatementError, RecursionError):
        return ()
    if attempt.furthest() < offset:
        return ()
    found = words(terminals_at(attempt, offset))
    statement_piece = attempt.statement()
    if attempt.query is None or statement_piece is None or missing(statement_piece):
        return found
    return (*found, "the end")


def _explained(node: ast.Statement, prefix: Piece) -> ast.Statement:
    for word in reversed(prefix.children):
        node = ast.Explain(node, span=word.span.to(node.span))
    return node


def _refuse_repetition(piece: Piece) -> None:
    seen: set[str] = set()
    for clause in clauses(piece):
        key = clause_key(clause)
        if key in seen:
            word = clause.children[0]
            what = "A scope" if key == "scope" else word.text.upper()
            raise MisplacedError(word.span, f"{what} stands here a second time")
        seen.add(key)


def _diagnose(text: str, attempt: Attempt, position: int) -> Diagnostic:
    place = word_at(text, position)
    terminals = terminals_at(attempt, position)
    keyword = _meant(text, place, terminals)
    hint = hint_for(keyword) or habit(text, place, terminals)
    swallowed = attempt.matched_before(position, *_SWALLOWERS)
    if swallowed is not None and (keyword is None or _distance(text, place, keyword) > 1):
        earlier = (*terminals_at(attempt, swallowed.span.start), swallowed.rule)
        meant = _meant(text, swallowed.span, earlier)
        better = hint_for(meant) or (None if hint else habit(text, swallowed.span, earlier))
        if better is not None:
            place, terminals, keyword, hint = swallowed.span, earlier, meant, better
    if place.start == place.end:
        place = end_of_text(text)
    return Diagnostic("", text, place, shown(terminals, keyword), hint)


def _meant(text: str, place: Span, terminals: tuple[str, ...]) -> str | None:
    """The keyword a word is a slip of; of equally near ones the one that reads on furthest."""
    word = _word(text, place)
    found = slips(word, terminals)
    if len(found) < 2 or len(text) > _LONGEST_TRIED:
        return next(iter(found), None)
    rest = text[place.start + len(word) :]
    return max(found, key=lambda keyword: _reach(f"{text[: place.start]}{keyword}", rest))


def _reach(begin: str, rest: str) -> int:
    attempt = Attempt(begin + rest)
    if attempt.query is None:
        return attempt.furthest() - len(begin)
    try:
        statement(attempt.query.children[1])
    except MisplacedError as error:
        return error.span.start - len(begin)
    return len(rest) + 1


def _word(text: str, place: Span) -> str:
    found = re.match(r"[^\W\d]\w*", text[place.start : place.end])
    return found.group() if found else ""


def _distance(text: str, place: Span, keyword: str) -> int:
    return edit_distance(_word(text, place).casefold(), keyword.casefold())
