"""COMPARE, bound."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType
from typing import Final

from traversion_data.model import Nanos, TimeRange
from traversion_engine.catalogue import CORE, DERIVED, Field, FieldKind
from traversion_engine.diagnose.compare.baseline import choose
from traversion_engine.diagnose.compare.measure import How, Measure
from traversion_engine.diagnose.compare.natural import natural
from traversion_engine.timeql import ast
from traversion_engine.timeql.bind.environment import Environment, NothingThereError
from traversion_engine.timeql.bind.fields import EVENT_NAMES, column, column_of, of_any_type
from traversion_engine.timeql.bind.moments import moment
from traversion_engine.timeql.bind.predicates import conjuncts, test_of
from traversion_engine.timeql.bind.state import one_field
from traversion_engine.timeql.bind.values import Clause, value_of
from traversion_engine.timeql.bound import (
    Aggregate,
    Column,
    Constant,
    Kind,
    Missing,
    Negation,
    Template,
    Value,
    kind_of,
)
from traversion_engine.timeql.functions import QUANTILES
from traversion_engine.timeql.literals import duration_text
from traversion_engine.timeql.plan_compare import Compare, Compared
from traversion_engine.timeql.times import time_text

_HOWS: Final = MappingProxyType(
    {
        "avg": How.MEAN,
        "sum": How.SUM,
        "stddev": How.SPREAD,
        "min": How.LOWEST,
        "max": How.HIGHEST,
        "first": How.FIRST,
        "last": How.LAST,
        "distinct": How.DISTINCT,
        "count": How.COUNT,
        "rate": How.RATE,
        "ratio": How.SHARE,
        **dict.fromkeys(QUANTILES, How.QUANTILE),
    }
)
_OF_ALL: Final = ("request_rate", "error_rate", "p95")
"""Derived fields that are compared where the statement names no field."""
_NOT_COMPARED: Final = frozenset({FieldKind.ID, FieldKind.TIME, FieldKind.DERIVED})
_COUNT: Final = Compared(Measure("count()", How.COUNT))


def compare(env: Environment, node: ast.Compare) -> Compare:
    """COMPARE two windows, the second one chosen where the statement names one time."""
    over = env.over if node.over is None else node.over.ns
    if node.over is not None and over <= 0:
        raise env.error(node.over, "A window must be longer than nothing")
    first = moment(env, node.a)
    second = None if node.b is None else moment(env, node.b)
    asked = tuple(dict.fromkeys(one for measure in node.measures if (one := _asked(env, measure))))
    by = column(env, CORE["service"]) if node.by is None else column_of(env, node.by)
    where = conjuncts(env, node.where)
    if (node.measures and not asked) or by is None:
        raise NothingThereError("None of what is asked for has a value to compare.")
    a, b, baseline = _windows(env, first, second, over)
    measures = asked or _all(env, by)
    return Compare(a, b, baseline, measures, by, where, not node.measures, over)


def _windows(
    env: Environment, first: Nanos, second: Nanos | None, over: Nanos
) -> tuple[TimeRange, TimeRange, str | None]:
    if second is not None:
        a, b = _window(env, first, over), _window(env, second, over)
        if a.start < b.end and b.start < a.end:
            env.note("The windows overlap, so what lies in both is compared with itself.")
        _tell(env, a, b)
        return a, b, None
    b = _window(env, first, over)
    chosen = choose(env.view, b, over)
    if chosen is None:
        raise NothingThereError("Nothing is recorded before this window to compare it with.")
    if chosen.window.length < over:
        _note_shorter(env, chosen.window)
    env.meta["baseline"] = chosen.name
    _tell(env, chosen.window, b)
    return chosen.window, b, chosen.name


def _window(env: Environment, end: Nanos, over: Nanos) -> TimeRange:
    """What of the window before a moment lies in the recording.

    Raises:
        NothingThereError: nothing of it.
    """
    bounds = env.view.bounds
    whole = TimeRange(bounds.start, max(bounds.end, env.context.now or bounds.end))
    asked = TimeRange(end - over, end)
    window = asked.intersect(whole)
    if window.length <= 0:
        zone = env.context.zone
        raise NothingThereError(
            f"The {duration_text(over)} before {time_text(end, zone)} lie outside the recording,"
            f" {time_text(whole.start, zone)} to {time_text(whole.end, zone)}."
        )
    if window != asked:
        _note_shorter(env, window)
    return window


def _note_shorter(env: Environment, window: TimeRange) -> None:
    start, end = (time_text(at, env.context.zone) for at in (window.start, window.end))
    env.note(f"One window is shorter, as the recording is: {start} to {end}.")


def _tell(env: Environment, a: TimeRange, b: TimeRange) -> None:
    for name, window in (("a", a), ("b", b)):
        start, end = (time_text(at, env.context.zone, 9) for at in (window.start, window.end))
        env.meta[name] = f"{start} to {end}"


def _asked(env: Environment, node: ast.Field | ast.Call) -> Compared | None:
    if isinstance(node, ast.Field):
        field = one_field(env, node)
        return None if field is None else _of_field(env, field)
    value = value_of(env, node, Clause(test_of, EVENT_NAMES, aggregates=True))
    if isinstance(value, Template) or not isinstance(value, Aggregate):
        raise env.error(node, "COMPARE takes fields and aggregates", "Write FOR cpu, count().")
    how, operand = _HOWS[value.function], value.operand
    if isinstance(operand, Constant) and operand.value is None:
        return None
    if how is not How.DISTINCT and operand is not None and how is not How.COUNT:
        kind = kind_of(operand)
        if kind is not Kind.NUMBER:
            raise env.error(
                node.args[0],
                f"{value.function} of a {kind} cannot be subtracted",
                "COMPARE compares numbers; write the field alone for the share of its values.",
            )
    measure = Measure(env.words(node), how, QUANTILES.get(value.function))
    if how is How.COUNT and operand is not None:
        return Compared(measure, test=Negation(Missing(operand)))
    return Compared(measure, operand, value.where)


def _of_field(env: Environment, field: Field) -> Compared:
    measure = natural(env.view, field)
    if field.derived:
        return Compared(measure)
    value: Value = column(env, field)
    if measure.how is How.VALUES:
        value = of_any_type(env, value)
        if field is CORE["message"]:
            return Compared(replace(measure, label="template(message)"), Template(value))
        if kind_of(value) is Kind.BOOLEAN:
            return Compared(Measure(f"{field.name} = true", How.SHARE), value)
    return Compared(measure, value)


def _all(env: Environment, by: Column) -> tuple[Compared, ...]:
    catalogue = env.catalogue
    recorded = [
        field
        for field in catalogue.fields
        if field.kind not in _NOT_COMPARED
        and field.name != by.label
        and not field.dtype.is_nested()
        and catalogue.is_filled(field)
    ]
    names = {field.name for field in recorded}
    derived = [DERIVED[name] for name in _OF_ALL if name not in names]
    return (_COUNT, *(_of_field(env, field) for field in (*derived, *recorded)))
