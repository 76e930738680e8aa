"""The latest value of every field of every series at any moment, by binary search (G9)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
import polars as pl

from traversion_data.model import Nanos
from traversion_data.store.known import NEVER, KnownOrder
from traversion_data.store.segments import grouped_order, search_segments
from traversion_data.store.series import SeriesIndex
from traversion_data.store.view import StoreView

USUAL_GAPS: Final = 32
"""A field's usual gap is the mean of at most so many gaps before the latest value."""


@dataclass(frozen=True, slots=True)
class StateColumn:
    """A column whose latest values are wanted.

    expr: the values over an event frame; NULLs set nothing. at_end: whether a span sets it at its
    end. divisor: what a number is divided by before it is shown. words: names for its codes, which
    then are no numbers.
    """

    name: str
    expr: pl.Expr
    at_end: bool = False
    divisor: int = 1
    words: Mapping[int, str] | None = None


@dataclass(frozen=True)
class Cells:
    """Latest values, one entry each: column and series number, the event that set it, and when.

    gap is the usual time in ns between settings before, NaN where there was none before.
    """

    column: np.ndarray
    series: np.ndarray
    position: np.ndarray
    as_of: np.ndarray
    gap: np.ndarray


class LatestIndex:
    """Per column and series the events that set it, in the order in which they were known.

    Costs 4 bytes per non-null cell, once for all columns that the same events set. Rows are kept
    as ranks: of the position for what is known at an event's time, of `KnownOrder` for what is
    known at its end.
    """

    def __init__(self, view: StoreView, columns: Sequence[StateColumn]) -> None:
        self.view = view
        self.columns = tuple(columns)
        self.series = view.kept(SeriesIndex.build)
        self._known = view.kept(KnownOrder.build)
        self.values = view.events.select(
            column.expr.alias(str(number)) for number, column in enumerate(columns)
        ).get_columns()
        self._raw = [_raw(*pair) for pair in zip(self.values, self.columns, strict=True)]
        groups = self.series.names.height
        shapes: dict[tuple[bool, bytes], tuple[int, np.ndarray]] = {}
        pieces: list[np.ndarray] = []
        end = 0
        first, counts = [], []
        for column, values in zip(columns, self.values, strict=True):
            there = values.is_not_null().to_numpy()
            shape = (column.at_end, np.packbits(there).tobytes())
            if shape not in shapes:
                ranks, filled = self._of_shape(there, at_end=column.at_end)
                shapes[shape] = (end, filled)
                pieces.append(ranks)
                end += len(ranks)
            begin, filled = shapes[shape]
            counts.append(filled)
            first.append(begin + np.cumsum(filled) - filled)
        flat = np.concatenate(counts) if counts else np.empty(0, np.int64)
        segments = np.flatnonzero(flat)
        self._ranks = np.concatenate([np.empty(0, np.uint32), *pieces])
        self._first = np.concatenate([np.empty(0, np.int64), *first])[segments]
        self._last = self._first + flat[segments]
        self._column = (segments // max(groups, 1)).astype(np.int32)
        self._series = (segments % max(groups, 1)).astype(np.int32)
        self._at_end = np.array([column.at_end for column in columns], dtype=bool)

    def at(
        self, time: Nanos, columns: np.ndarray | None = None, series: np.ndarray | None = None
    ) -> Cells:
        """The latest cell of each column and series that anything set at or before `time`.

        `columns` and `series` are the numbers wanted, all where they are not given. Cells come by
        column, then series.
        """
        segments = np.arange(len(self._column))
        if columns is not None:
            segments = segments[np.isin(self._column, columns)]
        if series is not None:
            segments = segments[np.isin(self._series[segments], series)]
        below = np.where(
            self._at_end[self._column[segments]],
            self._known.rank(time),
            self.view.position(time + 1),
        )
        return self._cells(segments, below)

    def at_many(self, column: int, series: np.ndarray, times: np.ndarray) -> Cells:
        """The latest cells of one column for many (series, time) pairs; absent ones are left out.

        `Cells.column` holds the number of the pair instead.
        """
        segments = np.full(self.series.names.height, -1, dtype=np.int64)
        own = np.flatnonzero(self._column == column)
        segments[self._series[own]] = own
        asked = segments[series]
        pairs = np.flatnonzero(asked >= 0)
        known = self._known.times if self._at_end[column] else self.view.times
        below = np.searchsorted(known, times[pairs], side="right")
        return self._cells(asked[pairs], below, pairs)

    def history(self, column: int, series: int) -> tuple[np.ndarray, np.ndarray]:
        """Positions of the events that set a column in a series, and when each was known (ns)."""
        own = np.flatnonzero((self._column == column) & (self._series == series))
        if not len(own):
            return np.empty(0, np.int64), np.empty(0, np.int64)
        ranks = self._ranks[self._first[own[0]] : self._last[own[0]]]
        positions, times = self._resolve(ranks, np.full(len(ranks), self._at_end[column]))
        known = times < NEVER
        return positions[known], times[known]

    def texts(self, cells: Cells) -> tuple[pl.Series, pl.Series]:
        """The cells' values as text and as numbers (NULL for what is no number)."""
        bounds = np.searchsorted(cells.column, np.arange(len(self.columns) + 1))
        numbers = np.full(len(cells.column), np.nan)
        order: list[np.ndarray] = []
        pieces: list[pl.Series] = []
        for kind in ("f", "i", "u"):
            parts, places = [], []
            for number, column in enumerate(self.columns):
                raw = self._raw[number]
                own = slice(bounds[number], bounds[number + 1])
                if raw is None or own.start == own.stop or _shown_kind(raw, column) != kind:
                    continue
                part = raw[cells.position[own]]
                parts.append(part if column.divisor == 1 else part / column.divisor)
                places.append(np.arange(own.start, own.stop))
                numbers[own] = parts[-1]
            if parts:
                pieces.append(pl.Series("value", np.concatenate(parts)).cast(pl.String()))
                order += places
        for number, column in enumerate(self.columns):
            own = slice(bounds[number], bounds[number + 1])
            if self._raw[number] is None and own.start < own.stop:
                pieces.append(in_words(self.values[number].gather(cells.position[own]), column))
                order.append(np.arange(own.start, own.stop))
        if not pieces:
            return pl.Series("value", dtype=pl.String), pl.Series("number", dtype=pl.Float64)
        place = np.empty(len(numbers), dtype=np.int64)
        place[np.concatenate(order)] = np.arange(len(numbers))
        values = pl.concat([piece.alias("value") for piece in pieces]).gather(place)
        return values, pl.Series("number", numbers, nan_to_null=True)

    def numbers(self, cells: Cells, column: int) -> np.ndarray:
        """The values of cells that all are of one column as float64, NaN for what is no number."""
        raw = self._raw[column]
        if raw is None:
            values = self.values[column].gather(cells.position).cast(pl.Float64(), strict=False)
            return values.fill_null(np.nan).to_numpy()
        return np.asarray(raw[cells.position] / self.columns[column].divisor, dtype=np.float64)

    def _of_shape(self, there: np.ndarray, *, at_end: bool) -> tuple[np.ndarray, np.ndarray]:
        """Ranks of the events that set a column, by series, and how many each series has."""
        codes = self.series.codes
        groups = self.series.names.height
        if not at_end:
            ranks = self.series.order[there[self.series.order]]
            return ranks, np.bincount(codes[there], minlength=groups)
        ranks = self._by_end
        ranks = ranks[there[self._known.positions[ranks]]]
        return ranks, np.bincount(codes[there], minlength=groups)

    @cached_property
    def _by_end(self) -> np.ndarray:
        return grouped_order(self.series.codes[self._known.positions]).astype(np.uint32)

    def _cells(
        self, segments: np.ndarray, below: np.ndarray, labels: np.ndarray | None = None
    ) -> Cells:
        first = self._first[segments]
        found = search_segments(self._ranks, first, self._last[segments], below)
        there = found > first
        segments, first, found = segments[there], first[there], found[there]
        column = self._column[segments]
        flags = self._at_end[column]
        position, as_of = self._resolve(self._ranks[found - 1], flags)
        oldest = np.maximum(first, found - 1 - USUAL_GAPS)
        gaps = found - 1 - oldest
        _, since = self._resolve(self._ranks[oldest], flags)
        gap = np.full(len(gaps), np.nan)
        np.divide(as_of - since, gaps, out=gap, where=gaps > 0)
        return Cells(
            column if labels is None else labels[there],
            self._series[segments],
            position,
            as_of,
            gap,
        )

    def _resolve(self, ranks: np.ndarray, at_end: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        position = ranks.astype(np.int64)
        if not at_end.any():
            return position, self.view.times[position]
        ended = ranks[at_end]
        position[at_end] = self._known.positions[ended]
        as_of = self.view.times[position]
        as_of[at_end] = self._known.times[ended]
        return position, as_of


def in_words(values: pl.Series, column: StateColumn) -> pl.Series:
    """Values of a column as text, in the unit they are shown in."""
    if column.words is not None:
        return values.replace_strict(column.words, default=None, return_dtype=pl.String())
    if column.divisor != 1:
        # by a scalar Polars multiplies with its inverse, an ulp off
        values = values / pl.repeat(float(column.divisor), len(values), eager=True)
    return values.cast(pl.String())


def _raw(values: pl.Series, column: StateColumn) -> np.ndarray | None:
    """The numbers of a column without a copy, anything where it is NULL; None for other types."""
    if not values.dtype.is_numeric() or column.words is not None or values.dtype.is_decimal():
        return None
    array = values.rechunk().to_arrow()
    dtype = values.head(0).to_numpy().dtype
    return np.frombuffer(array.buffers()[1], dtype)[array.offset : array.offset + len(array)]


def _shown_kind(raw: np.ndarray, column: StateColumn) -> str:
    return "f" if column.divisor != 1 else raw.dtype.kind
