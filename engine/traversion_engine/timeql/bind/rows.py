"""TIMELINE and SELECT, bound."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType

from traversion_data import schema
from traversion_data.model import TimeRange
from traversion_engine.catalogue import CORE
from traversion_engine.result import ResultColumn, Role
from traversion_engine.timeql import ast, bound
from traversion_engine.timeql import columns as tables
from traversion_engine.timeql.bind.environment import Environment
from traversion_engine.timeql.bind.fields import EVENT_NAMES, Names, column, column_of, of_any_type
from traversion_engine.timeql.bind.predicates import conjuncts, test_of
from traversion_engine.timeql.bind.scopes import scope_of
from traversion_engine.timeql.bind.values import Clause, value_of
from traversion_engine.timeql.bound import (
    Column,
    Conjunct,
    Constant,
    Kind,
    Origin,
    Test,
    Value,
    kind_of,
)
from traversion_engine.timeql.plan import (
    BUCKET,
    TIMELINE_READS,
    Order,
    Output,
    Scan,
    Select,
    Timeline,
    aggregates_of,
)
from traversion_engine.timeql.times import TimeTextError, bucket_edges

_ROLES = {
    Kind.NUMBER: Role.NUMBER,
    Kind.TEXT: Role.TEXT,
    Kind.STATUS: Role.TEXT,
    Kind.BOOLEAN: Role.BOOLEAN,
    Kind.TIME: Role.TIME,
    Kind.SEVERITY: Role.SEVERITY,
    Kind.EVENT: Role.EVENT,
    None: Role.TEXT,
}
_TIMELINE_FIELDS = (
    "seq", "event_id", "time", "type", "service", "severity", "message", "duration", "trace_id",
    "span_id",
)  # fmt: skip


def timeline(env: Environment, node: ast.Timeline) -> Timeline:
    """TIMELINE over its scope."""
    scope = scope_of(env, node.scope)
    scan = Scan(scope, conjuncts(env, node.where), TIMELINE_READS, env.over)
    return Timeline(scan, node.limit)


def select(env: Environment, node: ast.Select) -> Select:
    """SELECT; every field beside an aggregate must be a key of GROUP BY."""
    scope = scope_of(env, node.scope)
    where = conjuncts(env, node.where)
    clause = Clause(test_of, EVENT_NAMES, aggregates=True)
    outputs, places = _outputs(env, node, clause)
    aliases = _aliases(node, outputs, places)
    keys = tuple(_key(env, key, clause, aliases) for key in node.group_by)
    named = Names(MappingProxyType({name: _stand_in(name, v) for name, v in aliases.items()}))
    meant = {_stand_in(name, value): value for name, value in aliases.items()}
    having = tuple(
        Conjunct(bound.substitute(part.test, meant), part.text)
        for part in conjuncts(env, node.having, named, aggregates=True)
    )
    later = Clause(test_of, named, aggregates=True)
    order = tuple(
        Order(bound.substitute(value_of(env, item.expr, later), meant), item.descending)
        for item in node.order_by
    )
    values = [*(output.value for output in outputs), *(item.value for item in order)]
    aggregated = any(map(aggregates_of, (*values, *(part.test for part in having))))
    grouped = bool(keys or node.every or aggregated)
    if node.having is not None and not grouped:
        raise env.error(node.having, "HAVING tests groups, and here are none", "Write WHERE.")
    if node.every is not None:
        _check_width(env, node.every, scope)
        outputs, order = _bucketed(env, outputs, order)
    if grouped:
        for output, place in zip(outputs[-len(places) :], places, strict=True):
            _check_grouped(env, output.value, keys, place)
        for item, written in zip(order, node.order_by, strict=True):
            _check_grouped(env, item.value, keys, written.expr)
        for part in having:
            assert node.having is not None
            _check_grouped(env, part.test, keys, node.having)
    plan = Select(
        Scan(scope, where, (), env.over),
        outputs,
        grouped,
        keys,
        node.every.ns if node.every else None,
        env.context.zone,
        having,
        order,
        node.limit,
        tuple(_result_column(output) for output in outputs),
    )
    return _with_projection(plan)


def _outputs(
    env: Environment, node: ast.Select, clause: Clause
) -> tuple[tuple[Output, ...], list[ast.Expression]]:
    outputs: dict[str, Output] = {}
    places: list[ast.Expression] = []
    for item in node.items:
        if isinstance(item.expr, ast.Star):
            named: list[tuple[str, Value]] = [
                (shown.name, column(env, CORE[field]))
                for shown, field in zip(tables.TIMELINE, _TIMELINE_FIELDS, strict=True)
            ]
        else:
            value = of_any_type(env, value_of(env, item.expr, clause))
            named = [(item.alias or env.words(item), value)]
        for wanted, value in named:
            name, copy = wanted, 2
            while name in outputs:
                name, copy = f"{wanted}_{copy}", copy + 1
            outputs[name] = Output(name, value)
            places.append(item.expr)
    return tuple(outputs.values()), places


def _aliases(
    node: ast.Select, outputs: tuple[Output, ...], places: list[ast.Expression]
) -> dict[str, Value]:
    values = {id(place): output.value for output, place in zip(outputs, places, strict=True)}
    return {item.alias: values[id(item.expr)] for item in node.items if item.alias}


def _stand_in(name: str, value: Value) -> Column:
    """The column by which a clause names an alias until its value takes the place."""
    kind = kind_of(value) or Kind.TEXT
    return Column(f"alias {name}", kind, name, bound.unit_of(value), origin=Origin.RESULT)


def _key(
    env: Environment, node: ast.Expression, clause: Clause, aliases: dict[str, Value]
) -> Value:
    if isinstance(node, ast.Field) and node.name in aliases:
        value = aliases[node.name]
    else:
        value = of_any_type(env, value_of(env, node, clause))
    if aggregates_of(value):
        raise env.error(node, "Rows are grouped by fields, not by aggregates")
    return value


def _check_width(env: Environment, every: ast.Duration, scope: TimeRange) -> None:
    if every.ns <= 0:
        raise env.error(every, "A bucket must be longer than nothing")
    try:
        bucket_edges(scope, every.ns, env.context.zone)
    except TimeTextError as error:
        raise env.error(every, str(error)) from None


def _bucketed(
    env: Environment, outputs: tuple[Output, ...], order: tuple[Order, ...]
) -> tuple[tuple[Output, ...], tuple[Order, ...]]:
    """With EVERY, `time` is the start of the bucket, and the first column."""
    start = {column(env, CORE["time"]): BUCKET}

    def outside(value: Value) -> Value:
        """`time` beside aggregates is the bucket's; inside one it is the event's."""
        kept = {aggregate: aggregate for aggregate in aggregates_of(value)}
        return bound.substitute(value, {**kept, **start})

    outputs = tuple(Output(item.name, outside(item.value)) for item in outputs)
    if not any(item.value == BUCKET for item in outputs):
        taken = {item.name for item in outputs}
        outputs = (Output("time" if "time" not in taken else "bucket", BUCKET), *outputs)
    order = tuple(Order(outside(item.value), item.descending) for item in order)
    return outputs, order


def _check_grouped(
    env: Environment, value: Value | Test, keys: tuple[Value, ...], place: ast.Node
) -> None:
    covered = dict.fromkeys([*keys, *aggregates_of(value), BUCKET], Constant(None, None))
    free = bound.columns_of(bound.substitute(value, covered))
    if not free:
        return
    label = free[0].label
    at = next((field for field in _fields(place) if column_of(env, field) == free[0]), place)
    raise env.error(
        at, f"{label} stands beside an aggregate and is not in GROUP BY", f"Add GROUP BY {label}."
    )


def _fields(node: ast.Node) -> list[ast.Field]:
    """The fields of an expression outside of calls, from left to right."""
    found: list[ast.Field] = []
    waiting = [node]
    while waiting:
        item = waiting.pop(0)
        if isinstance(item, ast.Field):
            found.append(item)
        elif isinstance(item, ast.Arithmetic):
            waiting += [item.left, item.right]
    return found


def _result_column(output: Output) -> ResultColumn:
    kind = kind_of(output.value)
    unit = bound.unit_of(output.value)
    return ResultColumn(output.name, _ROLES[kind], unit)


def _with_projection(plan: Select) -> Select:
    nodes = [
        *(output.value for output in plan.outputs),
        *plan.keys,
        *(item.value for item in plan.order),
        *(part.test for part in plan.having),
    ]
    read = [
        c.name for node in nodes for c in bound.columns_of(node) if c.origin is not Origin.RESULT
    ]
    columns = tuple(dict.fromkeys([schema.TIME, *read]))
    return replace(plan, scan=replace(plan.scan, columns=columns))
