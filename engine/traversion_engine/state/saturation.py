"""How full a service's resources are: use over size where gauges pair up, else a share."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np

from traversion_data.model import MINUTE
from traversion_data.store.latest import LatestIndex
from traversion_data.store.view import StoreView
from traversion_engine.catalogue import Field, FieldKind
from traversion_engine.state.columns import StateIndex
from traversion_engine.state.quantiles import spread
from traversion_engine.units import suffix_unit, words

_USE: Final = (
    ("in", "use"),
    ("used",),
    ("active",),
    ("busy",),
    ("inuse",),
    ("current",),
    ("open",),
)
_SIZE: Final = (("size",), ("max",), ("limit",), ("capacity",), ("total",))
_RESOURCES: Final = frozenset(
    words(
        "cpu mem memory heap disk pool queue thread threads conn conns connection connections fd "
        "usage used util utilization utilisation saturation load storage swap"
    )
)
_NOT_FULLNESS: Final = frozenset(
    words("error errors failure failures hit hits miss success available free idle")
)


@dataclass(frozen=True, slots=True)
class Gauge:
    """One way to read fullness: `use / size`, or `use / full` where there is no size."""

    use: int
    size: int | None
    full: float


def gauges(fields: tuple[Field, ...]) -> tuple[Gauge, ...]:
    """The gauges among the state fields, by column number of their index.

    `pool_in_use` pairs with `pool_size`; a percent or ratio counts where its name is a resource's.
    """
    stems = {}
    for number, field in enumerate(fields):
        if field.kind is FieldKind.NUMBER:
            stems[_stem(field)] = number
    found = []
    for stem, number in stems.items():
        root = _without(stem, _USE)
        sizes = [stems.get((*root, *size)) for size in _SIZE] if root else []
        size = next((at for at in sizes if at is not None), None)
        if size is not None:
            found.append(Gauge(number, size, 1.0))
    for number, field in enumerate(fields):
        named = set(words(field.name))
        if field.unit in {"percent", "ratio"} and named & _RESOURCES and not named & _NOT_FULLNESS:
            found.append(Gauge(number, None, 100.0 if field.unit == "percent" else 1.0))
    return tuple(found)


class Saturation:
    """Fullness of services over one snapshot."""

    def __init__(self, view: StoreView, series_starts: np.ndarray) -> None:
        """series_starts: where each service's series begin in `SeriesIndex.names`."""
        self._view = view
        self._starts = series_starts

    @cached_property
    def _gauges(self) -> tuple[Gauge, ...]:
        return gauges(StateIndex.of(self._view).fields)

    @cached_property
    def _index(self) -> tuple[LatestIndex, dict[int, int]]:
        """An index of the gauges alone, far smaller than that of all state; its columns."""
        state = StateIndex.of(self._view)
        read = {gauge.use for gauge in self._gauges} | {gauge.size for gauge in self._gauges}
        numbers = sorted(number for number in read if number is not None)
        index = LatestIndex(self._view, [state.column(state.fields[n]) for n in numbers])
        return index, {number: at for at, number in enumerate(numbers)}

    def at(self, service: np.ndarray, time: np.ndarray) -> np.ndarray:
        """Per (service, time) the fullest fresh gauge of any instance, NaN where nothing says it.

        A use over a size comes before a share. A value is fresh up to five usual gaps, at least
        60 s.
        """
        fullest = np.full(len(service), np.nan)
        if not self._gauges:
            return fullest
        paired = {gauge.use for gauge in self._gauges if gauge.size is not None}
        pairs = [gauge for gauge in self._gauges if gauge.size is not None]
        alone = [g for g in self._gauges if g.size is None and g.use not in paired]
        first = self._starts[service]
        series, owner = spread(first, self._starts[service + 1])
        times = time[owner]
        for group in (pairs, alone):
            highest = np.full(len(service), -np.inf)
            for gauge in group:
                read = self._fullness(gauge, series, times)
                np.maximum.at(highest, owner, np.nan_to_num(read, nan=-np.inf))
            use = np.isnan(fullest) & np.isfinite(highest)
            fullest[use] = np.round(highest[use], 9)
        return fullest

    def _fullness(self, gauge: Gauge, series: np.ndarray, times: np.ndarray) -> np.ndarray:
        index, column_of = self._index
        used = _values(index, column_of[gauge.use], series, times) / gauge.full
        if gauge.size is None:
            return used
        size = _values(index, column_of[gauge.size], series, times)
        share = np.full(len(size), np.nan)
        np.divide(used, size, out=share, where=size > 0)
        return share


def _values(index: LatestIndex, column: int, series: np.ndarray, times: np.ndarray) -> np.ndarray:
    cells = index.at_many(column, series, times)
    found = index.numbers(cells, column)
    asked = times[cells.wanted]
    limit = np.maximum(np.nan_to_num(5 * cells.gap, nan=np.inf), MINUTE)
    values = np.full(len(series), np.nan)
    fresh = asked - cells.as_of <= limit
    values[cells.wanted[fresh]] = found[fresh]
    return values


def _stem(field: Field) -> tuple[str, ...]:
    unit = suffix_unit(field.name)
    return tuple(unit[0].split("_")) if unit[1] not in {None, "count"} else words(field.name)


def _without(stem: tuple[str, ...], endings: tuple[tuple[str, ...], ...]) -> tuple[str, ...] | None:
    for ending in endings:
        if len(stem) > len(ending) and stem[-len(ending) :] == ending:
            return stem[: -len(ending)]
    return None
