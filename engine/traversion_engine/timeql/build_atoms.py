"""Leaves of an expression: fields, numbers, texts, and what else stands for one value."""

from __future__ import annotations

from itertools import pairwise

from traversion_engine.diagnostic import Span
from traversion_engine.timeql import ast, literals
from traversion_engine.timeql.pieces import MisplacedError, Piece


def atom(piece: Piece) -> ast.Expression:
    """The node of a piece that is one value."""
    span, text = piece.span, piece.text
    match piece.rule:
        case "string":
            return ast.String(unquoted(text), span=span)
        case "field":
            return ast.Field(text, span=span)
        case "field_quoted":
            return ast.Field(unquoted(text), quoted=True, span=span)
        case "quantity":
            return quantity(piece)
        case "TRUE" | "FALSE":
            return ast.Boolean(piece.rule == "TRUE", span=span)
        case "NULL":
            return ast.Null(span=span)
        case "call_empty" | "call_star":
            return call(piece, (), span)
        case "value_ago":
            return ast.Ago(_compound(piece.children[:-1], span), span=span)
        case "value_seq":
            return ast.EventTime(sequence(piece), span=span)
        case "value_bookmark":
            return ast.Bookmark(bookmark_name(text), span=span)
        case _:
            return ast.TimeLiteral(" ".join(text.split()), span=span)


def quantity(piece: Piece) -> ast.Number | ast.Percent | ast.Duration:
    """A number, with what it is measured in."""
    parts = piece.children
    first, unit = parts[0], parts[1] if len(parts) > 1 else None
    amount = literals.number(first.text, first.span)
    if unit is None:
        return ast.Number(amount, None, first.text, span=piece.span)
    if unit.rule == "percent":
        return ast.Percent(amount, f"{first.text}%", span=piece.span)
    if len(parts) > 2:
        return _compound(parts, piece.span)
    return ast.Number(amount, literals.unit(unit.text), joined(parts), span=piece.span)


def call(piece: Piece, args: tuple[ast.Expression, ...], span: Span) -> ast.Call:
    """A call whose arguments are built."""
    name = piece.text.partition("(")[0]
    name = name.split("--")[0].rstrip()
    name_span = Span(piece.span.start, piece.span.start + len(name))
    star = piece.rule == "call_star"
    return ast.Call(name.lower(), args, star, span=span, name_span=name_span)


def duration(piece: Piece) -> ast.Duration:
    """The duration of a `duration` piece."""
    return _compound(piece.children, piece.span)


def sequence(piece: Piece) -> ast.SeqRef:
    """`#1234`, `#2:1234`."""
    source, colon, line = piece.text[1:].rpartition(":")
    number = literals.whole(source, piece.span) if colon else 1
    if number < 1:
        raise MisplacedError(piece.span, "Sources are numbered from 1")
    return ast.SeqRef(number - 1, literals.whole(line, piece.span), span=piece.span)


def bookmark_name(text: str) -> str:
    """The name behind `@`, quoted or plain."""
    return unquoted(text[1:]) if text.startswith("@'") else text[1:]


def unquoted(text: str) -> str:
    """What stands between quotes of either kind, doubled ones undone."""
    quote = text[0]
    return text[1:-1].replace(quote * 2, quote)


def joined(parts: tuple[Piece, ...]) -> str:
    """The texts of neighbours, one blank where there was any."""
    text = parts[0].text
    for before, part in pairwise(parts):
        text += f"{' ' if part.span.start > before.span.end else ''}{part.text}"
    return text


def _compound(parts: tuple[Piece, ...], span: Span) -> ast.Duration:
    for unit in parts[1::2]:
        if literals.unit(unit.text) not in literals.NS_PER:
            raise MisplacedError(unit.span, "This is no unit of time")
    if parts[0].text.startswith("-"):
        raise MisplacedError(span, "A duration is not negative")
    pairs = [(amount.text, unit.text) for amount, unit in zip(parts[::2], parts[1::2], strict=True)]
    return literals.duration(pairs, joined(parts), span)
