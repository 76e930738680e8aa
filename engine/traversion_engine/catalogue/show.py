"""The tables of SHOW SERVICES, SHOW FIELDS and SHOW TYPES (columns as timeql.md lists them)."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

import polars as pl

from traversion_data import schema
from traversion_data.store.view import StoreView
from traversion_engine.catalogue.catalogue import Catalogue
from traversion_engine.catalogue.field import DERIVED, Field, UnitSource


def services(view: StoreView) -> pl.DataFrame:
    """service, instances, events, errors, first, last (ns); by service name."""
    replica = pl.coalesce(pl.col(schema.INSTANCE, schema.HOST).cast(pl.String()))
    return (
        view.events.lazy()
        .group_by(pl.col(schema.SERVICE))
        .agg(
            replica.drop_nulls().n_unique().cast(pl.Int64()).alias("instances"),
            pl.len().cast(pl.Int64()).alias("events"),
            pl.col(schema.ERROR_OCCURRED).sum().cast(pl.Int64()).alias("errors"),
            pl.col(schema.TIME).min().alias("first"),
            pl.col(schema.TIME).max().alias("last"),
        )
        .with_columns(pl.col(schema.SERVICE).cast(pl.String()))
        .sort(schema.SERVICE)
        .collect()
    )


def types(view: StoreView) -> pl.DataFrame:
    """type, events; the most frequent first."""
    return (
        view.events.lazy()
        .group_by(schema.TYPE)
        .agg(pl.len().cast(pl.Int64()).alias("events"))
        .with_columns(pl.col(schema.TYPE).cast(pl.String()))
        .sort(["events", schema.TYPE], descending=[True, False])
        .collect()
    )


def fields(view: StoreView) -> pl.DataFrame:
    """field, type, unit, meaning, filled, distinct, example; core fields that nothing has left out.

    `meaning` says how a unit is known.
    """
    catalogue = Catalogue.of(view)
    catalogue.look_everywhere()
    recorded = [field for field in catalogue.fields if catalogue.is_filled(field)]
    names = {field.name for field in recorded}
    derived = [field for field in DERIVED.values() if field.name not in names]
    return pl.DataFrame(
        [_row(catalogue, field) for field in [*recorded, *derived]],
        schema={
            "field": pl.String(),
            "type": pl.String(),
            "unit": pl.String(),
            "meaning": pl.String(),
            "filled": pl.Int64(),
            "distinct": pl.Int64(),
            "example": pl.String(),
        },
        orient="row",
    )


_UNIT_SOURCES: Final = MappingProxyType(
    {
        UnitSource.SUFFIX: "unit by its name",
        UnitSource.DECLARED: "unit declared",
        UnitSource.RANGE: "unit by its range",
    }
)


def _row(
    catalogue: Catalogue, field: Field
) -> tuple[str, str, str | None, str, int | None, int | None, str | None]:
    meaning = field.meaning
    if field.unit_source is not None and not field.derived:
        meaning = f"{meaning}; {_UNIT_SOURCES[field.unit_source]}"
    if field.derived:
        shown = "number" if field.numeric else "text"
        meaning = f"derived: {meaning}"
        return field.name, shown, field.unit, meaning, None, None, None
    stats = catalogue.stats(field)
    return (
        field.name, field.kind.value, field.unit, meaning, stats.filled, stats.distinct,
        stats.example,
    )  # fmt: skip
