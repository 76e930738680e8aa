"""Traversion beside its peers on one file; `run.py --help` says how."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from argparse import ArgumentParser
from collections.abc import Callable, Mapping
from pathlib import Path
from statistics import median
from time import monotonic, perf_counter

import lnav
import numpy as np
from compare import bench_compare
from ingest import bench_ingest
from kernels import bench_kernels
from live import bench_live
from match import bench_match
from predict import bench_predict
from screen import Screen

TRAVERSION = str(Path(sys.executable).with_name("traversion"))
RUNS = 3
LOADED_WITHIN = 600.0
PICTURE = ("Events", "playhead")
"""What the first picture shows."""
ENVIRONMENT = {
    "PATH": os.environ["PATH"],
    "HOME": os.environ.get("HOME", "/"),
    "TERM": "xterm-256color",
    "COLORTERM": "truecolor",
    "LANG": "C.UTF-8",
    "TRAVERSION_NO_CACHE": "1",
}


def show(task: str, *figures: tuple[str, float, str]) -> None:
    """One line a task."""
    words = "   ".join(f"{name} {value:,.3g} {unit}" for name, value, unit in figures)
    print(task.ljust(34), words)


def opening(file: str, first: tuple[str, ...], ready: str) -> Screen:
    """Start Traversion and wait until it shows that all is loaded; left running."""
    screen = Screen([TRAVERSION, file], ENVIRONMENT, (first, (ready,)))
    deadline = monotonic() + LOADED_WITHIN
    while monotonic() < deadline and screen.first_shown(ready) is None:
        screen.read_until_quiet(0.5, 1.0)
    return screen


def bench_open(file: str) -> None:
    """Time to the first events on the screen, to all rows ready, and the peak memory."""
    ready = f"{count_lines(file):,} read"
    firsts, readies, peaks = [], [], []
    for _ in range(RUNS):
        screen = opening(file, PICTURE, ready)
        firsts.append(screen.first_shown(*PICTURE) or float("nan"))
        readies.append(screen.first_shown(ready) or float("nan"))
        peaks.append(screen.peak_mib())
        screen.end()
    show(
        "open: Traversion",
        ("first picture", median(firsts), "s"),
        ("ready", median(readies), "s"),
        ("peak", median(peaks), "MiB"),
    )
    if not lnav.available():
        return
    firsts, peaks = [], []
    for _ in range(RUNS):
        with tempfile.TemporaryDirectory() as folder:
            screen = Screen(["lnav", file], lnav.home(Path(folder)), (("L0",), ("info",)))
            screen.read_until_quiet(1.5, 8.0)
            firsts.append(screen.first_shown("L0") or screen.first_shown("info") or float("nan"))
            peaks.append(screen.peak_mib())
            screen.end()
    show("open: lnav", ("first picture", median(firsts), "s"), ("peak", median(peaks), "MiB"))


def key_to_frame(screen: Screen, key: bytes, times: int) -> list[tuple[float, float]]:
    """Milliseconds from each single key press to the first and to the last output it caused."""
    spent = []
    for _ in range(times):
        before, sent = len(screen.pieces), screen.press(key)
        screen.read_until_quiet(0.2, 5.0)
        caused = [at for at, _ in screen.pieces[before:]]
        if caused:
            spent.append(((caused[0] - sent) * 1000, (caused[-1] - sent) * 1000))
    return spent


def show_keys(task: str, spent: list[tuple[float, float]]) -> None:
    """Quantiles of both."""
    first, last = np.array(spent).T
    show(
        task,
        ("first frame p50", float(np.quantile(first, 0.5)), "ms"),
        ("p95", float(np.quantile(first, 0.95)), "ms"),
        ("all panes p50", float(np.quantile(last, 0.5)), "ms"),
        ("p95", float(np.quantile(last, 0.95)), "ms"),
    )


def bench_scrub(file: str) -> None:
    """Key to last byte while stepping through the events, all panes following."""
    screen = opening(file, PICTURE, f"{count_lines(file):,} read")
    screen.read_until_quiet(1.0, 10.0)
    screen.press(b"\x1b")
    screen.read_until_quiet(1.0, 10.0)
    screen.press(b"5")
    screen.read_until_quiet(1.0, 10.0)
    for name, key in (("cell right", b"\x1b[C"), ("next event", b"."), ("next error", b"e")):
        show_keys(f"scrub: Traversion, {name}", key_to_frame(screen, key, 40))
    before = len(screen.pieces)
    started = monotonic()
    for at in range(180):
        screen.press(b"\x1b[C")
        screen.read_until_quiet(max(0.0, started + (at + 1) / 60 - monotonic()), 1 / 60)
    last = screen.read_until_quiet(0.3, 10.0)
    frames = len(screen.pieces) - before
    show(
        "scrub: Traversion, 180 keys at 60/s",
        ("outputs", frames, ""),
        ("last byte after the last key", (last - started - 3.0) * 1000, "ms"),
    )
    screen.end()
    if lnav.available():
        with tempfile.TemporaryDirectory() as folder:
            screen = Screen(["lnav", file], lnav.home(Path(folder)))
            screen.read_until_quiet(1.5, 8.0)
            screen.press(b"g")
            screen.read_until_quiet(1.0, 10.0)
            for name, key in (("next line", b"\x1b[B"), ("next error", b"e")):
                show_keys(f"scrub: lnav, {name}", key_to_frame(screen, key, 40))
            screen.end()


def timed(command: list[str], env: Mapping[str, str]) -> float:
    """Wall seconds of one whole process."""
    started = perf_counter()
    subprocess.run(command, env=dict(env), check=True, capture_output=True)
    return perf_counter() - started


def bench_query(file: str) -> None:
    """Count by service and severity: the whole process, file to answer."""
    statement = "SELECT service, severity, count() GROUP BY service, severity"
    ours = median(
        timed([TRAVERSION, "query", statement, file, "--format", "csv"], ENVIRONMENT)
        for _ in range(RUNS)
    )
    show("query: Traversion", ("count by service, severity", ours, "s"))
    if lnav.available():
        sql = ";SELECT service, log_level, count(*) FROM events_json GROUP BY service, log_level"
        with tempfile.TemporaryDirectory() as folder:
            env = lnav.home(Path(folder))
            peer = median(timed(["lnav", "-n", "-c", sql, file], env) for _ in range(RUNS))
        show(
            "query: lnav",
            ("count by service, severity", peer, "s"),
            ("ours/lnav", ours / peer, ""),
        )


def count_lines(file: str) -> int:
    """Lines of a plain file."""
    with Path(file).open("rb") as lines:
        return sum(block.count(b"\n") for block in iter(lambda: lines.read(1 << 24), b""))


def main() -> None:
    """Run the chosen benchmarks, or all."""
    parser = ArgumentParser(description="Traversion beside its peers on one file of JSON lines.")
    parser.add_argument("file")
    parser.add_argument(
        "tasks",
        nargs="*",
        help="of open, scrub, query, kernels, ingest, live, compare, match, predict; all without",
    )
    parser.add_argument("--peer", metavar="PYTHON", help="an interpreter that has duckdb")
    options = parser.parse_args()
    benchmarks: dict[str, Callable[[str], None]] = {
        "open": bench_open,
        "scrub": bench_scrub,
        "query": bench_query,
        "kernels": lambda file: bench_kernels(file, options.peer),
        "ingest": lambda file: bench_ingest(file, ENVIRONMENT, options.peer, RUNS, show),
        "live": lambda _: bench_live(ENVIRONMENT, show),
        "compare": lambda file: bench_compare(file, options.peer),
        "match": lambda file: bench_match(file, options.peer),
        "predict": lambda file: bench_predict(file, options.peer),
    }
    for name in options.tasks or tuple(benchmarks):
        benchmarks[name](options.file)


if __name__ == "__main__":
    main()
