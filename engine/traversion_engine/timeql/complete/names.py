"""Candidates that the recording has: fields and their values."""

from __future__ import annotations

from collections.abc import Iterator

from traversion_data import schema
from traversion_engine.catalogue import DERIVED, Catalogue, Field, FieldKind, Unknown
from traversion_engine.timeql.complete.candidate import Candidate, Sort
from traversion_engine.timeql.complete.typed import Token
from traversion_engine.timeql.functions import AGGREGATES, TEMPLATE
from traversion_engine.timeql.grammar import reads
from traversion_engine.timeql.registry import ColumnInfo

MOST_VALUES = 1000
"""Values of a field that are looked through for what was typed."""
_SEVERITIES = ("trace", "debug", "info", "warn", "error", "fatal")


def fields(catalogue: Catalogue) -> Iterator[Candidate]:
    """Recorded fields that some event has, then derived ones."""
    for field in catalogue.fields:
        if catalogue.is_filled(field):
            yield Candidate(_field_name(field.name), Sort.FIELD, _described(field))
    yield Candidate("error_occurred", Sort.FIELD, "boolean: whether the event is an error")
    for name, field in DERIVED.items():
        if catalogue.recorded(name) is None:
            yield Candidate(name, Sort.FIELD, _described(field))


def columns(own: tuple[ColumnInfo, ...]) -> Iterator[Candidate]:
    """The columns of a statement's own table."""
    for column in own:
        detail = f"{column.type} {column.unit}" if column.unit else column.type
        yield Candidate(_field_name(column.name), Sort.FIELD, f"{detail} of the result")


def functions() -> Iterator[Candidate]:
    """Aggregates, the bracket open."""
    for name, function in AGGREGATES.items():
        yield Candidate(f"{name}(", Sort.FUNCTION, f"{function.meaning}; takes {function.takes}")
    yield Candidate(
        f"{TEMPLATE}({schema.MESSAGE})", Sort.FUNCTION, "the message without its values"
    )


def values(catalogue: Catalogue, named: Token) -> Iterator[Candidate]:
    """Values of the field that a name stands for, the most frequent first."""
    quoted = named.kind == "quoted"
    name = named.text[1:-1].replace('""', '"') if quoted else named.text
    field = catalogue.resolve(name, quoted=quoted)
    if not isinstance(field, Field):
        return
    if field.kind is FieldKind.SEVERITY:
        for level in _SEVERITIES:
            yield Candidate(level, Sort.VALUE, "severity")
    elif field.kind is FieldKind.BOOLEAN:
        yield Candidate("true", Sort.VALUE)
        yield Candidate("false", Sort.VALUE)
    elif not field.derived:
        bare = field.numeric
        for value in catalogue.values(field, MOST_VALUES):
            yield Candidate(value if bare else _text(value), Sort.VALUE, field.name)


def services(catalogue: Catalogue) -> Iterator[Candidate]:
    """Names of services, the busiest first."""
    found = catalogue.resolve(schema.SERVICE)
    if isinstance(found, Unknown | tuple) or not isinstance(found, Field):
        return
    for value in catalogue.values(found, MOST_VALUES):
        yield Candidate(_text(value), Sort.VALUE, "service")


def _described(field: Field) -> str:
    what = str(field.kind) if not field.derived else "derived"
    return f"{what}, {field.unit}" if field.unit else what


def _field_name(name: str) -> str:
    doubled = name.replace('"', '""')
    return name if reads("name", name) else f'"{doubled}"'


def _text(value: str) -> str:
    doubled = value.replace("'", "''")
    return f"'{doubled}'"
