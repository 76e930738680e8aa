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
_ENOUGH_STEPS: Final = 240
"""Steps are not made longer for the sake of more events in each where fewer would be left."""
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


def grid_of(start: Nanos, end: Nanos, wanted: Nanos) -> Grid:
    """Whole steps between two moments, at multiples of a round length.

    wanted: how long a step should be for the sake of what stands in it; it is longer where there
    would be more than `MOST_STEPS`, and shorter where there would be too few.
    """
    length = max(end - start, 0)
    shortest = -(-length // MOST_STEPS)
    aim = max(shortest, min(wanted, length // _ENOUGH_STEPS))
    step = next((one for one in _LENGTHS if one >= aim), -(-aim // DAY) * DAY)
    first = -(-start // step) * step
    return Grid(first, step, max((end - first) // step, 0))
