"""Statements: from pieces to nodes, one function each."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, cast

from traversion_engine.diagnostic import Span, did_you_mean, nearest
from traversion_engine.timeql import ast, keywords, literals
from traversion_engine.timeql.build_atoms import bookmark_name, duration, quantity, unquoted
from traversion_engine.timeql.build_expressions import predicate, value
from traversion_engine.timeql.build_places import (
    EDGE_KIND_RULES,
    event,
    moment,
    scope,
    time,
    vetoes,
)
from traversion_engine.timeql.pieces import MisplacedError, Piece

_OWNERS: Final = ("service_string", "service_quoted", "service_name")


def statement(piece: Piece) -> ast.Statement:
    """The node of a statement's piece."""
    return _BUILDERS[piece.rule](piece)


def _where(piece: Piece, clause: str = "where") -> ast.Predicate | None:
    found = piece.find(clause)
    return None if found is None else predicate(found.one("expr"))


def _time_of(piece: Piece, clause: str) -> ast.TimeExpr | None:
    found = piece.find(clause)
    return None if found is None else time(found.one("time"))


def _duration_of(piece: Piece, clause: str) -> ast.Duration | None:
    found = piece.find(clause)
    return None if found is None else duration(found.one("duration"))


def _whole_of(piece: Piece, clause: str) -> int | None:
    found = piece.find(clause)
    if found is None:
        return None
    digits = found.one("whole")
    return literals.whole(digits.text, digits.span)


def _field(piece: Piece) -> ast.Field:
    quoted = piece.text.startswith('"')
    return ast.Field(unquoted(piece.text) if quoted else piece.text, quoted, span=piece.span)


def _fields_of(piece: Piece, clause: str = "for_fields") -> tuple[ast.Field, ...]:
    found = piece.find(clause)
    return () if found is None else tuple(map(_field, found.all("name", "name_quoted")))


def _by(piece: Piece) -> ast.Field | None:
    return next(iter(_fields_of(piece, "by")), None)


def _via(piece: Piece) -> tuple[ast.EdgeKind, ...]:
    found = piece.find("via")
    if found is None:
        return ()
    return tuple(cast("ast.EdgeKind", kind.text.lower()) for kind in found.all(*EDGE_KIND_RULES))


def _min_confidence(piece: Piece) -> float | None:
    found = piece.find("min_confidence")
    if found is None:
        return None
    share = found.one("share")
    text = share.text.rstrip("%").rstrip()
    amount = literals.number(text, share.span)
    confidence = amount / 100 if share.text.endswith("%") else float(amount)
    if confidence > 1:
        raise MisplacedError(share.span, "A confidence lies between 0 and 1")
    return confidence


def _state(piece: Piece) -> ast.State:
    return ast.State(
        _time_of(piece, "at"),
        _where(piece),
        _fields_of(piece),
        _time_of(piece, "changed_since"),
        _duration_of(piece, "over"),
        span=piece.span,
    )


def _stack(piece: Piece) -> ast.Stack:
    return ast.Stack(_time_of(piece, "at"), _where(piece), span=piece.span)


def _timeline(piece: Piece) -> ast.Timeline:
    return ast.Timeline(scope(piece), _where(piece), _whole_of(piece, "limit"), span=piece.span)


def _select(piece: Piece) -> ast.Select:
    groups, orders = piece.find("group_by"), piece.find("order_by")
    return ast.Select(
        tuple(map(_item, piece.all("item"))),
        scope(piece),
        _where(piece),
        () if groups is None else tuple(map(value, groups.all("amount"))),
        _duration_of(piece, "every"),
        _where(piece, "having"),
        () if orders is None else tuple(map(_order, orders.all("order_item"))),
        _whole_of(piece, "limit"),
        span=piece.span,
    )


def _item(piece: Piece) -> ast.SelectItem:
    star = piece.find("star")
    if star is not None:
        return ast.SelectItem(ast.Star(span=star.span), span=piece.span)
    alias = piece.find("alias_name", "alias_quoted")
    name = None if alias is None else _name(alias)
    return ast.SelectItem(value(piece.one("amount")), name, span=piece.span)


def _order(piece: Piece) -> ast.OrderItem:
    descending = piece.find("DESC") is not None
    return ast.OrderItem(value(piece.one("amount")), descending, span=piece.span)


def _traverse(piece: Piece) -> ast.Traverse:
    toward = piece.find("following")
    return ast.Traverse(
        event(piece.one("from_event").one("event")),
        cast("ast.Direction", toward.children[1].text.lower()) if toward else None,
        _via(piece),
        _min_confidence(piece),
        _whole_of(piece, "depth"),
        _where(piece, "until"),
        _where(piece),
        vetoes(piece),
        _whole_of(piece, "limit"),
        span=piece.span,
    )


def _path(piece: Piece) -> ast.Path:
    return ast.Path(
        event(piece.one("from_event").one("event")),
        event(piece.one("to_event").one("event")),
        _via(piece),
        _min_confidence(piece),
        vetoes(piece),
        span=piece.span,
    )


def _root_cause(piece: Piece) -> ast.RootCause:
    of = piece.find("of")
    return ast.RootCause(
        None if of is None else event(of.one("event")),
        _time_of(piece, "at"),
        scope(piece),
        vetoes(piece),
        span=piece.span,
    )


