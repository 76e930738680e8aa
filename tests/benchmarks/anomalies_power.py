"""How many false alarms ANOMALIES gives on quiet series, and what of planted anomalies it finds.

    python tests/benchmarks/anomalies_power.py [--series 60] [--seed 20260101] [--steps 240,600]

Series are generated, each shape from its own seed. False alarms are rows per 1,000 points. Planted
are, one a series in its middle half: a level shift, a spike and a drop of one value, each by 5
robust deviations (1.4826 times the median absolute deviation of the shape's noise), added to the
noise that is there, and a silence of 12 steps. The delay of a level is how many steps of it must
have been seen: the series is cut there and asked again.
"""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from traversion_engine.diagnose.anomalies.detect import detect
from traversion_engine.diagnose.anomalies.findings import Findings
from traversion_engine.diagnose.anomalies.grid import Grid
from traversion_engine.diagnose.anomalies.series import Series, gauge, rate

SECOND = 10**9
SIZE = 5.0
SILENT = 12
DELAYS = (5, 10, 12, 15, 20, 30, 40, 60, 80, 120)
NEAR = {"level": 20, "spike": 2, "drop": 2, "silence": 2}
"""A finding counts where it begins so many steps from what was planted."""


@dataclass(frozen=True)
class Shape:
    """Quiet series `(series, steps)`, the noise in them alone, and whether they are counts.

    planted: whether 5 deviations are an anomaly in this shape; where its own values go as far every
    few hundred steps no method can tell them apart, and figures are printed but not summed up.
    """

    name: str
    values: np.ndarray
    noise: np.ndarray
    counts: bool = False
    planted: bool = True


