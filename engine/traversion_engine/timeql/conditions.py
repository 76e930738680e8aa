"""Which nodes are conditions and which values, and what to say where the other is meant."""

from __future__ import annotations

from typing import Final, TypeGuard, get_args

from traversion_engine.timeql import ast, keywords
from traversion_engine.timeql.pieces import MisplacedError

_PREDICATES: Final = get_args(ast.Predicate)


def is_predicate(node: ast.Expression) -> TypeGuard[ast.Predicate]:
    """Whether a node says yes or no."""
    return isinstance(node, _PREDICATES)


def as_predicate(node: ast.Expression) -> ast.Predicate:
    """The node where a condition is meant; a lone field, boolean or call is asked to be true."""
    if is_predicate(node):
        return node
    if isinstance(node, ast.Call):
        _refuse_list_without_in(node)
    if isinstance(node, ast.Field | ast.Boolean | ast.Call):
        return ast.BareField(node, span=node.span)
    raise MisplacedError(
        node.span, "A value stands here where a condition is meant", hint="Write field = value."
    )


def as_value(node: ast.Expression) -> ast.Expression:
    """The node where a value is meant."""
    if is_predicate(node):
        raise MisplacedError(node.span, "A condition stands here where a value is meant")
    return node


def _refuse_list_without_in(call: ast.Call) -> None:
    texts = [arg.value.replace("'", "''") for arg in call.args if isinstance(arg, ast.String)]
    if call.function in keywords.FUNCTIONS or not texts or len(texts) < len(call.args):
        return
    options = ", ".join(f"'{text}'" for text in texts)
    raise MisplacedError(
        call.name_span,
        f"{call.function} is not a function",
        hint=f"Write {call.function} IN ({options}).",
    )
