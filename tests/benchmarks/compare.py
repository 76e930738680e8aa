"""COMPARE of two windows, beside plain Polars and DuckDB for the same values and rank sums."""

from __future__ import annotations

import json
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from kernels import figures, peer_python, ratio, spent

from traversion_data import schema
from traversion_data.model import MINUTE, Nanos
from traversion_data.store.view import StoreView
from traversion_engine import Recording, open_recording
from traversion_engine.diagnose.compare.requests import are_requests
from traversion_engine.state.requests import Basis

MOMENTS = 20
"""Pairs of windows drawn from the recording, the same in every run."""
PEER_MOMENTS = 8
CPU, MEMORY, TOOK, FAILED = "cpu_pct", "mem_mb", "took_ms", "failed"


@dataclass(frozen=True)
class Question:
    """What is compared as TimeQL, as SQL and as Polars; ranks: columns and of which events."""

    fields: str
    over: Nanos
    values: tuple[str, ...]
    exprs: tuple[pl.Expr, ...]
    ranks: tuple[tuple[str, str], ...]

    def statement(self, pair: tuple[int, int]) -> str:
        """The statement for two moments in ns."""
        return f"COMPARE {pair[0]} WITH {pair[1]} FOR {self.fields} OVER {self.over // MINUTE}m"

    def windows(self, pair: tuple[int, int]) -> list[int]:
        """Their windows."""
        return [pair[0] - self.over, pair[0], pair[1] - self.over, pair[1]]


def questions() -> tuple[Question, ...]:
    """Gauges and requests, and all events, over a minute and over five."""
    entry = pl.col("entry")
    of_services = (
        f"{CPU}, {MEMORY}, error_rate, p95",
        (
            f"avg({CPU})", f"avg({MEMORY})", f"avg({FAILED}::DOUBLE) FILTER (entry)",
            f"quantile_cont({TOOK}, 0.95) FILTER (entry)",
        ),
        (
            pl.col(CPU).mean(), pl.col(MEMORY).mean(), pl.col(FAILED).filter(entry).mean(),
            pl.col(TOOK).filter(entry).quantile(0.95, "linear"),
        ),
        ((CPU, "true"), (MEMORY, "true"), (TOOK, "entry")),
    )  # fmt: skip
    of_events = (
        f"{CPU}, duration, count(), ratio(error_occurred)",
        (f"avg({CPU})", f"quantile_cont({TOOK}, 0.95)", "count(*)", f"avg({FAILED}::DOUBLE)"),
        (
            pl.col(CPU).mean(), pl.col(TOOK).quantile(0.95, "linear"), pl.len(),
            pl.col(FAILED).mean(),
        ),
        ((CPU, "true"), (TOOK, "true")),
    )  # fmt: skip
    return tuple(
        Question(fields, over, values, tuple(e.alias(f"v{n}") for n, e in enumerate(exprs)), ranks)
        for fields, values, exprs, ranks in (of_services, of_events)
        for over in (MINUTE, 5 * MINUTE)
    )


def pairs(view: StoreView, over: Nanos, count: int) -> list[tuple[int, int]]:
    """Moments whose windows lie in the recording and do not overlap."""
    random, bounds = np.random.default_rng(11), view.bounds
    found = []
    for _ in range(count):
        first = int(random.integers(bounds.start + over, bounds.end - over))
        found.append((first, int(random.integers(first + over, bounds.end + 1))))
    return found


def columns(view: StoreView) -> pl.DataFrame:
    """What peers are given: also when each event was known, and whether it is a request."""
    entry = are_requests(view, np.arange(view.height), Basis.SPANS)
    return view.events.select(
        pl.col(schema.SERVICE).cast(pl.String),
        CPU,
        MEMORY,
        known=schema.END_TIME,
        took_ms=pl.col(schema.DURATION) / 1e6,
        failed=schema.ERROR_OCCURRED,
        entry=pl.Series(entry),
    )


