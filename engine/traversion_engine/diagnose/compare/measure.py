"""By what a field or an aggregate is compared."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class How(StrEnum):
    """What is computed of each window, and which test belongs to it."""

    MEAN = "mean"
    QUANTILE = "quantile"
    LOWEST = "lowest"
    HIGHEST = "highest"
    FIRST = "first"
    LAST = "last"
    SPREAD = "standard deviation"
    SUM = "sum"
    COUNTER = "rate of a counter"
    SHARE = "share"
    VALUES = "share of its most changed value"
    COUNT = "count"
    RATE = "rate"
    DISTINCT = "different values"
    MOMENT = "value at the end"


@dataclass(frozen=True, slots=True)
class Measure:
    """One column of a comparison.

    label: as shown in `field`. quantile: of `QUANTILE`, 0 to 1. of_requests: only rows that are
    requests count. name: the derived field of `MOMENT`.
    """

    label: str
    how: How
    quantile: float | None = None
    of_requests: bool = False
    name: str | None = None
