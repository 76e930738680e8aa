"""Sequences that lead to errors, from a recording's events to rows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl

from traversion_data.model import MINUTE, SECOND, Nanos
from traversion_engine.diagnose.patterns import lanes
from traversion_engine.diagnose.patterns.chance import discoveries
from traversion_engine.diagnose.patterns.choose import Chosen, choose
from traversion_engine.diagnose.patterns.grow import Candidate, grow, question
from traversion_engine.diagnose.patterns.items import Items, items
from traversion_engine.diagnose.patterns.lanes import Lane

DEFAULT_SUPPORT: Final = 3
FALSE: Final = 0.05
"""The share of false discoveries among all, at most, on average."""
_ERRORS: Final = 24
"""Of more different errors only the most frequent are asked about."""
_WINDOWS: Final = (SECOND // 10, SECOND, 5 * SECOND, 20 * SECOND, MINUTE, 5 * MINUTE)
_PARTS: Final = 10
"""A window is at most this part of the time there is."""
_US: Final = 1_000


@dataclass(frozen=True)
class Mined:
    """rows: pattern, support, lift, leads_to, median_lead_ms, first, last (ns); most lifted first.

    tested: how many sequences were, for how many kinds of error.
    """

    rows: pl.DataFrame
    tested: int
    errors: int


def mine(events: pl.DataFrame, until: Nanos, least: int, check: Callable[[], None]) -> Mined:
    """Sequences of one to four items that lead to errors at least `least` times.

    events: those of a scope by time, with the columns of `items.READS`; until: its end, ns.
    check: raises when it is to stop.
    """
    found = items(events, until, max(least, 2))
    check()
    errors = np.flatnonzero(found.is_error)
    errors = errors[np.argsort(-found.counts[errors], kind="stable")][:_ERRORS]
    candidates: list[Candidate] = []
    tested = 0
    for lane, window in _grounds(found) if len(errors) else ():
        check()
        coverages = lane.coverages(window, len(found.counts))
        for error in errors.tolist():
            grown = grow(question(lane, window, error, found), coverages, least, check)
            candidates += grown.candidates
            tested += grown.tests
    check()
    chance = np.array([one.chance for one in candidates])
    better = np.flatnonzero(discoveries(chance, tested, FALSE)) if candidates else ()
    chosen: list[Chosen] = []
    for error in errors.tolist():
        check()
        of_it = [candidates[at] for at in better if candidates[at].question.error == error]
        chosen += choose(of_it, least, found)
    # those that were set aside for another reason lend the others no credit (focused procedure,
    # Katsevich, Sabatti and Bogomolov 2021)
    last = discoveries(np.array([one.candidate.chance for one in chosen]), tested, FALSE)
    told = [one for one, sure in zip(chosen, last.tolist(), strict=True) if sure]
    return Mined(_rows(found, told), tested, len(errors))


def _grounds(found: Items) -> list[tuple[Lane, int]]:
    """Where sequences are looked for: lanes with windows in µs."""
    span = int(found.times[-1] - found.times[0]) // _US
    windows = [window // _US for window in _WINDOWS if window // _US * _PARTS <= span]
    gap = _WINDOWS[-1] // _US + 1
    by_time = [lanes.across(found, gap)]
    if len(np.unique(found.services)) > 1:
        by_time.append(lanes.by_service(found, gap))
    grounds = [(lane, window) for lane in by_time for window in windows]
    if (found.traces >= 0).any():
        grounds.append((lanes.by_trace(found, gap), gap - 1))
    return grounds


def _rows(found: Items, chosen: list[Chosen]) -> pl.DataFrame:
    rows = []
    for one in chosen:
        candidate, lane = one.candidate, one.candidate.question.lane
        ends = found.times[lane.rows[one.last]]
        leads = found.times[lane.rows[one.errors]] - ends
        trials = len(candidate.question.starts)
        rows.append(
            (
                " > ".join(map(found.label, candidate.pattern)),
                one.support,
                one.support / trials / max(candidate.share, 1e-12),
                found.label(candidate.question.error),
                float(np.median(leads)) / 1e6,
                int(found.times[lane.rows[one.first]].min()),
                int(ends.max()),
            )
        )
    schema = {
        "pattern": pl.String(), "support": pl.Int64(), "lift": pl.Float64(),
        "leads_to": pl.String(), "median_lead_ms": pl.Float64(), "first": pl.Int64(),
        "last": pl.Int64(),
    }  # fmt: skip
    frame = pl.DataFrame(rows, schema=schema, orient="row")
    return frame.sort(["lift", "support", "pattern"], descending=[True, True, False])
