"""The store's fault trials in large numbers, as the test suite runs them in small ones.

From the project's folder:

    python -m tests.soak.store --kills 1000 --power 10000 --faults 2000 --damage 10000

For each kind: how many trials, how many broke a promise (with their seeds), seconds. `--operations`
fails every file operation of a run in all three ways. `--control` cuts the power under a disk whose
syncs do nothing, and wants broken promises. `--first` begins with another seed. Ends with 1 where
any trial broke a promise.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from shutil import rmtree
from time import monotonic

from traversion_data.store.errors import StoreError

from ..data.store_faults.damage import damage_trial, make
from ..data.store_faults.kills import Nursery, kill_trial
from ..data.store_faults.lines import verify
from ..data.store_faults.power import SloppyDisk
from ..data.store_faults.trials import (
    WAYS,
    Acknowledged,
    fault_trial,
    operation_trial,
    operations,
    power_trial,
)

KILLS_A_STORE = 25
DAMAGE_A_STORE = 500

Trial = tuple[str, Callable[[], object]]


def kills(count: int, first: int, folder: Path) -> Iterator[Trial]:
    with Nursery() as nursery:
        for seed in range(first, first + count):
            store = folder / f"kills-{(seed - first) // KILLS_A_STORE}"
            if (seed - first) % KILLS_A_STORE == 0:
                reached = Acknowledged()
            yield f"kill {seed}", lambda: _killed(nursery, store, seed, reached)  # noqa: B023


def _killed(nursery: Nursery, store: Path, seed: int, reached: Acknowledged) -> None:
    reached(kill_trial(nursery, store, seed))
    assert verify(store) >= reached.line


def power(count: int, first: int, folder: Path) -> Iterator[Trial]:
    for seed in range(first, first + count):
        yield f"power {seed}", lambda: _in_own_folder(folder, power_trial, seed)  # noqa: B023


def control(count: int, first: int, folder: Path) -> Iterator[Trial]:
    for seed in range(first, first + count):
        yield (
            f"control {seed}",
            lambda: _in_own_folder(folder, power_trial, seed, SloppyDisk),  # noqa: B023
        )


def faults(count: int, first: int, folder: Path) -> Iterator[Trial]:
    for seed in range(first, first + count):
        yield f"fault {seed}", lambda: _in_own_folder(folder, fault_trial, seed)  # noqa: B023


def every_operation(folder: Path) -> Iterator[Trial]:
    for at in range(1, operations(folder / "clean") + 1):
        for way in WAYS:
            yield (
                f"operation {at} {way.__name__}",
                lambda: _in_own_folder(folder, operation_trial, at, way),  # noqa: B023
            )


def damage(count: int, first: int, folder: Path) -> Iterator[Trial]:
    for seed in range(first, first + count):
        store = folder / f"damage-{(seed - first) // DAMAGE_A_STORE}"
        if (seed - first) % DAMAGE_A_STORE == 0:
            whole = make(store)
        yield f"damage {seed}", lambda: damage_trial(store, whole, Random(seed))  # noqa: B023


def _in_own_folder(folder: Path, trial: Callable[..., object], *arguments: object) -> None:
    store = folder / "trial"
    rmtree(store, ignore_errors=True)
    trial(store, *arguments)


def run(name: str, trials: Iterator[Trial]) -> int:
    """Run trials of one kind and print a line; how many broke a promise."""
    started, done, broken = monotonic(), 0, list[str]()
    for seed, trial in trials:
        done += 1
        try:
            trial()
        except (AssertionError, StoreError, OSError):
            broken.append(seed)
            if name != "control" and len(broken) <= 3:
                traceback.print_exc()
    seconds = monotonic() - started
    print(f"{name:<12}{done:>8,} trials {len(broken):>6,} broken {seconds:>8.0f} s", flush=True)
    if broken and name != "control":
        print("  " + ", ".join(broken[:20]), flush=True)
    return len(broken)


def main() -> int:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for kind in ("kills", "power", "faults", "damage", "control"):
        parser.add_argument(f"--{kind}", type=int, default=0, metavar="COUNT")
    parser.add_argument("--operations", action="store_true")
    parser.add_argument("--first", type=int, default=0, metavar="SEED", help="the first seed")
    asked = parser.parse_args()
    broken = 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        kinds = {
            "operations": every_operation(folder),
            "kills": kills(asked.kills, asked.first, folder),
            "power": power(asked.power, asked.first, folder),
            "faults": faults(asked.faults, asked.first, folder),
            "damage": damage(asked.damage, asked.first, folder),
        }
        for kind, trials in kinds.items():
            if getattr(asked, kind):
                broken += run(kind, trials)
        if asked.control:
            broken += not run("control", control(asked.control, asked.first, folder))
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
