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
    silent = np.array([kind is Kind.SILENCE for kind in found.kind])
    lowest = np.array([kind is Kind.DROP for kind in found.kind])
    lowest |= np.array([kind is Kind.LEVEL for kind in found.kind]) & (found.value < found.low)
    wanted = pl.DataFrame(
        {
            "service": [series.services[at] for at in found.row.tolist()],
            "low": np.where(silent, np.iinfo(np.int64).min, begin),
            "high": np.where(silent, begin, begin + series.grid.step),
            "way": np.where(silent, 0, np.where(lowest, -1, 1)),
        }
    ).with_row_index("nth")
    services = wanted["service"].unique()
    events = (
        view.events.lazy()
        .filter(pl.col(schema.SERVICE).cast(pl.String).is_in(services.implode()))
        .select(
            service=pl.col(schema.SERVICE).cast(pl.String),
            time=pl.col(schema.END_TIME).fill_null(NEVER),
            seq=schema.SEQ,
            value=value,
        )
        .filter(pl.col("value").is_not_null())
        .collect()
    )
    seqs: list[int | None] = [None] * len(found)
    steps = wanted.filter(pl.col("way") != 0)
    inside = events.with_columns(low=_begin(series)).join(steps, on=["service", "low"])
    best = (
        inside.with_columns(rank=pl.col("value") * pl.col("way"))
        .sort("nth", "rank", "seq", descending=[False, True, False])
        .unique("nth", keep="first", maintain_order=True)
    )
    before = wanted.filter(pl.col("way") == 0).sort("high").join_asof(
        events.sort("time", "seq").select("service", "seq", high="time"),
        on="high", by="service", strategy="backward", allow_exact_matches=False,
        check_sortedness=False,
    )  # fmt: skip
    for part in (best, before):
        for nth, seq in part.select("nth", "seq").iter_rows():
            seqs[nth] = seq
    return seqs


def _begin(series: Series) -> pl.Expr:
    grid = series.grid
    return (pl.col("time") - grid.start) // grid.step * grid.step + grid.start
