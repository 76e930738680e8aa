"""Expressions, times and events as text; brackets only where the tree needs them.

Recursion is bounded by `build_expressions.MAX_HEIGHT`.
"""

from __future__ import annotations

from typing import Final

from traversion_engine.timeql import ast, keywords, literals
from traversion_engine.timeql.grammar import reads

_NEVER_BARE: Final = frozenset({*keywords.ALWAYS_RESERVED, "TRUE", "FALSE", "NULL"})
_TIGHT: Final = ("*", "/")


def quoted(text: str) -> str:
    """A text in single quotes."""
    return "'" + text.replace("'", "''") + "'"


def name(text: str) -> str:
    """A name that stands alone: bare if the language lets it, else in double quotes."""
    return text if reads("name", text) else _double(text)


def field(node: ast.Field) -> str:
    """A field where no comparison follows."""
    return _double(node.name) if node.quoted else name(node.name)


def expression(node: ast.Expression) -> str:
    """A value or a predicate."""
    match node:
        case ast.Field():
            return field(node)
        case ast.Number(text=text) | ast.Percent(text=text) | ast.Duration(text=text):
            return text
        case ast.String(text):
            return quoted(text)
        case ast.Boolean(yes):
            return "true" if yes else "false"
        case ast.Null():
            return "NULL"
        case ast.Star():
            return "*"
        case ast.Call(function, args, star):
            inside = "*" if star else ", ".join(map(expression, args))
            return f"{function}({inside})"
        case ast.Arithmetic():
            return _arithmetic(node)
        case ast.TimeLiteral(text=text):
            return text
        case ast.Ago() | ast.Bookmark() | ast.EventTime():
            return time(node)
        case ast.Now() | ast.Playhead() | ast.Start() | ast.End():
            return time(node)
        case _:
            return predicate(node)


def predicate(node: ast.Predicate) -> str:
    """A condition."""
    match node:
        case ast.Or(parts):
            return " OR ".join(map(predicate, parts))
        case ast.And(parts):
            return " AND ".join(map(_conjunct, parts))
        case ast.Not(part):
            return f"NOT {_negated(part)}"
        case ast.BareField(operand):
            return expression(operand)
        case ast.Comparison(op, left, right):
            return f"{_left(left)} {op} {expression(right)}"
        case ast.In(operand, options, negated):
            inside = ", ".join(map(expression, options))
            return f"{_left(operand)} {_not(negated=negated)}IN ({inside})"
        case ast.Between(operand, low, high, negated):
            word = f"{_not(negated=negated)}BETWEEN"
            return f"{_left(operand)} {word} {expression(low)} AND {expression(high)}"
        case ast.Like(operand, pattern, negated):
            return f"{_left(operand)} {_not(negated=negated)}LIKE {quoted(pattern.value)}"
        case ast.Contains(operand, text, negated):
            return f"{_left(operand)} {_not(negated=negated)}CONTAINS {quoted(text.value)}"
        case ast.Regex(operand, pattern, negated):
            return f"{_left(operand)} {'!~' if negated else '~'} {quoted(pattern.value)}"
        case ast.IsNull(operand, negated):
            return f"{_left(operand)} IS {_not(negated=negated)}NULL"


def time(node: ast.TimeExpr) -> str:
    """A time where only a time can stand."""
    offset = ""
    if node.offset_ns:
        sign = "-" if node.offset_ns < 0 else "+"
        offset = f" {sign} {literals.duration_text(abs(node.offset_ns))}"
    return _base(node) + offset


def event(node: ast.EventRef) -> str:
    """An event where only an event can stand."""
    match node:
        case ast.SeqRef(source, line):
            return f"#{source + 1}:{line}" if source else f"#{line}"
        case ast.IdRef(text, is_quoted):
            return text if not is_quoted and reads("event_id", text) else quoted(text)
        case ast.EventWord(text):
            return text
        case ast.Selected():
            return "selected"
        case ast.FirstError():
            return "FIRST ERROR"
        case ast.LastError():
            return "LAST ERROR"
        case ast.FirstMatch(condition):
            return f"(WHERE {predicate(condition)})"


def _base(node: ast.TimeExpr) -> str:
    match node:
        case ast.TimeLiteral(text=text):
            return quoted(text)
        case ast.Ago(duration):
            return f"{duration.text} ago"
        case ast.Bookmark(text):
            plain = not text.startswith("'") and reads("bookmark", f"@{text}")
            return f"@{text}" if plain else f"@{quoted(text)}"
        case ast.EventTime(ast.IdRef(text)):
            return quoted(text)
        case ast.EventTime(reference):
            return event(reference)
        case ast.Now():
            return "now"
        case ast.Playhead():
            return "playhead"
        case ast.Start():
            return "start"
        case ast.End():
            return "end"


def _double(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


def _left(node: ast.Expression) -> str:
    """What a comparison follows: there a clause word may be a field without quotes."""
    if isinstance(node, ast.Field) and not node.quoted and node.name.upper() not in _NEVER_BARE:
        return node.name if reads("field", node.name, " =") else _double(node.name)
    return expression(node)


def _arithmetic(node: ast.Arithmetic) -> str:
    left, right = expression(node.left), expression(node.right)
    tight = node.op in _TIGHT
    if isinstance(node.left, ast.Arithmetic) and tight and node.left.op not in _TIGHT:
        left = f"({left})"
    if isinstance(node.right, ast.Arithmetic) and (tight or node.right.op not in _TIGHT):
        right = f"({right})"
    return f"{left} {node.op} {right}"


def _conjunct(node: ast.Predicate) -> str:
    return f"({predicate(node)})" if isinstance(node, ast.Or) else predicate(node)


def _negated(node: ast.Predicate) -> str:
    return f"({predicate(node)})" if isinstance(node, ast.Or | ast.And) else predicate(node)


def _not(*, negated: bool) -> str:
    return "NOT " if negated else ""
