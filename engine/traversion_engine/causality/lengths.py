"""Lengths of time in words."""

from __future__ import annotations

from itertools import pairwise
from typing import Final

import polars as pl

_LADDER: Final = (
    (1, "ns"),
    (1_000, "µs"),
    (1_000_000, "ms"),
    (1_000_000_000, "s"),
    (60_000_000_000, "min"),
    (3_600_000_000_000, "h"),
)
_DIGITS: Final = 3


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
