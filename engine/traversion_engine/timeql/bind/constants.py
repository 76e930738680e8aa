"""Written values, in the unit and kind of what they stand beside."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from traversion_data.model import MILLISECOND, Severity, SpanStatus
from traversion_engine.diagnostic import StatementError, did_you_mean, nearest
from traversion_engine.timeql import ast
from traversion_engine.timeql.bind import events
from traversion_engine.timeql.bind.environment import Environment, NothingThereError
from traversion_engine.timeql.bind.fields import unit_is_guessed
from traversion_engine.timeql.bind.moments import moment, moment_of_text
from traversion_engine.timeql.bound import Column, Constant, Kind, Origin, Value, kind_of, unit_of
from traversion_engine.timeql.times import TimeTextError, instant
from traversion_engine.units import UnitMismatchError, compatible, convert

SEVERITY_WORDS: Final = MappingProxyType(
    {
        **{level.word: level for level in Severity},
        "warning": Severity.WARN,
        "err": Severity.ERROR,
        **dict.fromkeys(("critical", "crit", "emerg", "alert", "panic"), Severity.FATAL),
        "emergency": Severity.FATAL,
        "notice": Severity.INFO,
        "information": Severity.INFO,
    }
)
STATUS_WORDS: Final = MappingProxyType({status.name.lower(): status for status in SpanStatus})
_OTLP_STEP: Final = 4
_TRUTH: Final = MappingProxyType({"true": True, "false": False})

Written = ast.Number | ast.Percent | ast.String | ast.Duration | ast.Boolean | ast.Null
Times = (
    ast.TimeLiteral | ast.Now | ast.Playhead | ast.Start | ast.End | ast.Ago | ast.Bookmark
    | ast.EventTime
)  # fmt: skip


def constant(env: Environment, node: Written | Times, beside: Value) -> Constant:
    """A written value as a constant of the kind and unit of `beside`.

    Raises:
        StatementError: the value is of another kind, or its unit measures something else.
    """
    match node:
        case ast.Null():
            return Constant(None, kind_of(beside))
        case ast.String():
            return _text(env, node, beside)
        case ast.Boolean():
            return _boolean(env, node, beside)
        case ast.Number() | ast.Percent() | ast.Duration():
            return _number(env, node, beside)
        case ast.EventTime(event=event, offset_ns=0) if kind_of(beside) is Kind.EVENT:
            return Constant(events.seq_at(env, events.position(env, event)), Kind.EVENT)
        case _:
            if kind_of(beside) is not Kind.TIME:
                raise env.error(node, f"{_name(beside)} is {_what(beside)}, not a time")
            return Constant(moment(env, node), Kind.TIME)


def unit_of_written(node: ast.Expression) -> str | None:
    """The unit a value is written in, which may decide which field is meant."""
    match node:
        case ast.Percent():
            return "percent"
        case ast.Number(unit=unit):
            return unit
        case ast.Duration():
            return "ns"
        case _:
            return None


def alone(node: Written) -> Constant:
    """A written value that stands beside nothing, such as `SELECT 250ms`.

    Lengths of time are in ms, sizes in bytes, percents stay percents.
    """
    match node:
        case ast.Null():
            return Constant(None, None)
        case ast.String(value=text):
            return Constant(text, Kind.TEXT)
        case ast.Boolean(value=truth):
            return Constant(truth, Kind.BOOLEAN)
        case ast.Duration(ns=ns):
            return Constant(ns / MILLISECOND, Kind.NUMBER, "ms")
        case ast.Percent(value=value):
            return Constant(value, Kind.NUMBER, "percent")
        case ast.Number(value=value, unit=written):
            if written is None:
                return Constant(value, Kind.NUMBER)
            shown = next(name for name in ("count", "ms", "bytes") if compatible(written, name))
            plain = convert(value, written, shown)
            return Constant(plain, Kind.NUMBER, None if shown == "count" else shown)


def is_number(text: str) -> bool:
    """Whether a text reads as a number."""
    try:
        float(text)
    except ValueError:
        return False
    return True


def severity_of(text: str) -> Severity | None:
    """The severity a word means, in any case."""
    return SEVERITY_WORDS.get(text.strip().casefold())


def no_such_severity(env: Environment, node: ast.Node, text: str) -> StatementError:
    """The error for a word that names no severity, with the nearest."""
    names = ", ".join(known.word for known in Severity)
    hint = did_you_mean(*nearest(text, SEVERITY_WORDS)) or f"They are {names}."
    return env.error(node, f"'{text}' is no severity", hint)


def _text(env: Environment, node: ast.String, beside: Value) -> Constant:
    text = node.value
    match kind_of(beside):
        case Kind.TEXT | None:
            return Constant(text, Kind.TEXT)
        case Kind.TIME:
            return Constant(moment_of_text(env, node), Kind.TIME)
        case Kind.SEVERITY:
            return _severity(env, node, text)
        case Kind.STATUS:
            status = STATUS_WORDS.get(text.casefold())
            if status is None:
                raise env.error(node, f"A span status is unset, ok or error, not '{text}'")
            return Constant(int(status), Kind.STATUS)
        case Kind.BOOLEAN:
            if text.casefold() in _TRUTH:
                return Constant(_TRUTH[text.casefold()], Kind.BOOLEAN)
            raise env.error(node, f"{_name(beside)} is true or false, not '{text}'")
        case Kind.EVENT:
            return _event(env, node)
        case Kind.NUMBER:
            return _numeric_text(env, node, beside)


def _severity(env: Environment, node: ast.Node, text: str) -> Constant:
    level = severity_of(text)
    if level is None:
        raise no_such_severity(env, node, text)
    return Constant(int(level), Kind.SEVERITY)


def _event(env: Environment, node: ast.String) -> Constant:
    try:
        at = events.position(env, ast.IdRef(node.value, quoted=True, span=node.span))
    except NothingThereError as missing:
        env.note(missing.note)
        return Constant(-1, Kind.EVENT)
    return Constant(events.seq_at(env, at), Kind.EVENT)


def _numeric_text(env: Environment, node: ast.String, beside: Value) -> Constant:
    if not is_number(node.value):
        raise env.error(node, f"{_name(beside)} is {_what(beside)}, not the text '{node.value}'")
    return Constant(float(node.value), Kind.NUMBER)


def _boolean(env: Environment, node: ast.Boolean, beside: Value) -> Constant:
    match kind_of(beside):
        case Kind.BOOLEAN | None:
            return Constant(node.value, Kind.BOOLEAN)
        case Kind.TEXT:
            return Constant("true" if node.value else "false", Kind.TEXT)
        case _:
            raise env.error(node, f"{_name(beside)} is {_what(beside)}, not true or false")


def _number(
    env: Environment, node: ast.Number | ast.Percent | ast.Duration, beside: Value
) -> Constant:
    match kind_of(beside):
        case Kind.NUMBER | Kind.TEXT | None:
            return Constant(_converted(env, node, beside), Kind.NUMBER)
        case Kind.SEVERITY if isinstance(node, ast.Number) and node.unit is None:
            level = (int(node.value) - 1) // _OTLP_STEP
            if not 0 <= level < len(Severity):
                raise env.error(node, f"{node.text} is no severity; OpenTelemetry's are 1 to 24")
            return Constant(level, Kind.SEVERITY)
        case Kind.STATUS if node.text in {"0", "1", "2"}:
            return Constant(int(node.text), Kind.STATUS)
        case Kind.STATUS:
            raise env.error(node, f"{described(beside)}: unset, ok or error", _http_status(env))
        case Kind.TIME if isinstance(node, ast.Number):
            try:
                return Constant(instant(node.text, env.clock).ns, Kind.TIME)
            except TimeTextError as error:
                raise env.error(node, str(error), error.hint) from None
        case Kind.BOOLEAN if node.text in {"0", "1"}:
            return Constant(node.text == "1", Kind.BOOLEAN)
        case Kind.EVENT if isinstance(node, ast.Number):
            return Constant(node.value, Kind.EVENT)
        case _:
            raise env.error(node, f"{_name(beside)} is {_what(beside)}, not a number")


def _converted(
    env: Environment, node: ast.Number | ast.Percent | ast.Duration, beside: Value
) -> int | float:
    unit = unit_of(beside)
    written = unit_of_written(node)
    value = node.ns if isinstance(node, ast.Duration) else node.value
    if written is None:
        if unit == "ratio" and abs(value) > 1:
            env.note(
                f"{_name(beside)} is a ratio from 0 to 1, and {node.text} is read as it stands;"
                f" {node.text}% would be {value / 100:g}."
            )
        return value
    if unit is None:
        nothing = isinstance(beside, Constant) and beside.value is None
        return value if nothing else _without_unit(env, node, value, beside)
    if isinstance(beside, Column) and _is_range_only(env, beside):
        env.note(f"{beside.label} is read as a {unit}, by the range of its recorded values.")
    try:
        return convert(value, written, unit)
    except UnitMismatchError:
        shown = "a percent" if isinstance(node, ast.Percent) else f"in {written}"
        raise env.error(
            node,
            f"{_name(beside)} is in {unit}, and {node.text} is {shown}",
            f"Write a number in {unit}.",
        ) from None


def _without_unit(
    env: Environment,
    node: ast.Number | ast.Percent | ast.Duration,
    value: float,
    beside: Value,
) -> int | float:
    written = unit_of_written(node)
    if written is not None and compatible(written, "count"):
        return convert(value, written, "count")
    raise env.error(
        node,
        f"The unit of {_name(beside)} is not known, so {node.text} cannot be compared with it",
        "Write a plain number; SHOW FIELDS lists the units.",
    )


def _http_status(env: Environment) -> str | None:
    """Where a number beside `status` probably belongs."""
    found = (name for name in env.catalogue.names if name.endswith("status_code"))
    return next((f"The HTTP status is in {name}." for name in found), None)


def _is_range_only(env: Environment, beside: Column) -> bool:
    return beside.origin is Origin.RECORDED and unit_is_guessed(env, beside)


def _name(value: Value) -> str:
    return value.label if isinstance(value, Column) else "this"


def _what(value: Value) -> str:
    kind = kind_of(value)
    unit = unit_of(value)
    if kind is Kind.NUMBER:
        return f"a number in {unit}" if unit else "a number"
    return {
        Kind.TEXT: "a text",
        Kind.BOOLEAN: "true or false",
        Kind.TIME: "a time",
        Kind.SEVERITY: "a severity",
        Kind.STATUS: "a span status",
        Kind.EVENT: "an event",
    }.get(kind, "NULL")  # type: ignore[arg-type]


def described(value: Value) -> str:
    """`duration is a number in ms`, for errors."""
    return f"{_name(value)} is {_what(value)}"
