"""From a walk's levels to the order in which a tree is read: parents before children, in place."""

from __future__ import annotations

import numpy as np

from traversion_engine.causality.walk import Walk


def reading_order(
    walk: Walk, errors: np.ndarray, times: np.ndarray, seqs: np.ndarray
) -> np.ndarray:
    """Entries of a walk as a tree is read (preorder).

    Among siblings those come first that lead to a match of UNTIL, then by the kind of step, then
    errors, then the nearest in time (`times` as the walk's clock runs: larger is nearer), then seq.

    Args:
        walk: the walk.
        errors: for each event row whether it reports an error.
        times: for each event row its moment.
        seqs: for each event row its number.
    """
    size, leads = _subtrees(walk)
    place = np.zeros(len(walk.rows), dtype=np.int64)
    for depth in range(1, len(walk.levels) - 1):
        here = slice(walk.levels[depth], walk.levels[depth + 1])
        rows, parents = walk.rows[here], walk.parents[here]
        order = np.lexsort(
            (seqs[rows], -times[rows], ~errors[rows], walk.groups[here], ~leads[here], parents)
        )
        sizes = size[here][order]
        before = np.cumsum(sizes) - sizes
        owner = parents[order]
        first = np.searchsorted(owner, owner)
        place[np.arange(here.start, here.stop)[order]] = place[owner] + 1 + before - before[first]
    return np.argsort(place, kind="stable")


def _subtrees(walk: Walk) -> tuple[np.ndarray, np.ndarray]:
    size = np.ones(len(walk.rows), dtype=np.int64)
    leads = walk.matched.copy()
    for depth in range(len(walk.levels) - 2, 0, -1):
        here = slice(walk.levels[depth], walk.levels[depth + 1])
        np.add.at(size, walk.parents[here], size[here])
        np.logical_or.at(leads, walk.parents[here], leads[here])
    return size, leads


def leaves(walk: Walk) -> np.ndarray:
    """For each entry whether nothing follows it."""
    inner = np.zeros(len(walk.rows), dtype=bool)
    inner[walk.parents[1:]] = True
    return ~inner
