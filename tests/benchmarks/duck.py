"""DuckDB as the peer: loads the events into a store of its own and times its queries there.

Run by an interpreter that has `duckdb`: `duck.py FILE`, with the questions as JSON on its standard
input; it answers with JSON on its standard output.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Iterable, Sequence
from itertools import pairwise
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

import duckdb

TEXTS = ("timestamp", "type", "service", "severity")


def load(store: duckdb.DuckDBPyConnection, file: str, numbers: Sequence[str]) -> None:
    """A table `e` of the columns that are asked for; lines that are no JSON are left out."""
    columns = {**dict.fromkeys(TEXTS, "VARCHAR"), **dict.fromkeys(numbers, "DOUBLE")}
    store.execute(
        "CREATE TABLE e AS SELECT try_cast(timestamp AS TIMESTAMP) AS ts, * EXCLUDE (timestamp)"
        " FROM read_json(?, format='newline_delimited', ignore_errors=true, columns=?)",
        [file, columns],
    )
    store.execute("CHECKPOINT")


def state(store: duckdb.DuckDBPyConnection, numbers: Sequence[str], at: int) -> list[Any]:
    """The latest of some metrics of every service at a time in ns."""
    latest = ", ".join(f"arg_max({name}, ts)" for name in numbers)
    return store.execute(
        f"SELECT service, {latest} FROM e"
        " WHERE type = 'metric' AND ts <= make_timestamp(?) GROUP BY service",
        [at // 1000],
    ).fetchall()


def timeline(store: duckdb.DuckDBPyConnection, first: int, width: int, count: int) -> list[Any]:
    """Events by bucket of `width` ns and by severity."""
    end = first + width * count
    return store.execute(
        "SELECT (epoch_ns(ts) - $first) // $width, severity, count(*) FROM e"
        " WHERE ts >= make_timestamp($low) AND epoch_ns(ts) >= $first"
        " AND ts <= make_timestamp($high) AND epoch_ns(ts) < $end GROUP BY ALL",
        {"first": first, "width": width, "low": first // 1000, "high": end // 1000, "end": end},
    ).fetchall()


def spent(calls: Iterable[Any]) -> list[tuple[float, float]]:
    """Seconds (wall, CPU of all threads) that each step of a generator took."""
    stamps = [(perf_counter(), process_time())]
    stamps += ((perf_counter(), process_time()) for _ in calls)
    return [(b[0] - a[0], b[1] - a[1]) for a, b in pairwise(stamps)]


def main(file: str) -> None:
    """Answer the questions."""
    asked = json.load(sys.stdin)
    numbers, count = asked["numbers"], asked["columns"]
    with tempfile.TemporaryDirectory() as folder:
        store = duckdb.connect(str(Path(folder) / "events.duckdb"))
        store.execute("SET enable_progress_bar = false")
        loading = spent(load(store, file, numbers) for _ in range(1))
        state(store, numbers, asked["moments"][0])
        answer = {
            "version": duckdb.__version__,
            "load": loading[0][0],
            "state": spent(state(store, numbers, at) for at in asked["moments"]),
            "timeline": spent(timeline(store, *zoom, count) for zoom in asked["zooms"]),
            "counted": sum(row[2] for row in timeline(store, *asked["zooms"][0], count)),
        }
        store.close()
    json.dump(answer, sys.stdout)


if __name__ == "__main__":
    main(sys.argv[1])
