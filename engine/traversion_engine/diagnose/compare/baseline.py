"""With what a window is compared where the statement names no other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl

from traversion_data import schema
from traversion_data.model import DAY, Nanos, TimeRange
from traversion_data.store.known import KnownOrder
from traversion_data.store.view import StoreView

MOST_WINDOWS: Final = 60
"""So many windows before are looked at."""
_LOOKED_AT: Final = 1000
"""Rows of each window whose errors and durations are looked at."""
_SLOWER: Final = 1.5


@dataclass(frozen=True)
class Baseline:
    """A window and why it was chosen."""

    window: TimeRange
    name: str


def choose(view: StoreView, window: TimeRange, length: Nanos) -> Baseline | None:
    """The same length before, if it was quiet; else the same time a day earlier, if that was; else
    the last quiet window, and the same length before if none was. None at the recording's start.

    Quiet: at least half the usual number of events, and neither errors (by three standard errors)
    nor the median duration (by half) above the lower quartile of up to `MOST_WINDOWS` windows
    before. Nothing known after the window is looked at.
    """  # noqa: D205 one sentence
    start = view.bounds.start
    before = TimeRange(max(window.start - length, min(start, window.start)), window.start)
    if before.length <= 0:
        return None
    ends = window.start - np.arange(MOST_WINDOWS) * length
    ends = ends[ends - length >= start]
    day = TimeRange(window.start - DAY, window.end - DAY)
    day_recorded = day.start >= start
    if day_recorded:
        ends = np.append(ends, day.end)
    quiet = _quiet(view, ends, length)
    nearest = quiet[: len(quiet) - day_recorded]
    if not len(nearest) or nearest[0]:
        return Baseline(before, "the same length before")
    if day_recorded and quiet[-1]:
        return Baseline(day, "the same time a day earlier")
    if nearest.any():
        end = int(ends[int(np.argmax(nearest))])
        return Baseline(TimeRange(end - length, end), "the last quiet window")
    return Baseline(before, "the same length before, as no window before was quiet")


def _quiet(view: StoreView, ends: np.ndarray, length: Nanos) -> np.ndarray:
    known = view.kept(KnownOrder.build)
    low = np.searchsorted(known.times, ends - length)
    high = np.searchsorted(known.times, ends)
    count = high - low
    if not count.any():
        return np.zeros(len(ends), dtype=bool)
    looked = [
        np.linspace(a, b - 1, min(b - a, _LOOKED_AT)).astype(np.int64)
        for a, b in zip(low.tolist(), high.tolist(), strict=True)
    ]
    number = np.repeat(np.arange(len(ends)), [len(part) for part in looked])
    rows = view.events.select(schema.ERROR_OCCURRED, schema.DURATION)[
        known.positions[np.concatenate(looked)]
    ]
    seen = (
        rows.with_columns(window=number)
        .group_by("window")
        .agg(
            pl.len(),
            pl.col(schema.ERROR_OCCURRED).sum().alias("errors"),
            pl.col(schema.DURATION).median().alias("median"),
        )
    )
    found = pl.DataFrame({"window": np.arange(len(ends))}).join(
        seen, on="window", how="left", maintain_order="left"
    )
    size = found["len"].fill_null(0).to_numpy()
    errors = found["errors"].fill_null(0).to_numpy()
    median = found["median"].fill_null(float("nan")).to_numpy()
    usual = float(np.quantile(errors[size > 0] / size[size > 0], 0.25))
    expected = size * usual
    quick = np.ones(len(ends), dtype=bool)
    if not np.isnan(median).all():
        quick = ~(median > _SLOWER * np.nanquantile(median, 0.25))
    enough = (size > 0) & (count >= np.median(count[count > 0]) / 2)
    return np.asarray(enough & quick & (errors <= expected + 3 * np.sqrt(expected + 1)))