def _match_pattern(piece: Piece) -> ast.MatchPattern:
    row = piece.one("steps")
    first = row.one("expr")
    steps = [ast.Step(predicate(first), span=first.span)]
    for step in row.all("step"):
        absent = step.find("NOT_step") is not None
        steps.append(ast.Step(predicate(step.one("expr")), absent, span=step.span))
    within = duration(row.one("within").one("duration"))
    by = None if piece.find("by_keys") is None else _fields_of(piece, "by_keys")
    return ast.MatchPattern(tuple(steps), within, scope(piece), by, span=piece.span)


def _patterns(piece: Piece) -> ast.Patterns:
    return ast.Patterns(scope(piece), _whole_of(piece, "min_support"), span=piece.span)


def _anomalies(piece: Piece) -> ast.Anomalies:
    return ast.Anomalies(scope(piece), _fields_of(piece), _by(piece), span=piece.span)


def _compare(piece: Piece) -> ast.Compare:
    measures = piece.find("for_measures")
    return ast.Compare(
        time(piece.one("time")),
        _time_of(piece, "with_time"),
        () if measures is None else tuple(map(_measure, measures.all("amount"))),
        _duration_of(piece, "over"),
        _by(piece),
        _where(piece),
        span=piece.span,
    )


def _measure(piece: Piece) -> ast.Field | ast.Call:
    node = value(piece)
    if isinstance(node, ast.Field | ast.Call):
        return node
    raise MisplacedError(
        node.span, "COMPARE takes fields and aggregates", ("a field",), "Write FOR cpu, max(cpu)."
    )


def _predict(piece: Piece) -> ast.Predict:
    return ast.Predict(
        duration(piece.one("next").one("duration")),
        _time_of(piece, "from_time"),
        _fields_of(piece),
        _by(piece),
        _where(piece),
        _duration_of(piece, "every"),
        span=piece.span,
    )


def _predict_when(piece: Piece) -> ast.PredictWhen:
    condition = predicate(piece.one("expr"))
    return ast.PredictWhen(condition, _duration_of(piece, "within"), span=piece.span)


def _what_if(piece: Piece) -> ast.WhatIf:
    changes = tuple(map(_change, piece.all("change", "drop_calls")))
    return ast.WhatIf(changes, scope(piece), _fields_of(piece), span=piece.span)


def _change(piece: Piece) -> ast.Change | ast.DropCalls:
    if piece.rule == "drop_calls":
        caller, callee = map(_name, piece.all(*_OWNERS))
        return ast.DropCalls(caller, callee, span=piece.span)
    amount = piece.find("quantity")
    op = cast("ast.ChangeOp", piece.one("change_op").text[0])
    new = ast.Baseline(span=piece.children[-1].span) if amount is None else quantity(amount)
    return ast.Change(_target(piece.one("target")), op, new, span=piece.span)


def _target(piece: Piece) -> ast.Target:
    bare = piece.find("target_name")
    if bare is not None:
        service, _, name = bare.text.rpartition(".")
        place = Span(bare.span.end - len(name), bare.span.end)
        return ast.Target(service, ast.Field(name, span=place), bare=True, span=piece.span)
    owner, _, name_piece = piece.children
    return ast.Target(unquoted(owner.text), _field(name_piece), span=piece.span)


def _trace(piece: Piece) -> ast.Trace:
    return ast.Trace(event(piece.one("event")), span=piece.span)


def _calls(piece: Piece) -> ast.Calls:
    at, over = _time_of(piece, "at"), _duration_of(piece, "over")
    return ast.Calls(at, over, scope(piece), span=piece.span)


def _history(piece: Piece) -> ast.History:
    target = _target(piece.one("of_target").one("target"))
    return ast.History(target, scope(piece), span=piece.span)


def _goto(piece: Piece) -> ast.Goto:
    return ast.Goto(moment(piece), span=piece.span)


def _mark(piece: Piece) -> ast.Mark:
    named = piece.children[1]
    name = bookmark_name(named.text) if named.rule == "bookmark" else _name(named)
    return ast.Mark(name, _time_of(piece, "at"), span=piece.span)


def _name(piece: Piece) -> str:
    return unquoted(piece.text) if piece.text[0] in "'\"" else piece.text


def _edges(piece: Piece) -> ast.Edges:
    returns = piece.find("with_returns") is not None
    return ast.Edges(scope(piece), _where(piece), returns, vetoes(piece), span=piece.span)


def _show(piece: Piece) -> ast.Show:
    return ast.Show(cast("ast.ShowKind", piece.children[1].rule), span=piece.span)


def _help(piece: Piece) -> ast.Help:
    topic = piece.find("topic")
    if topic is None:
        return ast.Help(span=piece.span)
    word = " ".join(topic.text.upper().split())
    for head in keywords.HEADS:
        if word in (head, head.split()[0]):
            return ast.Help(head, span=piece.span)
    near = nearest(word, keywords.HEADS)
    message = f"There is no statement {word}"
    raise MisplacedError(topic.span, message, hint=did_you_mean(*near) or "Write HELP for all.")


_BUILDERS: Final[dict[str, Callable[[Piece], ast.Statement]]] = {
    "state": _state,
    "stack": _stack,
    "timeline": _timeline,
    "select": _select,
    "traverse": _traverse,
    "path": _path,
    "root_cause": _root_cause,
    "match_pattern": _match_pattern,
    "patterns": _patterns,
    "anomalies": _anomalies,
    "compare": _compare,
    "predict": _predict,
    "predict_when": _predict_when,
    "what_if": _what_if,
    "trace": _trace,
    "calls": _calls,
    "history": _history,
    "goto": _goto,
    "mark": _mark,
    "edges": _edges,
    "show": _show,
    "help": _help,
}
