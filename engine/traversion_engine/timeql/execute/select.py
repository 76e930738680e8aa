"""SELECT: values of events, or aggregates over groups and buckets of time."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np
import polars as pl

from traversion_data import schema
from traversion_data.model import SECOND, SpanStatus, TimeRange
from traversion_engine.timeql import bound
from traversion_engine.timeql.bound import Aggregate, Column, Kind, Origin, Test, Value
from traversion_engine.timeql.errors import OverBudgetError
from traversion_engine.timeql.execute import scan
from traversion_engine.timeql.execute.derived import with_derived
from traversion_engine.timeql.execute.run import Answer, Run
from traversion_engine.timeql.expressions import passing, test_expr, value_expr
from traversion_engine.timeql.functions import AGGREGATES, reduce_values
from traversion_engine.timeql.plan import BUCKET, Select
from traversion_engine.timeql.times import bucket_edges

_BUCKET_NUMBER: Final = "_bucket"
_SECONDS: Final = "_seconds"
_MOST_CELLS: Final = 5_000_000


def execute(run: Run, plan: Select) -> Answer:
    """One row an event, or one a group and bucket."""
    if plan.limit is not None and plan.scan.derived and not plan.grouped and not plan.order:
        return _first_rows(run, plan, plan.limit)
    found = scan.rows(run, plan.scan)
    scan.note_absent_values(run, plan.scan.where)
    if not found.height:
        scan.explain_empty(run, plan.scan)
    run.check()
    if not plan.grouped:
        answer = run.cut(_sorted(found, plan, {}), plan.limit)
        return Answer(_named(answer.frame, plan, {}), answer.total)
    groups = _grouped(found, plan)
    run.check()
    known = _replacements(plan)
    for part in plan.having:
        before = groups.height
        groups = passing(groups, [bound.substitute(part.test, known)])
        if before and not groups.height:
            run.note(f"No group passes {part.text}.")
    answer = run.cut(_sorted(groups, plan, known), plan.limit)
    return Answer(_named(answer.frame, plan, known), answer.total)


def _first_rows(run: Run, plan: Select, limit: int) -> Answer:
    """Where LIMIT keeps the first rows, fields are derived for these alone."""
    at = scan.positions(run, replace(plan.scan, columns=()))
    scan.tell_rule(run, plan.scan.derived)
    scan.note_absent_values(run, plan.scan.where)
    if not len(at):
        scan.explain_empty(run, plan.scan)
    rows = with_derived(run.view, run.view.rows(at[:limit]), plan.scan.derived, plan.scan.over)
    answer = run.cut(_named(rows, plan, {}), limit)
    return Answer(answer.frame, len(at))


def _replacements(plan: Select) -> dict[Value, Column]:
    """Aggregates and group keys as the columns that hold them."""
    known: dict[Value, Column] = {}
    for number, key in enumerate(plan.keys):
        kind = bound.kind_of(key) or Kind.TEXT
        known[key] = Column(_key(number), kind, _key(number), origin=Origin.RESULT)
    for number, aggregate in enumerate(plan.aggregates):
        name = _aggregate(number)
        known[aggregate] = Column(name, aggregate.kind, name, origin=Origin.RESULT)
    return known


def _grouped(found: pl.DataFrame, plan: Select) -> pl.DataFrame:
    keys = [value_expr(key).alias(_key(number)) for number, key in enumerate(plan.keys)]
    sums = [_computed(a).alias(_aggregate(n)) for n, a in enumerate(plan.aggregates)]
    names = [_key(number) for number in range(len(keys))]
    if plan.every is None:
        by: list[pl.Expr] = keys
        groups = (
            found.group_by(by).agg(sums) if by else found.select(sums or pl.len().alias("_rows"))
        )
        return _rates(groups.with_columns(pl.lit(_length(plan.scan.scope)).alias(_SECONDS)), plan)
    edges = bucket_edges(plan.scan.scope, plan.every, plan.zone)
    number = np.searchsorted(edges, found[schema.TIME].to_numpy(), side="right") - 1
    placed = found.with_columns(pl.Series(_BUCKET_NUMBER, number, dtype=pl.Int64))
    groups = placed.group_by(*keys, _BUCKET_NUMBER).agg(sums)
    return _rates(_with_empty_buckets(groups, names, edges, plan), plan)


def _with_empty_buckets(
    groups: pl.DataFrame, keys: list[str], edges: np.ndarray, plan: Select
) -> pl.DataFrame:
    starts, stops = edges[:-1], edges[1:]
    scope = plan.scan.scope
    covered = np.minimum(stops, scope.end) - np.maximum(starts, scope.start)
    buckets = pl.DataFrame(
        {
            _BUCKET_NUMBER: np.arange(len(starts), dtype=np.int64),
            BUCKET.name: starts,
            _SECONDS: covered / SECOND,
        }
    )
    cells = buckets
    if keys:
        different = groups.select(keys).unique()
        if different.height * buckets.height > _MOST_CELLS:
            raise OverBudgetError(
                f"{different.height:,} groups in {buckets.height:,} buckets are more than"
                f" {_MOST_CELLS:,} rows; a longer EVERY or a smaller scope helps."
            )
        cells = different.join(buckets, how="cross")
    joined = cells.join(groups, on=[*keys, _BUCKET_NUMBER], how="left", nulls_equal=True)
    zeros = [
        pl.col(_aggregate(number)).fill_null(0)
        for number, aggregate in enumerate(plan.aggregates)
        if AGGREGATES[aggregate.function].zero_when_empty
    ]
    return joined.with_columns(zeros)


def _computed(aggregate: Aggregate) -> pl.Expr:
    """An aggregate over the rows of a group; a rate still as a count."""
    if aggregate.where is not None:
        test = _every_row(aggregate.where, test_expr(aggregate.where))
        return test.mean() if aggregate.function == "ratio" else test.sum().cast(pl.Int64)
    if aggregate.operand is None:
        return pl.len().cast(pl.Int64)
    values = _every_row(aggregate.operand, value_expr(aggregate.operand))
    return reduce_values(aggregate.function, values)


def _every_row(node: Value | Test, expr: pl.Expr) -> pl.Expr:
    """The expression in each row of the group; a literal would be reduced as one value."""
    if bound.columns_of(node):
        return expr
    return pl.when(pl.col(schema.TIME).is_not_null()).then(expr)


def _rates(groups: pl.DataFrame, plan: Select) -> pl.DataFrame:
    seconds = pl.when(pl.col(_SECONDS) > 0).then(pl.col(_SECONDS))
    return groups.with_columns(
        pl.col(_aggregate(number)) / seconds
        for number, aggregate in enumerate(plan.aggregates)
        if aggregate.function == "rate"
    )


def _sorted(frame: pl.DataFrame, plan: Select, known: dict[Value, Column]) -> pl.DataFrame:
    wanted = [(bound.substitute(o.value, known), o.descending) for o in plan.order]
    wanted = [(value, down) for value, down in wanted if bound.columns_of(value)]
    by = [_sortable(value) for value, _ in wanted]
    descending = [down for _, down in wanted]
    if plan.grouped:
        rest = [BUCKET.name] if plan.every is not None else []
        rest += [_key(number) for number in range(len(plan.keys))]
        keys = {_key(n): bound.kind_of(key) for n, key in enumerate(plan.keys)}
        by += [
            pl.col(name).cast(pl.String) if keys.get(name) is Kind.TEXT else pl.col(name)
            for name in rest
        ]
        descending += [False] * len(rest)
    if not by:
        return frame
    return frame.sort(by, descending=descending, nulls_last=True, maintain_order=True)


def _sortable(value: Value) -> pl.Expr:
    expr = value_expr(value)
    return expr.cast(pl.String) if bound.kind_of(value) is Kind.TEXT else expr


def _named(frame: pl.DataFrame, plan: Select, known: dict[Value, Column]) -> pl.DataFrame:
    outputs = []
    for output in plan.outputs:
        value = bound.substitute(output.value, known)
        outputs.append(_shown(value).alias(output.name))
    # a column of the frame keeps its height where every output is a literal
    return frame.with_columns(outputs).select(output.name for output in plan.outputs)


def _shown(value: Value) -> pl.Expr:
    expr = value_expr(value)
    match bound.kind_of(value):
        case Kind.TEXT:
            return expr.cast(pl.String)
        case Kind.STATUS:
            words = {int(status): status.name.lower() for status in SpanStatus}
            return expr.replace_strict(words, default=None, return_dtype=pl.String)
        case _:
            return expr


def _length(scope: TimeRange) -> float:
    return scope.length / SECOND


def _key(number: int) -> str:
    return f"_key{number}"


def _aggregate(number: int) -> str:
    return f"_agg{number}"
