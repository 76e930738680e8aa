"""The latest value of every field of every series at any moment, by binary search (G9)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Final

import numpy as np
import polars as pl

from traversion_data.model import Nanos
from traversion_data.store.arrays import joined, laid, ranges, scattered
from traversion_data.store.known import NEVER, KnownOrder
from traversion_data.store.segments import Segments
from traversion_data.store.series import SeriesIndex
from traversion_data.store.view import StoreView

USUAL_GAPS: Final = 32
"""A field's usual gap is the mean of at most so many gaps before the latest value."""


@dataclass(frozen=True, slots=True)
class StateColumn:
    """A column whose latest values are wanted.

    expr: the values over an event frame; NULLs set nothing. at_end: whether a span sets it at its
    end. divisor: what a number is divided by before it is shown. words: names for its codes, which
    then are no numbers. read: whether values that are texts are to be read as numbers too.
    """

    name: str
    expr: pl.Expr
    at_end: bool = False
    divisor: int = 1
    words: Mapping[int, str] | None = None
    read: bool = False


@dataclass(frozen=True)
class Wanted:
    """Columns of series that are looked up together, one entry a cell, and where to look.

    Columns whose cells are shown alike come one after another, inside a column the series.
    segments: the different segments to be searched; of_cell: the one that each cell needs.
    """

    column: np.ndarray
    series: np.ndarray
    segments: np.ndarray
    of_cell: np.ndarray


@dataclass(frozen=True)
class Cells:
    """Latest values, one entry each: what was wanted, the event that set it, and when.

    wanted: the number of the cell in `Wanted`, or of the pair asked for. gap is the usual time in
    ns between settings before, NaN where there was none before.
    """

    wanted: np.ndarray
    column: np.ndarray
    series: np.ndarray
    position: np.ndarray
    as_of: np.ndarray
    gap: np.ndarray


@dataclass(frozen=True)
class _Found:
    """What a search found, one entry a segment; `there` is false where nothing was set yet."""

    there: np.ndarray
    position: np.ndarray
    as_of: np.ndarray
    gap: np.ndarray


