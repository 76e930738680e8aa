"""Lengths of time as exact milliseconds and in words."""

from __future__ import annotations

from itertools import pairwise
from typing import Final

import polars as pl

from traversion_data.model import MILLISECOND

_LADDER: Final = (
    (1, "ns"),
    (1_000, "µs"),
    (1_000_000, "ms"),
    (1_000_000_000, "s"),
    (60_000_000_000, "min"),
    (3_600_000_000_000, "h"),
)
_DIGITS: Final = 3


def in_milliseconds(nanos: pl.Expr) -> pl.Expr:
    """Nanoseconds as milliseconds, correctly rounded: 7,131,000 ns are 7.131.

    By a scalar Polars multiplies with the inverse, an ulp off for three values of ten, so the
    divisor is given in every row.
    """
    every_row = nanos.is_null().cast(pl.Float64) * 0.0 + float(MILLISECOND)
    return nanos / every_row


def length_text(nanos: pl.Expr) -> pl.Expr:
    """A length of time in three significant digits, never negative: `14.6 ms`, `5.21 s`, `0 ms`."""
    size = nanos.abs()
    rungs = [
        pl.when(size < above).then(_in(size, unit, name))
        for (unit, name), (above, _) in pairwise(_LADDER)
    ]
    none = pl.when(size == 0).then(pl.lit("0 ms"))
    return pl.coalesce(none, *rungs, _in(size, *_LADDER[-1]))


def _in(size: pl.Expr, unit: int, name: str) -> pl.Expr:
    number = (size / float(unit)).round_sig_figs(_DIGITS).cast(pl.String).str.strip_suffix(".0")
    return number + f" {name}"
