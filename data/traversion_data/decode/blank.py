"""Columns that hold nothing, made without a look at the type each time."""

from __future__ import annotations

from functools import lru_cache

import polars as pl


def nothing(dtype: pl.DataType, height: int) -> pl.Series:
    """A column of NULL."""
    return _null(dtype).new_from_index(0, height)


def zeros(dtype: pl.DataType, height: int) -> pl.Series:
    """A column of zeros."""
    return _zero(dtype).new_from_index(0, height)


@lru_cache(maxsize=256)
def _null(dtype: pl.DataType) -> pl.Series:
    return pl.Series([None], dtype=dtype)


@lru_cache(maxsize=16)
def _zero(dtype: pl.DataType) -> pl.Series:
    return pl.Series([0], dtype=dtype)
