"""DuckDB as the peer: latest values per service at many moments, by ASOF JOIN.

Run by an interpreter that has `duckdb`: `duck_predict.py PARQUET`, with the moments as JSON on its
standard input; it answers with JSON on its standard output.
"""

from __future__ import annotations

import json
import sys
from time import perf_counter, process_time

import duckdb
from duck_store import stored

QUERY = """
WITH cells AS (
  SELECT t.time, s.service, s.instance
  FROM (SELECT unnest(?::BIGINT[]) AS time) t, (SELECT DISTINCT service, instance FROM e) s
)
SELECT c.service, c.time, avg(e.value)
FROM cells c ASOF JOIN e
  ON c.service = e.service AND c.instance = e.instance AND c.time >= e.time
GROUP BY ALL
"""


def main(file: str) -> None:
    """Answer for each list of moments."""
    grids = json.load(sys.stdin)["grids"]
    spent = []
    with stored(file) as store:
        store.execute(QUERY, [grids[0]]).fetchall()
        for times in grids:
            started, cpu = perf_counter(), process_time()
            store.execute(QUERY, [times]).fetchall()
            spent.append((perf_counter() - started, process_time() - cpu))
    json.dump({"version": duckdb.__version__, "spent": spent}, sys.stdout)


if __name__ == "__main__":
    main(sys.argv[1])
