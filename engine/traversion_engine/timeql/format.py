"""The last word on what was understood: ast.Statement -> text that parses to the same tree."""

from __future__ import annotations

from collections.abc import Iterable

from traversion_engine.timeql import ast
from traversion_engine.timeql.format_expressions import (
    event,
    expression,
    field,
    name,
    predicate,
    quoted,
    time,
)


def format_statement(node: ast.Statement) -> str:
    """A statement on one line, keywords in capitals, clauses in the order of the documentation."""
    explains = 0
    while isinstance(node, ast.Explain):
        explains += 1
        node = node.statement
    return " ".join([*["EXPLAIN"] * explains, *_words(node)])


def _words(node: ast.Statement) -> Iterable[str]:
    match node:
        case ast.State():
            yield "STATE"
            yield from _time("AT", node.at)
            yield from _where("WHERE", node.where)
            yield from _for(node.fields)
            yield from _time("CHANGED SINCE", node.changed_since)
            yield from _duration("OVER", node.over)
        case ast.Stack():
            yield "STACK"
            yield from _time("AT", node.at)
            yield from _where("WHERE", node.where)
        case ast.Timeline():
            yield "TIMELINE"
            yield from _scope(node.scope)
            yield from _where("WHERE", node.where)
            yield from _whole("LIMIT", node.limit)
        case ast.Select():
            yield from _select(node)
        case ast.Traverse():
            yield from _traverse(node)
        case ast.Path():
            yield f"PATH FROM {event(node.cause)} TO {event(node.effect)}"
            yield from _via(node.via, node.min_confidence)
            yield from _without(node.without)
        case ast.RootCause():
            yield "ROOT CAUSE"
            if node.of is not None:
                yield f"OF {event(node.of)}"
            yield from _time("AT", node.at)
            yield from _scope(node.scope)
            yield from _without(node.without)
        case ast.MatchPattern():
            yield from _match_pattern(node)
        case ast.Patterns():
            yield "PATTERNS"
            yield from _scope(node.scope)
            yield from _whole("MIN SUPPORT", node.min_support)
        case ast.Anomalies():
            yield "ANOMALIES"
            yield from _scope(node.scope)
            yield from _for(node.fields)
            yield from _by(node.by)
        case _:
            yield from _later_words(node)


def _later_words(node: ast.Statement) -> Iterable[str]:
    match node:
        case ast.Compare():
            yield f"COMPARE {time(node.a)}"
            yield from _time("WITH", node.b)
            yield from _for(node.measures)
            yield from _duration("OVER", node.over)
            yield from _by(node.by)
            yield from _where("WHERE", node.where)
        case ast.Predict():
            yield f"PREDICT NEXT {node.horizon.text}"
            yield from _time("FROM", node.start)
            yield from _for(node.fields)
            yield from _by(node.by)
            yield from _where("WHERE", node.where)
            yield from _duration("EVERY", node.every)
        case ast.PredictWhen():
            yield f"PREDICT WHEN {predicate(node.condition)}"
            yield from _duration("WITHIN", node.within)
        case ast.WhatIf():
            yield f"WHAT IF {', '.join(map(_change, node.changes))}"
            yield from _scope(node.scope)
            yield from _for(node.fields)
        case ast.Trace():
            yield f"TRACE {event(node.event)}"
        case ast.Calls():
            yield "CALLS"
            yield from _time("AT", node.at)
            yield from _duration("OVER", node.over)
            yield from _scope(node.scope)
        case ast.History():
            yield f"HISTORY OF {_target(node.target)}"
            yield from _scope(node.scope)
        case ast.Goto():
            yield f"GOTO {_moment(node.target)}"
        case ast.Mark():
            yield f"MARK {quoted(node.name)}"
            yield from _time("AT", node.at)
        case ast.Edges():
            yield "EDGES"
            yield from _scope(node.scope)
            yield from _where("WHERE", node.where)
            if node.with_returns:
                yield "WITH RETURNS"
            yield from _without(node.without)
        case ast.Show():
            yield f"SHOW {node.kind}"
        case ast.Help():
            yield "HELP" if node.topic is None else f"HELP {node.topic}"
        case _:
            raise TypeError(f"no text for {type(node).__name__}")


def _select(node: ast.Select) -> Iterable[str]:
    yield f"SELECT {', '.join(map(_item, node.items))}"
    yield from _scope(node.scope)
    yield from _where("WHERE", node.where)
    if node.group_by:
        yield f"GROUP BY {', '.join(map(expression, node.group_by))}"
    yield from _duration("EVERY", node.every)
    yield from _where("HAVING", node.having)
    if node.order_by:
        yield f"ORDER BY {', '.join(map(_order, node.order_by))}"
    yield from _whole("LIMIT", node.limit)


