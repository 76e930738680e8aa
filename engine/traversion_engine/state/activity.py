"""When each service was heard of, what it usually takes between two signs of life, its errors."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from traversion_data import schema
from traversion_data.model import SECOND
from traversion_data.store.arrays import ranges
from traversion_data.store.known import NEVER
from traversion_data.store.segments import GroupedTimes, group_starts, grouped_order
from traversion_data.store.view import StoreView


@dataclass(frozen=True)
class Activity:
    """The first event of each second in which a service recorded any, by service.

    gaps, squared_gaps: running sums (seconds) over the gaps before each entry of the same service.
    """

    times: GroupedTimes
    gaps: np.ndarray
    squared_gaps: np.ndarray

    @classmethod
    def build(cls, view: StoreView, codes: np.ndarray, services: int) -> Activity:
        """codes: the service number of each position."""
        at = _first_of_seconds(view.times, codes)
        at = at[grouped_order(codes[at])]
        times = view.times[at]
        starts = group_starts(codes[at], services)
        gap = np.diff(times, prepend=times[:1]) / SECOND
        gap[starts[:-1][starts[:-1] < len(gap)]] = 0
        return cls(GroupedTimes.of(times, starts), np.cumsum(gap), np.cumsum(gap * gap))

    def at(self, service: np.ndarray, time: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Per (service, time): seconds since the last sign of life, and the usual wait in seconds.

        The usual wait is the length of the gap that a moment drawn at random from the service's
        past falls into, so a batch job's bursts do not hide its pauses. NaN before the first sign
        of life, respectively before the second gap.
        """
        first = self.times.starts[service]
        found = self.times.before(service, time + 1)
        known = found > first
        last = np.maximum(found - 1, 0)
        age = np.full(len(service), np.nan)
        usual = np.full(len(service), np.nan)
        if len(self.times):
            age[known] = (time - self.times.at(last))[known] / SECOND
            start = np.minimum(first, len(self.times) - 1)
            total = self.gaps[last] - self.gaps[start]
            squared = self.squared_gaps[last] - self.squared_gaps[start]
            enough = found - first > 2
            np.divide(squared, total, out=usual, where=enough & (total > 0))
        return age, usual


def _first_of_seconds(times: np.ndarray, codes: np.ndarray) -> np.ndarray:
    """Positions of the first event of each code in each second, ascending."""
    if not len(times):
        return np.empty(0, np.int64)
    begin = int(times[0]) // SECOND
    width = int(times[-1]) // SECOND - begin + 1
    found = []
    for part in ranges(len(times)):
        keys = codes[part].astype(np.int64) * width + (times[part] // SECOND - begin)
        at = pl.Series(keys).is_first_distinct().arg_true().to_numpy()
        found.append(pl.DataFrame({"key": keys[at], "at": at.astype(np.int64) + part.start}))
    first = pl.concat(found).filter(pl.col("key").is_first_distinct())
    return first["at"].to_numpy()


@dataclass(frozen=True)
class Errors:
    """Positions of the events with an error, by service and then by when it became known."""

    positions: np.ndarray
    times: GroupedTimes

    @classmethod
    def build(cls, view: StoreView, codes: np.ndarray, services: int) -> Errors:
        """codes: the service number of each position."""
        at = view.errors
        rows = view.events.select(schema.END_TIME, schema.SEQ)[at]
        known = rows[schema.END_TIME].fill_null(NEVER).to_numpy()
        order = np.lexsort((rows[schema.SEQ].to_numpy(), known, codes[at]))
        order = order[known[order] != NEVER]
        at, known = at[order], known[order]
        return cls(at, GroupedTimes.of(known, group_starts(codes[at], services)))

    def last(self, service: np.ndarray, time: np.ndarray) -> np.ndarray:
        """Per (service, time) the position of the last error known by then, -1 without one."""
        found = self.times.before(service, time + 1)
        position = np.full(len(service), -1, dtype=np.int64)
        there = found > self.times.starts[service]
        position[there] = self.positions[found[there] - 1]
        return position
