"""Findings as rows: when, of which service, what was expected, and an event to look at."""

from __future__ import annotations

import numpy as np
import polars as pl

from traversion_data import schema
from traversion_data.store.known import NEVER
from traversion_data.store.view import StoreView
from traversion_engine.diagnose.anomalies.findings import Findings, Kind
from traversion_engine.diagnose.anomalies.messages import NOTHING
from traversion_engine.diagnose.anomalies.series import Series


def rows(view: StoreView, series: Series, found: Findings, value: pl.Expr) -> pl.DataFrame:
    """The rows of one field, in the columns of ANOMALIES.

    value: what each event gives of the field, NULL where it takes no part. `seq` is the event with
    the highest value of the step, of a drop with the lowest, and of a silence the last before.
    """
    if not len(found):
        return pl.DataFrame(schema=NOTHING)
    grid = series.grid
    begin = grid.start + grid.step * found.step
    kinds = [str(kind) for kind in found.kind]
    return pl.DataFrame(
        [
            pl.Series("time", begin, dtype=pl.Int64),
            pl.Series("service", [series.services[at] for at in found.row.tolist()]),
            pl.Series("field", [series.field] * len(found)),
            pl.Series("value", found.value),
            pl.Series("expected_low", found.low),
            pl.Series("expected_high", found.high),
            pl.Series("score", found.score),
            pl.Series("kind", kinds),
            pl.Series("seq", _events(view, series, found, begin, value), dtype=pl.Int64),
        ]
    )


def _events(
    view: StoreView, series: Series, found: Findings, begin: np.ndarray, value: pl.Expr
) -> list[int | None]:
    """The seq of each finding's event, None where there is none."""
    kinds = np.array([str(kind) for kind in found.kind])
    lowest = (kinds == Kind.DROP) | ((kinds == Kind.LEVEL) & (found.value < found.low))
    wanted = pl.DataFrame(
        {
            "nth": np.arange(len(found)),
            "service": [series.services[at] for at in found.row.tolist()],
            "begin": begin,
            "way": np.where(kinds == Kind.SILENCE, 0, np.where(lowest, -1, 1)),
        }
    )
    events = view.events.lazy().select(
        schema.SERVICE,
        time=pl.col(schema.END_TIME).fill_null(NEVER),
        seq=schema.SEQ,
        value=value,
    )
    parts = [
        _furthest(events, series, wanted.filter(pl.col("way") != 0)),
        _last_before(events, wanted.filter(pl.col("way") == 0)),
    ]
    seqs: list[int | None] = [None] * len(found)
    for nth, seq in pl.concat(parts).iter_rows():
        seqs[nth] = seq
    return seqs


def _furthest(events: pl.LazyFrame, series: Series, wanted: pl.DataFrame) -> pl.DataFrame:
    """The event of each step with the highest value, or the lowest where `way` is -1."""
    grid = series.grid
    begin = (pl.col("time") - grid.start) // grid.step * grid.step + grid.start
    steps = wanted["begin"].unique()
    return (
        events.with_columns(begin=begin)
        .filter(pl.col("begin").is_in(steps.implode()) & pl.col("value").is_not_null())
        .with_columns(service=pl.col(schema.SERVICE).cast(pl.String))
        .collect()
        .join(wanted, on=["service", "begin"])
        .with_columns(rank=pl.col("value") * pl.col("way"))
        .sort("nth", "rank", "seq", descending=[False, True, False])
        .unique("nth", keep="first", maintain_order=True)
        .select("nth", "seq")
    )


def _last_before(events: pl.LazyFrame, wanted: pl.DataFrame) -> pl.DataFrame:
    """The last event of the service before each silence."""
    if not wanted.height:
        return pl.DataFrame(schema={"nth": pl.Int64, "seq": pl.Int64})
    services = wanted["service"].unique()
    before = (
        events.filter(pl.col("value").is_not_null())
        .with_columns(service=pl.col(schema.SERVICE).cast(pl.String), begin=pl.col("time"))
        .filter(pl.col("service").is_in(services.implode()))
        .select("service", "begin", "seq")
        .sort("begin", "seq")
        .collect()
    )
    return (
        wanted.sort("begin")
        .join_asof(
            before,
            on="begin",
            by="service",
            strategy="backward",
            allow_exact_matches=False,
            check_sortedness=False,
        )
        .select("nth", "seq")
    )
