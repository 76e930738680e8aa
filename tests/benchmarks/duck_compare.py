"""DuckDB as COMPARE's peer: the same windows, values and rank sums, in a store of its own.

Run by an interpreter that has `duckdb`: `duck_compare.py FILE`, with the questions as JSON on its
standard input; it answers with JSON on its standard output.
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path
from typing import Any

import duckdb
from duck import load, spent

WINDOWS = """
    SELECT service, cpu_pct, duration_ms, severity IN ('error', 'fatal') AS failed,
           known >= make_timestamp($2) AND known < make_timestamp($2 + $3) AS b
    FROM e
    WHERE (known >= make_timestamp($1) AND known < make_timestamp($1 + $3))
       OR (known >= make_timestamp($2) AND known < make_timestamp($2 + $3))
"""
VALUES = """
    SELECT service, b, avg(cpu_pct), count(cpu_pct), quantile_cont(duration_ms, 0.95),
           count(duration_ms), count(*), avg(failed::DOUBLE)
    FROM w GROUP BY service, b ORDER BY service, b
"""
RANKS = """
    SELECT service, b, sum(r), sum(r * r), count(*)
    FROM (SELECT service, b, rank() OVER p + (count(*) OVER t - 1) / 2.0 AS r
          FROM w WHERE {0} IS NOT NULL
          WINDOW p AS (PARTITION BY service ORDER BY {0}), t AS (PARTITION BY service, {0}))
    GROUP BY service, b ORDER BY service, b
"""


def values(store: duckdb.DuckDBPyConnection, asked: list[int]) -> list[Any]:
    """Mean, p95, number and share of each service and window; times and lengths in µs."""
    return store.execute(f"WITH w AS ({WINDOWS}) {VALUES}", asked).fetchall()


def tested(store: duckdb.DuckDBPyConnection, asked: list[int]) -> list[Any]:
    """The same, and what the rank tests of the mean and the p95 are made of."""
    found = values(store, asked)
    for field in ("cpu_pct", "duration_ms"):
        found += store.execute(f"WITH w AS ({WINDOWS}) {RANKS.format(field)}", asked).fetchall()
    return found


def main(file: str) -> None:
    """Answer the questions."""
    asked = json.load(sys.stdin)
    with tempfile.TemporaryDirectory() as folder:
        store = duckdb.connect(str(Path(folder) / "events.duckdb"))
        store.execute("SET enable_progress_bar = false")
        load(store, file, ("cpu_pct", "duration_ms"))
        store.execute("ALTER TABLE e ADD COLUMN known TIMESTAMP")
        store.execute(
            "UPDATE e SET known = ts + coalesce(to_microseconds(round(duration_ms * 1000)::BIGINT),"
            " INTERVAL 0 SECOND)"
        )
        store.execute("CHECKPOINT")
        questions = asked["windows"]
        values(store, questions[0])
        tested(store, questions[0])
        answer = {
            "version": duckdb.__version__,
            "values": spent(values(store, one) for one in questions),
            "tested": spent(tested(store, one) for one in questions),
            "first": values(store, questions[0]),
        }
        store.close()
    json.dump(answer, sys.stdout)


if __name__ == "__main__":
    main(sys.argv[1])
