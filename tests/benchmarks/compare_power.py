"""COMPARE's power beside its silence: planted differences found, and false ones, on recordings.

Run as a program; `--help` says how. A case is a folder of `events.jsonl` and `case.json`:
`{"shape": …, "statement": …, "changed": [[service, field, verdict], …]}`. Every row of an answer
that says higher, lower, new or gone is a discovery, false where `changed` does not list it.
"""

from __future__ import annotations

import json
import sys
import tempfile
from argparse import ArgumentParser
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from traversion_engine import open_recording

START = 1_705_333_200_000_000_000
WINDOW = 600.0
SERVICES = 10
DIFFERS = {"higher", "lower", "new", "gone"}
STATEMENT = (
    "COMPARE '2024-01-15 15:50:00' WITH '2024-01-15 16:00:00'"
    " FOR error_rate, p95, request_rate, cpu OVER 10m"
)
WHOLE = "COMPARE '2024-01-15 15:50:00' WITH '2024-01-15 16:00:00' OVER 10m"

BURSTY = "bursty"

Durations = Callable[[np.random.Generator, int], np.ndarray]


def lognormal(random: np.random.Generator, count: int) -> np.ndarray:
    """Durations of one way through the code."""
    return random.lognormal(4.0, 0.5, count)


def long_tailed(random: np.random.Generator, count: int) -> np.ndarray:
    """Durations whose tail is long: the standard deviation of their logarithm is 1."""
    return random.lognormal(3.0, 1.0, count)


def gamma(random: np.random.Generator, count: int) -> np.ndarray:
    """Durations of a few steps one after another."""
    return random.gamma(3.0, 20.0, count)


def two_ways(random: np.random.Generator, count: int) -> np.ndarray:
    """A cache that answers seven of ten, and what is behind it."""
    hit = random.random(count) < 0.7
    return np.where(hit, random.lognormal(1.5, 0.3, count), random.lognormal(4.5, 0.4, count))


SHAPES: dict[str, Durations] = {
    "lognormal": lognormal,
    "long-tailed": long_tailed,
    "gamma": gamma,
    "two ways": two_ways,
}


def service(
    random: np.random.Generator, name: str, shape: str, planted: str | None, share: float
) -> list[dict[str, Any]]:
    """Requests and cpu samples of two windows, n >= 200 requests in each; b may differ from a."""
    rows: list[dict[str, Any]] = []
    usual = int(random.integers(220, 1000))
    level = random.uniform(20, 60)
    for window in (0, 1):
        count = max(int(random.poisson(usual)), 200)
        if shape == BURSTY:
            rows += bursts(random, name, window, count, share, level)
            continue
        took = SHAPES[shape](random, count)
        failing = share
        if window and planted == "p95":
            took = took * 1.5
        if window and planted == "error_rate":
            failing = 2 * share
        failed = random.random(count) < failing
        ends = START + ((window * WINDOW + random.random(count) * WINDOW) * 1e9).astype(np.int64)
        rows += [
            {
                "start_ns": int(end - ms * 1e6),
                "duration_ms": round(float(ms), 4),
                "type": "span",
                "service": name,
                "span_kind": "server",
                "severity": "error" if bad else "info",
                "route": f"/{int(random.integers(4))}",
            }
            for end, ms, bad in zip(ends.tolist(), took.tolist(), failed.tolist(), strict=True)
        ]
        noise = 0.0
        for at in np.arange(0.0, WINDOW, 10.0):
            noise = 0.5 * noise + random.normal(0, 3.0)
            time = START + int((window * WINDOW + at + 1.0) * 1e9)
            rows.append(
                {"start_ns": time, "type": "metric", "service": name, "cpu_pct": level + noise}
            )
    return rows


