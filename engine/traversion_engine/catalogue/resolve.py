"""From a word in a statement to the field it means (timeql.md, Words)."""

from __future__ import annotations

from collections.abc import Iterable
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from traversion_engine.catalogue.field import (
    ALIASES,
    CORE,
    DERIVED,
    Ambiguous,
    Field,
    Unknown,
    matching_form,
)
from traversion_engine.diagnostic import nearest
from traversion_engine.units import Dimension, compatible, suffix_unit, unit, words

if TYPE_CHECKING:
    from traversion_engine.catalogue.catalogue import Catalogue

Resolved = Field | Ambiguous | Unknown

MEANINGS: Final = MappingProxyType(
    {
        "cpu": frozenset({"cpu"}),
        "memory": frozenset({"memory", "mem"}),
        "mem": frozenset({"memory", "mem"}),
        "disk": frozenset({"disk", "filesystem"}),
        "latency": frozenset({"latency", "duration", "elapsed", "took"}),
        "duration": frozenset({"latency", "duration", "elapsed", "took"}),
        "errors": frozenset({"errors", "error", "failures"}),
    }
)
"""The synonyms, and the words of a field's name that carry the meaning."""

_PLAIN_WORDS: Final = frozenset(
    {"usage", "used", "use", "util", "utilization", "utilisation", "time", "ms", "current"}
)
_LIMIT_WORDS: Final = frozenset(
    {"limit", "limits", "max", "total", "capacity", "size", "free", "available", "requests", "idle"}
)


def resolve(
    catalogue: Catalogue, name: str, wanted_unit: str | None = None, *, quoted: bool = False
) -> Resolved:
    """The field `name` means, several that it could mean, or none with the nearest names.

    Exact names come first, then names equal but for case and `_ . -`, aliases, derived fields,
    synonyms (not when quoted), and last a unique name less its unit suffix. A core column in which
    nothing was recorded gives way to whatever else fits. `wanted_unit` is the unit of the value
    that the field is compared with; it only decides between fields that fit otherwise.
    """
    form = matching_form(name)
    empty: Field | None = None
    for found in (_named(catalogue, name, form), _aliased(form)):
        if found is None:
            continue
        if not isinstance(found, Field) or catalogue.is_filled(found):
            return found
        empty = empty or found
    if derived := _derived(form):
        return derived
    if not quoted and form in MEANINGS:
        meant = _meant(catalogue.fields_of_words(MEANINGS[form]), form, wanted_unit)
        if meant is not None:
            return meant
    fitting = [field for field in catalogue.fields_of_stem(form) if field is not empty]
    if fitting:
        return _one_of(_narrowed(fitting, wanted_unit))
    if empty is not None:
        return empty
    if form == "errors":
        return DERIVED["error_rate"]
    return Unknown(_nearest(catalogue, name, form), synonym=form in MEANINGS)


def _named(catalogue: Catalogue, name: str, form: str) -> Resolved | None:
    exact = catalogue.recorded(name)
    if exact is not None:
        return exact
    same = catalogue.fields_of_form(form)
    filled = [field for field in same if catalogue.is_filled(field)]
    return _one_of(filled or same) if same else None


def _aliased(form: str) -> Field | None:
    return CORE[ALIASES[form]] if form in ALIASES else None


def _derived(form: str) -> Field | None:
    return next((f for n, f in DERIVED.items() if matching_form(n) == form), None)


def _one_of(fields: list[Field]) -> Field | Ambiguous:
    return fields[0] if len(fields) == 1 else Ambiguous(tuple(fields))


def _narrowed(fields: list[Field], wanted: str | None) -> list[Field]:
    if wanted is None:
        return fields
    fitting = [field for field in fields if field.unit and compatible(wanted, field.unit)]
    return fitting or [field for field in fields if field.unit is None] or fields


def _meant(fields: Iterable[Field], synonym: str, wanted: str | None) -> Field | Ambiguous | None:
    candidates = [field for field in fields if field.numeric and _may_mean(field, synonym)]
    if not candidates:
        return None
    ranked = [(_rank(field, synonym), field) for field in _narrowed(candidates, wanted)]
    best = min(rank for rank, _ in ranked)
    return _one_of([field for rank, field in ranked if rank == best])


def _may_mean(field: Field, synonym: str) -> bool:
    if synonym not in {"latency", "duration"} or field.unit is None:
        return True
    known = unit(field.unit)
    return known is not None and known.dimension is Dimension.TIME


def _rank(field: Field, synonym: str) -> tuple[bool, int, int]:
    stem, _ = suffix_unit(field.name)
    beside = set(words(stem)) - MEANINGS[synonym] - _PLAIN_WORDS
    known = unit(field.unit) if field.unit else None
    order = (Dimension.SHARE, Dimension.BYTES, Dimension.TIME, Dimension.RATE, Dimension.COUNT)
    by_unit = order.index(known.dimension) if known and known.dimension in order else len(order)
    return bool(beside & _LIMIT_WORDS), by_unit, len(beside)


def _nearest(catalogue: Catalogue, name: str, form: str) -> tuple[str, ...]:
    names = catalogue.names
    ending = [known for known in names if matching_form(known.rpartition(".")[2]) == form]
    close = nearest(name, [*names, *DERIVED, "status", "level", "latency"])
    return tuple(dict.fromkeys([*ending, *close]))[:3]