class LatestIndex:
    """Per column and series the events that set it, in the order in which they were known.

    Costs 4 bytes per non-null cell, once for all columns that the same events set (a *shape*).
    Rows are kept as ranks: of the position for what is known at an event's time, of `KnownOrder`
    for what is known at its end.
    """

    def __init__(self, view: StoreView, columns: Sequence[StateColumn]) -> None:
        self.view = view
        self.columns = tuple(columns)
        self.series = view.kept(SeriesIndex.build)
        self.values = view.events.select(
            [column.expr.alias(str(number)) for number, column in enumerate(columns)]
        ).get_columns()
        groups = self.series.names.height
        shapes: dict[tuple[bool, bytes], int] = {}
        pieces, counts = [np.empty(0, np.uint32)], [np.empty(0, np.int64)]
        self._shape = np.zeros(len(columns), dtype=np.int64)
        for number, (column, values) in enumerate(zip(columns, self.values, strict=True)):
            there = values.is_not_null().to_numpy()
            shape = (column.at_end, np.packbits(there).tobytes())
            if shape not in shapes:
                shapes[shape] = len(shapes)
                ranks, filled = self._of_shape(there, at_end=column.at_end)
                pieces.append(ranks)
                counts.append(filled)
            self._shape[number] = shapes[shape]
        sizes = np.concatenate(counts)
        ends = np.cumsum(sizes)
        filled_segments = np.flatnonzero(sizes)
        self._segments = Segments.of(
            joined(pieces, view.allocate), (ends - sizes)[filled_segments], ends[filled_segments]
        )
        self._series = filled_segments % max(groups, 1)
        shape_at_end = np.array([at_end for at_end, _ in shapes], dtype=bool)
        self._at_end = shape_at_end[filled_segments // max(groups, 1)]
        numbers = np.full(len(sizes), -1, dtype=np.int64)
        numbers[filled_segments] = np.arange(len(filled_segments))
        self._number = numbers.reshape(len(shapes), groups)
        kinds = [self._kind(number) for number in range(len(columns))]
        self._order = sorted(range(len(columns)), key=lambda number: kinds[number])

    def wanted(self, columns: np.ndarray | None = None, series: np.ndarray | None = None) -> Wanted:
        """The cells of some columns and series (their numbers; all where not given) to look up."""
        chosen = None if columns is None else set(columns.tolist())
        kept = [number for number in self._order if chosen is None or number in chosen]
        asked = np.arange(self.series.names.height) if series is None else np.sort(series)
        numbers = self._number[self._shape[kept]][:, asked]
        row, place = np.nonzero(numbers >= 0)
        segments, of_cell = np.unique(numbers[row, place], return_inverse=True)
        return Wanted(np.array(kept, dtype=np.int64)[row], asked[place], segments, of_cell)

    @property
    def _known(self) -> KnownOrder:
        return self.view.kept(KnownOrder.build)

    @cached_property
    def all(self) -> Wanted:
        """All columns of all series."""
        return self.wanted()

    def at(self, time: Nanos, wanted: Wanted | None = None) -> Cells:
        """The latest of the cells wanted, all without, that anything set at or before `time`."""
        wanted = wanted or self.all
        at_end = self._at_end[wanted.segments]
        below = np.full(len(at_end), self.view.position(time + 1))
        if at_end.any():
            below[at_end] = self._known.rank(time)
        found = self._search(wanted.segments, below)
        cells = np.flatnonzero(found.there[wanted.of_cell])
        segment = wanted.of_cell[cells]
        return Cells(
            cells,
            wanted.column[cells],
            wanted.series[cells],
            found.position[segment],
            found.as_of[segment],
            found.gap[segment],
        )

    def at_many(self, column: int, series: np.ndarray, times: np.ndarray) -> Cells:
        """The latest cells of one column for many (series, time) pairs, without what was unset."""
        asked = self._number[self._shape[column]][series]
        pairs = np.flatnonzero(asked >= 0)
        known = self._known.times if self.columns[column].at_end else self.view.times
        below = np.searchsorted(known, times[pairs], side="right")
        found = self._search(asked[pairs], below)
        pairs, kept = pairs[found.there], found.there
        return Cells(
            pairs,
            np.full(len(pairs), column),
            series[pairs],
            found.position[kept],
            found.as_of[kept],
            found.gap[kept],
        )

    def history(self, column: int, series: int) -> tuple[np.ndarray, np.ndarray]:
        """Positions of the events that set a column in a series, and when each was known (ns)."""
        segment = self._number[self._shape[column], series]
        if segment < 0:
            return np.empty(0, np.int64), np.empty(0, np.int64)
        own = slice(self._segments.first[segment], self._segments.last[segment])
        ranks = self._segments.ranks[own]
        positions, times = self._resolve(ranks, np.full(len(ranks), self._at_end[segment]))
        known = times < NEVER
        return positions[known], times[known]

    def texts(self, cells: Cells) -> tuple[pl.Series, pl.Series]:
        """The cells' values as text and as numbers (NULL for what is no number)."""
        values: list[pl.Series] = []
        numbers: list[pl.Series] = []
        alike: list[pl.Series] = []
        rows = pl.Series(cells.position.astype(np.uint32))
        bounds = np.append(np.flatnonzero(np.diff(cells.column, prepend=-1)), len(cells.column))
        of_run = cells.column[bounds[:-1]].tolist()
        told = 0
        for number, first, last in zip(
            of_run, bounds[:-1].tolist(), bounds[1:].tolist(), strict=True
        ):
            column = self.columns[number]
            shown = _shown(self.values[number][rows[first:last]], column)
            if alike and alike[0].dtype != shown.dtype:
                _close(alike, values, numbers)
            if shown.dtype.is_numeric():
                alike.append(shown)
                continue
            values.append(shown if shown.dtype == pl.String else shown.cast(pl.String()))
            if column.read:
                numbers.append(values[-1].cast(pl.Float64(), strict=False))
            else:
                told += len(shown)
        _close(alike, values, numbers)
        if told or not numbers:
            # texts that are no numbers stand last
            numbers.append(pl.Series([None], dtype=pl.Float64).new_from_index(0, told))
        return pl.concat(values or [_NO_TEXT]), pl.concat(numbers)

    def numbers(self, cells: Cells, column: int) -> np.ndarray:
        """The values of cells that all are of one column as float64, NaN for what is no number."""
        values = self.values[column][cells.position].cast(pl.Float64(), strict=False)
        return np.asarray(values.to_numpy() / self.columns[column].divisor)

    def _kind(self, column: int) -> tuple[bool, bool, str]:
        """What columns have in common that are shown together: numbers first, by type."""
        shown = _shown(self.values[column].head(0), self.columns[column]).dtype
        return not shown.is_numeric(), not self.columns[column].read, str(shown)

    def _of_shape(self, there: np.ndarray, *, at_end: bool) -> tuple[np.ndarray, np.ndarray]:
        """Ranks of the events that set a column, by series, and how many each series has."""
        codes, order, groups = self.series.codes, self.series.order, self.series.names.height
        filled = np.zeros(groups, dtype=np.int64)
        for part in ranges(len(there)):
            filled += np.bincount(codes[part][there[part]], minlength=groups)
        if not at_end and bool(there.all()):
            return order, filled
        out = self.view.allocate(int(filled.sum()), np.uint32)
        if not at_end:
            some = (order[part] for part in ranges(len(order)))
            return laid((ranks[there[ranks]] for ranks in some), out), filled
        return scattered(self._ended(there), filled, out), filled

    def _ended(self, there: np.ndarray) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """Series and ranks in `KnownOrder` of some events, in that order."""
        positions = self._known.positions
        for part in ranges(len(positions)):
            ranks = np.flatnonzero(there[positions[part]])
            yield self.series.codes[positions[part][ranks]], ranks + part.start

    def _search(self, segments: np.ndarray, below: np.ndarray) -> _Found:
        first = self._segments.first[segments]
        last = self._segments.search(segments, below) - 1
        there = last >= first
        last = np.maximum(last, first)
        oldest = np.maximum(first, last - USUAL_GAPS)
        gaps = last - oldest
        at_end = self._at_end[segments]
        ranks = self._segments.ranks
        position, as_of = self._resolve(ranks[last], at_end)
        _, since = self._resolve(ranks[oldest], at_end)
        gap = np.full(len(gaps), np.nan)
        np.divide(as_of - since, gaps, out=gap, where=gaps > 0)
        return _Found(there, position, as_of, gap)

    def _resolve(self, ranks: np.ndarray, at_end: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        position = ranks.astype(np.int64)
        if not at_end.any():
            return position, self.view.times[position]
        ended = ranks[at_end]
        position[at_end] = self._known.positions[ended]
        as_of = self.view.times[position]
        as_of[at_end] = self._known.times[ended]
        return position, as_of


_NO_TEXT: Final = pl.Series([], dtype=pl.String)


def in_words(values: pl.Series, column: StateColumn) -> pl.Series:
    """Values of a column as text, in the unit they are shown in."""
    return _shown(values, column).cast(pl.String())


def _shown(values: pl.Series, column: StateColumn) -> pl.Series:
    """Values in the unit they are shown in; codes as the words they stand for."""
    if column.words is not None:
        known, names = _words(tuple(column.words.items()))
        codes = values.to_numpy()
        places = np.searchsorted(known, codes)
        places[known[np.minimum(places, len(known) - 1)] != codes] = len(known)
        return names[places]
    if column.divisor != 1:
        # by a scalar Polars multiplies with its inverse, an ulp off
        return pl.Series(values.to_numpy() / column.divisor, dtype=pl.Float64)
    return values


@lru_cache(maxsize=16)
def _words(words: tuple[tuple[int, str], ...]) -> tuple[np.ndarray, pl.Series]:
    """Codes in order, and their words with NULL after the last, for any other code."""
    ordered = sorted(words)
    names = pl.Series([*(word for _, word in ordered), None], dtype=pl.String)
    return np.array([code for code, _ in ordered]), names


def _close(alike: list[pl.Series], values: list[pl.Series], numbers: list[pl.Series]) -> None:
    """Numbers of one type, written together."""
    if alike:
        whole = pl.concat(alike)
        values.append(whole.cast(pl.String()))
        numbers.append(whole.cast(pl.Float64()))
        alike.clear()
