"""Names of a statement to columns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from traversion_engine.catalogue import (
    CORE,
    DERIVED,
    Ambiguous,
    Field,
    FieldKind,
    UnitSource,
    Unknown,
    matching_form,
)
from traversion_engine.diagnostic import StatementError, did_you_mean, nearest
from traversion_engine.timeql import ast
from traversion_engine.timeql.bind.environment import Environment
from traversion_engine.timeql.bound import DERIVED_PREFIX, AsText, Column, Kind, Origin, Value
from traversion_engine.units import convert

_KINDS = {
    FieldKind.NUMBER: Kind.NUMBER,
    FieldKind.DURATION: Kind.NUMBER,
    FieldKind.TEXT: Kind.TEXT,
    FieldKind.BOOLEAN: Kind.BOOLEAN,
    FieldKind.TIME: Kind.TIME,
    FieldKind.SEVERITY: Kind.SEVERITY,
    FieldKind.STATUS: Kind.STATUS,
}


@dataclass(frozen=True)
class Names:
    """Which names a clause knows: the statement's own columns first, then the recording's fields.

    own: by name; empty where the clause is about events alone.
    """

    own: Mapping[str, Column] = field(default_factory=lambda: MappingProxyType({}))
    recorded: bool = True

    def own_column(self, name: str) -> Column | None:
        """The statement's own column of this name, case and `_ . -` ignored."""
        wanted = matching_form(name)
        return next((c for key, c in self.own.items() if matching_form(key) == wanted), None)


EVENT_NAMES = Names()


def column_of(
    env: Environment, node: ast.Field, names: Names = EVENT_NAMES, beside: str | None = None
) -> Column | None:
    """The column a name means; None for a synonym of which this recording has no field (noted).

    `beside` is the unit of what it is compared with: `memory` beside a percent is `mem_pct`.

    Raises:
        StatementError: no field, or several, have the name.
    """
    if own := names.own_column(node.name):
        return own
    if not names.recorded:
        raise _no_such_column(env, node, names)
    match env.catalogue.resolve(node.name, quoted=node.quoted, wanted_unit=beside):
        case Ambiguous(candidates=candidates):
            listed = ", ".join(candidate.name for candidate in candidates)
            raise env.error(node, f"{node.name} may be any of {listed}", "Write one of them.")
        case Unknown(synonym=True):
            env.note(f"No field of this recording says {node.name}.")
            return None
        case Unknown(nearest=close):
            raise no_such_field(env, node, (*close, *nearest(node.name, names.own)))
        case Field() as found:
            return column(env, found)


def column(env: Environment, found: Field) -> Column:
    """A catalogue field as a column; notes where the name hides a derived field or a guess."""
    note_hidden_derived(env, found)
    divisor = 1
    if found.unit and found.stored_unit and found.unit != found.stored_unit:
        divisor = round(convert(1, found.unit, found.stored_unit))
    return Column(
        DERIVED_PREFIX + found.name if found.derived else found.column,
        kind_of_field(found),
        found.name,
        found.unit,
        divisor,
        Origin.DERIVED if found.derived else Origin.RECORDED,
        found.path,
    )


def of_any_type(env: Environment, value: Value) -> Value:
    """A recorded value as text, where its key's type changed and so there is more than a column."""
    if not isinstance(value, Column) or value.origin is not Origin.RECORDED or value.path:
        return value
    drifted = env.catalogue.drifted(value.label)
    if drifted is None:
        return value
    return AsText(value, replace(column(env, drifted), kind=Kind.TEXT, unit=None))


def note_hidden_derived(env: Environment, found: Field) -> None:
    """A recorded field of a derived field's name comes first; a reader should know."""
    if not found.derived and found.name in DERIVED:
        env.note(f"{found.name} is the recorded field, not the derived one.")


def no_such_field(env: Environment, node: ast.Field, close: tuple[str, ...]) -> StatementError:
    """The error for a name that no field has, with the nearest."""
    hint = (
        _difference_meant(env, node)
        or did_you_mean(*dict.fromkeys(close[:3]))
        or "SHOW FIELDS lists them."
    )
    return env.error(node, f"There is no field {node.name}", hint)


def _difference_meant(env: Environment, node: ast.Field) -> str | None:
    """A dash belongs to the name; between two names of fields a minus was meant."""
    left, dash, right = node.name.partition("-")
    while dash and not node.quoted:
        if all(isinstance(env.catalogue.resolve(side), Field) for side in (left, right)):
            return f"A minus needs blanks: {left} - {right}."
        more, dash, right = right.partition("-")
        left = f"{left}-{more}"
    return None


def unit_is_guessed(env: Environment, target: Column) -> bool:
    """Whether the unit of a recorded column is known from its observed range alone."""
    found = env.catalogue.recorded(target.label)
    return found is not None and found.unit_source is UnitSource.RANGE


def kind_of_field(found: Field) -> Kind:
    """The kind of a field's values; ids and derived fields by how they are stored."""
    if found is CORE["seq"]:
        return Kind.EVENT
    if found.kind in _KINDS:
        return _KINDS[found.kind]
    return Kind.NUMBER if found.dtype.is_numeric() else Kind.TEXT


def _no_such_column(env: Environment, node: ast.Field, names: Names) -> StatementError:
    close = nearest(node.name, names.own)
    hint = did_you_mean(*close) or f"It has {', '.join(names.own)}."
    return env.error(node, f"this statement has no column {node.name}", hint)
