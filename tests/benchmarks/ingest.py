"""How long a file takes to be read in full, the first time and the second, beside the peers.

Each is a whole process, from its start to one exact count of all events: wall and CPU seconds, peak
memory. They take turns, so that all meet the same noise; what is shown are medians.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from time import perf_counter

import lnav
import orjson

TRAVERSION = str(Path(sys.executable).with_name("traversion"))
HERE = Path(__file__).parent


@dataclass(frozen=True)
class Contender:
    """A program that counts the events of a file, and what it says in the end."""

    name: str
    argv: Sequence[str]
    env: Mapping[str, str]


@dataclass(frozen=True)
class Run:
    """One process: seconds, MiB, and the last line it wrote."""

    wall: float
    cpu: float
    peak: float
    said: str


def run(contender: Contender) -> Run:
    """Run a process to its end.

    Raises:
        ChildProcessError: if it fails.
    """
    started = perf_counter()
    process = subprocess.Popen(
        list(contender.argv),
        env=dict(contender.env),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    assert process.stdout is not None
    said = process.stdout.read().decode().strip()
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    process.stdout.close()
    if process.returncode:
        raise ChildProcessError(f"{contender.name} ended with {process.returncode}")
    wall = perf_counter() - started
    cpu = used.ru_utime + used.ru_stime
    return Run(wall, cpu, used.ru_maxrss / 1024, said.rpartition("\n")[2].strip())


def bench_ingest(
    file: str, env: Mapping[str, str], peer: str | None, runs: int, show: Callable[..., None]
) -> None:
    """First and second openings."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        megabytes = Path(file).stat().st_size / 1e6
        cached = {name: value for name, value in env.items() if name != "TRAVERSION_NO_CACHE"}
        cached |= {"XDG_CACHE_HOME": str(folder / "cache")}
        ask = (TRAVERSION, "query", "SELECT count()", file, "--quiet", "--format", "csv")
        ours = Contender("Traversion", (*ask, "--no-cache"), env)
        flat = _is_flat(Path(file))
        first = [ours, *(_peers(file, folder, peer, env) if flat else ())]
        compared(f"first opening, {megabytes:,.0f} MB", first, runs, megabytes, show)
        filled = run(Contender("Traversion, which fills its cache", ask, cached))
        show(
            "  Traversion, filling its cache", ("wall", filled.wall, "s"), ("CPU", filled.cpu, "s")
        )
        if not list((folder / "cache").rglob("seen.json")):
            print("  the file is small or changes: it was not kept in the cache")
            return
        second = [Contender("Traversion", ask, cached)]
        if peer is not None and flat:
            script, store = str(HERE / "duck_open.py"), str(folder / "events.duckdb")
            second.append(Contender("DuckDB", (peer, script, "count", store), env))
        compared("second opening", second, runs, megabytes, show)


def _is_flat(file: Path) -> bool:
    """Whether the first line is an event with its time, as the peers need them."""
    with file.open("rb") as lines:
        line = lines.readline(1 << 20)
    try:
        event = orjson.loads(line)
    except orjson.JSONDecodeError:
        return False
    return isinstance(event, dict) and "timestamp" in event and "traceId" not in event


def _peers(file: str, folder: Path, peer: str | None, env: Mapping[str, str]) -> list[Contender]:
    peers = []
    if peer is not None:
        script, store = str(HERE / "duck_open.py"), str(folder / "events.duckdb")
        peers.append(Contender("DuckDB read_json", (peer, script, "load", store, file), env))
    clean = folder / "objects.jsonl"
    write_objects(Path(file), clean)
    read = "p.read_ndjson(sys.argv[1], infer_schema_length=None)"
    code = f"import sys, polars as p; print({read}.height)"
    peers.append(Contender("polars.read_ndjson*", (sys.executable, "-c", code, str(clean)), env))
    if lnav.available():
        count = ";SELECT count(*) FROM events_json"
        peers.append(Contender("lnav", ("lnav", "-n", "-c", count, file), lnav.home(folder)))
    return peers


def compared(
    task: str,
    contenders: Sequence[Contender],
    runs: int,
    megabytes: float,
    show: Callable[..., None],
) -> None:
    """Let all take turns; the first one's figures, then each other's with the ratio to it."""
    found: dict[str, list[Run]] = {it.name: [] for it in contenders}
    for _ in range(runs):
        for it in contenders:
            found[it.name].append(run(it))
    print(f"{task}, medians of {runs}, load {os.getloadavg()[0]:.1f}")
    ours = found[contenders[0].name]
    for name, those in found.items():
        wall, cpu, peak = (
            median(getattr(it, at) for it in those) for at in ("wall", "cpu", "peak")
        )
        count = float(those[0].said) if those[0].said.isdigit() else float("nan")
        show(
            f"  {name}: {count:,.0f}",
            ("wall", wall, "s"),
            ("CPU", cpu, "s"),
            ("peak", peak, "MiB"),
            ("rate", count / wall, "events/s"),
            ("", count / cpu, "events/CPU-s"),
            ("", megabytes / wall, "MB/s"),
            ("ours/its: wall", median(it.wall for it in ours) / wall, ""),
            ("CPU", median(it.cpu for it in ours) / cpu, ""),
            ("peak", median(it.peak for it in ours) / peak, ""),
        )


def write_objects(file: Path, clean: Path) -> None:
    """A copy of the lines that are objects: any other fails `polars.read_ndjson` as a whole."""
    with file.open("rb") as lines, clean.open("wb") as kept:
        for line in lines:
            try:
                whole = isinstance(orjson.loads(line), dict)
            except orjson.JSONDecodeError:
                continue
            if whole:
                kept.write(line)
