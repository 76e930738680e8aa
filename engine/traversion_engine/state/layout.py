"""The rows that a state may have at any moment of a snapshot, named and ordered once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
import polars as pl

from traversion_data.store.latest import LatestIndex, Wanted
from traversion_data.store.view import StoreView
from traversion_engine.catalogue import DERIVED, Catalogue, Field
from traversion_engine.state.columns import StateIndex
from traversion_engine.state.derived import ServiceIndex

_KEPT: Final = 16
"""Layouts kept with a snapshot: a screen asks for the same few again and again."""


@dataclass(frozen=True)
class Shown:
    """The labels of an answer's rows, and the order in which candidates become them."""

    labels: list[pl.Series]
    order: np.ndarray

    @cached_property
    def rows(self) -> pl.Series:
        """The order as a column of indices."""
        return pl.Series(self.order.astype(np.uint32))


@dataclass(frozen=True)
class Layout:
    """Candidate rows: the cells of each part, then the derived fields one after another.

    parts: an index of latest values and what is wanted of it. derived: with the service numbers
    they are wanted for. labels: service, instance, field and unit of each row, in the order of an
    answer. place: where in that order each candidate stands.
    """

    parts: tuple[tuple[LatestIndex, Wanted], ...]
    derived: tuple[str, ...]
    services: np.ndarray
    labels: pl.DataFrame
    place: np.ndarray

    @classmethod
    def of(
        cls, view: StoreView, fields: Sequence[Field] | None, services: Sequence[str] | None
    ) -> Layout:
        """The layout of a FOR list (without one, of all state) and of services, kept."""
        kept = view.kept(_kept)
        key = (
            None if fields is None else tuple(fields),
            None if services is None else tuple(services),
        )
        if key not in kept:
            if len(kept) >= _KEPT:
                kept.pop(next(iter(kept)), None)
            kept[key] = _build(view, *key)
        return kept[key]

    def shown(self, candidates: np.ndarray) -> Shown:
        """The rows that some candidates become."""
        if len(candidates) == len(self.place) and np.array_equal(candidates, self._whole[0]):
            return self._whole[1]
        order = np.full(len(self.place), -1, dtype=np.int64)
        order[self.place[candidates]] = np.arange(len(candidates))
        there = order >= 0
        kept = pl.Series(there)
        return Shown([label.filter(kept) for label in self.labels.get_columns()], order[there])

    @cached_property
    def _whole(self) -> tuple[np.ndarray, Shown]:
        """All candidates, and what they become: the usual case once a recording is under way."""
        return np.arange(len(self.place)), Shown(self.labels.get_columns(), np.argsort(self.place))


_Key = tuple[tuple[Field, ...] | None, tuple[str, ...] | None]


def _kept(_: StoreView) -> dict[_Key, Layout]:
    return {}


def _build(
    view: StoreView, fields: tuple[Field, ...] | None, services: tuple[str, ...] | None
) -> Layout:
    recorded = None if fields is None else [field for field in fields if not field.derived]
    derived = _derived_fields(view) if fields is None else [f for f in fields if f.derived]
    columns: list[np.ndarray] = []
    series: list[np.ndarray] = []
    of_part: list[np.ndarray] = []
    labels: list[pl.DataFrame] = []
    parts: list[tuple[LatestIndex, Wanted]] = []
    for index, numbers, of_column in StateIndex.of(view).parts(recorded):
        asked = None
        if services is not None:
            named = index.series.names["service"].is_in(list(services))
            asked = np.flatnonzero(named.to_numpy())
        wanted = index.wanted(numbers, asked)
        names = index.series.names[wanted.series]
        labels.append(_labelled(names["service"], names["instance"], of_column, wanted.column))
        columns.append(wanted.column)
        series.append(wanted.series.astype(np.float64))
        of_part.append(np.full(len(wanted.column), len(parts)))
        parts.append((index, wanted))
    service = np.empty(0, dtype=np.int64)
    if derived:
        of_services = ServiceIndex.of(view)
        service = np.arange(len(of_services.services))
        if services is not None:
            service = service[np.isin(np.array(of_services.services, dtype=object), services)]
        field = np.repeat(np.arange(len(derived)), len(service))
        of_row = np.tile(service, len(derived))
        whole = pl.Series(of_services.services, dtype=pl.String)[of_row]
        nobody = pl.Series([None], dtype=pl.String).new_from_index(0, len(of_row))
        labels.append(_labelled(whole, nobody, derived, field))
        columns.append(field)
        series.append(of_services.series_starts[of_row] - 0.5)
        of_part.append(np.full(len(of_row), len(parts)))
    if not labels:
        labels, columns, series, of_part = [_NO_LABELS], [_NONE], [_NONE], [_NONE]
    order = np.lexsort([np.concatenate(keys) for keys in (columns, of_part, series)])
    place = np.empty(len(order), dtype=np.int64)
    place[order] = np.arange(len(order))
    return Layout(
        tuple(parts),
        tuple(field.name for field in derived),
        service,
        pl.concat(labels)[order].rechunk(),
        place,
    )


def _labelled(
    service: pl.Series, instance: pl.Series, fields: Sequence[Field], numbers: np.ndarray
) -> pl.DataFrame:
    units = pl.Series([field.unit for field in fields], dtype=pl.String)
    return pl.DataFrame(
        [
            service.alias("service"),
            instance.alias("instance"),
            pl.Series([field.name for field in fields], dtype=pl.String)[numbers].alias("field"),
            units[numbers].alias("unit"),
        ]
    )


def _derived_fields(view: StoreView) -> list[Field]:
    """All that no recorded field of the same name stands for."""
    catalogue = Catalogue.of(view)
    return [field for name, field in DERIVED.items() if catalogue.recorded(name) is None]


_NONE: Final = np.empty(0)
_NO_LABELS: Final = pl.DataFrame(
    schema=dict.fromkeys(("service", "instance", "field", "unit"), pl.String())
)
