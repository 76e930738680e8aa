"""A block's cells, and which of them the core columns have taken."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import polars as pl

from traversion_data.decode.blank import nothing
from traversion_data.decode.mapping import Candidate, Mapping
from traversion_data.decode.readers import Reader, Readers, where
from traversion_data.decode.words import Each

Choice: TypeAlias = Callable[[Candidate], bool]
"""Which of a column's keys are meant."""
Mask: TypeAlias = Callable[[], pl.Series]
_Value: TypeAlias = tuple[Candidate, str, pl.Series]
"""A key, the name of the cells under it, and what they mean."""


def _any(_: Candidate) -> bool:
    return True


@dataclass
class Cells:
    """A block's cells: the raw frame, and what of it no core column has taken yet."""

    raw: pl.DataFrame
    mapping: Mapping
    left: dict[str, pl.Series]
    _all: dict[str, pl.Series]
    _read: dict[tuple[str, str], pl.Series]
    """Values that were read in advance, by column and cell."""

    @classmethod
    def of(cls, raw: pl.DataFrame, mapping: Mapping) -> Cells:
        """All cells of a raw frame, none taken."""
        cells = {cell.name: cell for cell in raw.get_columns() if not cell.name.startswith("#")}
        return cls(raw, mapping, dict(cells), cells, {})

    def has(self, name: str) -> bool:
        """Whether the block has cells of a kind under a key: `s:level`."""
        return name in self._all

    def read(self, wanted: Sequence[tuple[str, Readers]]) -> None:
        """Read what is read by expressions, for some core columns, in advance and at once."""
        asked: dict[tuple[str, str], pl.Expr] = {}
        for column, how in wanted:
            for key, cell, reader in self._readers(column, how, _any):
                if isinstance(reader, Each):
                    made = reader.expression(cell, key)
                    if made is not None:
                        asked[column, cell.name] = made
        if asked:
            made_of = (made.alias(str(at)) for at, made in enumerate(asked.values()))
            found = self.raw.select_seq(*made_of)
            self._read = dict(zip(asked, found.get_columns(), strict=True))

    def take(
        self,
        column: str,
        how: Readers,
        dtype: pl.DataType,
        only: Choice = _any,
        *,
        but: Mask | None = None,
    ) -> pl.Series:
        """As `look`; cells that were used are no longer left over.

        but: where the column is to have no value, made when it is needed.
        """
        result: pl.Series | None = None
        values = self._values(column, how, only)
        if but is not None:
            values = self._outside(but, values)
        for key, name, value in values:
            if result is None:
                result = value.cast(dtype)
                self._use(name, value)
            else:
                used = value.is_not_null() & result.is_null()
                if not used.any():
                    continue
                result = value.cast(dtype).zip_with(used, result)
                self._use(name, where(value, used))
            self.mapping.confirm(column, key)
        return nothing(dtype, self.raw.height) if result is None else result

    def look(self, column: str, how: Readers, dtype: pl.DataType) -> pl.Series:
        """The first value that a reader understands, over a column's keys and their kinds."""
        result: pl.Series | None = None
        for key, _, value in self._values(column, how, _any):
            typed = value.cast(dtype)
            result = typed if result is None else result.fill_null(typed)
            self.mapping.confirm(column, key)
        return nothing(dtype, self.raw.height) if result is None else result

    def _values(self, column: str, how: Readers, only: Choice) -> Iterator[_Value]:
        """What readers understand of a column's keys, best first; nothing where it is nothing."""
        for key, cell, reader in self._readers(column, how, only):
            value = self._read.get((column, cell.name))
            if value is None:
                value = reader(cell, key)
            if value.null_count() < len(value):
                yield key, cell.name, value

    def _outside(self, mask: Mask, values: Iterator[_Value]) -> Iterator[_Value]:
        """The values where the mask does not hold."""
        for key, name, value in values:
            found = nothing(value.dtype, self.raw.height).zip_with(mask(), value)
            if found.null_count() < len(found):
                yield key, name, found

    def _readers(
        self, column: str, how: Readers, only: Choice
    ) -> Iterator[tuple[Candidate, pl.Series, Reader]]:
        """The cells under a column's keys that hold something, with what reads them."""
        for key in filter(only, self.mapping.candidates(column)):
            for kind, reader in how.items():
                cell = self._all.get(f"{kind}:{key.key}")
                if cell is not None and cell.null_count() < len(cell):
                    yield key, cell, reader

    def _use(self, name: str, value: pl.Series) -> None:
        """Take the cells of which a value, NULL elsewhere, was made."""
        cell = self.left.get(name)
        if cell is None:
            return
        if value.null_count() == self._all[name].null_count():
            del self.left[name]
        else:
            kept = cell.is_not_null() & value.is_null()
            if kept.any():
                self.left[name] = where(cell, kept).alias(name)
            else:
                del self.left[name]
        if name.startswith("x:"):
            self._use(f"f:{name[2:]}", value)
