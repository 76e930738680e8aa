"""Of chains that may overlap, those that do not: each begins after the end of the one before."""

from __future__ import annotations

import numpy as np


def following(ends: np.ndarray, latest: np.ndarray) -> np.ndarray:
    """Which of the ends, both ascending, are taken, from the first on; ascending indices.

    latest: the latest start of a chain to each. After one is taken, the next is the first whose
    latest start lies beyond that one's end. This is the way along one arrow from each to a later
    one; arrows twice as long are made of two, so a way of n steps takes log2(n) rounds.
    """
    if not len(ends):
        return np.empty(0, dtype=np.int64)
    beyond = len(ends)
    arrow = np.append(np.searchsorted(latest, ends, side="right"), beyond)
    taken = np.zeros(1, dtype=np.int64)
    while True:
        more = arrow[taken]
        more = more[: int(np.searchsorted(more, beyond))]
        if len(more):
            joined = np.concatenate([taken, more])
        if len(more) < len(taken):
            return joined if len(more) else taken
        taken, arrow = joined, arrow[arrow]
