"""Trailing windows of services: what ended in them, how long it took, what was usual before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl

from traversion_data.model import MILLISECOND, SECOND, Nanos
from traversion_data.store.segments import GroupedTimes
from traversion_engine.state.quantiles import (
    GATHER_LIMIT,
    grouped_quantiles,
    rolling_quantiles,
    sliced_quantiles,
)
from traversion_engine.state.requests import Requests

PAST_WINDOWS: Final = 60
"""What is usual is the median over at most so many windows before."""


@dataclass(frozen=True)
class Windows:
    """Windows `(time - window, time]` of services, one entry each.

    service: number. low, high: the slice of `requests.ends` that ended inside. covered: seconds
    of the window that lie in the recording, which begins at `start`.
    """

    requests: Requests
    service: np.ndarray
    time: np.ndarray
    window: Nanos
    start: Nanos
    low: np.ndarray
    high: np.ndarray

    @classmethod
    def of(
        cls, requests: Requests, service: np.ndarray, time: np.ndarray, window: Nanos, start: Nanos
    ) -> Windows:
        """The windows that end with the given moments."""
        low = requests.ended(service, time - window)
        return cls(requests, service, time, window, start, low, requests.ended(service, time))

    @property
    def covered(self) -> np.ndarray:
        """Seconds of each window that lie in the recording."""
        return np.asarray(np.clip(self.time - self.start, 0, self.window) / SECOND)

    @property
    def count(self) -> np.ndarray:
        """Requests that ended in each window."""
        return np.asarray(self.high - self.low)

    @property
    def failed(self) -> np.ndarray:
        """Requests that ended in each window with an error."""
        failures = self.requests.failed_before
        return np.asarray(failures[self.high] - failures[self.low])

    @property
    def any_yet(self) -> np.ndarray:
        """Whether the service had any request by the end of each window."""
        return self.requests.any_yet(self.service, self.time)

    @property
    def open(self) -> np.ndarray:
        """Requests that had started and not ended by the end of each window."""
        return self.requests.open(self.service, self.time, self.high)

    def quantiles(self, wanted: Sequence[float]) -> np.ndarray:
        """Durations in ms, whole ns: `(len(wanted), entries)`, NaN without any."""
        requests = self.requests
        if not requests.timed:
            return np.full((len(wanted), len(self.service)), np.nan)
        if int(self.count.sum()) <= max(GATHER_LIMIT, len(requests.ends)):
            found = sliced_quantiles(requests.durations, self.low, self.high, wanted)
        else:
            found = rolling_quantiles(
                requests.ends.groups,
                requests.ends.times,
                requests.durations,
                asked_group=self.service,
                asked_time=self.time,
                window=self.window,
                quantiles=wanted,
            )
        return np.asarray(np.rint(found) / MILLISECOND)

    def trend(self, samples: int) -> np.ndarray:
        """p99 in ms of each of `samples` equal parts of the windows, `(entries, samples)`."""
        count = len(self.service)
        if not self.requests.timed:
            return np.full((count, samples), np.nan)
        begins = -(-np.arange(samples) * self.window // samples) + 1 - self.window
        low = self.requests.ends.before(
            np.repeat(self.service, samples), np.add.outer(self.time, begins).ravel()
        )
        high = np.append(low[1:], 0)
        high[samples - 1 :: samples] = self.high
        found = sliced_quantiles(self.requests.durations, low, high, [0.99])
        return np.asarray(np.rint(found[0]).reshape(count, samples) / MILLISECOND)


@dataclass(frozen=True)
class Usual:
    """p95 in ms, share of requests that failed, requests open at a time: float64, NaN unknown.

    The mean number open is the time spent in requests per time that passed (Little's law).
    """

    p95: np.ndarray
    share: np.ndarray
    open: np.ndarray


@dataclass(frozen=True)
class Past:
    """What was usual, by service, on a grid of whole windows from the recording's start.

    windows: the numbers of the grid's windows by service. medians: of p95 (ms), share (of
    requests that failed) and open (requests at a time), running over up to `PAST_WINDOWS` windows
    with requests to this one.
    """

    windows: GroupedTimes
    medians: Usual

    @classmethod
    def build(cls, requests: Requests, window: Nanos, start: Nanos) -> Past:
        """From all requests; a window without any has no entry."""
        number = np.maximum(requests.ends.times - start - 1, 0) // window
        service = requests.ends.groups
        new = np.ones(len(number), dtype=bool)
        new[1:] = (np.diff(number) != 0) | (np.diff(service) != 0)
        first = np.flatnonzero(new)
        last = np.append(first[1:], len(number))
        groups = np.cumsum(new) - 1
        p95 = grouped_quantiles(groups, requests.durations, len(first), [0.95])[0] / MILLISECOND
        failed = requests.failed_before[last] - requests.failed_before[first]
        owner = service[first]
        spent = (
            np.add.reduceat(requests.durations, first, dtype=np.int64)
            if len(first)
            else np.zeros(0)
        )
        usual = pl.DataFrame(
            {
                "service": owner,
                "p95": p95,
                "share": failed / np.maximum(last - first, 1),
                "open": spent / window,
            }
        ).select(
            pl.col("p95", "share", "open")
            .rolling_median(window_size=PAST_WINDOWS, min_samples=1)
            .over("service")
        )
        starts = np.searchsorted(owner, np.arange(len(requests.ends.starts)))
        medians = Usual(*(column.to_numpy() for column in usual))
        return cls(GroupedTimes.of(number[first], starts), medians)

    def usual(self, windows: Windows) -> Usual:
        """The medians of grid windows that ended before each window began; NaN if none."""
        whole = (windows.time - windows.start) // windows.window - 1
        found = self.windows.before(windows.service, whole)
        there = found > self.windows.starts[windows.service]

        def known(medians: np.ndarray) -> np.ndarray:
            values = np.full(len(whole), np.nan)
            values[there] = medians[found[there] - 1]
            return values

        medians = self.medians
        return Usual(known(medians.p95), known(medians.share), known(medians.open))
