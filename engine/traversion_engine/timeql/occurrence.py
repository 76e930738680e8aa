"""Texts of a statement that nothing can be equal to here, with the nearest that something is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from types import MappingProxyType
from typing import Final

from traversion_data import schema
from traversion_engine.catalogue import Catalogue, Unknown
from traversion_engine.causality.evidence import EdgeKind, EdgeRole
from traversion_engine.diagnostic import did_you_mean, nearest, one_of
from traversion_engine.state.health import LEVELS
from traversion_engine.timeql import bound
from traversion_engine.timeql.bound import Column, Conjunct, Constant, Kind, Origin, Test

FEW_VALUES: Final = frozenset({schema.SERVICE, schema.TYPE})
"""Columns with so few values that a text nothing has is worth a note in any answer."""

_ANY_ERROR: Final = (schema.TYPE, "error")

ONLY_DIRECT: Final = (
    "Only direct edges are known to this version: temporal, data and service edges are not"
    " inferred yet."
)
_INFERRED: Final = frozenset(kind.value for kind in EdgeKind if kind is not EdgeKind.DIRECT)
_WORDS: Final = MappingProxyType(
    {
        "health": LEVELS,
        "kind": tuple(kind.value for kind in EdgeKind),
        "role": tuple(role.value for role in EdgeRole),
    }
)
"""The only texts that derived fields and columns of a statement's own table can hold."""


def absent_values(
    catalogue: Catalogue, where: Iterable[Conjunct], only: frozenset[str] | None = None
) -> Iterator[str]:
    """A sentence for each text that a test asks for by `=` or IN and that never occurs.

    `only` are the labels of the recorded columns to look at; without, all text columns.
    """
    for part in where:
        for column, text in _asked(part.test):
            if column.label in _WORDS and column.origin is not Origin.RECORDED:
                yield from _no_such_word(column.label, text)
            elif column.label == "field" and column.origin is Origin.RESULT:
                yield from _no_such_field(catalogue, text)
            elif only is None or column.label in only:
                yield from _never_recorded(catalogue, column.label, text)


def _no_such_word(label: str, text: str) -> Iterator[str]:
    if label == "kind" and text in _INFERRED:
        yield ONLY_DIRECT
    elif text not in _WORDS[label]:
        close = nearest(text, _WORDS[label])
        hint = did_you_mean(*(f"'{near}'" for near in close)) or f"It is {one_of(_WORDS[label])}."
        yield f"{label} is never '{text}'. {hint}"


def _no_such_field(catalogue: Catalogue, text: str) -> Iterator[str]:
    found = catalogue.resolve(text)
    if isinstance(found, Unknown):
        hint = did_you_mean(*(f"'{near}'" for near in found.nearest))
        yield f"There is no field '{text}'. {hint or 'SHOW FIELDS lists them.'}"


def _never_recorded(catalogue: Catalogue, label: str, text: str) -> Iterator[str]:
    field = catalogue.recorded(label)
    # errors of every type are of type 'error'
    if field is None or catalogue.has_value(field, text) or (label, text) == _ANY_ERROR:
        return
    hint = did_you_mean(*(f"'{near}'" for near in catalogue.nearest_values(field, text)))
    yield f"No event has {label} '{text}'." + (f" {hint}" if hint else "")


def _asked(test: Test) -> Iterator[tuple[Column, str]]:
    waiting = [test]
    while waiting:
        match waiting.pop():
            case bound.Compare("=", Column(kind=Kind.TEXT) as column, Constant(str() as text)):
                yield column, text
            case bound.Compare("=", Constant(str() as text), Column(kind=Kind.TEXT) as column):
                yield column, text
            case bound.OneOf(Column(kind=Kind.TEXT) as column, options):
                for option in options:
                    yield column, str(option.value)
            case bound.AllOf(parts) | bound.AnyOf(parts):
                waiting += reversed(parts)
            case bound.Negation(part):
                waiting.append(part)
            case _:
                pass
