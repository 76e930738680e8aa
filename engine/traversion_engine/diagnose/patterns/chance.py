"""How probable it is by chance that so many errors come after a sequence."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import ArrayLike

_TERMS: Final = 256
"""Terms of a tail: beyond the mean they shrink faster than a geometric series."""


def tail(hits: ArrayLike, trials: ArrayLike, share: ArrayLike) -> np.ndarray:
    """The probability of `hits` or more of `trials`, each with the probability `share`.

    Exact binomial, 1 where no more than the mean was hit. With shares that differ from trial to
    trial and this mean, the true probability is no higher (Hoeffding 1956).
    """
    k, n, p = np.broadcast_arrays(
        np.asarray(hits, np.int64), np.asarray(trials, np.int64), np.clip(share, 1e-12, 1.0)
    )
    chance = np.ones(k.shape)
    at = k > n * p
    if not at.any():
        return chance
    k, n, p = k[at][:, None], n[at][:, None], np.minimum(p[at], 1 - 1e-12)[:, None]
    logs = np.concatenate([[0.0], np.cumsum(np.log(np.arange(1, int(n.max()) + 1)))])
    j = k + np.arange(_TERMS)
    inside = j <= n
    j = np.minimum(j, n)
    terms = logs[n] - logs[j] - logs[n - j] + j * np.log(p) + (n - j) * np.log1p(-p)
    chance[at] = np.minimum(np.where(inside, np.exp(terms), 0.0).sum(axis=1), 1.0)
    return chance


def discoveries(chance: np.ndarray, tests: int, level: float) -> np.ndarray:
    """Which of `tests` (Benjamini and Hochberg 1995) are found; those not listed count as 1."""
    order = np.argsort(chance, kind="stable")
    below = chance[order] <= level * np.arange(1, len(order) + 1) / max(tests, 1)
    found = np.zeros(len(chance), dtype=bool)
    if below.any():
        found[order[: np.flatnonzero(below)[-1] + 1]] = True
    return found
