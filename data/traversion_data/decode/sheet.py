"""Cells of many events, put down a column at a time, to the raw frame that lines would give.

What a column cannot say for certain as `record.flatten` would is `Unusual`: its records are then
read one by one instead.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import compress
from typing import Any, Final, TypeAlias

import numpy as np
import orjson
import polars as pl

from traversion_data.decode.paths import Paths
from traversion_data.decode.record import FLATTEN_DEPTH
from traversion_data.decode.rows import DTYPES
from traversion_data.decode.shape import FLAGS, LINE, REST

Where: TypeAlias = "tuple[str, ...]"

_LETTERS: Final[dict[type, str]] = {str: "s", int: "i", float: "f", bool: "b"}
_NOTHING: Final = type(None)
_WIDE: Final = re.compile(rb"[0-9]{19}")
"""Whole numbers of so many digits may be too large for a column."""


class Unusual(Exception):  # noqa: N818 - says what the records are, not that something broke
    """Records that are not to be read by columns."""


class Sheet:
    """Cells of rows counted from 0, by path, each cell put down once."""

    def __init__(self, paths: Paths) -> None:
        """`paths` are those of the source, to which new ones are added."""
        self._paths = paths
        self._cells: dict[str, dict[str, list[tuple[np.ndarray, pl.Series]]]] = {}
        self._rest: dict[int, dict[str, Any]] = {}
        self._kept: set[str] = set()

    @property
    def taken(self) -> set[str]:
        """Paths that hold something in any row."""
        return self._cells.keys() | self._kept

    def put(self, path: str, rows: np.ndarray, values: Sequence[Any], under: Where = ()) -> None:
        """Values of one path as parsed, one for each of the rows; NULLs say nothing.

        under: the keys of the objects around the path's own key, if any.

        Raises:
            Unusual: there is an object among them, or a NULL beside a value of the same row.
        """
        if values and type(values[0]) is str and (texts := _texts(values)) is not None:
            self.add("s", path, rows, texts, under)
            return
        kinds = set(map(type, values))
        if len(kinds) == 1 and (letter := _LETTERS.get(next(iter(kinds)))):
            self.add(letter, path, rows, _series(letter, values), under)
            return
        if _NOTHING in kinds and (np.diff(rows) == 0).any():
            raise Unusual
        types = [*map(type, values)]
        for kind in kinds - {_NOTHING}:
            own = np.array([it is kind for it in types], dtype=bool)
            held = [*compress(values, own)]
            if kind is list:
                for row, value in zip(rows[own].tolist(), held, strict=True):
                    self.keep(path, row, value)
            elif kind in _LETTERS:
                self.add(_LETTERS[kind], path, rows[own], _series(_LETTERS[kind], held), under)
            elif any(held):
                raise Unusual

    def put_rows(self, rows: Sequence[int], found: Sequence[dict[str, Any]]) -> None:
        """Objects, each in its row; what they hold within objects stands under dotted paths."""
        records = Records()
        for record in found:
            records.take(record)
        records.put(self, np.array(rows, dtype=np.int64))

    def put_sheet(self, rows: np.ndarray, other: Sheet) -> None:
        """What stands in another sheet, each of its rows in one of the given."""
        for path, kinds in other._cells.items():
            for letter, pieces in kinds.items():
                own = self._cells.setdefault(path, {}).setdefault(letter, [])
                own += [(rows[at], values) for at, values in pieces]
        for at, held in other._rest.items():
            for path, value in held.items():
                self._hold(path, int(rows[at]), value)

    def put_some(self, letter: str, path: str, rows: np.ndarray, values: pl.Series) -> None:
        """Values of one kind, one for each of the ascending rows; NULLs say nothing."""
        if values.null_count():
            set_ = values.is_not_null()
            rows, values = rows[set_.to_numpy()], values.filter(set_)
        self.add(letter, path, rows, values)

    def add(
        self, letter: str, path: str, rows: np.ndarray, values: pl.Series, under: Where = ()
    ) -> None:
        """Values of one kind (see `record.flatten`), none of them NULL, in ascending rows."""
        if not len(values):
            return
        if path not in self._cells and not self._paths.admit(path, under, path[_prefixed(under) :]):
            for row, value in zip(rows.tolist(), values, strict=True):
                self._hold(path, row, value)
            return
        if letter == "f" and self._paths.exact(path):
            raise Unusual
        self._cells.setdefault(path, {}).setdefault(letter, []).append((rows, values))

    def keep(self, path: str, row: int, value: Any) -> None:
        """An array, which no column can hold; arrays of a row in the order they stand in it."""
        if _WIDE.search(orjson.dumps(value)):
            raise Unusual
        self._hold(path, row, value)

    def _hold(self, path: str, row: int, value: Any) -> None:
        rest = self._rest.setdefault(row, {})
        if path in rest:
            raise Unusual
        rest[path] = value
        self._kept.add(path)

    def raw(self, height: int) -> pl.DataFrame:
        """A raw frame (see `rows.Rows`) of so many rows; only its `LINE` counts from 0."""
        for path in self._kept & self._cells.keys():
            others = [row for row, held in self._rest.items() if path in held]
            pieces = (piece for those in self._cells[path].values() for piece in those)
            if any(np.isin(at, others).any() for at, _ in pieces):
                raise Unusual
        rest: list[str | None] = [None] * height
        for row, held in self._rest.items():
            rest[row] = orjson.dumps(held).decode()
        return pl.DataFrame(
            [
                pl.int_range(height, dtype=pl.UInt32, eager=True).alias(LINE),
                pl.repeat(0, height, dtype=pl.UInt32, eager=True).alias(FLAGS),
                pl.Series(REST, rest, dtype=pl.String),
                *self._columns(height),
            ]
        )

    def _columns(self, height: int) -> Iterator[pl.Series]:
        for path, kinds in self._cells.items():
            taken = None if len(kinds) == 1 else np.zeros(height, dtype=bool)
            for letter, pieces in kinds.items():
                rows = np.concatenate([at for at, _ in pieces])
                values = pl.concat([series for _, series in pieces])
                if taken is not None:
                    if taken[rows].any():
                        raise Unusual
                    taken[rows] = True
                yield _whole(rows, values, height).alias(f"{letter}:{path}")


class Records:
    """Objects by column, in their order."""

    def __init__(self) -> None:
        self._count = 0
        self._columns: dict[str, tuple[list[int], list[Any], Where]] = {}

    def take(self, record: dict[str, Any]) -> None:
        """Take in the next object; objects in it stand under dotted paths."""
        stack: list[tuple[str, Where, dict[str, Any]]] = [("", (), record)]
        while stack:
            prefix, under, held = stack.pop()
            for key, value in held.items():
                path = prefix + key
                if type(value) is dict:
                    if len(under) + 1 >= FLATTEN_DEPTH:
                        raise Unusual
                    stack.append((f"{path}.", (*under, key), value))
                    continue
                if (column := self._columns.get(path)) is None:
                    column = self._columns[path] = ([], [], under)
                column[0].append(self._count)
                column[1].append(value)
        self._count += 1

    def put(self, sheet: Sheet, rows: np.ndarray) -> None:
        """Put all down, each in its row."""
        for path, (at, values, under) in self._columns.items():
            sheet.put(path, rows[at], values, under)


def behind(rows: np.ndarray, counts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Of so many rows behind each of the given: whose each is, by index, and the row itself."""
    owner = np.repeat(np.arange(len(rows)), counts)
    within = np.arange(len(owner)) - np.repeat(np.cumsum(counts) - counts, counts)
    return owner, rows[owner] + 1 + within


