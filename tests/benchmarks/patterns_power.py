"""PATTERNS' power beside its silence: planted sequences found, and false ones, on recordings.

Run as a program; `--help` says how. A case is a folder of `events.jsonl` and `case.json`:
`{"shape": …, "statement": …, "planted": [{"pattern": [template, …], "leads_to": template}, …]}`.
A row is exact where it is a planted sequence, a part where some of its events in their order, and
false otherwise; a sequence is found where an exact row or a part of two events or more tells it.
"""

from __future__ import annotations

import json
import tempfile
from argparse import ArgumentParser
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from time import process_time
from typing import Any

import numpy as np

from traversion_data.templates import MASK
from traversion_engine import open_recording
from traversion_engine.timeql.times import time_text

START = 1_705_333_200
SPAN = 7200.0
SERVICES = 8
TEMPLATES = 60
NOISE = 8000
PLANTED = 10
WORDS = (
    *("cache", "lease", "queue", "shard", "index", "token", "quota"),
    *("batch", "route", "vault", "agent", "frame", "relay", "stage"),
)
DEEDS = (
    *("opened", "closed", "moved", "flushed", "expired"),
    *("renewed", "rotated", "dropped", "parked", "resumed"),
)

Planted = tuple[tuple[str, ...], str]


@dataclass
class Written:
    """Events so far: (second, service, severity, message, trace)."""

    random: np.random.Generator
    rows: list[tuple[float, str, str, str, str | None]] = field(default_factory=list)

    def add(self, at: float, service: int, words: str, trace: str | None = None) -> None:
        """One event; what is called a failure is one."""
        severity = "error" if words.startswith("failure") else "info"
        message = f"{words} {self.random.integers(10_000)}"
        self.rows.append((at, f"service-{service}", severity, message, trace))


def name(number: int) -> str:
    """What an event says, without its number."""
    return f"{WORDS[number % len(WORDS)]} {DEEDS[number // len(WORDS) % len(DEEDS)]}"


def even(random: np.random.Generator, count: int) -> np.ndarray:
    """Moments at an even rate."""
    return random.random(count) * SPAN


def in_waves(random: np.random.Generator, count: int) -> np.ndarray:
    """Moments at a rate that rises and falls fourfold within an hour."""
    tried = random.random(count * 4) * SPAN
    kept = random.random(count * 4) < (1 + 0.6 * np.sin(tried * 2 * np.pi / 3600)) / 1.6
    return tried[kept][:count]


def in_bursts(random: np.random.Generator, count: int) -> np.ndarray:
    """Moments half of which come in bursts of a minute."""
    bursts = random.random(12) * SPAN
    burst = np.minimum(random.choice(bursts, count) + random.random(count) * 60, SPAN - 1)
    return np.where(random.random(count) < 0.5, burst, random.random(count) * SPAN)


def noise(out: Written, moments: Callable[[np.random.Generator, int], np.ndarray]) -> None:
    """Events that lead to nothing: a few templates often, many seldom."""
    for at in moments(out.random, NOISE).tolist():
        number = int(TEMPLATES * out.random.random() ** 1.7)
        out.add(at, int(out.random.integers(SERVICES)), name(number))


def plant(out: Written, *, across: bool, traced: bool) -> list[Planted]:
    """Ten sequences of one to four events, half of them events that are noise too.

    Each leads to its own failure 8 to 16 times; some failures come without it, and its events, one
    by one, without the failure.
    """
    random, planted = out.random, []
    for number in range(PLANTED):
        length = int(random.integers(1, 5))
        own = [f"{name(number)} by {step} of old" for step in ("first", "second", "third", "last")]
        common = [name(int(n)) for n in random.choice(TEMPLATES, 4, replace=False)]
        pattern = [
            own[at] if at == 0 or random.random() < 0.5 else common[at] for at in range(length)
        ]
        random.shuffle(pattern)
        failure = f"failure of {name(number + 20)}"
        planted.append((tuple(pattern), failure))
        step = float(random.choice([0.3, 2.0, 8.0]))
        for run in range(int(random.integers(8, 17))):
            at, service = float(random.random() * (SPAN - 120)), int(random.integers(SERVICES))
            trace = f"{number:016x}{run:016x}" if traced else None
            for words in (*pattern, failure):
                out.add(at, service, words, trace)
                at += step * float(random.uniform(0.3, 1.5))
                service = int(random.integers(SERVICES)) if across else service
        for words in (failure, *pattern):
            for _ in range(int(random.integers(0, 12 if words != failure else 5))):
                out.add(float(random.random() * SPAN), int(random.integers(SERVICES)), words)
    return planted


SHAPES: dict[str, Callable[[Written], list[Planted]]] = {}


def shape(
    words: str,
) -> Callable[[Callable[[Written], list[Planted]]], Callable[[Written], list[Planted]]]:
    """Lists a generator under its name."""

    def listed(make: Callable[[Written], list[Planted]]) -> Callable[[Written], list[Planted]]:
        SHAPES[words] = make
        return make

    return listed


@shape("one service, even noise")
def _one(out: Written) -> list[Planted]:
    noise(out, even)
    return plant(out, across=False, traced=False)


