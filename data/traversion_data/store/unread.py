"""Event frames whose columns are decoded when something first asks for them.

A question reads few of the columns that a recording has; opening one decodes none. What was
checked and is not decoded yet is a `Block`; an `Unread` is the frame of some blocks under each
other, and is a frame like any other to whoever has it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from traversion_data import schema
from traversion_data.store.dtypes import cast, common, nulls

if TYPE_CHECKING:
    from polars._typing import IntoExpr


class Block:
    """Rows of which each column is decoded once, when it is first asked for.

    Two threads that ask at once may both decode it; both get the same.
    """

    def __init__(
        self,
        dtypes: Mapping[str, pl.DataType],
        decode: Callable[[str], pl.Series],
        decoded: Mapping[str, pl.Series],
        held: int = 0,
        scan: pl.LazyFrame | None = None,
    ) -> None:
        """`decoded` has a column at least: it tells how many rows there are.

        held: bytes that are kept to be decoded. scan: the same rows for Polars to decode together
        with those of other blocks, in all its threads.
        """
        self.dtypes = dict(dtypes)
        self.height = len(next(iter(decoded.values())))
        self._decode = decode
        self._columns = dict(decoded)
        self._held = held
        self._scan = scan

    def apart(self) -> Block:
        """The same rows with memory of its own for what of them is decoded from now on."""
        return Block(self.dtypes, self._decode, self._columns, self._held, self._scan)

    def undecoded(self, name: str) -> pl.LazyFrame | None:
        """What decodes a column that is not decoded yet, where that is for Polars to do."""
        if self._scan is None or name not in self.dtypes or name in self._columns:
            return None
        return self._scan.select(name)

    def take(self, cells: pl.Series) -> None:
        """A column that was decoded meanwhile."""
        self._columns.setdefault(cells.name, cells.rechunk())

    def column(self, name: str) -> pl.Series:
        """The cells of one column."""
        if name not in self._columns:
            self._columns.setdefault(name, self._decode(name))
        return self._columns[name]

    @property
    def size(self) -> int:
        """Bytes that it takes, as it was kept and as far as it is decoded."""
        return self._held + sum(
            int(cells.estimated_size()) for cells in list(self._columns.values())
        )


@dataclass(frozen=True, slots=True)
class Part:
    """The rows `[start, start + height)` of a block."""

    block: Block
    start: int
    height: int

    def slice(self, offset: int, length: int) -> Part:
        """Some of these rows."""
        return Part(self.block, self.start + offset, length)

    def column(self, name: str, dtype: pl.DataType) -> pl.Series:
        """Cells as a type that holds them, NULL where the block has no such column."""
        if name not in self.block.dtypes:
            return nulls(name, dtype, self.height)
        return cast(self.block.column(name).slice(self.start, self.height), dtype)


class Unread(pl.DataFrame):
    """The frame of some parts under each other.

    Asked for single columns it decodes these; asked for anything else, all of them once, from
    where on it is a frame of Polars' own.
    """

    def __init__(self, parts: Sequence[Part], dtypes: Mapping[str, pl.DataType]) -> None:
        self._parts = tuple(parts)
        self._schema = pl.Schema(dtypes)
        self._height = sum(part.height for part in parts)
        self._columns: dict[str, pl.Series] = {}

    @classmethod
    def of(cls, block: Block) -> Unread:
        """All rows of one block."""
        return cls([Part(block, 0, block.height)], block.dtypes)

    @classmethod
    def joined(cls, frames: Iterable[pl.DataFrame]) -> Unread:
        """Frames under each other, under one schema; nothing is decoded."""
        parts, found = list[Part](), dict[str, list[pl.DataType]]()
        for frame in frames:
            parts += _parts(frame)
            for name, dtype in frame.schema.items():
                found.setdefault(name, []).append(dtype)
        return cls(parts, {name: common(kinds) for name, kinds in found.items()})

    def apart(self) -> Unread:
        """The same rows; what of them is decoded is not kept here."""
        parts = [replace(part, block=part.block.apart()) for part in self._parts]
        return Unread(parts, self._schema)

    @classmethod
    def _from_pydf(cls, py_df: Any) -> pl.DataFrame:
        return pl.DataFrame._from_pydf(py_df)  # noqa: SLF001 what is made of all rows is no Unread

    def __getattr__(self, name: str) -> Any:
        """The columns as Polars holds them, of which its own methods work: not there before."""
        if name != "_df":
            raise AttributeError(name)
        whole = pl.DataFrame([self.get_column(column) for column in self._schema])
        self._df = whole._df  # noqa: SLF001 as above
        return self._df

    @property
    def height(self) -> int:
        """Number of rows."""
        return self._height

    @property
    def width(self) -> int:
        """Number of columns."""
        return len(self._schema)

    @property
    def shape(self) -> tuple[int, int]:
        """Numbers of rows and columns."""
        return self.height, self.width

    @property
    def schema(self) -> pl.Schema:
        """Names and types of all columns."""
        return pl.Schema(self._schema)

    @property  # type: ignore[misc] # nobody renames columns in place
    def columns(self) -> list[str]:
        """Names of all columns."""
        return self._schema.names()

    def get_column(self, name: str, **default: Any) -> Any:
        """One column, decoded where it was not."""
        if name not in self._schema:
            return super().get_column(name, **default)
        if name not in self._columns:
            dtype = self._schema[name]
            _decode_together([part.block for part in self._parts], name)
            cells = pl.concat([part.column(name, dtype) for part in self._parts])
            self._columns.setdefault(name, cells)
        return self._columns[name]

    def __getitem__(self, key: Any) -> Any:
        """One or some columns by name, without the others; all else as of a frame."""
        if isinstance(key, str):
            return self.get_column(key)
        if isinstance(key, list) and key and all(isinstance(name, str) for name in key):
            return self.select(key)
        if isinstance(key, np.ndarray) and len(key) and key.dtype.kind in "iu" and key.min() >= 0:
            first, last = int(key.min()), int(key.max())
            near = self.slice(first, last + 1 - first)
            return near if len(key) == 1 else _rows(near, lambda cells: cells[key - first])
        return super().__getitem__(key)

    def select(self, *exprs: IntoExpr | Iterable[IntoExpr], **named: IntoExpr) -> pl.DataFrame:
        """As `DataFrame.select`, of those columns only that the expressions name."""
        listed = list(exprs)
        if len(listed) == 1 and isinstance(listed[0], Iterable) and not isinstance(listed[0], str):
            listed = list(listed[0])
        names = _names([*listed, *named.values()])
        if names is None or not names <= set(self._schema):
            return super().select(listed, **named)
        held = pl.DataFrame([self.get_column(name) for name in self._schema if name in names])
        return held.select(listed, **named)

    def filter(self, *predicates: Any, **constraints: Any) -> pl.DataFrame:
        """The rows that pass; what is decoded is what of them is asked for."""
        if constraints or len(predicates) != 1 or not isinstance(predicates[0], pl.Expr):
            return super().filter(*predicates, **constraints)
        passes = self.select(predicates[0].alias(schema.TIME))[schema.TIME]
        if passes.dtype != pl.Boolean or len(passes) != self._height:
            return super().filter(*predicates)
        return _rows(self, lambda cells: cells.filter(passes))

    def slice(self, offset: int, length: int | None = None) -> pl.DataFrame:
        """Some rows; what is decoded is what of them is asked for."""
        start = max(offset + self._height, 0) if offset < 0 else min(offset, self._height)
        rest = self._height - start
        length = rest if length is None else min(length, rest)
        if length < 0:
            return super().slice(offset, length)
        parts = list[Part]()
        for part in self._parts:
            skipped = min(start, part.height)
            taken = min(part.height - skipped, length)
            if taken:
                parts.append(part.slice(skipped, taken))
            start, length = start - skipped, length - taken
        return Unread(parts, self._schema) if parts else pl.DataFrame(schema=self._schema)

    def head(self, n: int = 5) -> pl.DataFrame:
        """The first rows."""
        return self.slice(0, max(n, 0) if n >= 0 else max(self._height + n, 0))

    def tail(self, n: int = 5) -> pl.DataFrame:
        """The last rows."""
        kept = min(n, self._height) if n >= 0 else max(self._height + n, 0)
        return self.slice(self._height - kept, kept)

    def estimated_size(self, unit: Any = "b") -> int | float:
        """Bytes taken, of what is decoded and of what is not."""
        if unit != "b":
            return super().estimated_size(unit)
        return sum(block.size for block in {part.block for part in self._parts})


def _decode_together(blocks: Sequence[Block], name: str) -> None:
    """Decode a column of many blocks; what fails is left for `Block.column` to fail with."""
    scans = {block: scan for block in blocks if (scan := block.undecoded(name)) is not None}
    if len(scans) > 1:
        with suppress(pl.exceptions.PolarsError, OSError):
            for block, frame in zip(scans, pl.collect_all(list(scans.values())), strict=True):
                block.take(frame[name])


def _rows(frame: pl.DataFrame, taken: Callable[[pl.Series], pl.Series]) -> Unread:
    """Some rows of a frame: what `taken` takes of each column."""
    times = {schema.TIME: taken(frame[schema.TIME])}
    return Unread.of(Block(frame.schema, lambda name: taken(frame[name]), times))


def _parts(frame: pl.DataFrame) -> Sequence[Part]:
    if isinstance(frame, Unread):
        return frame._parts  # noqa: SLF001 of the same module
    columns = {cells.name: cells for cells in frame.get_columns()}
    block, start, parts = Block(frame.schema, columns.__getitem__, columns), 0, list[Part]()
    for length in next(iter(columns.values())).chunk_lengths():
        parts.append(Part(block, start, length))
        start += length
    return parts


def _names(exprs: Iterable[Any]) -> set[str] | None:
    """The columns that expressions read; None where they do not name them one by one."""
    names = set[str]()
    for expr in exprs:
        if isinstance(expr, str) and not expr.startswith("^"):
            names.add(expr)
        elif isinstance(expr, pl.Expr) and not expr.meta.has_multiple_outputs():
            names |= set(expr.meta.root_names())
        else:
            return None
    return names or None
