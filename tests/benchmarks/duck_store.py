"""DuckDB as a store on the disk: a Parquet file as its table `e`."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb


@contextmanager
def stored(file: str) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection to a store that holds the file's rows, gone afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        store = duckdb.connect(str(Path(folder) / "events.duckdb"))
        store.execute("SET enable_progress_bar = false")
        store.execute("CREATE TABLE e AS SELECT * FROM read_parquet(?)", [file])
        store.execute("CHECKPOINT")
        yield store
        store.close()
