"""Expressions: from the grammar's flat pieces to a tree, by operator precedence.

Weakest first: OR; AND; NOT; comparison, IN, BETWEEN, LIKE, ~, CONTAINS, IS NULL; + -; * /. Rows of
pieces wait on an explicit stack, so the depth of a text costs no Python frames; the height of the
tree is bounded, because all who come later walk it with recursion.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, NamedTuple, cast

from traversion_engine.diagnostic import Span
from traversion_engine.timeql import ast
from traversion_engine.timeql.build_atoms import atom, call
from traversion_engine.timeql.conditions import as_predicate, as_value
from traversion_engine.timeql.pieces import ClauseInsteadError, MisplacedError, Piece

MAX_HEIGHT: Final = 160
"""Nodes from the root of an expression to its lowest leaf."""

_OR, _AND, _NOT, _COMPARE, _ADD, _MULTIPLY = range(1, 7)
_BINDS: Final[dict[str, int]] = {
    "OR": _OR,
    "AND": _AND,
    "NOT": _NOT,
    **dict.fromkeys(("op_compare", "op_regex", "op_not", "in_list", "is_null"), _COMPARE),
    **dict.fromkeys(("BETWEEN_op", "LIKE", "CONTAINS"), _COMPARE),
    "op_add": _ADD,
    "op_multiply": _MULTIPLY,
}
_MEANT: Final[dict[str, str]] = {"==": "=", "<>": "!="}


class _Built(NamedTuple):
    node: ast.Expression
    height: int


@dataclass(slots=True)
class _Operator:
    piece: Piece
    binds: int
    operands: list[_Built]

    @property
    def is_between(self) -> bool:
        return "BETWEEN_op" in (self.piece.rule, *(part.rule for part in self.piece.children))


@dataclass(slots=True)
class _Row:
    """A row of pieces being read: the whole expression, or what stands in one pair of brackets."""

    pieces: tuple[Piece, ...]
    opener: Piece | None = None
    tested: _Built | None = None
    at: int = 0
    operands: list[_Built] = field(default_factory=list)
    operators: list[_Operator] = field(default_factory=list)
    listed: list[_Built] = field(default_factory=list)


def predicate(piece: Piece) -> ast.Predicate:
    """The predicate of an `expr`."""
    return as_predicate(_expression(piece))


def value(piece: Piece) -> ast.Expression:
    """The value of an `amount`: a field, literal, call or arithmetic, no comparison."""
    return as_value(_expression(piece))


def _expression(piece: Piece) -> ast.Expression:
    rows = [_Row(piece.children)]
    while True:
        row = rows[-1]
        if row.at == len(row.pieces):
            _finish(row)
            if len(rows) == 1:
                return _only(row).node
            rows.pop()
            _deliver(rows[-1], row)
            continue
        following = row.pieces[row.at]
        row.at += 1
        if following.rule in ("open", "call_open"):
            rows.append(_Row(row.pieces[row.at].children, following))
        elif following.rule == "in_list":
            rows.append(_list_row(row, following))
        else:
            _take(row, following)


def _take(row: _Row, piece: Piece) -> None:
    binds = _BINDS.get(piece.rule, 0)
    if piece.rule == "comma":
        _finish(row)
    elif binds == 0:
        row.operands.append(_Built(atom(piece), 1))
    elif binds == _NOT:
        if row.operators and row.operators[-1].binds > _NOT:
            raise MisplacedError(piece.span, "NOT stands before a condition, not before a value")
        row.operators.append(_Operator(piece, binds, []))
    elif piece.rule == "is_null":
        tested = _compared(row, piece)
        negated = piece.find("NOT") is not None
        span = tested.node.span.to(piece.span)
        _push(row, ast.IsNull(as_value(tested.node), negated, span=span), [tested])
    elif binds == _COMPARE:
        row.operators.append(_Operator(piece, binds, [_compared(row, piece)]))
    else:
        _take_binary(row, piece, binds)


def _take_binary(row: _Row, piece: Piece, binds: int) -> None:
    if binds >= _ADD:
        _reduce(row, binds)
        row.operators.append(_Operator(piece, binds, [row.operands.pop()]))
        return
    _reduce(row, _ADD)
    if piece.rule == "AND" and _awaits_and(row):
        row.operators[-1].operands.append(row.operands.pop())
        return
    _reduce(row, binds + 1)
    if row.operators and row.operators[-1].binds == binds:
        row.operators[-1].operands.append(row.operands.pop())
    else:
        row.operators.append(_Operator(piece, binds, [row.operands.pop()]))


def _awaits_and(row: _Row) -> bool:
    top = row.operators[-1] if row.operators else None
    return top is not None and top.is_between and len(top.operands) == 1


def _compared(row: _Row, piece: Piece) -> _Built:
    """What stands left of a comparison, which may not be a comparison itself."""
    _reduce(row, _ADD)
    if row.operators and row.operators[-1].binds == _COMPARE:
        if _awaits_and(row):
            raise _lacks_and(piece.span)
        kind = ClauseInsteadError if piece.rule == "BETWEEN_op" else MisplacedError
        raise kind(
            piece.span, "A comparison cannot follow a comparison", hint="Join them with AND."
        )
    return row.operands.pop()


def _list_row(row: _Row, piece: Piece) -> _Row:
    tested = _compared(row, piece)
    row.at += 1
    return _Row(row.pieces[row.at].children, piece, tested)


def _finish(row: _Row) -> None:
    _reduce(row, _OR)
    row.listed.append(row.operands.pop())


def _only(row: _Row) -> _Built:
    if len(row.listed) > 1:
        comma = next(piece for piece in row.pieces if piece.rule == "comma")
        raise MisplacedError(comma.span, "A list stands only behind IN and in calls")
    return row.listed[0]


def _deliver(outer: _Row, inner: _Row) -> None:
    """Put what stood in brackets where the brackets were, and step over `inner` and `close`."""
    close = outer.pieces[outer.at + 1]
    outer.at += 2
    opener = inner.opener
    if opener is None or opener.rule == "open":
        outer.operands.append(_only(inner))
        return
    nodes = tuple(built.node for built in inner.listed)
    if inner.tested is None:
        node: ast.Expression = call(opener, nodes, opener.span.to(close.span))
        _push(outer, node, inner.listed)
        return
    tested = as_value(inner.tested.node)
    options = tuple(as_value(node) for node in nodes)
    negated = opener.find("NOT") is not None
    listed = ast.In(tested, options, negated, span=tested.span.to(close.span))
    _push(outer, listed, [inner.tested, *inner.listed])


def _reduce(row: _Row, loosest: int) -> None:
    """Apply the operators on top of the stack that bind at least as tightly as `loosest`."""
    while row.operators and row.operators[-1].binds >= loosest:
        operator = row.operators.pop()
        operands = [*operator.operands, row.operands.pop()]
        if operator.is_between and len(operands) < 3:
            end = operands[-1].node.span.end
            raise _lacks_and(Span(end, end))
        _push(row, _apply(operator.piece, [built.node for built in operands]), operands)


def _push(row: _Row, node: ast.Expression, parts: list[_Built]) -> None:
    height = 1 + max((part.height for part in parts), default=0)
    if height > MAX_HEIGHT:
        raise MisplacedError(
            node.span, f"This is built more than {MAX_HEIGHT} operations high", hint="Simplify it."
        )
    row.operands.append(_Built(node, height))


def _apply(piece: Piece, operands: list[ast.Expression]) -> ast.Expression:
    span = (piece.span if piece.rule == "NOT" else operands[0].span).to(operands[-1].span)
    match piece.rule:
        case "OR":
            return ast.Or(_flat(operands, ast.Or), span=span)
        case "AND":
            return ast.And(_flat(operands, ast.And), span=span)
        case "NOT":
            return ast.Not(as_predicate(operands[0]), span=span)
        case "op_add" | "op_multiply":
            op = cast("ast.ArithmeticOp", piece.text)
            left, right = map(as_value, operands)
            return ast.Arithmetic(op, left, right, span=span, op_span=piece.span)
        case "op_compare":
            compared = cast("ast.ComparisonOp", _MEANT.get(piece.text, piece.text))
            left, right = map(as_value, operands)
            return ast.Comparison(compared, left, right, span=span, op_span=piece.span)
        case _:
            return _worded(piece, [as_value(node) for node in operands], span)


def _worded(piece: Piece, operands: list[ast.Expression], span: Span) -> ast.Predicate:
    negated = piece.rule == "op_not" or piece.text.startswith("!")
    word = piece.children[-1] if piece.rule == "op_not" else piece
    tested, pattern = operands[0], operands[1]
    if word.rule == "BETWEEN_op":
        return ast.Between(tested, pattern, operands[2], negated, span=span)
    if not isinstance(pattern, ast.String):
        message = f"{word.text.upper()} takes a quoted text"
        raise MisplacedError(pattern.span, message, ("a quoted text",))
    if word.rule == "LIKE":
        return ast.Like(tested, pattern, negated, span=span)
    if word.rule == "CONTAINS":
        return ast.Contains(tested, pattern, negated, span=span)
    return ast.Regex(tested, pattern, negated, span=span)


def _flat(
    nodes: list[ast.Expression], kind: type[ast.And] | type[ast.Or]
) -> tuple[ast.Predicate, ...]:
    parts: list[ast.Predicate] = []
    for node in map(as_predicate, nodes):
        parts.extend(node.parts if isinstance(node, kind) else (node,))
    return tuple(parts)


def _lacks_and(span: Span) -> MisplacedError:
    return MisplacedError(span, "BETWEEN takes two values", ("AND",))
