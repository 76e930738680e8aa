"""Correctly rounded division: by a scalar Polars multiplies with the inverse, an ulp off."""

from __future__ import annotations

import polars as pl

from traversion_data.model import MILLISECOND


def in_units_of(values: pl.Expr, divisor: int) -> pl.Expr:
    """Integers in a larger unit: 7,131,000 ns are 7.131 ms."""
    return values / one_a_row(values, pl.lit(float(divisor)))


def in_milliseconds(nanos: pl.Expr) -> pl.Expr:
    """Nanoseconds in milliseconds."""
    return in_units_of(nanos, MILLISECOND)


def divide(a: pl.Expr, b: pl.Expr) -> pl.Expr:
    """`a / b` as a float, NULL where b is zero."""
    divisor = one_a_row(a, b.cast(pl.Float64))
    return a.cast(pl.Float64) / pl.when(divisor != 0).then(divisor)


def one_a_row(beside: pl.Expr, value: pl.Expr) -> pl.Expr:
    """The value in every row of `beside`, also where it is a literal."""
    return beside.is_null().cast(pl.Float64) * 0.0 + value
