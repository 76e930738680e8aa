"""PREDICT over a million events, beside plain Polars and DuckDB for the series it stands on."""

from __future__ import annotations

import json
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from kernels import figures, peer_python, ratio, spent

from traversion_data import schema
from traversion_data.model import SECOND, Nanos
from traversion_data.store.view import StoreView
from traversion_engine import Context, open_recording

RUNS = 10
FIELD = "cpu_pct"
STEP = 30 * SECOND
STATEMENTS = (
    "PREDICT NEXT 5 minutes",
    f"PREDICT NEXT 5 minutes FOR {FIELD}",
    f"PREDICT WHEN {FIELD} > 99 WITHIN 5m",
)


def moments(view: StoreView) -> list[Nanos]:
    """Where to predict from: places in the second half of the recording, the same in every run."""
    half = view.bounds.start + view.bounds.length // 2
    return [int(at) for at in np.random.default_rng(7).integers(half, view.bounds.end, RUNS)]


def grid(view: StoreView, at: Nanos) -> np.ndarray:
    """The steps of history back from a moment."""
    return np.arange(at, view.bounds.start, -STEP, dtype=np.int64)[::-1]


def samples(view: StoreView) -> pl.DataFrame:
    """What the peers read: time, service, instance and value of each sample."""
    return view.events.select(
        schema.TIME,
        pl.col(schema.SERVICE).cast(pl.String()),
        pl.coalesce(pl.col(schema.INSTANCE, schema.HOST).cast(pl.String()), pl.lit("")).alias(
            "instance"
        ),
        pl.col(FIELD).alias("value"),
    ).drop_nulls("value")


def by_asof(events: pl.DataFrame, times: np.ndarray) -> pl.DataFrame:
    """The mean of the instances' latest values per service and step, as plain Polars gives it."""
    series = events.select(schema.SERVICE, "instance").unique()
    cells = pl.DataFrame({schema.TIME: times}).join(series, how="cross").sort(schema.TIME)
    return (
        cells.join_asof(
            events, on=schema.TIME, by=[schema.SERVICE, "instance"], check_sortedness=False
        )
        .group_by(schema.SERVICE, schema.TIME)
        .agg(pl.col("value").mean())
    )


def ask_duck(python: str, view: StoreView) -> dict[str, Any]:
    """The same of DuckDB, from the same samples, in a process of its own."""
    grids = [grid(view, at).tolist() for at in moments(view)]
    with tempfile.TemporaryDirectory() as folder:
        file = str(Path(folder) / "samples.parquet")
        samples(view).write_parquet(file)
        done = subprocess.run(
            [python, str(Path(__file__).with_name("duck_predict.py")), file],
            input=json.dumps({"grids": grids}),
            text=True, check=True, stdout=subprocess.PIPE,
        )  # fmt: skip
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def bench_predict(file: str, python: str | None) -> None:
    """Print all figures; peers only gather the series, Traversion also forecasts them."""
    recording = open_recording(file)
    view = recording.view
    places = [Context(playhead=at) for at in moments(view)]
    print(f"PREDICT over {view.height:,} events, from {RUNS} moments")
    for statement in STATEMENTS:
        ours = spent(lambda place: recording.query(statement, place), places)  # noqa: B023
        print(statement)
        print(figures("Traversion, statement to rows", ours))
    events = samples(view)
    grids = [grid(view, place.playhead or 0) for place in places]
    polars = spent(lambda times: by_asof(events, times), grids)
    ours = spent(lambda place: recording.query(STATEMENTS[1], place), places)
    print(f"the history of {FIELD} every {STEP // SECOND} s, without any forecast")
    print(figures("Polars join_asof", polars))
    print(ratio("Polars", ours, polars))
    duck = peer_python(python)
    if duck:
        asof = np.array(ask_duck(duck, view)["spent"]).T * 1e3
        print(figures("DuckDB ASOF JOIN", asof))
        print(ratio("DuckDB", ours, asof))
