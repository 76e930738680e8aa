"""STATE and HISTORY, bound."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from traversion_engine.catalogue import Ambiguous, Field, FieldKind, Unknown, matching_form
from traversion_engine.state.health import LEVELS
from traversion_engine.timeql import ast, bound
from traversion_engine.timeql import columns as tables
from traversion_engine.timeql.bind.environment import Environment, NothingThereError
from traversion_engine.timeql.bind.fields import Names, no_such_field, note_hidden_derived
from traversion_engine.timeql.bind.moments import moment
from traversion_engine.timeql.bind.predicates import conjuncts
from traversion_engine.timeql.bind.scopes import scope_of
from traversion_engine.timeql.bound import Column, Conjunct, Constant, Kind, Origin
from traversion_engine.timeql.plan import History, State, state_column, state_text

OWN: Final = tables.own_columns(tables.STATE)
_FIELD: Final = OWN["field"]


def state(env: Environment, node: ast.State) -> State:
    """STATE at a moment, by default the playhead."""
    at = env.clock.playhead if node.at is None else moment(env, node.at)
    since = None if node.changed_since is None else moment(env, node.changed_since)
    if since is not None and since > at and node.changed_since is not None:
        raise env.error(node.changed_since, "CHANGED SINCE lies after the moment of the state")
    over = env.over if node.over is None else node.over.ns
    if node.over is not None and over <= 0:
        raise env.error(node.over, "A window must be longer than nothing")
    fields = _listed(env, node.fields)
    where = conjuncts(env, node.where and _health_for_status(node.where), Names(OWN))
    asked = tuple(
        dict.fromkeys(
            field
            for part in where
            for column in bound.columns_of(part.test)
            if (field := _field_of(env, column))
        )
    )
    return State(at, fields, tuple(_of_rows(env, part) for part in where), asked, since, over)


def history(env: Environment, node: ast.History) -> History:
    """HISTORY of one field of one service."""
    scope = scope_of(env, node.scope)
    field = one_field(env, node.target.field)
    if field is None:
        raise NothingThereError(env.notes[-1])
    return History(node.target.service, field, scope)


def one_field(env: Environment, node: ast.Field) -> Field | None:
    """The field a word of a FOR list means; None for a synonym without a field, which is noted.

    Raises:
        StatementError: no field, or several, have the name.
    """
    match env.catalogue.resolve(node.name, quoted=node.quoted):
        case Ambiguous(candidates=candidates):
            listed = ", ".join(candidate.name for candidate in candidates)
            raise env.error(node, f"{node.name} may be any of {listed}", "Write one of them.")
        case Unknown(synonym=True):
            env.note(f"No field of this recording says {node.name}.")
            return None
        case Unknown() as unknown:
            raise no_such_field(env, node, unknown.nearest)
        case Field(kind=FieldKind.TIME) as field:
            env.note(f"{field.name} says when, and is no state.")
            return None
        case Field() as field:
            note_hidden_derived(env, field)
            return field


def _listed(env: Environment, nodes: tuple[ast.Field, ...]) -> tuple[Field, ...] | None:
    if not nodes:
        return None
    found = [field for node in nodes if (field := one_field(env, node))]
    if not found:
        raise NothingThereError("None of the fields after FOR has a value to show.")
    return tuple(dict.fromkeys(found))


def _field_of(env: Environment, column: Column) -> Field | None:
    if column.origin is Origin.RESULT:
        return None
    if column.origin is Origin.DERIVED:
        resolved = env.catalogue.resolve(column.label)
        return resolved if isinstance(resolved, Field) else None
    return env.catalogue.recorded(column.label)


def _of_rows(env: Environment, part: Conjunct) -> Conjunct:
    """Fields become columns beside the rows; words compared with `field` become its names."""
    whole: dict[bound.Value, bound.Value] = {
        value: _text_beside(value.operand.label)
        for value in bound.parts_of(part.test, bound.AsText)
    }
    for number in bound.parts_of(part.test, bound.AsNumber):
        if number.drifted is not None:
            whole[number] = bound.AsNumber(_text_beside(number.drifted.label))
    part = Conjunct(bound.substitute(part.test, whole), part.text)
    beside = {
        column: Column(state_column(column.label), column.kind, column.label, column.unit,
                       origin=Origin.RESULT)
        for column in bound.columns_of(part.test)
        if column.origin is not Origin.RESULT
    }  # fmt: skip
    test = bound.substitute(part.test, beside)
    names = {
        Constant(word, Kind.TEXT): Constant(name, Kind.TEXT)
        for word in _words_beside_field(test)
        if (name := _canonical(env, word))
    }
    return Conjunct(bound.substitute(test, names) if names else test, part.text)


def _text_beside(label: str) -> Column:
    return Column(state_text(label), Kind.TEXT, label, origin=Origin.RESULT)


def _words_beside_field(test: bound.Test) -> list[str]:
    words: list[str] = []
    waiting = [test]
    while waiting:
        match waiting.pop():
            case bound.Compare(_, Column() as column, Constant(str() as word)) if column == _FIELD:
                words.append(word)
            case bound.OneOf(Column() as column, options) if column == _FIELD:
                words += [str(option.value) for option in options]
            case bound.AllOf(parts) | bound.AnyOf(parts):
                waiting += parts
            case bound.Negation(part):
                waiting.append(part)
            case _:
                pass
    return words


def _canonical(env: Environment, word: str) -> str | None:
    resolved = env.catalogue.resolve(word)
    return resolved.name if isinstance(resolved, Field) else None


def _health_for_status(node: ast.Predicate) -> ast.Predicate:
    """`status = 'degraded'` asks for health: no recorded status has such values."""
    match node:
        case ast.And(parts=parts) | ast.Or(parts=parts):
            return replace(node, parts=tuple(_health_for_status(part) for part in parts))
        case ast.Not(part=part):
            return replace(node, part=_health_for_status(part))
        case ast.Comparison(left=ast.Field() as field, right=ast.String(value=word)) if (
            _is_status(field) and word in LEVELS
        ):
            return replace(node, left=replace(field, name="health"))
        case ast.In(operand=ast.Field() as field, options=options) if _is_status(field) and all(
            isinstance(option, ast.String) and option.value in LEVELS for option in options
        ):
            return replace(node, operand=replace(field, name="health"))
        case _:
            return node


def _is_status(field: ast.Field) -> bool:
    return matching_form(field.name) == "status"
