"""The emitters of a recording: a service, and its instance where one is named."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from traversion_data import schema
from traversion_data.store.view import StoreView


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
        keys = view.events.select(
            schema.SERVICE,
            pl.col(schema.INSTANCE),
            pl.when(pl.col(schema.INSTANCE).is_null()).then(pl.col(schema.HOST)).alias("host"),
        )
        pairs = keys.unique().with_columns(
            pl.col(schema.SERVICE).cast(pl.String()).alias("service_name"),
            pl.coalesce(pl.col(schema.INSTANCE, "host").cast(pl.String())).alias("instance_name"),
        )
        names = (
            pairs.select(
                pl.col("service_name").alias("service"), pl.col("instance_name").alias("instance")
            )
            .unique()
            .sort("service", "instance")
        )
        numbered = pairs.join(
            names.with_row_index("code"),
            left_on=["service_name", "instance_name"],
            right_on=["service", "instance"],
            nulls_equal=True,
        )
        joined = keys.join(
            numbered,
            on=[schema.SERVICE, schema.INSTANCE, "host"],
            how="left",
            nulls_equal=True,
            maintain_order="left",
        )
        small = np.uint16 if names.height < 1 << 16 else np.uint32
        codes = joined["code"].to_numpy().astype(small)
        return cls(names, codes, np.argsort(codes, kind="stable").astype(np.uint32))

    def of_service(self, service: str) -> np.ndarray:
        """The series numbers of a service; empty where it is not recorded."""
        return np.flatnonzero((self.names["service"] == service).to_numpy())
