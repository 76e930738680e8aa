"""DuckDB as the peer: every column into a store, and a count from a store that is there.

Run by an interpreter that has `duckdb`: `duck_open.py load STORE FILE` or `duck_open.py count
STORE`; both print the number of events.
"""

from __future__ import annotations

import sys

import duckdb


def main(task: str, store: str, *file: str) -> None:
    """Load anew, or only count."""
    events = duckdb.connect(store)
    events.execute("SET enable_progress_bar = false")
    if task == "load":
        events.execute(
            "CREATE OR REPLACE TABLE e AS SELECT * FROM"
            " read_json(?, format='newline_delimited', ignore_errors=true)",
            list(file),
        )
        events.execute("CHECKPOINT")
    print(*events.execute("SELECT count(*) FROM e").fetchone())


if __name__ == "__main__":
    main(*sys.argv[1:])
