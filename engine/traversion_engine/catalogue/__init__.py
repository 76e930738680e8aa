"""What a recording holds: its fields, their units and meanings, their values."""

from traversion_engine.catalogue.catalogue import Catalogue
from traversion_engine.catalogue.field import (
    ALIASES,
    CORE,
    DERIVED,
    Ambiguous,
    Field,
    FieldKind,
    FieldStats,
    UnitSource,
    Unknown,
    matching_form,
)
from traversion_engine.catalogue.resolve import Resolved

__all__ = [
    "ALIASES",
    "CORE",
    "DERIVED",
    "Ambiguous",
    "Catalogue",
    "Field",
    "FieldKind",
    "FieldStats",
    "Resolved",
    "UnitSource",
    "Unknown",
    "matching_form",
]
