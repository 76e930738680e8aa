"""A trend in a few cells: filled braille, two samples a cell, or ASCII steps."""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import median
from typing import Final

_LEFT: Final = (0x00, 0x40, 0x44, 0x46, 0x47)
_RIGHT: Final = (0x00, 0x80, 0xA0, 0xB0, 0xB8)
CALM: Final = 2.5

_STEPS: Final = "_.-=#"


def levels(samples: Sequence[float], count: int) -> list[int]:
    """The last `count` samples as 0 to 4; a present one is at least 1, a missing one 0.

    The scale reaches to `CALM` times the median, so that an even course stays low.
    """
    kept = list(samples)[-count:]
    known = [value for value in kept if math.isfinite(value)]
    top = max(*known, CALM * median(known)) if known else 0.0
    scaled = [
        0
        if not math.isfinite(value)
        else 1
        if top <= 0
        else max(1, math.ceil(min(value / top, 1.0) * 4))
        for value in kept
    ]
    return [0] * (count - len(scaled)) + scaled


def braille(samples: Sequence[float], width: int) -> str:
    """Two samples a cell."""
    steps = levels(samples, width * 2)
    pairs = zip(steps[::2], steps[1::2], strict=True)
    return "".join(chr(0x2800 + _LEFT[left] + _RIGHT[right]) for left, right in pairs)


def steps(samples: Sequence[float], width: int) -> str:
    """One sample a cell: `_.-=#`."""
    kept = list(samples)
    halved = (
        [max(kept[at : at + 2]) for at in range(0, len(kept), 2)] if len(kept) > width else kept
    )
    return "".join(_STEPS[level] for level in levels(halved, width))
