"""How many secrets redaction finds, by kind, and how many harmless lines it changes.

From the project's folder:

    python -m tests.soak.redact --secrets 1000 --benign 1000000

All secrets and lines are made up by the public definitions in `tests/data`. Ends with 1 where
recall is below 0.99 anywhere or more than one harmless line in 10,000 was changed.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from random import Random
from time import process_time

import polars as pl

from tests.data.benign_corpus import benign_lines
from tests.data.secrets_corpus import RULES, benign, secret
from tests.data.secrets_written import EVERY, parts, written
from traversion_data.redact.cells import in_texts
from traversion_data.redact.redaction import Redaction

RECALL, FALSE_SHARE = 0.99, 1e-4
STEP = 50_000


def recall(kind: str, count: int, seed: int, redaction: Redaction) -> tuple[int, list[str]]:
    """Of so many secrets of a kind, how many leave nothing of themselves, and texts that do."""
    rng = Random(f"{kind} {seed}")
    make = secret if kind in RULES else written
    corpus = [make(rng, kind) for _ in range(count)]
    texts = _redacted([it.text for it in corpus], redaction)
    left = [
        it.text
        for it, text in zip(corpus, texts, strict=True)
        if any(part in text for part in parts(it))
    ]
    return count - len(left), left


def _redacted(lines: list[str], redaction: Redaction) -> pl.Series:
    """The lines as they are after redaction, found by the way that events take."""
    cells = pl.Series("message", lines, dtype=pl.String)
    done = in_texts([cells], redaction)
    return done[0].cells if done else cells


def changed(lines: list[str], redaction: Redaction) -> list[tuple[str, str]]:
    """Harmless lines that were changed, and to what."""
    after = _redacted(lines, redaction)
    return [(a, b) for a, b in zip(lines, after, strict=True) if a != b]


def main() -> int:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--secrets", type=int, default=500, metavar="COUNT", help="of each kind")
    parser.add_argument("--benign", type=int, default=100_000, metavar="COUNT")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--show", type=int, default=3, metavar="COUNT", help="of what went wrong")
    asked = parser.parse_args()
    redaction = Redaction.standard(b"k" * 32)
    bad = False
    for kind in (*RULES, *EVERY):
        found, left = recall(kind, asked.secrets, asked.seed, redaction)
        bad |= found < RECALL * asked.secrets
        print(f"{kind:18} {found:>7,} of {asked.secrets:,}  {found / asked.secrets:.4f}")
        for text in left[: asked.show]:
            print(f"    {text[:200]!r}")
    hit: Counter[str] = Counter()
    lines, seconds = 0, 0.0
    for at in range(0, asked.benign, STEP):
        some = (benign_lines if at // STEP % 4 else benign)(STEP, seed=asked.seed * 10**6 + at)
        began = process_time()
        wrong = changed(some, redaction)
        seconds += process_time() - began
        lines += len(some)
        hit.update(
            dict.fromkeys([f"{before[:160]!r} -> {after[:160]!r}" for before, after in wrong], 1)
        )
    print(
        f"{hit.total():,} of {lines:,} harmless lines changed: "
        f"{hit.total() / max(lines, 1) * 1e6:,.0f} in 1,000,000; {seconds:.1f} s of CPU"
    )
    for text in list(hit)[: asked.show * 4]:
        print(f"    {text}")
    return int(bad or hit.total() > FALSE_SHARE * lines)


if __name__ == "__main__":
    sys.exit(main())
