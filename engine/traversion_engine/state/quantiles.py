"""Exact quantiles of many windows at once, interpolated linearly between neighbours."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import polars as pl

from traversion_data.model import Nanos

_PADDING: Final = 4
"""Slices are laid side by side unless that takes more than so many times their values."""
GATHER_LIMIT: Final = 4_000_000
"""Up to so many values in all windows together they are gathered and sorted."""


def grouped_quantiles(
    groups: np.ndarray, values: np.ndarray, count: int, quantiles: Sequence[float]
) -> np.ndarray:
    """Quantiles of `values` (int64 >= 0) by group number; float64 `(len(quantiles), count)`.

    NaN where a group has no values.
    """
    sizes = np.bincount(groups, minlength=count)
    starts = np.cumsum(sizes) - sizes
    bits = int(values.max(initial=0)).bit_length()
    if bits + max(count, 1).bit_length() < 63:
        keys = (groups.astype(np.int64) << bits) | values
        keys.sort()
        ordered = keys & ((1 << bits) - 1)
    else:
        ordered = values[np.lexsort((values, groups))]
    result = np.full((len(quantiles), count), np.nan)
    filled = sizes > 0
    for row, quantile in enumerate(quantiles):
        place = quantile * (sizes[filled] - 1)
        low = np.floor(place)
        below = ordered[starts[filled] + low.astype(np.int64)]
        above = ordered[starts[filled] + np.ceil(place).astype(np.int64)]
        result[row, filled] = below + (above - below) * (place - low)
    return result


def sliced_quantiles(
    values: np.ndarray, first: np.ndarray, last: np.ndarray, quantiles: Sequence[float]
) -> np.ndarray:
    """Quantiles of slices `[first, last)` of `values` (integers >= 0); `(len(quantiles), slices)`.

    The same answer as `grouped_quantiles`, NaN for an empty slice. Slices of like sizes are sorted
    side by side, each for itself.
    """
    sizes = last - first
    longest = int(sizes.max(initial=0))
    if longest * len(sizes) > _PADDING * int(sizes.sum()):
        rows, owner = spread(first, last)
        return grouped_quantiles(owner, values[rows], len(sizes), quantiles)
    result = np.full((len(quantiles), len(sizes)), np.nan)
    filled = np.flatnonzero(sizes)
    sizes, offsets = sizes[filled], np.arange(longest)
    table = values.take(first[filled, None] + offsets, mode="clip")
    table[offsets >= sizes[:, None]] = np.iinfo(values.dtype).max
    table.sort(axis=1)
    slices = np.arange(len(filled))
    for row, quantile in enumerate(quantiles):
        place = quantile * (sizes - 1)
        low = np.floor(place)
        below = table[slices, low.astype(np.int64)]
        above = table[slices, np.ceil(place).astype(np.int64)]
        result[row, filled] = below + (above - below) * (place - low)
    return result


def spread(first: np.ndarray, last: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """All indices of the ranges `[first, last)` one after another, and the range of each."""
    sizes = last - first
    owner = np.repeat(np.arange(len(sizes)), sizes)
    skipped = np.repeat(np.cumsum(sizes) - sizes - first, sizes)
    return np.arange(len(owner)) - skipped, owner


def rolling_quantiles(
    group: np.ndarray,
    ends: np.ndarray,
    values: np.ndarray,
    *,
    asked_group: np.ndarray,
    asked_time: np.ndarray,
    window: Nanos,
    quantiles: Sequence[float],
) -> np.ndarray:
    """Quantiles over `(time - window, time]` of a group's values, for many (group, time) pairs.

    The same answer as `grouped_quantiles` over each window, for windows too many to gather.
    """
    rows = pl.DataFrame(
        {
            "group": np.concatenate([group, asked_group]).astype(np.int64),
            "time": np.concatenate([ends, asked_time]),
            "asked": np.concatenate(
                [np.full(len(ends), -1, dtype=np.int64), np.arange(len(asked_time))]
            ),
        }
    ).with_columns(
        pl.concat(
            [
                pl.Series("value", values, dtype=pl.Float64),
                pl.Series("value", [None], dtype=pl.Float64).new_from_index(0, len(asked_time)),
            ]
        )
    )
    rolled = (
        rows.sort("group", "time")
        .with_columns(
            pl.col("value")
            .rolling_quantile_by(
                "time",
                window_size=f"{window}i",
                quantile=quantile,
                interpolation="linear",
                closed="right",
                min_samples=1,
            )
            .over("group")
            .alias(str(number))
            for number, quantile in enumerate(quantiles)
        )
        .filter(pl.col("asked") >= 0)
        .sort("asked")
    )
    return np.stack(
        [rolled[str(number)].fill_null(float("nan")).to_numpy() for number in range(len(quantiles))]
    )