def bursts(
    random: np.random.Generator, name: str, window: int, count: int, share: float, level: float
) -> list[dict[str, Any]]:
    """Requests five at a time, failing for seconds on end, and a gauge that wanders slowly."""
    starts = np.sort(random.random(count // 5) * (WINDOW - 2))
    ends = np.repeat(starts, 5) + random.random(5 * len(starts))
    # of the ten-second stretches some are bad ones
    bad = random.random(int(WINDOW // 10) + 1) < 2 * share
    failed = bad[(ends // 10).astype(int)] & (random.random(len(ends)) < 0.5)
    took = lognormal(random, len(ends)) * np.where(bad[(ends // 10).astype(int)], 1.3, 1.0)
    base = START + int(window * WINDOW * 1e9)
    rows: list[dict[str, Any]] = [
        {
            "start_ns": base + int((end - ms / 1e3) * 1e9), "duration_ms": round(float(ms), 4),
            "type": "span", "service": name, "span_kind": "server",
            "severity": "error" if fails else "info", "route": f"/{int(random.integers(4))}",
        }
        for end, ms, fails in zip(ends.tolist(), took.tolist(), failed.tolist(), strict=True)
    ]  # fmt: skip
    wandering = 10 * random.normal()
    for at in np.arange(0.0, WINDOW, 10.0):
        wandering = 0.9 * wandering + random.normal(0, 4.0)
        rows.append(
            {
                "start_ns": base + int((at + 1.0) * 1e9), "type": "metric", "service": name,
                "cpu_pct": level + wandering,
            }
        )  # fmt: skip
    return rows


def recording(seed: int, shape: str, planted: str | None, share: float) -> list[dict[str, Any]]:
    """Ten services, the first of which may differ; in time order, with ids."""
    random = np.random.default_rng(seed)
    rows: list[dict[str, Any]] = []
    for number in range(SERVICES):
        mine = planted if number == 0 else None
        failing = share if number == 0 else float(random.uniform(0.01, 0.3))
        rows += service(random, f"s{number}", shape, mine, failing)
    rows.append({"start_ns": START + int(2 * WINDOW * 1e9), "type": "log", "service": "end"})
    return rows


def shuffled(rows: list[dict[str, Any]], seed: int) -> list[dict[str, Any]]:
    """The same events at times exchanged within each service and type: no window differs."""
    random = np.random.default_rng(seed)
    places: dict[tuple[str, str], list[int]] = defaultdict(list)
    for at, row in enumerate(rows):
        places[row["service"], row["type"]].append(at)
    for group in places.values():
        ends = [rows[at]["start_ns"] + int(rows[at].get("duration_ms", 0) * 1e6) for at in group]
        for at, end in zip(group, random.permutation(np.array(ends)).tolist(), strict=True):
            rows[at]["start_ns"] = end - int(rows[at].get("duration_ms", 0) * 1e6)
    return rows


def written(folder: Path, rows: list[dict[str, Any]], case: dict[str, Any]) -> None:
    """One case as a folder."""
    folder.mkdir(parents=True)
    rows.sort(key=lambda row: row["start_ns"])
    with (folder / "events.jsonl").open("w", encoding="utf-8") as file:
        for number, row in enumerate(rows):
            time = np.datetime64(row["start_ns"], "ns")
            ids = {"trace_id": f"{number:032x}", "span_id": f"{number:016x}"}
            ids = ids if row["type"] == "span" else {}
            kept = {key: value for key, value in row.items() if key != "start_ns"}
            file.write(json.dumps({"timestamp": f"{time}Z", **ids, **kept}) + "\n")
    (folder / "case.json").write_text(json.dumps(case), encoding="utf-8")


def generated(folder: Path, seeds: range) -> None:
    """Cases of every shape: nothing planted, shuffled, p95 at 1.5 times, doubled error shares."""
    for seed in seeds:
        for number, shape in enumerate(SHAPES):
            key = seed * 100 + number
            share = float(np.random.default_rng(key).uniform(0.02, 0.3))
            for planted in (None, "p95", "error_rate"):
                changed = [["s0", planted, "higher"]] if planted else []
                of = f"{planted}, {shape}" if planted == "p95" else planted or "quiet"
                if planted == "error_rate":
                    of += f" from {'2 to 10' if share < 0.1 else '10 to 30'} %"
                case = {"shape": of, "statement": STATEMENT, "changed": changed}
                rows = recording(key, shape, planted, share)
                written(folder / f"{seed}-{number}-{planted}", rows, case)
            rows = shuffled(recording(key, shape, "error_rate", share), key)
            case = {"shape": "shuffled", "statement": STATEMENT, "changed": []}
            written(folder / f"{seed}-{number}-shuffled", rows, case)
        for number in range(2):
            rows = recording(seed * 100 + 50 + number, BURSTY, None, 0.1)
            case = {"shape": "quiet, in bursts", "statement": STATEMENT, "changed": []}
            written(folder / f"{seed}-{number}-bursts", rows, case)
        rows = recording(seed * 100, "lognormal", None, 0.1)
        case = {"shape": "without FOR", "statement": WHOLE, "changed": []}
        written(folder / f"{seed}-whole", rows, case)


def cases(folder: Path) -> Iterator[tuple[str, int, int, int, int]]:
    """Of each case its shape, what was planted, found, discovered in all, and the rows tested."""
    for path in sorted(folder.glob("*/case.json")):
        case = json.loads(path.read_text(encoding="utf-8"))
        table = open_recording(path.with_name("events.jsonl")).query(case["statement"])
        wanted = {tuple(row) for row in case["changed"]}
        said = table.frame.select("service", "field", "verdict").rows()
        found = wanted & set(said)
        discovered = sum(row[2] in DIFFERS for row in said)
        yield case["shape"], len(wanted), len(found), discovered, int(table.meta["tests"])


def report(folder: Path) -> None:
    """One line a shape: recall, the mean share of discoveries that are false, and of rows."""
    by_shape: dict[str, list[tuple[int, int, int, int]]] = defaultdict(list)
    for shape, *figures in cases(folder):
        by_shape[shape].append((figures[0], figures[1], figures[2], figures[3]))
    everything = [figures for found in by_shape.values() for figures in found]
    for shape, found in [*sorted(by_shape.items()), ("all", everything)]:
        planted, right, said, tested = np.array(found).T
        false = said - right
        recall = f"{right.sum() / planted.sum():.3f}" if planted.sum() else "-"
        discovery = np.mean(false / np.maximum(said, 1))
        print(
            f"{shape:32} cases {len(found):4}   recall {recall:>5}"
            f"   false discovery rate {discovery:.4f}   false rows {false.sum() / tested.sum():.5f}"
        )


def main() -> None:
    """Generate and report, or report given cases."""
    parser = ArgumentParser(description="COMPARE's power beside its silence.")
    parser.add_argument("--cases", metavar="DIR", type=Path, help="report these, generate none")
    parser.add_argument("--write", metavar="DIR", type=Path, help="generate into DIR, report none")
    parser.add_argument("--seed", type=int, default=1, help="first of the seeds")
    parser.add_argument("--seeds", type=int, default=10, help="how many")
    options = parser.parse_args()
    seeds = range(options.seed, options.seed + options.seeds)
    if options.write:
        generated(options.write, seeds)
    elif options.cases:
        report(options.cases)
    else:
        with tempfile.TemporaryDirectory() as folder:
            generated(Path(folder), seeds)
            report(Path(folder))


if __name__ == "__main__":
    sys.exit(main())
