"""ANOMALIES of one gauge and of everything, beside plain Polars for z-scores of the gauge.

    python tests/benchmarks/anomalies.py FILE [--field cpu_pct]

Polars answers a smaller question: the mean of each service and step, its running median, and the
steps that lie 3.5 robust deviations from it. It knows no levels, silences, seasons or tails.
"""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from time import perf_counter, process_time

import polars as pl

from traversion_data import schema
from traversion_data.store.view import StoreView
from traversion_engine import Context, open_recording

RUNS = 3
WIDTH = 31
FAR = 3.5


def z_scores(view: StoreView, field: str, step: int) -> pl.DataFrame:
    """The steps of each service whose mean lies far from the running median."""
    value = pl.col("value")
    around = (value - value.rolling_median(WIDTH, min_samples=1, center=True)).over(schema.SERVICE)
    spread = 1.4826 * pl.col("left").abs().median().over(schema.SERVICE)
    return (
        view.events.lazy()
        .filter(pl.col(field).is_not_null())
        .group_by(schema.SERVICE, step=pl.col(schema.TIME) // step)
        .agg(value=pl.col(field).mean())
        .sort(schema.SERVICE, "step")
        .with_columns(left=around)
        .filter(pl.col("left").abs() > FAR * spread)
        .collect()
    )


def main() -> None:
    """Wall and CPU seconds of the best of some runs, the first not counted."""
    asked = ArgumentParser(description=__doc__)
    asked.add_argument("file", type=Path)
    asked.add_argument("--field", default="cpu_pct")
    options = asked.parse_args()
    recording = open_recording(options.file)
    view = recording.view
    step = max(view.bounds.length // 1440, 1)
    tasks = {
        f"ANOMALIES FOR {options.field}": lambda: (
            recording.query(f"ANOMALIES FOR {options.field}", Context()).frame
        ),
        f"plain Polars, {options.field}": lambda: z_scores(view, options.field, step),
        "ANOMALIES": lambda: recording.query("ANOMALIES", Context()).frame,
    }
    print(f"{view.height:,} events")
    for name, task in tasks.items():
        rows = task().height
        spent = []
        for _ in range(RUNS):
            started, cpu = perf_counter(), process_time()
            task()
            spent.append((perf_counter() - started, process_time() - cpu))
        wall, cpu = (min(part) for part in zip(*spent, strict=True))
        print(f"{name:32} wall {wall:.3f} s   CPU {cpu:.3f} s   {rows:,} rows")


if __name__ == "__main__":
    main()
