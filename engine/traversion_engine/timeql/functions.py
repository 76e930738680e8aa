"""The functions of SELECT: what they take, what they give, what an empty bucket of theirs holds."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

import polars as pl

QUANTILES: Final = MappingProxyType({"p50": 0.5, "p90": 0.9, "p95": 0.95, "p99": 0.99})


class Takes(StrEnum):
    """What stands between a function's brackets."""

    NOTHING_OR_ANY = "nothing, a field or a predicate"
    NOTHING_OR_PREDICATE = "nothing or a predicate"
    NUMBER = "a number"
    ORDERED = "a number, time, severity or text"
    ANY = "a field"
    PREDICATE = "a predicate"


class Gives(StrEnum):
    """What a function returns, and in which unit."""

    COUNT = "count"
    RATE = "rate"
    SHARE = "share"
    SAME = "same"
    SAME_UNIT = "same unit"


@dataclass(frozen=True, slots=True)
class Function:
    """An aggregate function of the language."""

    name: str
    takes: Takes
    gives: Gives
    meaning: str

    @property
    def zero_when_empty(self) -> bool:
        """Whether a group without rows has 0; all others have NULL."""
        return self.gives in {Gives.COUNT, Gives.RATE}


AGGREGATES: Final = MappingProxyType(
    {
        function.name: function
        for function in (
            Function("count", Takes.NOTHING_OR_ANY, Gives.COUNT, "number of rows"),
            Function("rate", Takes.NOTHING_OR_PREDICATE, Gives.RATE, "rows per second"),
            Function("ratio", Takes.PREDICATE, Gives.SHARE, "share of rows that pass"),
            Function("distinct", Takes.ANY, Gives.COUNT, "number of different values"),
            Function("sum", Takes.NUMBER, Gives.SAME_UNIT, "sum"),
            Function("avg", Takes.NUMBER, Gives.SAME_UNIT, "mean"),
            Function("stddev", Takes.NUMBER, Gives.SAME_UNIT, "standard deviation of a sample"),
            Function("min", Takes.ORDERED, Gives.SAME, "smallest value"),
            Function("max", Takes.ORDERED, Gives.SAME, "largest value"),
            Function("first", Takes.ANY, Gives.SAME, "first value by (time, seq)"),
            Function("last", Takes.ANY, Gives.SAME, "last value by (time, seq)"),
            *(
                Function(name, Takes.NUMBER, Gives.SAME_UNIT, f"quantile {share:g}, interpolated")
                for name, share in QUANTILES.items()
            ),
        )
    }
)

TEMPLATE: Final = "template"


def reduce_values(function: str, values: pl.Expr) -> pl.Expr:
    """An aggregate over a column, NULLs left out; NULL where nothing is left, counts 0.

    `count` and `distinct` give int64, everything that is computed float64 or the column's type.
    """
    if function in QUANTILES:
        return values.quantile(QUANTILES[function], interpolation="linear")
    match function:
        case "count":
            return values.count().cast(pl.Int64)
        case "distinct":
            return values.drop_nulls().n_unique().cast(pl.Int64)
        case "sum":
            return pl.when(values.count() > 0).then(values.sum())
        case "avg":
            return values.mean()
        case "stddev":
            return values.std()
        case "min":
            return values.min()
        case "max":
            return values.max()
        case "first":
            return values.drop_nulls().first()
        case "last":
            return values.drop_nulls().last()
        case _:
            raise ValueError(f"{function} does not reduce a column")
