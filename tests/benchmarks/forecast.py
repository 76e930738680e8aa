"""PREDICT measured: pinball loss beside simple forecasts, and how often intervals hold.

    python tests/benchmarks/forecast.py [--cases DIR] [--seed 1] [--series 40]

Generated recordings of three shapes, and with `--cases` every recording in a folder and below it,
go through the statement as a user types it. For each: the loss over seasonal naive and over last
value (both with the quantiles of their own errors), the share of values to come between p10 and
p90, and for PREDICT WHEN the share of true times in the interval.
"""

from __future__ import annotations

import json
import tempfile
from argparse import ArgumentParser
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import perf_counter

import numpy as np
import polars as pl

from traversion_data.model import SECOND
from traversion_data.store.view import StoreView
from traversion_engine import InputError, open_recording
from traversion_engine.catalogue import DERIVED, Catalogue, Field, FieldKind
from traversion_engine.diagnose.forecast.periods import periods
from traversion_engine.diagnose.forecast.series import values_at
from traversion_engine.session import Session
from traversion_engine.timeql.times import time_text

QUANTILES = (0.1, 0.5, 0.9)
EVERY, HISTORY, AHEAD = 10, 240, 20
"""Seconds between samples of generated recordings; samples before and after FROM."""
START = datetime(2024, 1, 15, tzinfo=UTC)
SPLIT, NEXT = 0.7, 0.1
"""Where in a recording of `--cases` is predicted from, and how far, as shares of its length."""
MOST_FIELDS = 40


@dataclass(frozen=True)
class Score:
    """Sums over values that came: losses of PREDICT, seasonal naive, last value; held; count."""

    loss: float = 0.0
    seasonal: float = 0.0
    last: float = 0.0
    held: int = 0
    count: int = 0

    def __add__(self, other: Score) -> Score:
        return Score(*(getattr(self, n) + getattr(other, n) for n in self.__dataclass_fields__))

    def told(self, name: str) -> None:
        if not self.count:
            print(f"{name:28} nothing predicted")
            return
        print(
            f"{name:28} loss / seasonal naive {self.loss / max(self.seasonal, 1e-12):5.2f}"
            f"   / last value {self.loss / max(self.last, 1e-12):5.2f}"
            f"   held {self.held / self.count:5.1%} of {self.count:,}"
        )


def pinball(actual: np.ndarray, said: np.ndarray) -> np.ndarray:
    """Loss of quantiles `(3, …)`, summed over the three."""
    return sum(np.maximum(q * (actual - p), (q - 1) * (actual - p))
               for q, p in zip(QUANTILES, said, strict=True))  # fmt: skip


