"""DuckDB as COMPARE's peer: the same windows, values and rank sums, in a store of its own.

Run by an interpreter that has `duckdb`: `duck_compare.py FILE`, a Parquet file of events, with the
questions as JSON on its standard input; it answers with JSON on its standard output.
"""

from __future__ import annotations

import json
import sys
from typing import Any

import duckdb
from duck import spent
from duck_store import stored

IN_WINDOWS = "(known >= $1 AND known < $2) OR (known >= $3 AND known < $4)"


def values(store: duckdb.DuckDBPyConnection, question: dict[str, Any], asked: list[int]) -> Any:
    """Every measure of each service and window; times in ns."""
    return store.execute(
        f"SELECT service, known >= $3 AS b, {', '.join(question['values'])} FROM e"
        f" WHERE {IN_WINDOWS} GROUP BY ALL ORDER BY ALL",
        asked,
    ).fetchall()


def tested(store: duckdb.DuckDBPyConnection, question: dict[str, Any], asked: list[int]) -> Any:
    """The same, and for each number what its rank test is made of."""
    found = values(store, question, asked)
    for field, test in question["ranks"]:
        found += store.execute(
            "SELECT service, b, sum(r), sum(r * r), count(*) FROM"
            " (SELECT service, known >= $3 AS b,"
            f" rank() OVER (PARTITION BY service ORDER BY {field})"
            f" + (count(*) OVER (PARTITION BY service, {field}) - 1) / 2.0 AS r"
            f" FROM e WHERE ({IN_WINDOWS}) AND {field} IS NOT NULL AND {test}) GROUP BY ALL",
            asked,
        ).fetchall()
    return found


def main(file: str) -> None:
    """Answer the questions."""
    asked = json.load(sys.stdin)
    answers = []
    with stored(file) as store:
        for question in asked["questions"]:
            first = values(store, question, question["windows"][0])
            tested(store, question, question["windows"][0])
            answers.append(
                {
                    "first": first,
                    "values": spent(values(store, question, one) for one in question["windows"]),
                    "tested": spent(tested(store, question, one) for one in question["windows"]),
                }
            )
    json.dump({"version": duckdb.__version__, "answers": answers}, sys.stdout)


if __name__ == "__main__":
    main(sys.argv[1])
