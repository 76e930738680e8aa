"""How a service is doing, by one plain rule that names its reason."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np

HEALTHY: Final = "healthy"
DEGRADED: Final = "degraded"
FAILING: Final = "failing"
SILENT: Final = "silent"
LEVELS: Final = (HEALTHY, DEGRADED, FAILING, SILENT)

SILENT_GAPS: Final = 5
SILENT_AFTER_SECONDS: Final = 60.0
FAILING_RATE: Final = 0.05
DEGRADED_RATE: Final = 0.01
WORSE: Final = 2.0
"""How many times its own past something must be to count."""
DEVIATIONS: Final = 3.0
"""Failures must exceed the usual number by so many standard deviations of chance."""
FAILING_ANYWAY: Final = 0.5
"""Share of failures that is failing however usual."""
FEW: Final = 20
"""Requests in the window below which latency says nothing."""
FEW_OPEN: Final = 10
"""Requests open at once below which no queue is said to grow."""

RULE: Final = (
    "silent: no event for 5 usual gaps and 60 s; "
    "failing: 2 requests and 5 % of them failed, more than usual, or half of them; "
    "degraded: 2 requests and 1 % failed, more than usual, or 5 % as usual, "
    "or p95 twice its usual (from 20 requests on), or more requests open (from 10 on); "
    "else healthy; "
    "usual: the median of up to 60 windows before; more: twice that share, beyond 3 deviations"
)
"""The rule in words, for a statement's meta."""


@dataclass(frozen=True)
class Signs:
    """What the rule looks at, one entry a (service, time).

    requests, failed: in the window. usual_rate: share that failed in the windows before. p95,
    usual_p95: ms, of the window and of those before. open, usual_open: requests at once.
    age, usual_gap: seconds.
    """

    requests: np.ndarray
    failed: np.ndarray
    usual_rate: np.ndarray
    p95: np.ndarray
    usual_p95: np.ndarray
    open: np.ndarray
    usual_open: np.ndarray
    age: np.ndarray
    usual_gap: np.ndarray

    @cached_property
    def rate(self) -> np.ndarray:
        """Share of the window's requests that failed, 0 without requests."""
        return np.asarray(self.failed / np.maximum(self.requests, 1))

    @cached_property
    def worse(self) -> np.ndarray:
        """Where more failed than usual, beyond chance."""
        expected = self.usual_rate * self.requests
        beyond = self.failed >= expected + DEVIATIONS * np.sqrt(expected)
        return np.asarray(beyond & (self.rate >= WORSE * self.usual_rate))

    @cached_property
    def slow(self) -> np.ndarray:
        """Where p95 is worse than usual."""
        with np.errstate(invalid="ignore"):
            worse = self.p95 >= WORSE * self.usual_p95
        return np.asarray(worse & (self.requests >= FEW))

    @cached_property
    def piling(self) -> np.ndarray:
        """Where more requests are open than usual, beyond chance: a queue shows before delay."""
        usual = self.usual_open
        with np.errstate(invalid="ignore"):
            beyond = self.open >= usual + DEVIATIONS * np.sqrt(usual)
            more = beyond & (self.open >= WORSE * usual)
        return np.asarray(more & (self.open >= FEW_OPEN))


def judge(signs: Signs) -> np.ndarray:
    """The number in `LEVELS` of each entry; -1 where the service was not known yet."""
    several = signs.failed >= 2
    many = several & (signs.rate >= FAILING_RATE)
    failing = several & (signs.rate >= FAILING_ANYWAY) | (many & signs.worse)
    degraded = many | (several & (signs.rate >= DEGRADED_RATE) & signs.worse)
    with np.errstate(invalid="ignore"):
        silent = signs.age > np.maximum(SILENT_GAPS * signs.usual_gap, SILENT_AFTER_SECONDS)
    level = np.where(degraded | signs.slow | signs.piling, 1, 0)
    level = np.where(failing, 2, level)
    level = np.where(silent, 3, level)
    return np.where(np.isnan(signs.age), -1, level)


def reason(signs: Signs, at: int, level: int) -> str:
    """Why one entry was judged so, with the numbers."""
    requests, failed = int(signs.requests[at]), int(signs.failed[at])
    if level == LEVELS.index(SILENT):
        return f"no event for {signs.age[at]:.0f} s, usually one within {signs.usual_gap[at]:.1f} s"
    share = f"{failed} of {requests} requests failed"
    usual = f"usually {signs.usual_rate[at]:.1%}"
    if level == LEVELS.index(FAILING):
        return f"{share} ({signs.rate[at]:.1%}, {usual})"
    if level == LEVELS.index(DEGRADED):
        if signs.slow[at]:
            return f"p95 is {signs.p95[at]:.0f} ms, usually {signs.usual_p95[at]:.0f} ms"
        if signs.piling[at]:
            return f"{signs.open[at]:.0f} requests open, usually {signs.usual_open[at]:.1f}"
        return f"{share} ({signs.rate[at]:.1%}, {usual})"
    return share if requests else "no requests in the window"
