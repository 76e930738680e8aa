"""Mutated lines through the loader: nothing it does not handle, and every line accounted for.

From the project's folder:

    python -m tests.soak.fuzz --lines 1000000

Half of the recordings are JSON lines, half of other formats; a third of the lines of each are
mutated, and of half of each strict redaction is asked. `--first` begins with another seed,
`--seconds` ends it early. Ends with 1 where anything broke.
"""

from __future__ import annotations

import argparse
import math
import sys
import traceback
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from time import monotonic

from polars.exceptions import PanicException

from traversion_data.errors import InputError
from traversion_data.ingest import Loader, LoadOptions
from traversion_data.redact.redaction import Redaction
from traversion_data.store.head import Head

from .generated import mutated, prose, recording

LINES = 3_000
OPTIONS = tuple(
    LoadOptions(redaction=made(b"k" * 32)) for made in (Redaction.standard, Redaction.strict)
)


@dataclass
class Bytes:
    """A source of bytes in memory."""

    data: bytes
    name: str = "fuzz.log"
    notes: tuple[str, ...] = ()
    hold: float = math.inf
    written: int | None = 1_705_333_643_000_000_000
    position: int = 0

    @property
    def size(self) -> int:
        """All of it."""
        return len(self.data)

    def pieces(self) -> Iterator[bytes]:
        """In pieces of a size that parts lines."""
        for at in range(0, len(self.data), 100_001):
            piece = self.data[at : at + 100_001]
            self.position += len(piece)
            yield piece


def trial(seed: int, lines: int = LINES) -> tuple[str, int]:
    """Load a mutated recording; its format, and how many lines were mutated.

    Raises:
        AssertionError: if not every line is accounted for.
    """
    random = Random(seed)
    is_json = seed % 2 == 0
    written = [
        line.replace("\n", " ").encode("utf-8", "replace")
        for line in (recording if is_json else prose)(random, lines)
    ]
    hurt = [random.random() < 1 / 3 for _ in written]
    data = b"".join(
        (mutated(random, line) if bad else line) + b"\n"
        for line, bad in zip(written, hurt, strict=True)
    )
    head = Head()
    loader = Loader([Bytes(data)], head, OPTIONS[seed // 2 % 2])
    try:
        view = loader.run()
    except InputError:
        view = head.snapshot()
    (info,) = view.sources
    assert info.read == info.stored + info.set_aside + info.blank, info
    assert (view.height, view.aside.height) == (info.stored, info.set_aside)
    if info.format == "JSON Lines":
        assert info.read == data.count(b"\n"), info
    return info.format, sum(hurt)


def main() -> int:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--lines", type=int, default=100_000, metavar="COUNT")
    parser.add_argument("--first", type=int, default=0, metavar="SEED", help="the first seed")
    parser.add_argument("--seconds", type=float, default=math.inf, help="end after so many")
    asked = parser.parse_args()
    started, lines, hurt = monotonic(), 0, 0
    formats: Counter[str] = Counter()
    broken: list[int] = []
    seed = asked.first
    while hurt < asked.lines and monotonic() - started < asked.seconds:
        try:
            form, mutations = trial(seed)
            formats[form] += LINES
            hurt += mutations
        except (Exception, PanicException):  # noqa: BLE001 - that there is none is what is shown
            broken.append(seed)
            hurt += LINES // 3
            if len(broken) <= 3:
                print(f"seed {seed}", file=sys.stderr)
                traceback.print_exc()
        lines, seed = lines + LINES, seed + 1
    print(
        f"{hurt:,} mutated lines among {lines:,}; {len(broken)} of {seed - asked.first:,} "
        f"recordings broke; {monotonic() - started:.0f} s"
    )
    print(", ".join(f"{form} {count:,}" for form, count in formats.most_common()))
    if broken:
        print("seeds: " + ", ".join(map(str, broken[:20])))
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
