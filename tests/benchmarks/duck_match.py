"""DuckDB as the peer: two steps that follow each other, by ASOF JOIN.

Run by an interpreter that has `duckdb`: `duck_match.py PARQUET`, with the questions as JSON on its
standard input; it answers with JSON on its standard output.
"""

from __future__ import annotations

import json
import sys
from time import perf_counter, process_time
from typing import Any

import duckdb
from duck_store import stored


def two_steps(store: duckdb.DuckDBPyConnection, ask: dict[str, Any]) -> int:
    """How many first steps have a second one in time; `n` orders events by (time, seq).

    Of the second steps that share their nearest first one, the first completes a match. With steps
    that no event passes both of, these matches never overlap.
    """
    key = "a.service = b.service AND" if ask["by_service"] else ""
    found = store.execute(
        f"SELECT count(DISTINCT a.n) FROM (SELECT * FROM e WHERE {ask['second']}) b"
        f" ASOF JOIN (SELECT * FROM e WHERE {ask['first']}) a ON {key} b.n > a.n"
        " WHERE b.time - a.time <= ?",
        [ask["within"]],
    ).fetchone()
    assert found is not None
    return int(found[0])


def main(file: str) -> None:
    """Answer the questions."""
    asked = json.load(sys.stdin)
    answers = []
    with stored(file) as store:
        for ask in asked["questions"]:
            two_steps(store, ask)
            spent = []
            for _ in range(asked["runs"]):
                started, cpu = perf_counter(), process_time()
                count = two_steps(store, ask)
                spent.append((perf_counter() - started, process_time() - cpu))
            answers.append({"count": count, "spent": spent})
    json.dump({"version": duckdb.__version__, "answers": answers}, sys.stdout)


if __name__ == "__main__":
    main(sys.argv[1])
