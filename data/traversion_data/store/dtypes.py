"""Columns of the same name from many frames: the type that holds all of them, and NULLs of it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Final

import polars as pl

_ROWS: Final = 1 << 17
"""NULLs that are made at a time, to be shared by all columns that have none but these."""


def common(dtypes: Sequence[pl.DataType]) -> pl.DataType:
    """The type that holds all of them."""
    first, *others = dict.fromkeys(dtypes)
    if not others:
        return first
    empty = [pl.DataFrame(schema={"it": dtype}) for dtype in (first, *others)]
    return pl.concat(empty, how="vertical_relaxed").schema["it"]


def cast(column: pl.Series, dtype: pl.DataType) -> pl.Series:
    """The column under a type; itself where it has it."""
    return column if column.dtype == dtype else column.cast(dtype)


def nulls(name: str, dtype: pl.DataType, height: int) -> pl.Series:
    """A column of NULLs; all of the same type share their memory."""
    rows = max(height, _ROWS)
    return _block(dtype, rows).head(height).alias(name)


@lru_cache(maxsize=64)
def _block(dtype: pl.DataType, rows: int) -> pl.Series:
    """As many NULLs as any piece needs, to be shared by all its empty columns."""
    return pl.Series([None], dtype=dtype).new_from_index(0, rows)
