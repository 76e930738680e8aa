"""STATE: the latest value of every field of every instance, and the derived fields, at t."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl

from traversion_data import schema
from traversion_data.model import MILLISECOND, MINUTE, Nanos
from traversion_data.store.view import StoreView
from traversion_engine.catalogue import DERIVED, Catalogue, Field
from traversion_engine.state.columns import StateIndex
from traversion_engine.state.derived import Derived, ServiceIndex, in_short

STALE_GAPS: Final = 5
STALE_AFTER: Final = MINUTE
"""A value is stale when older than `STALE_GAPS` usual gaps of its field and than this."""

STATE: Final = {
    "service": pl.String(),
    "instance": pl.String(),
    "field": pl.String(),
    "value": pl.String(),
    "number": pl.Float64(),
    "unit": pl.String(),
    "as_of": pl.Int64(),
    "age_ms": pl.Float64(),
    "stale": pl.Boolean(),
    "seq": pl.Int64(),
}
"""Columns of a state frame; `as_of` in ns, `seq` the event that set the value (NULL if derived)."""


def state_at(
    view: StoreView,
    time: Nanos,
    fields: Sequence[Field] | None = None,
    *,
    window: Nanos = MINUTE,
    services: Sequence[str] | None = None,
) -> pl.DataFrame:
    """Every value that holds at `time`, in the columns of `STATE`.

    fields: those that FOR names; without, all that are state and all derived. window: what derived
    fields look back over. services: only these. Rows by service, instance (derived first), field.
    """
    recorded = None if fields is None else [field for field in fields if not field.derived]
    derived = _derived_fields(view) if fields is None else [f for f in fields if f.derived]
    parts = _recorded_rows(view, time, recorded, services)
    if derived:
        parts.append(_derived_rows(view, time, derived, window, services))
    if not parts:
        return pl.DataFrame(schema=STATE)
    order = np.argsort(np.concatenate([part.order for part in parts]), kind="stable")
    return pl.concat([part.rows for part in parts])[order]


def changed(
    view: StoreView,
    before: Nanos,
    after: Nanos,
    fields: Sequence[Field] | None = None,
    *,
    window: Nanos = MINUTE,
    services: Sequence[str] | None = None,
) -> pl.DataFrame:
    """Rows of STATE at `after` whose value differs from that at `before`, which `was` gives.

    `was` is NULL for what nothing had set by then. Columns: those of `STATE`, then was.
    """
    key = ["service", "instance", "field"]
    was = state_at(view, before, fields, window=window, services=services)
    now = state_at(view, after, fields, window=window, services=services)
    joined = now.join(
        was.select(*key, pl.col("value").alias("was")),
        on=key,
        how="left",
        nulls_equal=True,
        maintain_order="left",
    )
    return joined.filter(pl.col("value").ne_missing(pl.col("was")))


@dataclass(frozen=True)
class _Part:
    """Rows of STATE and, per row, where they belong: the series number, derived ones before it."""

    rows: pl.DataFrame
    order: np.ndarray


def _recorded_rows(
    view: StoreView,
    time: Nanos,
    fields: Sequence[Field] | None,
    services: Sequence[str] | None,
) -> list[_Part]:
    seqs = view.events[schema.SEQ].to_numpy()
    parts = []
    for index, wanted, of_column in StateIndex.of(view).parts(fields):
        series = None
        if services is not None:
            series = np.flatnonzero(index.series.names["service"].is_in(list(services)).to_numpy())
        cells = index.at(time, wanted, series)
        value, number = index.texts(cells)
        age = time - cells.as_of
        stale = age > np.maximum(np.nan_to_num(STALE_GAPS * cells.gap, nan=np.inf), STALE_AFTER)
        names = index.series.names[cells.series]
        labels = pl.DataFrame(
            {
                "field": [f.name for f in of_column],
                "unit": [f.unit for f in of_column],
                "numeric": [f.numeric or _is_mixed(view, f) for f in of_column],
            },
            schema={"field": pl.String(), "unit": pl.String(), "numeric": pl.Boolean()},
        )[cells.column]
        # where a number's key changed its type, all its values are kept as texts
        said = number.is_not_null() | ~labels["numeric"]
        number = number.zip_with(said, value.cast(pl.Float64(), strict=False))
        rows = pl.DataFrame(
            [
                names["service"],
                names["instance"],
                labels["field"],
                value,
                number,
                labels["unit"],
                pl.Series("as_of", cells.as_of, dtype=pl.Int64),
                pl.Series("age_ms", age / MILLISECOND, dtype=pl.Float64),
                pl.Series("stale", stale, dtype=pl.Boolean),
                pl.Series("seq", seqs[cells.position], dtype=pl.Int64),
            ]
        )
        parts.append(_Part(rows, cells.series.astype(np.float64)))
    return parts


def _is_mixed(view: StoreView, field: Field) -> bool:
    return Catalogue.of(view).drifted(field.name) is not None


def _derived_fields(view: StoreView) -> list[Field]:
    catalogue = Catalogue.of(view)
    return [field for name, field in DERIVED.items() if catalogue.recorded(name) is None]


def _derived_rows(
    view: StoreView,
    time: Nanos,
    fields: Sequence[Field],
    window: Nanos,
    services: Sequence[str] | None,
) -> _Part:
    index = ServiceIndex.of(view)
    service = np.arange(len(index.services))
    if services is not None:
        service = service[np.isin(np.array(index.services, dtype=object), list(services))]
    times = np.full(len(service), time, dtype=np.int64)
    derived = Derived(index, index.basis(time), service, times, window)
    at = np.flatnonzero(derived.known)
    columns = [derived.column(field.name) for field in fields]
    numeric = [column.dtype == pl.Float64 for column in columns]
    nothing = pl.Series([None], dtype=pl.Float64).new_from_index(0, len(service))
    numbers = pl.concat([c if n else nothing for c, n in zip(columns, numeric, strict=True)])
    texts = pl.concat([in_short(c).alias("value") for c in columns])
    field_of, row_of = np.repeat(np.arange(len(fields)), len(at)), np.tile(at, len(fields))
    service_of = service[row_of]
    cells = field_of * len(service) + row_of
    value = texts.gather(cells)
    rows = pl.DataFrame(
        [
            pl.Series("service", index.services, dtype=pl.String).gather(service_of),
            pl.Series("instance", [None], dtype=pl.String).new_from_index(0, len(cells)),
            pl.Series("field", [f.name for f in fields], dtype=pl.String).gather(field_of),
            value,
            numbers.gather(cells).alias("number"),
            pl.Series("unit", [f.unit for f in fields], dtype=pl.String).gather(field_of),
            pl.Series("as_of", np.full(len(cells), time), dtype=pl.Int64),
            pl.Series("age_ms", np.zeros(len(cells))),
            pl.Series("stale", np.zeros(len(cells), dtype=bool)),
            pl.Series("seq", [None], dtype=pl.Int64).new_from_index(0, len(cells)),
        ]
    )
    there = value.is_not_null()
    order = index.series_starts[service_of] - 0.5
    return _Part(rows.filter(there), order[there.to_numpy()])
