"""The services' frame of the engine as rows of STATE, and what differs between two moments."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Final

import polars as pl

from traversion_data.model import Nanos
from traversion_tui.answers import Change, Service, StateAt
from traversion_tui.formats import count, percent, rate
from traversion_tui.text import safe

FIELDS: Final = ("health", "request_rate", "error_rate", "p99", "open")
LABELS: Final = {"request_rate": "req/s", "error_rate": "err %", "p99": "p99 ms"}


def state_at(frame: pl.DataFrame, time: Nanos) -> StateAt:
    """Rows of a frame with the columns of `services_at`, in the frame's order."""
    return StateAt(time, tuple(_service(row) for row in frame.iter_rows(named=True)))


def _service(row: dict[str, Any]) -> Service:
    trend = row.get("trend") or ()
    in_flight = row.get("in_flight")
    return Service(
        name=safe(row["service"]),
        health=str(safe(row.get("health") or "healthy")),
        request_rate=row.get("request_rate"),
        error_rate=row.get("error_rate"),
        p99_ms=row.get("p99"),
        open=None if in_flight is None else round(in_flight),
        trend=tuple(float("nan") if value is None else float(value) for value in trend),
    )


def differences(before: StateAt | None, after: StateAt) -> tuple[Change, ...]:
    """Fields whose shown value differs, of services that both moments know.

    Services whose health changed come first, then the sick ones, then the others by name.
    """
    if before is None:
        return ()
    old = {service.name: service for service in before.services}
    both = [service for service in after.services if service.name in old]
    both.sort(key=lambda now: (now.health == old[now.name].health, not now.sick, now.name))
    return tuple(
        Change(service.name, safe(LABELS.get(field, field)), safe(was), safe(now))
        for service in both
        for field in FIELDS
        if (was := shown(old[service.name], field)) != (now := shown(service, field))
    )


def tints(changes: Iterable[Change]) -> frozenset[tuple[str, str]]:
    """The cells that changed, as (service, field)."""
    names = {label: field for field, label in LABELS.items()}
    return frozenset((c.service, names.get(c.field, c.field)) for c in changes)


def shown(service: Service, field: str) -> str:
    """A field as the pane writes it; a change that cannot be seen is none."""
    match field:
        case "health":
            return service.health
        case "request_rate":
            return _or_none(service.request_rate, rate)
        case "error_rate":
            return _or_none(service.error_rate, percent)
        case "p99":
            return _or_none(service.p99_ms, lambda value: f"{value:,.0f}")
        case _:
            return _or_none(service.open, lambda value: count(round(value)))


def _or_none(value: float | None, write: Callable[[float], str]) -> str:
    return "none" if value is None else write(value)
