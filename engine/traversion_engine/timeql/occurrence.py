"""Texts of a statement that no event of the recording has, with the nearest that some event has."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from traversion_data import schema
from traversion_engine.catalogue import Catalogue
from traversion_engine.diagnostic import did_you_mean
from traversion_engine.timeql import bound
from traversion_engine.timeql.bound import Column, Conjunct, Constant, Kind, Test

FEW_VALUES: Final = frozenset({schema.SERVICE, schema.TYPE})
"""Columns with so few values that a text nothing has is worth a note in any answer."""


def absent_values(
    catalogue: Catalogue, where: Iterable[Conjunct], only: frozenset[str] | None = None
) -> Iterator[str]:
    """A sentence for each text that a test asks for by `=` or IN and that never occurs.

    `only` are the labels of the columns to look at; without, all text columns.
    """
    for part in where:
        for column, text in _asked(part.test):
            if only is not None and column.label not in only:
                continue
            field = catalogue.recorded(column.label)
            if field is None or catalogue.has_value(field, text):
                continue
            hint = did_you_mean(*(f"'{near}'" for near in catalogue.nearest_values(field, text)))
            yield f"No event has {column.label} '{text}'." + (f" {hint}" if hint else "")


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