def shapes(seed: int, series: int, steps: int) -> Iterator[Shape]:
    """Every shape, each from its own generator."""
    at = np.arange(steps)

    def generator(number: int) -> np.random.Generator:
        return np.random.default_rng([seed, number, steps])

    size = (series, steps)
    noise = generator(0).normal(size=size)
    yield Shape("white noise", 50 + 3 * noise, 3 * noise)
    noise = autoregressive(generator(1), size, 0.6)
    yield Shape("AR(1) 0.6", 50 + noise, noise)
    noise = autoregressive(generator(2), size, 0.9)
    yield Shape("AR(1) 0.9", 50 + noise, noise)
    noise = generator(3).normal(size=size)
    day = 10 * np.sin(2 * np.pi * at / (steps // 5) + generator(4).uniform(0, 6, (series, 1)))
    yield Shape("daily season", 50 + day + noise, noise)
    noise = generator(5).normal(size=size)
    yield Shape("trend", 50 + at * generator(6).uniform(-0.1, 0.1, (series, 1)) + noise, noise)
    noise = np.round(2 * generator(7).normal(size=size))
    yield Shape("quantised gauge", 40 + noise, noise)
    moves = (generator(8).random(size) < 0.01) * generator(9).choice([-1, 1], size=size)
    stairs = np.cumsum(moves, axis=1)
    yield Shape("steps of a gauge", 30.0 + stairs, np.zeros(size))
    for number, mean in enumerate((60, 5, 0.3), 10):
        values = generator(number).poisson(mean, size).astype(np.float64)
        yield Shape(f"counts of {mean:g}", values, values - mean, counts=True, planted=mean > 10)
    noise = generator(13).standard_t(3, size=size)
    yield Shape("heavy tails, t of 3", 50 + 3 * noise, 3 * noise, planted=False)
    noise = np.exp(generator(14).normal(size=size))
    yield Shape("heavy tails, lognormal", 50 + noise, noise, planted=False)
    noise = generator(15).normal(size=size)
    noise += (generator(16).random(size) < 0.03) * generator(17).exponential(30, size)
    yield Shape("bursts", 10 + noise, noise, planted=False)
    noise = np.cumsum(generator(18).normal(size=size), axis=1)
    yield Shape("random walk", 100 + noise, np.diff(noise, axis=1, prepend=0), planted=False)


def autoregressive(random: np.random.Generator, size: tuple[int, int], kept: float) -> np.ndarray:
    """AR(1) of deviation 1."""
    shocks = random.normal(size=size) * np.sqrt(1 - kept**2)
    found = np.empty(size)
    found[:, 0] = random.normal(size=size[0])
    for step in range(1, size[1]):
        found[:, step] = kept * found[:, step - 1] + shocks[:, step]
    return found


def made(shape: Shape, values: np.ndarray) -> Series:
    """The series as the statement makes them."""
    series, steps = values.shape
    names = tuple(str(number) for number in range(series))
    grid = Grid(0, SECOND, steps)
    if shape.counts:
        return rate("rate", names, grid, np.maximum(np.round(np.nan_to_num(values)), 0))
    return gauge("gauge", names, grid, values, np.isfinite(values).astype(np.float64))


def deviations(shape: Shape) -> np.ndarray:
    """The robust deviation of each series; of one that hardly changes, its step."""
    noise = shape.noise - np.median(shape.noise, axis=1, keepdims=True)
    found = 1.4826 * np.median(np.abs(noise), axis=1, keepdims=True)
    return np.where(found > 0, found, 1.0)


def plant(shape: Shape, kind: str, begin: np.ndarray) -> np.ndarray:
    """The values with one anomaly a series."""
    at = np.arange(shape.values.shape[1]) - begin[:, None]
    size = SIZE * deviations(shape)
    if kind == "level":
        return shape.values + size * (at >= 0)
    if kind == "silence":
        return np.where((at >= 0) & (at < SILENT), np.nan, shape.values)
    return shape.values + (size if kind == "spike" else -size) * (at == 0)


def hits(found: Findings, kind: str, begin: np.ndarray) -> np.ndarray:
    """Whether each series has such a finding where one was planted."""
    near = np.abs(found.step - begin[found.row]) <= NEAR[kind]
    right = np.array([str(one) == kind for one in found.kind], dtype=bool)
    hit = np.zeros(len(begin), dtype=bool)
    hit[found.row[near & right]] = True
    return hit


def delay(shape: Shape, begin: np.ndarray) -> float:
    """The median over series of the steps of a level until it is first told; inf if never."""
    values = plant(shape, "level", begin)
    least = np.full(len(begin), np.inf)
    for seen in DELAYS[::-1]:
        for row in np.unique(begin):
            some = np.flatnonzero(begin == row)
            cut = values[some, : row + seen]
            found = detect(made(shape, cut))
            least[some[hits(found, "level", begin[some])]] = seen
    return float(np.median(least))


def main() -> None:
    """Print one line a shape and length."""
    asked = ArgumentParser(description=__doc__)
    asked.add_argument("--series", type=int, default=60)
    asked.add_argument("--seed", type=int, default=20260101)
    asked.add_argument("--steps", default="240,600,1200")
    options = asked.parse_args()
    for steps in (int(one) for one in options.steps.split(",")):
        report(options.seed, options.series, steps)


def report(seed: int, series: int, steps: int) -> None:
    """All shapes at one length."""
    print(f"\n{series} series of {steps:,} steps, seed {seed}")
    print("shape".ljust(26) + "false/1000  level  spike   drop  silence  delay of level (steps)")
    alarms, recalls = [], []
    for number, shape in enumerate(shapes(seed, series, steps)):
        random = np.random.default_rng([seed, 100 + number, steps])
        false = 1000 * len(detect(made(shape, shape.values))) / shape.values.size
        found = []
        for kind in NEAR:
            begin = random.integers(steps // 4, 3 * steps // 4, series)
            hit = hits(detect(made(shape, plant(shape, kind, begin))), kind, begin)
            found.append(float(hit.mean()))
        begin = np.repeat(random.integers(steps // 2, 3 * steps // 4, 4), -(-series // 4))[:series]
        alarms.append(false)
        if shape.planted:
            recalls.append(found)
        figures = "".join(f"{one:7.2f}" for one in found)
        star = "" if shape.planted else " *"
        print(f"{shape.name + star:26}{false:10.3f}{figures}{delay(shape, begin):12g}")
    mean = "".join(f"{one:7.2f}" for one in np.mean(recalls, axis=0))
    print(f"{'all; recall without *':26}{np.mean(alarms):10.3f}{mean}")


if __name__ == "__main__":
    main()
