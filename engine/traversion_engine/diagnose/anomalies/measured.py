"""Series from a snapshot: what requests did in each step, and what gauges said."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import polars as pl

from traversion_data import schema
from traversion_data.model import Nanos
from traversion_data.store.known import at_end
from traversion_data.store.view import StoreView
from traversion_engine.catalogue import Field
from traversion_engine.diagnose.anomalies import series as made
from traversion_engine.diagnose.anomalies.grid import Grid, all_steps, whole_steps
from traversion_engine.diagnose.anomalies.series import Series
from traversion_engine.diagnose.forecast.limits import is_counter
from traversion_engine.state.derived import QUANTILES, Derived, ServiceIndex

_IN_A_STEP: Final = 10
"""Requests that a step of a service in the middle should have."""
_ENOUGH_STEPS: Final = 240
"""No step is made longer for their sake where fewer steps would be left."""
_FOR_QUANTILE: Final = 5
"""With fewer requests a step has no quantile."""
_INSTANCES: Final = [schema.SERVICE, schema.INSTANCE]
_GROWS: Final = 0.98
"""Share of the changes of a counter that are no falls."""


def of_requests(view: StoreView, fields: Sequence[str], end: Nanos) -> list[Series]:
    """Derived fields of every service with requests, from what had ended before `end`.

    Each step has the requests that ended in it.
    """
    if not view.height:
        return []
    index = ServiceIndex.of(view)
    requests = index.basis(end - 1)
    everyone = np.arange(len(index.services))
    count = requests.ended(everyone, np.full(len(everyone), end - 1)) - requests.ends.starts[:-1]
    busy = np.flatnonzero(count)
    if not len(busy):
        return []
    start = view.bounds.start
    usual = (end - start) / float(np.median(count[busy]))
    grid = whole_steps(start, end, min(int(_IN_A_STEP * usual), (end - start) // _ENOUGH_STEPS))
    service = np.repeat(busy, grid.count)
    time = np.tile(grid.starts + grid.step - 1, len(busy))
    derived = Derived(index, requests, service, time, window=grid.step, fields=fields)
    names = tuple(index.services[at] for at in busy.tolist())
    shape = (len(busy), grid.count)
    counts = derived.windows.count.reshape(shape).astype(np.float64)
    found = []
    for name in fields:
        if name == "request_rate":
            found.append(made.rate(name, names, grid, counts))
        elif name == "error_rate":
            failed = derived.windows.failed.reshape(shape).astype(np.float64)
            found.append(made.share(name, names, grid, failed, counts))
        elif name in QUANTILES:
            values = np.where(counts < _FOR_QUANTILE, np.nan, derived.amount(name).reshape(shape))
            found.append(made.latency(name, names, grid, values))
        else:
            values = derived.amount(name).reshape(shape)
            found.append(made.gauge(name, names, grid, values, None))
    return found


def of_gauge(view: StoreView, field: Field, end: Nanos) -> Series | None:
    """A recorded number by service: the mean of what was known in each step, before `end`.

    A counter gives what it grows by a second. None where nothing was recorded by then.
    """
    time = pl.coalesce(schema.END_TIME, schema.TIME) if at_end(field.column) else schema.TIME
    samples = (
        view.events.slice(0, view.position(end))
        .lazy()
        .select(*_INSTANCES, time=time, value=field.expr().cast(pl.Float64))
        .filter(pl.col("value").is_finite() & (pl.col("time") < end))
        .collect()
    )
    if not samples.height:
        return None
    gap = usual_gap(samples)
    grid = all_steps(view.bounds.start, end, gap)
    counter = is_counter(field.name) and _only_grows(samples)
    if counter:
        samples = _growth(samples)
    return _series(field, samples, grid)


def usual_gap(samples: pl.DataFrame) -> Nanos:
    """How far apart the samples of an instance usually are, ns; 0 where unknown.

    The upper quartile, so that a silence does not count and what comes by chance has a value in
    most steps; the median over instances.
    """
    gap = pl.col("time").sort().diff().quantile(0.75)
    found = samples.group_by(_INSTANCES).agg(gap=gap)["gap"].median()
    return int(found) if isinstance(found, float) else 0


def _series(field: Field, samples: pl.DataFrame, grid: Grid) -> Series:
    cells = (
        samples.filter(pl.col("time").is_between(grid.start, grid.end, closed="left"))
        .group_by(schema.SERVICE, step=(pl.col("time") - grid.start) // grid.step)
        .agg(pl.col("value").mean(), count=pl.len())
    )
    names = cells[schema.SERVICE].cast(pl.String).unique().sort()
    row = cells[schema.SERVICE].cast(pl.String).replace_strict(
        names, np.arange(len(names)), return_dtype=pl.Int64
    ).to_numpy()  # fmt: skip
    step = cells["step"].to_numpy()
    values = np.full((len(names), grid.count), np.nan)
    counts = np.zeros((len(names), grid.count))
    values[row, step] = cells["value"].to_numpy()
    counts[row, step] = cells["count"].to_numpy()
    return made.gauge(field.name, tuple(names), grid, values, counts)


def _only_grows(samples: pl.DataFrame) -> bool:
    steps = samples.select(pl.col("value").diff().over(_INSTANCES)).to_series().drop_nulls()
    changes = steps.filter(steps != 0)
    return bool(len(changes) and (changes > 0).mean() > _GROWS)  # type: ignore[operator]


def _growth(samples: pl.DataFrame) -> pl.DataFrame:
    """What a counter grew by a second between its samples; a restart tells nothing."""
    ordered = samples.sort("time", maintain_order=True)
    seconds = pl.col("time").diff().over(_INSTANCES) / 1e9
    grown = pl.col("value").diff().over(_INSTANCES) / seconds
    rising = ordered.with_columns(value=grown).filter(
        pl.col("value").is_finite() & (pl.col("value") >= 0)
    )
    return rising if rising.height else ordered.clear()
