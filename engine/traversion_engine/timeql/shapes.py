"""Statements that differ only in what stands between single quotes are read once.

Who scrubs asks the same again and again at other times. No rule of the grammar looks into a text
in single quotes, so all statements of one shape have the same pieces at the same places.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from traversion_engine.diagnostic import StatementError
from traversion_engine.timeql.expected import missing
from traversion_engine.timeql.grammar import Attempt
from traversion_engine.timeql.pieces import Piece
from traversion_engine.timeql.tokens import check

_LONGEST: Final = 1024
_QUOTED: Final = re.compile(r"""'(?:[^']|'')*+' | "(?:[^"]|"")*+" | --[^\n]*+""", re.VERBOSE)


def query_of(text: str) -> Piece | None:
    """The piece of a whole statement; None where the text is none, lacks a clause, or is long."""
    if len(text) > _LONGEST or "\0" in text:
        return None
    query = _query_of_shape(_QUOTED.sub(_blanked, text))
    return None if query is None else _filled(query, text)


@lru_cache(maxsize=256)
def _query_of_shape(shape: str) -> Piece | None:
    try:
        check(shape)
    except StatementError:
        return None
    query = Attempt(shape).query
    return None if query is None or missing(query.children[1]) else query


def _blanked(quoted: re.Match[str]) -> str:
    found = quoted[0]
    return f"'{'.' * (len(found) - 2)}'" if found[0] == "'" else found


def _filled(piece: Piece, text: str) -> Piece:
    """The piece with the text that stands there in place of the shape's."""
    if "'" in piece.text:
        there = text[piece.span.start : piece.span.end]
        return Piece(piece.rule, piece.span, there)
    if not piece.children:
        return piece
    children = tuple([_filled(child, text) for child in piece.children])
    return Piece(piece.rule, piece.span, piece.text, children)
