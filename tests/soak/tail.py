"""The model of files that are followed, in large numbers.

From the project's folder:

    python -m tests.soak.tail --sequences 100000 --seed 0 [--stored 1000] [--folder /dev/shm]

Each sequence is what its seed chooses: lines, halves of lines, turns, cuts, copies, removals,
compression, pauses and restarts, on real files. `--stored` adds sequences that end in a store.
Prints how many there were and which broke a promise; ends with 1 where any did.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import traceback
from collections import Counter
from pathlib import Path
from time import monotonic

from ..data.tail_model import World, trial
from ..data.tail_model_stored import StoreWorld


def run(name: str, make: type[World], first: int, count: int, folder: Path) -> int:
    """Run so many sequences and print a line; how many broke a promise."""
    broken, actions, lines, gaps = list[int](), Counter[str](), 0, 0
    began = monotonic()
    for seed in range(first, first + count):
        try:
            world = trial(folder / name, seed, make=make)
        except Exception:  # noqa: BLE001 - any failure is a broken promise
            broken.append(seed)
            if len(broken) <= 3:
                traceback.print_exc()
            continue
        actions.update(world.done)
        lines += len(world.written)
        gaps += bool(world.gaps)
    seconds = monotonic() - began
    print(
        f"{name:<8}{count:>9,} sequences from seed {first:,} {len(broken):>5,} broken "
        f"{lines:>11,} lines {gaps:>8,} with a gap {seconds:>7.0f} s",
        flush=True,
    )
    print("  " + ", ".join(f"{word} {number:,}" for word, number in actions.most_common()))
    if broken:
        print("  broken: " + ", ".join(map(str, broken[:20])), flush=True)
    return len(broken)


def main() -> int:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sequences", type=int, default=100_000, metavar="COUNT")
    parser.add_argument("--stored", type=int, default=0, metavar="COUNT")
    parser.add_argument("--seed", type=int, default=0, help="the first seed")
    parser.add_argument("--folder", type=Path, help="where the files are made")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=asked.folder) as name:
        broken = run("watched", World, asked.seed, asked.sequences, Path(name))
        if asked.stored:
            broken += run("stored", StoreWorld, asked.seed, asked.stored, Path(name))
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