def by_polars(events: pl.DataFrame, question: Question, pair: tuple[int, int]) -> pl.DataFrame:
    """The values and the rank sums by plain Polars."""
    a0, a1, b0, b1 = question.windows(pair)
    known = pl.col("known")
    within = events.filter(
        ((known >= a0) & (known < a1)) | ((known >= b0) & (known < b1))
    ).with_columns(b=known >= b0)
    for field, test in question.ranks:
        asked = within if test == "true" else within.filter("entry")
        asked.drop_nulls(field).with_columns(
            r=pl.col(field).rank("average").over("service")
        ).group_by("service", "b").agg(pl.col("r").sum(), (pl.col("r") ** 2).sum().alias("r2"))
    return within.group_by("service", "b").agg(question.exprs).sort("service", "b")


def ask_duck(python: str, events: pl.DataFrame, asked: list[dict[str, Any]]) -> dict[str, Any]:
    """The same of DuckDB, from the same events, in a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        file = str(Path(folder) / "events.parquet")
        events.write_parquet(file)
        done = subprocess.run(
            [python, str(Path(__file__).with_name("duck_compare.py")), file],
            input=json.dumps({"questions": asked}), text=True, check=True, stdout=subprocess.PIPE,
        )  # fmt: skip
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def wide(recording: Recording, question: Question, pair: tuple[int, int]) -> list[Any]:
    """Our values of both windows in the shape of the peers' rows, NULL as NaN."""
    table = recording.query(question.statement(pair)).frame
    fields = table["field"].unique(maintain_order=True)
    rows = []
    for side in ("a", "b"):
        shape = table.pivot(on="field", index="service", values=side)
        rows.append(shape.select("service", b=pl.lit(side == "b"), **{f: f for f in fields}))
    return pl.concat(rows).sort("service", "b").rows()


def agree(ours: list[Any], peer: list[Any]) -> str:
    """Whether the numbers of both are the same to nine digits."""
    mine = np.array([row[2:] for row in ours], dtype=np.float64)
    theirs = np.array([row[2:] for row in peer], dtype=np.float64)
    same = mine.shape == theirs.shape and np.allclose(mine, theirs, rtol=1e-9, equal_nan=True)
    return "agree" if same else "DIFFER"


def bench_compare(file: str, python: str | None) -> None:
    """Print all figures, and their ratios."""
    recording = open_recording(file)
    view = recording.view
    if not {CPU, MEMORY} <= set(view.events.columns):
        print(f"COMPARE is measured on a file with {CPU} and {MEMORY}.")
        return
    events = columns(view)
    print(f"COMPARE of two windows over {view.height:,} events")
    duck = peer_python(python)
    drawn = [(question, pairs(view, question.over, MOMENTS)) for question in questions()]
    peers = None
    if duck:
        asked = [
            {
                "values": question.values, "ranks": question.ranks,
                "windows": [question.windows(pair) for pair in found[:PEER_MOMENTS]],
            }
            for question, found in drawn
        ]  # fmt: skip
        peers = ask_duck(duck, events, asked)
        print(f"DuckDB {peers['version']}, given when each event was known and which are requests")
    for at, (question, found) in enumerate(drawn):
        ours = spent(lambda pair: recording.query(question.statement(pair)), found)  # noqa: B023
        plain = spent(lambda pair: by_polars(events, question, pair), found[:PEER_MOMENTS])  # noqa: B023
        print(f"FOR {question.fields} OVER {question.over // MINUTE}m")
        print(figures("Traversion, statement to rows", ours))
        print(figures("Polars, values and rank sums", plain))
        print(ratio("Polars", ours, plain))
        mine = wide(recording, question, found[0])
        said = [f"Polars {agree(mine, by_polars(events, question, found[0]).rows())}"]
        if peers is not None:
            answer = peers["answers"][at]
            for task, what in (("tested", "values and rank sums"), ("values", "values alone")):
                theirs = np.array(answer[task]).T * 1e3
                print(figures(f"DuckDB, {what}", theirs))
                print(ratio("DuckDB", ours, theirs))
            said.append(f"DuckDB {agree(mine, answer['first'])}")
        print(f"  values of the first pair: {', '.join(said)}")
