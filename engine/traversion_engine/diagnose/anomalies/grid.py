"""Steps of equal length on which all series of a field stand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from traversion_data.model import DAY, HOUR, MILLISECOND, MINUTE, SECOND, Nanos

MOST_STEPS: Final = 1440
"""At most so many steps, which bounds the memory whatever the length of the recording."""
FEWEST_STEPS: Final = 40
"""With fewer there is no usual to compare with."""
_LENGTHS: Final = tuple(
    count * unit
    for unit, counts in (
        (MILLISECOND, (1, 2, 5, 10, 20, 50, 100, 200, 500)),
        (SECOND, (1, 2, 5, 10, 15, 30)),
        (MINUTE, (1, 2, 5, 10, 15, 30)),
        (HOUR, (1, 2, 3, 4, 6, 8, 12)),
        (DAY, (1, 2, 7, 14, 28)),
    )
    for count in counts
)


@dataclass(frozen=True)
class Grid:
    """`count` steps of `step` ns from `start` (ns) on, all of them wholly recorded."""

    start: Nanos
    step: Nanos
    count: int

    @property
    def starts(self) -> np.ndarray:
        """When each step begins."""
        return self.start + self.step * np.arange(self.count, dtype=np.int64)

    @property
    def end(self) -> Nanos:
        """When the last step ends."""
        return self.start + self.step * self.count


def whole_steps(start: Nanos, end: Nanos, wanted: Nanos) -> Grid:
    """The steps that lie wholly between two moments, as counts need them.

    wanted: how long a step should be (ns) for the sake of what stands in it. Steps stand at
    multiples of a round length, and are longer where there would be more than `MOST_STEPS`.
    """
    step = _round(start, end, wanted)
    first = -(-start // step) * step
    return Grid(first, step, max((end - first) // step, 0))


def all_steps(start: Nanos, end: Nanos, wanted: Nanos) -> Grid:
    """As `whole_steps`, with the parts of steps at both ends, as samples need them."""
    step = _round(start, end, wanted)
    first = start // step * step
    return Grid(first, step, max(-(-(end - first) // step), 0))


def _round(start: Nanos, end: Nanos, wanted: Nanos) -> Nanos:
    # samples that are meant to come every 5 s come every 5.01 s
    aim = max(-(-max(end - start, 0) // MOST_STEPS), wanted * 9 // 10)
    return next((one for one in _LENGTHS if one >= aim), -(-aim // DAY) * DAY)
