"""Runs of steps for which something holds."""

from __future__ import annotations

import numpy as np


def runs(holds: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Row, first step and end (exclusive) of each run in a bool matrix, by row and step."""
    rows = len(holds)
    edge = np.zeros((rows, 1), dtype=np.int8)
    change = np.diff(np.concatenate([edge, holds.astype(np.int8), edge], axis=1), axis=1)
    row, first = np.nonzero(change == 1)
    _, end = np.nonzero(change == -1)
    return row, first, end
