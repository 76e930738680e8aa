"""What a measure found, by group."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import polars as pl


@dataclass(frozen=True)
class Effects:
    """One measure by group.

    a, b: values, NaN where there are none. a_n, b_n: samples. p: uncorrected, NaN where too few.
    size: 0 (none) to 1 (nothing in common). label: of each row, where it is not the measure's.
    detail: rows listed only if they are significant.
    """

    group: np.ndarray
    a: np.ndarray
    b: np.ndarray
    a_n: np.ndarray
    b_n: np.ndarray
    p: np.ndarray
    size: np.ndarray
    label: pl.Series | None = None
    detail: np.ndarray | None = None

    def labelled(self, labels: pl.Series) -> Effects:
        """With a label for each row."""
        return replace(self, label=labels)

    def filled(self) -> Effects:
        """Only rows with samples; of measures whose rows are labelled alike."""
        there = (self.a_n + self.b_n) > 0
        names = ("group", "a", "b", "a_n", "b_n", "p", "size")
        return Effects(*(getattr(self, name)[there] for name in names))
