"""What a value cannot leave: shares, counts, counters, sizes."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Final

import numpy as np

_FULL: Final = {"percent": 100.0, "ratio": 1.0}
_COUNTER_RISES: Final = 5


@dataclass(frozen=True)
class Limits:
    """Of each series: lowest and highest value (infinite without), whole numbers, never falling."""

    low: np.ndarray
    high: np.ndarray
    whole: np.ndarray
    rising: np.ndarray

    def repeated(self, count: int) -> Limits:
        """The limits of each series `count` times."""
        return Limits(*(np.repeat(getattr(self, item.name), count) for item in fields(self)))

    def kept(self, values: np.ndarray, last: np.ndarray) -> np.ndarray:
        """Values `(series, steps)` inside the limits; `last` is what each series was last."""
        inside = np.clip(values, self.low[:, None], self.high[:, None])
        inside = np.where(self.whole[:, None], np.rint(inside), inside)
        climbing = np.maximum.accumulate(np.maximum(inside, last[:, None]), axis=1)
        return np.where(self.rising[:, None], climbing, inside)


def is_counter(name: str) -> bool:
    """Whether a field of this name counts up, by the habit of ending so."""
    return name.lower().endswith(("total", "count", "counter", "_sum"))


def limits(
    values: np.ndarray, unit: str | None, size: np.ndarray | None = None, *, counter: bool = False
) -> Limits:
    """From the history alone `(series, time)`, NaN where nothing was recorded.

    unit: of the field. size: what each series cannot exceed, NaN where unknown. counter: the field
    only grows but for restarts. A limit that the history itself breaks is none.
    """
    known = np.isfinite(values)
    lowest = np.min(values, axis=1, initial=np.inf, where=known)
    highest = np.max(values, axis=1, initial=-np.inf, where=known)
    low = np.where(lowest >= 0, 0.0, -np.inf)
    full = np.full(len(values), _FULL.get(unit or "", np.inf))
    high = np.where((highest <= full) & (lowest >= 0), full, np.inf)
    if size is not None:
        sized = np.isfinite(size) & (highest <= size)
        high = np.where(sized, np.minimum(high, size), high)
    whole = np.where(known, values == np.rint(values), True).all(axis=1)  # noqa: FBT003 a value
    rises = np.where(known[:, 1:] & known[:, :-1], np.diff(values, axis=1), 0.0)
    grown = (rises >= 0).all(axis=1) & ((rises > 0).sum(axis=1) >= _COUNTER_RISES)
    return Limits(low, high, np.asarray(whole & (unit not in _FULL)), grown & counter)