def _traverse(node: ast.Traverse) -> Iterable[str]:
    yield f"TRAVERSE FROM {event(node.start)}"
    if node.following is not None:
        yield f"FOLLOWING {node.following}"
    yield from _via(node.via, node.min_confidence)
    yield from _whole("DEPTH", node.depth)
    yield from _where("UNTIL", node.until)
    yield from _where("WHERE", node.where)
    yield from _without(node.without)
    yield from _whole("LIMIT", node.limit)


def _match_pattern(node: ast.MatchPattern) -> Iterable[str]:
    first, *others = node.steps
    yield f"MATCH PATTERN WHERE {predicate(first.predicate)}"
    for step in others:
        yield f"{'NOT ' if step.absent else ''}FOLLOWED BY {predicate(step.predicate)}"
    yield f"WITHIN {node.within.text}"
    yield from _scope(node.scope)
    if node.by is not None:
        yield f"BY {', '.join(map(field, node.by)) or 'NOTHING'}"


def _scope(node: ast.Scope | None) -> Iterable[str]:
    match node:
        case None:
            return
        case ast.FromTo(start, end):
            yield f"FROM {time(start)}"
            yield from _time("TO", end)
        case ast.Since(start):
            yield f"SINCE {time(start)}"
        case ast.To(end):
            yield f"TO {time(end)}"
        case ast.BetweenTimes(start, end):
            yield f"BETWEEN {time(start)} AND {time(end)}"
        case ast.Last(duration):
            yield f"IN LAST {duration.text}"
        case ast.Around(center, radius):
            yield f"AROUND {time(center)}"
            yield from _duration("WITHIN", radius)


def _time(word: str, node: ast.TimeExpr | None) -> Iterable[str]:
    if node is not None:
        yield f"{word} {time(node)}"


def _where(word: str, node: ast.Predicate | None) -> Iterable[str]:
    if node is not None:
        yield f"{word} {predicate(node)}"


def _duration(word: str, node: ast.Duration | None) -> Iterable[str]:
    if node is not None:
        yield f"{word} {node.text}"


def _whole(word: str, count: int | None) -> Iterable[str]:
    if count is not None:
        yield f"{word} {count}"


def _for(fields: tuple[ast.Field | ast.Call, ...]) -> Iterable[str]:
    if fields:
        yield f"FOR {', '.join(map(expression, fields))}"


def _by(node: ast.Field | None) -> Iterable[str]:
    if node is not None:
        yield f"BY {field(node)}"


def _via(kinds: tuple[ast.EdgeKind, ...], confidence: float | None) -> Iterable[str]:
    if kinds:
        yield f"VIA {', '.join(kinds)}"
    if confidence is not None:
        yield f"MIN CONFIDENCE {_decimal(confidence)}"


def _decimal(amount: float) -> str:
    return f"{amount:.20f}".rstrip("0").rstrip(".") if "e" in repr(amount) else repr(amount)


def _without(vetoes: tuple[ast.Veto, ...]) -> Iterable[str]:
    if vetoes:
        yield f"WITHOUT {', '.join(map(_veto, vetoes))}"


def _veto(node: ast.Veto) -> str:
    if isinstance(node, ast.VetoKind):
        return node.kind
    return f"{event(node.cause)} -> {event(node.effect)}"


def _item(node: ast.SelectItem) -> str:
    text = expression(node.expr)
    return text if node.alias is None else f"{text} AS {name(node.alias)}"


def _order(node: ast.OrderItem) -> str:
    return f"{expression(node.expr)}{' DESC' if node.descending else ''}"


def _change(node: ast.Change | ast.DropCalls) -> str:
    if isinstance(node, ast.DropCalls):
        return f"WITHOUT {quoted(node.caller)} -> {quoted(node.callee)}"
    value = "BASELINE" if isinstance(node.value, ast.Baseline) else expression(node.value)
    return f"{_target(node.target)} {node.op} {value}"


def _target(node: ast.Target) -> str:
    if node.bare:
        return f"{node.service}.{node.field.name}"
    return f"{quoted(node.service)}.{field(node.field)}"


def _moment(node: ast.TimeExpr | ast.EventRef) -> str:
    if isinstance(node, ast.Time):
        return time(node)
    return event(node)
