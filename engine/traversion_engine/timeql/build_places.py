"""Times, events and scopes: from pieces to nodes."""

from __future__ import annotations

from typing import Final, cast

from traversion_engine.timeql import ast, keywords, literals
from traversion_engine.timeql.build_atoms import bookmark_name, duration, sequence, unquoted
from traversion_engine.timeql.build_expressions import predicate
from traversion_engine.timeql.pieces import MisplacedError, Piece

EDGE_KIND_RULES: Final = tuple(kind.upper() for kind in keywords.EDGE_KINDS)
_A_TIME_LOOKS_SO: Final = "Write '2024-01-15 15:47:23', '15:47', '10 minutes ago' or now."


def time(piece: Piece) -> ast.TimeExpr:
    """The time of a `time` piece."""
    base = piece.children[0]
    offset = piece.find("offset")
    shift = 0
    if offset is not None:
        shift = duration(offset.one("duration")).ns
        shift = -shift if offset.one("sign").text == "-" else shift
    if base.rule == "time_string":
        return _quoted_time(base, shift, piece)
    span = piece.span
    match base.rule:
        case "time_date" | "time_clock" | "time_epoch":
            written = " ".join(base.text.split())
            return ast.TimeLiteral(written, offset_ns=shift, span=span)
        case "ago":
            length = duration(Piece("duration", base.span, "", base.children[:-1]))
            return ast.Ago(length, offset_ns=shift, span=span)
        case "NOW" | "PLAYHEAD" | "START" | "END":
            return literals.time_word(base.rule, shift, span)
        case "bookmark":
            return ast.Bookmark(bookmark_name(base.text), offset_ns=shift, span=span)
        case _:
            return ast.EventTime(event(base), offset_ns=shift, span=span)


def _quoted_time(base: Piece, shift: int, piece: Piece) -> ast.TimeExpr:
    text = unquoted(base.text)
    found = literals.time_from_text(text, base.span)
    if found is None:
        if not text.strip() or " " in text.strip():
            raise MisplacedError(base.span, "This is not a time", hint=_A_TIME_LOOKS_SO)
        reference = ast.IdRef(text, quoted=True, span=base.span)
        return ast.EventTime(reference, offset_ns=shift, span=piece.span)
    if shift == 0:
        return found
    if found.offset_ns != 0:
        raise MisplacedError(piece.span, "This time has two offsets", hint="Write one of them.")
    return _shifted(found, shift, piece)


def _shifted(found: ast.TimeExpr, shift: int, piece: Piece) -> ast.TimeExpr:
    span = piece.span
    match found:
        case ast.TimeLiteral(text):
            return ast.TimeLiteral(text, offset_ns=shift, span=span)
        case ast.Ago(length):
            return ast.Ago(length, offset_ns=shift, span=span)
        case ast.Bookmark(name):
            return ast.Bookmark(name, offset_ns=shift, span=span)
        case ast.EventTime(reference):
            return ast.EventTime(reference, offset_ns=shift, span=span)
        case _:
            return type(found)(offset_ns=shift, span=span)


def event(piece: Piece) -> ast.EventRef:
    """The event of an `event` piece, or of the piece within it."""
    found = piece.children[0] if piece.rule == "event" else piece
    span = found.span
    match found.rule:
        case "seq":
            return sequence(found)
        case "event_string":
            return ast.IdRef(unquoted(found.text), quoted=True, span=span)
        case "SELECTED":
            return ast.Selected(span=span)
        case "first_error":
            return ast.FirstError(span=span)
        case "last_error":
            return ast.LastError(span=span)
        case "first_match":
            return ast.FirstMatch(predicate(found.one("expr")), span=span)
        case "event_word":
            return ast.EventWord(found.text, span=span)
        case _:
            return ast.IdRef(found.text, span=span)


def moment(statement: Piece) -> ast.TimeExpr | ast.EventRef:
    """GOTO's target: an event that is not shifted stays an event."""
    bare = statement.find("event_id")
    if bare is not None:
        return event(bare)
    found = time(statement.one("time"))
    if isinstance(found, ast.EventTime) and found.offset_ns == 0:
        return found.event
    return found


def scope(statement: Piece) -> ast.Scope | None:
    """The scope of a statement, if it has one."""
    piece = next((part for part in statement.children if part.rule.startswith("scope_")), None)
    if piece is None:
        return None
    span = piece.span
    times = [time(part) for part in piece.all("time")]
    match piece.rule:
        case "scope_from":
            return ast.FromTo(times[0], times[1] if len(times) > 1 else None, span=span)
        case "scope_since":
            return ast.Since(times[0], span=span)
        case "scope_to":
            return ast.To(times[0], span=span)
        case "scope_between":
            return ast.BetweenTimes(times[0], times[1], span=span)
        case "scope_last":
            return ast.Last(duration(piece.one("duration")), span=span)
        case _:
            radius = piece.find("duration")
            return ast.Around(times[0], duration(radius) if radius else None, span=span)


def vetoes(statement: Piece) -> tuple[ast.Veto, ...]:
    """The vetoes of a statement's WITHOUT."""
    without = statement.find("without")
    if without is None:
        return ()
    found: list[ast.Veto] = []
    for piece in without.all("veto_edge", *EDGE_KIND_RULES):
        if piece.rule == "veto_edge":
            cause, effect = (event(part) for part in piece.all("event"))
            found.append(ast.VetoEdge(cause, effect, span=piece.span))
        else:
            kind = cast("ast.EdgeKind", piece.text.lower())
            found.append(ast.VetoKind(kind, span=piece.span))
    return tuple(found)
