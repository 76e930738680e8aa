"""The emitters of a recording: a service, and its instance where one is named."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl

from traversion_data import schema
from traversion_data.store.arrays import laid, ranges, scattered
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
        emitters = _Emitters.of(view)
        first, number_of = emitters.numbered()
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
        numbers = series.astype(small)
        codes = laid(
            (numbers[number_of(keys)] for keys in emitters.parts()),
            view.allocate(view.height, small),
        )
        parts = ((codes[part], np.arange(part.start, part.stop)) for part in ranges(view.height))
        counts = np.zeros(names.height, dtype=np.int64)
        for part in ranges(view.height):
            counts += np.bincount(codes[part], minlength=names.height)
        return cls(names, codes, scattered(parts, counts, view.allocate(view.height, np.uint32)))

    def of_service(self, service: str) -> np.ndarray:
        """The series numbers of a service; empty where it is not recorded."""
        return np.flatnonzero((self.names["service"] == service).to_numpy())


@dataclass(frozen=True)
class _Emitters:
    """The codes of service, instance and host, each by position, as one number for all three."""

    service: pl.Series
    instance: pl.Series
    host: pl.Series
    instances: int
    width: int
    size: int

    @classmethod
    def of(cls, view: StoreView) -> _Emitters:
        columns = (schema.SERVICE, schema.INSTANCE, schema.HOST)
        service, instance, host = (view.events[name].to_physical() for name in columns)
        services, instances, hosts = (_codes_of(codes) for codes in (service, instance, host))
        width = instances + hosts
        return cls(service, instance, host, instances, width, services * width)

    def parts(self) -> Iterator[np.ndarray]:
        """The key of each position, a range at a time: by host where no instance is named."""
        for part in ranges(len(self.service)):
            instance, host = _codes(self.instance[part]), _codes(self.host[part])
            emitter = np.where((instance > 0) | (host == 0), instance, self.instances + host)
            yield _codes(self.service[part]) * self.width + emitter

    def numbered(self) -> tuple[np.ndarray, Callable[[np.ndarray], np.ndarray]]:
        """A position of each different key, and what gives keys their numbers among these."""
        if self.size <= _TABLE:
            place = np.full(self.size, -1, dtype=np.int64)
            for part, keys in zip(ranges(len(self.service)), self.parts(), strict=True):
                place[keys] = np.arange(part.start, part.stop)
            different = np.flatnonzero(place >= 0)
            first = place[different]
            place[different] = np.arange(len(different))
            return first, place.__getitem__
        found = [
            (different, first + part.start)
            for part, keys in zip(ranges(len(self.service)), self.parts(), strict=True)
            for different, first in [np.unique(keys, return_index=True)]
        ]
        keys, positions = (np.concatenate(arrays) for arrays in zip(*found, strict=True))
        different, at = np.unique(keys, return_index=True)
        return positions[at], lambda asked: np.asarray(np.searchsorted(different, asked))


def _codes_of(codes: pl.Series) -> int:
    """How many codes there may be, that of nothing included."""
    most = codes.max()
    return most + 2 if isinstance(most, int) else 1


def _codes(codes: pl.Series) -> np.ndarray:
    """From 1 on, 0 where there is none; int64."""
    return codes.cast(pl.Int64()).fill_null(-1).to_numpy() + 1
