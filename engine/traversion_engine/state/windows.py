"""Trailing windows of services: what ended in them, how long it took, what was usual before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl

from traversion_data.model import MILLISECOND, SECOND, Nanos
from traversion_data.store.segments import search_segments
from traversion_engine.state.quantiles import (
    GATHER_LIMIT,
    grouped_quantiles,
    rolling_quantiles,
    spread,
)
from traversion_engine.state.requests import Requests

PAST_WINDOWS: Final = 60
"""The usual p95 is the median over at most so many windows before."""


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
    def past(self) -> tuple[np.ndarray, np.ndarray]:
        """Requests that ended before each window, and how many of them failed."""
        first = self.requests.end_starts[self.service]
        failures = self.requests.failed_before
        return self.low - first, np.asarray(failures[self.low] - failures[first])

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
        if int(self.count.sum()) <= GATHER_LIMIT:
            rows, owner = spread(self.low, self.high)
            found = grouped_quantiles(owner, requests.durations[rows], len(self.service), wanted)
        else:
            found = rolling_quantiles(
                requests.service_of_end,
                requests.ends,
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
        rows, owner = spread(self.low, self.high)
        since = self.requests.ends[rows] - (self.time - self.window)[owner] - 1
        part = since * samples // self.window
        durations = self.requests.durations[rows]
        found = grouped_quantiles(owner * samples + part, durations, count * samples, [0.99])
        return np.asarray(np.rint(found[0]).reshape(count, samples) / MILLISECOND)


@dataclass(frozen=True)
class Past:
    """What p95 was usual, by service, on a grid of whole windows from the recording's start.

    number: of the grid's window, ascending inside a service. usual: median (ms) of up to
    `PAST_WINDOWS` p95 values to this one. starts: where each service begins.
    """

    number: np.ndarray
    usual: np.ndarray
    starts: np.ndarray

    @classmethod
    def build(cls, requests: Requests, window: Nanos, start: Nanos) -> Past:
        """From all requests; a window without any has no entry."""
        number = np.maximum(requests.ends - start - 1, 0) // window
        service = requests.service_of_end
        new = np.ones(len(number), dtype=bool)
        new[1:] = (np.diff(number) != 0) | (np.diff(service) != 0)
        first = np.flatnonzero(new)
        groups = np.cumsum(new) - 1
        p95 = grouped_quantiles(groups, requests.durations, len(first), [0.95])[0] / MILLISECOND
        owner = service[first]
        usual = pl.DataFrame({"service": owner, "p95": p95}).select(
            pl.col("p95").rolling_median(window_size=PAST_WINDOWS, min_samples=1).over("service")
        )["p95"]
        starts = np.searchsorted(owner, np.arange(len(requests.end_starts)))
        return cls(number[first], usual.to_numpy(), starts)

    def usual_p95(self, windows: Windows) -> np.ndarray:
        """ms, from grid windows that ended before each window began; NaN without any."""
        whole = (windows.time - windows.start) // windows.window - 1
        first = self.starts[windows.service]
        found = search_segments(self.number, first, self.starts[windows.service + 1], whole)
        usual = np.full(len(whole), np.nan)
        there = found > first
        usual[there] = self.usual[found[there] - 1]
        return usual
