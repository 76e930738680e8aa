"""The first stage: text -> ast.Statement, or a StatementError that points."""

from __future__ import annotations

import re

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
    slip,
    terminals_at,
    words,
)
from traversion_engine.timeql.grammar import Attempt
from traversion_engine.timeql.habits import habit
from traversion_engine.timeql.pieces import MisplacedError, Piece
from traversion_engine.timeql.tokens import check, end_of_text, word_at

_SWALLOWERS = ("event_id", "field", "name", "alias_name", "service_name", "call_open")
"""Terminals that may take a mistyped keyword for a name."""


def parse(text: str) -> ast.Statement:
    """The statement that a text is.

    Raises:
        StatementError: it is none; the diagnostic says where and what was expected.
    """
    check(text)
    try:
        attempt = Attempt(text)
        query = attempt.query
        if query is None:
            raise StatementError(_diagnose(text, attempt, attempt.furthest()))
        piece = query.children[1]
        _refuse_repetition(piece)
        if missing(piece):
            raise StatementError(_diagnose(text, attempt, len(text)))
        return _explained(statement(piece), query.children[0])
    except MisplacedError as error:
        raise StatementError(
            Diagnostic(error.message, text, error.span, error.expected, error.hint)
        ) from None
    except RecursionError:
        message = "This is nested too deep to be read here"
        raise StatementError(Diagnostic(message, text, Span(0, len(text)))) from None


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
    return found if attempt.query is None else (*found, "the end")


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
    keyword = slip(_word(text, place), terminals)
    swallowed = attempt.matched_before(position, *_SWALLOWERS)
    if swallowed is not None:
        word = _word(text, swallowed.span)
        earlier = (*terminals_at(attempt, swallowed.span.start), swallowed.rule)
        meant = slip(word, earlier)
        nearer = keyword is None or _distance(_word(text, place), keyword) > 1
        if meant is not None and nearer:
            place, terminals, keyword = swallowed.span, earlier, meant
    hint = hint_for(keyword) or habit(text, place, terminals)
    if place.start == place.end:
        place = end_of_text(text)
    return Diagnostic("", text, place, shown(terminals, keyword), hint)


def _word(text: str, place: Span) -> str:
    found = re.match(r"[^\W\d]\w*", text[place.start : place.end])
    return found.group() if found else ""


def _distance(word: str, keyword: str) -> int:
    return edit_distance(word.casefold(), keyword.casefold())