def beside(own: pl.DataFrame, shared: pl.DataFrame, which: np.ndarray) -> pl.DataFrame:
    """Rows with what many of them share: `which` row of `shared`, a raw frame too, each has."""
    more = shared[which]
    texts = pl.DataFrame({"own": own[REST], "more": more[REST]}).select(
        pl.concat_str(
            pl.col("more").str.head(-1), pl.lit(","), pl.col("own").str.slice(1)
        ).fill_null(pl.coalesce("own", "more"))
    )
    return own.with_columns(
        texts.to_series().alias(REST), *more.select(pl.exclude(LINE, FLAGS, REST)).get_columns()
    )


def _series(letter: str, values: Sequence[Any]) -> pl.Series:
    return pl.Series(values, dtype=DTYPES[letter], strict=True)


def _texts(values: Sequence[Any]) -> pl.Series | None:
    """Texts as a column, None where there are other values among them."""
    try:
        found = _series("s", values)
    except TypeError:
        return None
    return None if found.null_count() else found


def _prefixed(under: Where) -> int:
    return sum(map(len, under)) + len(under)


def _whole(rows: np.ndarray, values: pl.Series, height: int) -> pl.Series:
    """Values at their rows in a column that is NULL elsewhere."""
    ascending = bool((rows[1:] > rows[:-1]).all())
    if ascending and len(rows) == height:
        return values
    place = np.full(height, len(rows), dtype=np.uint32)
    place[rows] = np.arange(len(rows), dtype=np.uint32)
    if not ascending and int((place < len(rows)).sum()) < len(rows):
        raise Unusual
    return values.extend_constant(None, 1).gather(pl.Series(place))
