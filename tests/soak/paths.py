"""The quick path against the exact one, on as many generated lines as wanted.

From the project's folder:

    python -m tests.soak.paths --lines 1000000

Says how many lines were decoded both ways, how many of them the quick path read, and the seeds of
recordings that differ. `--first` begins with another seed, `--seconds` ends it early. Ends with 1
where any differed.
"""

from __future__ import annotations

import argparse
import math
import sys
import traceback
from random import Random
from time import monotonic
from unittest import mock

import numpy as np
import polars as pl
from polars.testing import assert_frame_equal

from traversion_data.decode import columns
from traversion_data.decode import json as json_lines
from traversion_data.decode.base import Batch, DecodeOptions
from traversion_data.decode.columns import Columns
from traversion_data.decode.lines import Lines
from traversion_data.decode.paths import Tree
from traversion_data.source.base import Chunk

from .generated import recording

LINES = 4_000
BLOCKS = 8


class Quick:
    """The quick path, which counts the lines that it reads."""

    def __init__(self) -> None:
        self.lines = 0
        self._read = columns.read

    def __call__(self, lines: Lines, which: np.ndarray, tree: Tree) -> Columns:
        found = self._read(lines, which, tree)
        self.lines += len(which) - len(found.back)
        return found


def refuse(lines: Lines, which: np.ndarray, tree: Tree) -> Columns:
    """A quick path that hands every line back."""
    return Columns(None, which)


def decode(blocks: list[bytes]) -> list[Batch]:
    """Batches of one source."""
    decoder = json_lines.decoder(DecodeOptions("app.jsonl"))
    found: list[Batch] = []
    line = offset = 0
    for data in blocks:
        found.append(decoder.shape(decoder.read(Chunk(0, line, offset, data))))
        line, offset = line + data.count(b"\n"), offset + len(data)
    return found


def trial(seed: int, lines: int = LINES) -> int:
    """Decode a recording both ways; how many of its lines the quick path read.

    Raises:
        AssertionError: if the two differ.
    """
    random = Random(seed)
    written = [line.encode("utf-8", "replace") + b"\n" for line in recording(random, lines)]
    size = -(-len(written) // BLOCKS)
    blocks = [b"".join(written[at : at + size]) for at in range(0, len(written), size)]
    quick = Quick()
    with mock.patch.object(columns, "read", quick):
        one = decode(blocks)
    with mock.patch.object(columns, "read", refuse):
        other = decode(blocks)
    for fast, slow in zip(one, other, strict=True):
        assert_frame_equal(fast.events, slow.events)
        assert_frame_equal(fast.aside, slow.aside)
        assert (fast.lines, fast.blank) == (slow.lines, slow.blank)
        assert fast.lines == fast.events.height + fast.aside.height + fast.blank
    assert sum(batch.lines for batch in one) == lines
    return quick.lines


def main() -> int:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--lines", type=int, default=100_000, metavar="COUNT")
    parser.add_argument("--first", type=int, default=0, metavar="SEED", help="the first seed")
    parser.add_argument("--seconds", type=float, default=math.inf, help="end after so many")
    asked = parser.parse_args()
    started, quick, done, differing = monotonic(), 0, 0, list[int]()
    seed = asked.first
    while done < asked.lines and monotonic() - started < asked.seconds:
        try:
            quick += trial(seed)
        except (AssertionError, pl.exceptions.PolarsError):
            differing.append(seed)
            if len(differing) <= 3:
                print(f"seed {seed}", file=sys.stderr)
                traceback.print_exc()
        done, seed = done + LINES, seed + 1
    print(
        f"{done:,} lines decoded both ways, {quick:,} of them by the quick path; "
        f"{len(differing)} recordings of {LINES:,} lines differ; {monotonic() - started:.0f} s"
    )
    if differing:
        print("seeds: " + ", ".join(map(str, differing[:20])))
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main())