@shape("across services, in waves")
def _waves(out: Written) -> list[Planted]:
    noise(out, in_waves)
    return plant(out, across=True, traced=False)


@shape("one service, in bursts")
def _bursts(out: Written) -> list[Planted]:
    noise(out, in_bursts)
    return plant(out, across=False, traced=False)


@shape("within traces")
def _traced(out: Written) -> list[Planted]:
    random = out.random
    for number, at in enumerate(even(random, NOISE // 5).tolist()):
        for _ in range(5):
            service, words = int(random.integers(SERVICES)), int(TEMPLATES * random.random() ** 1.7)
            out.add(at + random.random(), service, name(words), f"{99:016x}{number:016x}")
    return plant(out, across=True, traced=True)


def write(folder: Path, words: str, seed: int, *, shuffled: bool) -> None:
    """One case; shuffled, the moments of all events are dealt out anew and nothing is planted."""
    out = Written(np.random.default_rng(seed))
    planted = SHAPES[words](out)
    rows = out.rows
    if shuffled:
        moments = out.random.permutation([row[0] for row in rows]).tolist()
        traces = [rows[n][4] for n in out.random.permutation(len(rows)).tolist()]
        rows = [(at, *row[1:4], t) for at, row, t in zip(moments, rows, traces, strict=True)]
        planted = []
    folder.mkdir(parents=True)
    with (folder / "events.jsonl").open("w", encoding="utf-8") as file:
        for at, service, severity, message, trace in sorted(rows, key=lambda row: row[0]):
            time = time_text(int((START + at) * 1e9), "UTC", 6).replace(" ", "T") + "Z"
            event = {"timestamp": time, "type": "log", "service": service, "severity": severity}
            event |= {"message": message} | ({"trace_id": trace} if trace else {})
            file.write(json.dumps(event) + "\n")
    case = {
        "shape": f"{words}{', shuffled' if shuffled else ''}",
        "statement": "PATTERNS",
        "planted": [
            {"pattern": [f"{one} {MASK}" for one in pattern], "leads_to": f"{error} {MASK}"}
            for pattern, error in planted
        ],
    }
    (folder / "case.json").write_text(json.dumps(case), encoding="utf-8")


@dataclass
class Score:
    """What came of the cases of one shape."""

    planted: int = 0
    found: int = 0
    exact: int = 0
    listed: int = 0
    false: int = 0
    tested: int = 0
    cases: int = 0
    seconds: float = 0.0


def _part_of(one: tuple[str, ...], whole: tuple[str, ...]) -> bool:
    rest = iter(whole)
    return all(item in rest for item in one)


def measure(folder: Path, scores: dict[str, Score]) -> None:
    """Answer one case and add it to its shape's score."""
    case: dict[str, Any] = json.loads((folder / "case.json").read_text(encoding="utf-8"))
    recording = open_recording(folder / "events.jsonl")
    begin = process_time()
    table = recording.query(case["statement"])
    score = scores[case["shape"]]
    score.seconds += process_time() - begin
    rows = [
        (tuple(pattern.split(" > ")), error)
        for pattern, error in table.frame.select("pattern", "leads_to").rows()
    ]
    planted = [(tuple(one["pattern"]), one["leads_to"]) for one in case["planted"]]
    of_planted = [
        [_part_of(row[0], one[0]) and row[1] == one[1] for one in planted] for row in rows
    ]
    told = [
        any(
            row[1] == error
            and (row[0] == pattern or (len(row[0]) > 1 and _part_of(row[0], pattern)))
            for row in rows
        )
        for pattern, error in planted
    ]
    score.cases += 1
    score.planted += len(planted)
    score.found += sum(told)
    score.exact += sum(one in rows for one in planted)
    score.listed += len(rows)
    score.false += sum(not any(parts) for parts in of_planted)
    score.tested += int(table.meta.get("tested", 0))


def main() -> None:
    """Print one line a shape."""
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=Path, help="a folder of cases, instead of generated ones")
    parser.add_argument("--seed", type=int, default=20_001, help="of the first case")
    parser.add_argument("--each", type=int, default=5, help="cases a shape, each also shuffled")
    parser.add_argument("--write", type=Path, help="keep the generated cases in this folder")
    given = parser.parse_args()
    scores: dict[str, Score] = defaultdict(Score)
    with tempfile.TemporaryDirectory() as temporary:
        folder = given.cases or given.write or Path(temporary)
        if given.cases is None:
            for at, words in enumerate(SHAPES):
                for n in range(given.each):
                    for shuffled in (False, True):
                        where = folder / f"{at}-{n}{'-shuffled' if shuffled else ''}"
                        write(where, words, given.seed + n, shuffled=shuffled)
        for case in sorted(path.parent for path in folder.glob("*/case.json")):
            measure(case, scores)
    for words, score in scores.items():
        print(
            f"{words:40} found {score.found} of {score.planted} (exact {score.exact})  "
            f"false {score.false} of {score.listed} listed  "
            f"{score.tested // score.cases:,} tested, {score.seconds / score.cases:.2f} CPU s each"
        )


if __name__ == "__main__":
    main()