def naive(history: np.ndarray, ahead: int, period: int) -> np.ndarray:
    """Quantiles `(3, ahead)`: as a period earlier, with the quantiles of its own past errors."""
    said = np.empty((3, ahead))
    for step in range(1, ahead + 1):
        lag = period * -(-step // period)
        errors = history[lag:] - history[:-lag]
        spread = np.nanquantile(errors, QUANTILES) if np.isfinite(errors).any() else np.zeros(3)
        said[:, step - 1] = history[len(history) - 1 + step - lag] + spread
    return said


def last_value(history: np.ndarray, ahead: int) -> np.ndarray:
    """Quantiles `(3, ahead)`: as it was last, with the quantiles of its own past errors."""
    said = np.empty((3, ahead))
    for step in range(1, ahead + 1):
        said[:, step - 1] = history[-1] + np.nanquantile(
            history[step:] - history[:-step], QUANTILES
        )
    return said


def filled(history: np.ndarray) -> np.ndarray:
    """The last known value where one is missing, from the first known on."""
    known = np.flatnonzero(np.isfinite(history))
    at = np.maximum.accumulate(np.where(np.isfinite(history), np.arange(len(history)), 0))
    return history[at][known[0] :]


def score(view: StoreView, at: int, ahead: int, every: int, fields: list[Field],
          period: int | None) -> Score:  # fmt: skip
    """One statement's answer beside the simple forecasts of the same values."""
    names = ", ".join(f'"{field.name}"' for field in fields)
    statement = (
        f"PREDICT NEXT {ahead * every / SECOND:.3f}s FROM '{time_text(at, digits=9)}' FOR {names}"
        f" EVERY {every / SECOND:.3f}s"
    )
    table = Session(lambda: view).ask(statement).frame
    total = Score()
    times = at + every * np.arange(1, ahead + 1)
    count = min((at - view.bounds.start) // every, 720)
    past = at - every * np.arange(count - 1, -1, -1)
    kinds = {field.name: field for field in fields}
    for (service, name), rows in table.group_by("service", "field"):
        both = values_at(view, kinds[str(name)], (str(service),), np.concatenate([past, times]))[0]
        history, actual = filled(both[:count]), both[count:]
        if len(history) <= ahead + 2:
            continue
        season = period or int(periods(history[None])[0]) or ahead
        there = np.isfinite(actual)
        said = rows.select("p10", "p50", "p90").to_numpy().T
        simple = [naive(history, ahead, min(season, len(history) // 2)), last_value(history, ahead)]
        scale = max(
            float(np.mean(np.abs(np.diff(history)))), 1e-9 * float(np.abs(history).max()), 1e-12
        )
        losses = [float(pinball(actual, q)[there].sum() / scale) for q in (said, *simple)]
        held = int(((actual >= said[0]) & (actual <= said[2]))[there].sum())
        total += Score(*losses, held, int(there.sum()))
    return total


def generated(random: np.random.Generator, shape: str, series: int) -> tuple[np.ndarray, int]:
    """Values `(series, time)` of a shape, and its period in samples."""
    steps = np.arange(HISTORY + AHEAD)
    noise = random.normal(0, 2, (series, len(steps)))
    if shape == "trend":
        return 60 + random.uniform(-0.2, 0.2, (series, 1)) * steps + noise, 24
    if shape == "season":
        phase = random.uniform(0, 6.28, (series, 1))
        size = random.uniform(4, 15, (series, 1))
        return 60 + size * np.sin(2 * np.pi * steps / 24 + phase) + noise, 24
    return 60 + np.cumsum(random.normal(0, 1, noise.shape), axis=1), 24


def written(folder: Path, values: np.ndarray, name: str = "load") -> StoreView:
    """A recording of one gauge, a service a series."""
    lines = []
    for step in range(values.shape[1]):
        stamp = (START + timedelta(seconds=EVERY * step)).isoformat()
        for number, value in enumerate(values[:, step]):
            lines.append(json.dumps({"timestamp": stamp, "type": "metric",
                                     "service": f"s{number:03}", name: float(value)}))  # fmt: skip
    path = folder / "events.jsonl"
    path.write_text("\n".join(lines), encoding="utf-8")
    return open_recording(path).view


def moment_of(step: int) -> int:
    """Half a second after the sample of a step."""
    return int(START.timestamp() + EVERY * step) * SECOND + SECOND // 2


def shapes(seed: int, series: int) -> None:
    for shape in ("trend", "season", "walk"):
        values, period = generated(np.random.default_rng(seed), shape, series)
        with tempfile.TemporaryDirectory() as folder:
            view = written(Path(folder), values)
        load = [field for field in measured(view) if field.name == "load"]
        at = moment_of(HISTORY - 1)
        started = perf_counter()
        found = score(view, at, AHEAD, EVERY * SECOND, load, period)
        found.told(f"{shape} ({perf_counter() - started:.2f} s)")


def limits_reached(seed: int, series: int) -> None:
    """PREDICT WHEN on gauges that rise to a limit: ramps, ramps with a season, drifting walks."""
    random = np.random.default_rng(seed)
    steps = np.arange(HISTORY + HISTORY // 2)
    slope = random.uniform(0.05, 0.25, (series, 1))
    noise = random.normal(0, 1, (series, len(steps)))
    season = 5 * np.sin(2 * np.pi * steps / 24)
    for shape, values in (
        ("when: ramp", 10 + slope * steps + noise),
        ("when: ramp and season", 10 + slope * steps + season + noise),
        ("when: drifting walk", 10 + np.cumsum(slope + 0.5 * noise, axis=1)),
    ):
        history = values[:, :HISTORY]
        reach = random.uniform(0.2, 0.8, series) * slope[:, 0] * HISTORY / 2
        limit = np.maximum(history[:, -24:].mean(axis=1) + reach, history.max(axis=1) + 0.5)
        held, early, late = when(values, limit)
        print(f"{shape:28} held {held:5.1%}   came before {early:5.1%}   after {late:5.1%}")


def when(values: np.ndarray, limit: np.ndarray) -> tuple[float, float, float]:
    """Shares of true times in, before and after the interval."""
    series, count = values.shape
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "events.jsonl"
        lines = [
            json.dumps({
                "timestamp": (START + timedelta(seconds=EVERY * step)).isoformat(),
                "type": "metric", "service": f"s{number:03}",
                "used": float(values[number, step]), "size": float(limit[number]),
            })
            for step in range(HISTORY) for number in range(series)
        ]  # fmt: skip
        path.write_text("\n".join(lines), encoding="utf-8")
        view = open_recording(path).view
    within = EVERY * (count - HISTORY)
    table = Session(lambda: view).ask(f"PREDICT WHEN used >= size WITHIN {within}s").frame
    reached = values[:, HISTORY:] >= limit[:, None]
    never = np.iinfo(np.int64).max
    came = np.where(reached.any(axis=1), moment_of(HISTORY) - SECOND // 2
                    + np.argmax(reached, axis=1) * EVERY * SECOND, never)  # fmt: skip
    by = {f"s{number:03}": int(came[number]) for number in range(series)}
    true = np.array([by[service] for service in table["service"]])
    low, high = (
        (view.bounds.end + (table[name] * SECOND).cast(pl.Int64)).fill_null(never).to_numpy()
        for name in ("p10", "p90")
    )
    return (
        float(((true >= low) & (true <= high)).mean()),
        float((true < low).mean()),
        float((true > high).mean()),
    )


def measured(view: StoreView) -> list[Field]:
    """The numbers of a recording, without ids."""
    catalogue = Catalogue.of(view)
    found = [field for name in catalogue.names if (field := catalogue.recorded(name))]
    own = {"seq", "template"}
    return [f for f in found if f.kind is FieldKind.NUMBER and f.name not in own][:MOST_FIELDS]


def recordings(folder: Path) -> Iterator[Path]:
    """Files of events in a folder and below it."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and ".jsonl" in path.name:
            yield path


def cases(folder: Path, most: int) -> None:
    groups: dict[str, Score] = {}
    for path in list(recordings(folder))[:most]:
        try:
            view = open_recording(path).view
        except InputError:
            continue
        length = view.bounds.length
        at = view.bounds.start + int(length * SPLIT)
        every = max(int(length * NEXT) // 10 // SECOND, 1) * SECOND
        fields = [*measured(view), *(DERIVED[n] for n in ("request_rate", "error_rate", "p95"))]
        found = score(view, at, 10, every, fields, None)
        group = str(path.parent.relative_to(folder))
        groups[group] = groups.get(group, Score()) + found
    for group, found in groups.items():
        found.told(f"cases {group}")


def main() -> None:
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=Path, help="a folder of recordings")
    parser.add_argument("--most", type=int, default=1_000_000, help="so many of them at most")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--series", type=int, default=40)
    options = parser.parse_args()
    shapes(options.seed, options.series)
    limits_reached(options.seed, options.series)
    if options.cases:
        cases(options.cases, options.most)


if __name__ == "__main__":
    main()
