"""MATCH PATTERN of two steps, beside plain Polars and DuckDB's ASOF JOIN for the same count."""

from __future__ import annotations

import json
import subprocess
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from kernels import figures, peer_python, ratio, spent

from traversion_data import schema
from traversion_data.model import MINUTE, SECOND, Nanos, Severity
from traversion_data.store.view import StoreView
from traversion_engine import open_recording

RUNS = 5
READ = (schema.TIME, schema.SERVICE, schema.TYPE, schema.SEVERITY, "cpu_pct")


@dataclass(frozen=True)
class Question:
    """Two steps as TimeQL, as SQL and as Polars; no event passes both."""

    first: tuple[str, str, pl.Expr]
    second: tuple[str, str, pl.Expr]
    within: Nanos
    by_service: bool

    @property
    def statement(self) -> str:
        """The statement."""
        by = "" if self.by_service else " BY NOTHING"
        within = f"{self.within // SECOND}s"
        return (
            f"MATCH PATTERN WHERE {self.first[0]} FOLLOWED BY {self.second[0]} WITHIN {within}{by}"
        )


BUSY = ("cpu_pct > 80", "cpu_pct > 80", pl.col("cpu_pct") > 80)
ERROR = (
    "severity >= 'error'", f"severity >= {int(Severity.ERROR)}",
    pl.col(schema.SEVERITY) >= int(Severity.ERROR),
)  # fmt: skip
INFO = (
    "severity = 'info'", f"severity = {int(Severity.INFO)}",
    pl.col(schema.SEVERITY) == int(Severity.INFO),
)  # fmt: skip
DB = ("type = 'db'", "type = 'db'", pl.col(schema.TYPE) == "db")
SPAN = ("type = 'span'", "type = 'span'", pl.col(schema.TYPE) == "span")
QUESTIONS = (
    Question(BUSY, ERROR, 5 * MINUTE, by_service=True),
    Question(INFO, ERROR, MINUTE, by_service=True),
    Question(DB, SPAN, MINUTE, by_service=False),
)


def two_steps(events: pl.DataFrame, question: Question) -> int:
    """The number of matches as plain Polars would give it."""
    first = events.lazy().filter(question.first[2]).select(schema.SERVICE, "n", begun="time")
    joined = (
        events.lazy()
        .filter(question.second[2])
        .join_asof(
            first.with_columns(start="n"),
            on="n",
            by=schema.SERVICE if question.by_service else None,
            strategy="backward", allow_exact_matches=False, check_sortedness=False,
        )
    )  # fmt: skip
    near = joined.filter(pl.col(schema.TIME) - pl.col("begun") <= question.within)
    return int(near.select(pl.col("start").n_unique()).collect().item())


def timed(call: Callable[[], int]) -> tuple[int, np.ndarray]:
    """What a call gives, and its milliseconds as `kernels.spent` has them."""
    return call(), spent(lambda _: call(), range(RUNS))


def ask_duck(python: str, view: StoreView) -> dict[str, Any]:
    """The same of DuckDB, from the same events, in a process of its own."""
    questions = [
        {"first": q.first[1], "second": q.second[1], "within": q.within, "by_service": q.by_service}
        for q in QUESTIONS
    ]
    with tempfile.TemporaryDirectory() as folder:
        file = str(Path(folder) / "events.parquet")
        numbered(view).write_parquet(file)
        done = subprocess.run(
            [python, str(Path(__file__).with_name("duck_match.py")), file],
            input=json.dumps({"questions": questions, "runs": RUNS}),
            text=True, check=True, stdout=subprocess.PIPE,
        )  # fmt: skip
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def numbered(view: StoreView) -> pl.DataFrame:
    """The columns that are asked for, and `n`, which orders events by (time, seq)."""
    return view.events.select(READ).with_row_index("n").cast({"n": pl.Int64})


def bench_match(file: str, python: str | None) -> None:
    """Print all figures, and their ratios."""
    recording = open_recording(file)
    view = recording.view
    events = numbered(view)
    print(f"MATCH PATTERN of two steps over {view.height:,} events")
    duck = peer_python(python)
    peers = ask_duck(duck, view) if duck else None
    for at, question in enumerate(QUESTIONS):
        statement = question.statement
        count, ours = timed(lambda: int(recording.query(statement).meta["matches"]))  # noqa: B023
        also, polars = timed(lambda: two_steps(events, question))  # noqa: B023
        counts = {count, also}
        print(f"{statement}: {count:,} matches")
        print(figures("Traversion, statement to rows", ours))
        print(figures("Polars join_asof, count", polars))
        print(ratio("Polars", ours, polars))
        if peers is not None:
            answer = peers["answers"][at]
            asof = np.array(answer["spent"]).T * 1e3
            counts.add(answer["count"])
            print(figures("DuckDB ASOF JOIN, count", asof))
            print(ratio("DuckDB", ours, asof))
        print(f"  counts: {'all agree' if len(counts) == 1 else f'THEY DIFFER: {counts}'}")
