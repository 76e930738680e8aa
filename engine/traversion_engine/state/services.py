"""How every service was doing at a moment: the service map's and the state pane's one table."""

from __future__ import annotations

from typing import Final

import polars as pl

from traversion_data.model import MINUTE, Nanos
from traversion_data.store.view import StoreView
from traversion_engine.state.derived import Derived, ServiceIndex, error_seqs
from traversion_engine.state.health import reason

TREND: Final = 12
"""Samples in a service's trend over the window."""

_FIELDS: Final = (
    "request_rate",
    "error_rate",
    "p50",
    "p95",
    "p99",
    "in_flight",
    "saturation",
    "last_error",
)


def services_at(view: StoreView, time: Nanos, window: Nanos = MINUTE) -> pl.DataFrame:
    """Every service that had recorded anything by `time`, by name, from what was known then.

    Columns: service, health, health_reason, request_rate (/s), error_rate (ratio), p50, p95, p99
    (ms), in_flight, saturation (ratio), last_error, last_error_seq, trend (list of `TREND` p99 in
    ms over the window, NULL where no request ended). Windows are `(time - window, time]`.
    """
    index = ServiceIndex.of(view)
    derived = Derived.everywhere(index, time, window=window, fields=(*_FIELDS, "health"))
    reasons = [reason(derived.signs, at, level) for at, level in enumerate(derived.health)]
    trend = derived.windows.trend(TREND)
    return pl.DataFrame(
        [
            pl.Series("service", index.services, dtype=pl.String),
            derived.column("health"),
            pl.Series("health_reason", reasons, dtype=pl.String),
            *(derived.column(field) for field in _FIELDS),
            error_seqs(view, derived.last_error),
            pl.Series("trend", trend.ravel(), nan_to_null=True)
            .reshape((len(reasons), TREND))
            .arr.to_list(),
        ]
    ).filter(pl.Series(derived.known))
