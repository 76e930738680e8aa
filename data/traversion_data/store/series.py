"""The emitters of a recording: a service, and its instance where one is named."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl

from traversion_data import schema
from traversion_data.store.segments import grouped_order
from traversion_data.store.view import StoreView

_TABLE: Final = 1 << 24
"""Up to so many possible combinations of names are numbered through a table instead of a sort."""


@dataclass(frozen=True)
class SeriesIndex:
    """Which (service, instance) each event is of.

    names: frame `service, instance` (text, instance NULL where none is named), by name, one row a
    series. codes: the series of each position. order: positions (uint32) grouped by series, time
    order kept inside.
    """

    names: pl.DataFrame
    codes: np.ndarray
    order: np.ndarray

    @classmethod
    def build(cls, view: StoreView) -> SeriesIndex:
        """From a snapshot; keep it with `view.kept(SeriesIndex.build)`."""
        service, instance, host = (
            _codes(view.events[name]) for name in (schema.SERVICE, schema.INSTANCE, schema.HOST)
        )
        instances = int(instance.max(initial=0)) + 1
        emitter = np.where((instance > 0) | (host == 0), instance, instances + host)
        width = instances + int(host.max(initial=0)) + 1
        first, numbers = _numbered(service * width + emitter)
        pairs = view.events.select(schema.SERVICE, schema.INSTANCE, schema.HOST)[first].select(
            pl.col(schema.SERVICE).cast(pl.String()).alias("service"),
            pl.coalesce(pl.col(schema.INSTANCE, schema.HOST).cast(pl.String())).alias("instance"),
        )
        names = pairs.unique().sort("service", "instance")
        series = pairs.join(
            names.with_row_index("series"),
            on=["service", "instance"],
            how="left",
            nulls_equal=True,
            maintain_order="left",
        )["series"].to_numpy()
        small = np.uint16 if names.height < 1 << 16 else np.uint32
        codes = series.astype(small)[numbers]
        return cls(names, codes, grouped_order(codes).astype(np.uint32))

    def of_service(self, service: str) -> np.ndarray:
        """The series numbers of a service; empty where it is not recorded."""
        return np.flatnonzero((self.names["service"] == service).to_numpy())


def _codes(names: pl.Series) -> np.ndarray:
    """The categories from 1 on, 0 where there is none; int64."""
    nulls = names.null_count()
    if nulls == len(names):
        return np.zeros(len(names), dtype=np.int64)
    codes = names.to_physical().cast(pl.Int64())
    return (codes if not nulls else codes.fill_null(-1)).to_numpy() + 1


def _numbered(keys: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """A position of each different key, and per position the number of its key among them."""
    size = int(keys.max(initial=0)) + 1
    if size > _TABLE:
        _, first, numbers = np.unique(keys, return_index=True, return_inverse=True)
        return first, numbers
    place = np.full(size, -1, dtype=np.int64)
    place[keys] = np.arange(len(keys))
    different = np.flatnonzero(place >= 0)
    first = place[different]
    place[different] = np.arange(len(different))
    return first, place[keys]
