"""STATE AT and the timeline inside one process, beside plain Polars and DuckDB."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter, process_time
from typing import Any, TypeVar

import numpy as np
import polars as pl

from traversion_data import schema
from traversion_data.store.view import StoreView
from traversion_engine import Recording, open_recording

METRICS = ("cpu_pct", "mem_mb", "lat_p95_ms")
COLUMNS = 200
MOMENTS = 200
PEER_MOMENTS = 30
"""Peers are asked less often, as they take longer."""

T = TypeVar("T")


def spent(call: Callable[[T], object], arguments: Iterable[T]) -> np.ndarray:
    """Milliseconds (wall, CPU of all threads) of a call with each argument, once warmed up."""
    asked = list(arguments)
    call(asked[0])
    found = []
    for argument in asked:
        started, cpu = perf_counter(), process_time()
        call(argument)
        found.append((perf_counter() - started, process_time() - cpu))
    return np.array(found).T * 1e3


def moments(view: StoreView, count: int) -> list[int]:
    """Times drawn evenly from the recording, the same in every run."""
    span = view.bounds
    return [int(at) for at in np.random.default_rng(7).integers(span.start, span.end, count)]


def zooms(view: StoreView, count: int) -> list[tuple[int, int]]:
    """Start and column width in ns; the first shows all, others a part as short as 1/1000."""
    span = view.bounds
    random = np.random.default_rng(7)
    found = [(span.start, -(-span.length // COLUMNS))]
    for _ in range(count - 1):
        width = max(int(span.length * 10 ** -random.uniform(0, 3)) // COLUMNS, 1)
        latest = max(span.end - width * COLUMNS, span.start + 1)
        found.append((int(random.integers(span.start, latest)), width))
    return found


def edges(zoom: tuple[int, int]) -> np.ndarray:
    """The times between which the columns of a zoom lie."""
    return np.asarray(zoom[0] + zoom[1] * np.arange(COLUMNS + 1))


def timeline_by_group(view: StoreView, zoom: tuple[int, int]) -> pl.DataFrame:
    """The timeline's counts as plain Polars would give them."""
    first, width = zoom
    time = pl.col(schema.TIME)
    return (
        view.events.lazy()
        .filter((time >= first) & (time < first + width * COLUMNS))
        .group_by(((time - first) // width).alias("bucket"), schema.SEVERITY)
        .len()
        .collect()
    )


def state_by_group(view: StoreView, at: int, fields: list[str]) -> pl.DataFrame:
    """The latest value of some fields per service and instance, by plain Polars."""
    return (
        view.events.lazy()
        .filter(pl.col(schema.END_TIME) <= at)
        .group_by(schema.SERVICE, schema.INSTANCE)
        .agg(pl.col(fields).drop_nulls().last())
        .collect()
    )


def peer_python(asked: str | None) -> str | None:
    """The interpreter that has DuckDB: the one asked for, or this one; None without."""
    return asked or (sys.executable if importlib.util.find_spec("duckdb") else None)


def ask_duck(python: str, file: str, questions: dict[str, Any]) -> dict[str, Any]:
    """What DuckDB took for the same questions, in a process of its own."""
    script = str(Path(__file__).with_name("duck.py"))
    done = subprocess.run(
        [python, script, file], input=json.dumps(questions), text=True, check=True,
        stdout=subprocess.PIPE,
    )  # fmt: skip
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def figures(name: str, found: np.ndarray) -> str:
    """Median and 99th percentile of some calls."""
    wall, cpu = np.quantile(found, [0.5, 0.99], axis=1).T
    return (
        f"  {name:32} wall p50 {wall[0]:8.3f}  p99 {wall[1]:8.3f}"
        f"   CPU p50 {cpu[0]:8.3f}  p99 {cpu[1]:8.3f} ms   n {found.shape[1]}"
    )


def ratio(name: str, ours: np.ndarray, peer: np.ndarray) -> str:
    """How often our median and our 99th percentile go into the peer's median."""
    usual = np.quantile(peer, 0.5, axis=1)
    wall, cpu = (usual / np.quantile(ours, [0.5, 0.99], axis=1)).T
    return (
        f"    of the p50 of {name:16} wall p50 1/{wall[0]:<7,.1f} p99 1/{wall[1]:<7,.1f}"
        f" CPU p50 1/{cpu[0]:<7,.1f} p99 1/{cpu[1]:,.1f}"
    )


@dataclass(frozen=True)
class Measured:
    """A question put to us and to plain Polars; `task` is DuckDB's name for it."""

    what: str
    task: str
    ours: tuple[str, np.ndarray]
    polars: tuple[str, np.ndarray]
    duck: str


def bench_kernels(file: str, python: str | None) -> None:
    """Print all figures, and their ratios; each program is asked right after it has loaded."""
    started = perf_counter()
    recording = open_recording(file)
    view = recording.view
    print(f"kernels: {view.height:,} events, read in {perf_counter() - started:.1f} s")
    ask_at, zoomed = moments(view, MOMENTS), zooms(view, MOMENTS)
    recorded = [name for name in METRICS if name in view.events.columns]
    measured = [*_states(recording, ask_at, recorded), _timeline(view, zoomed)]
    counts = {
        int(view.density.counts(edges(zoomed[0])).sum()),
        int(timeline_by_group(view, zoomed[0])["len"].sum()),
    }
    duck = peer_python(python)
    answer: dict[str, Any] = {}
    if duck is None:
        print("DuckDB is not installed; give --peer PYTHON, an interpreter that has it.")
    else:
        questions = {
            "numbers": recorded, "columns": COLUMNS,
            "moments": ask_at[:PEER_MOMENTS], "zooms": zoomed[:PEER_MOMENTS],
        }  # fmt: skip
        answer = ask_duck(duck, file, questions)
        print(f"DuckDB {answer['version']}: the columns asked for loaded in {answer['load']:.1f} s")
        counts.add(int(answer["counted"]))
    for one in measured:
        _print(one, answer)
    agreed = "all agree" if len(counts) == 1 else "THEY DIFFER"
    print(f"  events counted at the first zoom: {', '.join(f'{n:,}' for n in counts)} ({agreed})")


def _print(one: Measured, answer: dict[str, Any]) -> None:
    (name, ours), (peer, polars) = one.ours, one.polars
    print(one.what)
    print(figures(name, ours))
    print(figures(peer, polars))
    print(ratio("Polars", ours, polars))
    if one.task in answer:
        duck = np.array(answer[one.task]).T * 1e3
        print(figures(one.duck, duck))
        print(ratio("DuckDB", ours, duck))


def _states(recording: Recording, ask_at: list[int], metrics: list[str]) -> Iterator[Measured]:
    view = recording.view
    asked = [f" FOR {', '.join(metrics)}"] if metrics else []
    for clause in (*asked, ""):
        what = "STATE AT, the same fields" if clause else "STATE AT, all fields and derived"
        fields = metrics if clause else schema.learned(view.events)
        started = perf_counter()
        rows = recording.query(f"STATE AT '{ask_at[0]}'{clause}").total
        first = perf_counter() - started
        ours = spent(lambda at: recording.query(f"STATE AT '{at}'{clause}"), ask_at)  # noqa: B023
        polars = spent(lambda at: state_by_group(view, at, fields), ask_at[:10])  # noqa: B023
        yield Measured(
            f"{what} ({rows:,} rows; the first takes {first:.2f} s and makes the indexes)",
            "state",
            ("Traversion, statement to rows", ours),
            (f"Polars group_by, {len(fields)} columns", polars),
            f"DuckDB arg_max, {len(metrics)} columns",
        )


def _timeline(view: StoreView, zoomed: list[tuple[int, int]]) -> Measured:
    started = perf_counter()
    view.density.counts(edges(zoomed[0]))
    first = perf_counter() - started
    return Measured(
        f"timeline of {COLUMNS} columns at any zoom (the first takes {first:.2f} s)",
        "timeline",
        ("Traversion", spent(lambda zoom: view.density.counts(edges(zoom)), zoomed)),
        (
            "Polars filter and group_by",
            spent(lambda zoom: timeline_by_group(view, zoom), zoomed[:PEER_MOMENTS]),
        ),
        "DuckDB",
    )
