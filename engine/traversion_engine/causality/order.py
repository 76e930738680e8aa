"""The order in which a tree is read: parents before children, siblings by what matters first."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from traversion_engine.causality.walk import Walk


def preorder(
    parents: np.ndarray, levels: np.ndarray, sizes: np.ndarray, keys: tuple[np.ndarray, ...]
) -> np.ndarray:
    """Nodes of a forest in preorder.

    Args:
        parents: for each node its parent, -1 for roots; nodes stand level by level.
        levels: where each level starts, with the end behind.
        sizes: nodes of each subtree.
        keys: what siblings are sorted by, the last first (as `numpy.lexsort` takes them).
    """
    place = np.zeros(len(parents), dtype=np.int64)
    for start, stop in pairwise(levels.tolist()):
        here = slice(start, stop)
        order = np.lexsort((*(key[here] for key in keys), parents[here]))
        size = sizes[here][order]
        before = np.cumsum(size) - size
        owner = parents[here][order]
        first = before[np.searchsorted(owner, owner)]
        above = np.where(owner >= 0, place[owner] + 1, 0)
        place[np.arange(start, stop)[order]] = above + before - first
    return np.argsort(place, kind="stable")


def subtree_sizes(parents: np.ndarray, levels: np.ndarray) -> np.ndarray:
    """Nodes of each subtree, the node itself included; nodes stand level by level."""
    sizes = np.ones(len(parents), dtype=np.int64)
    for start, stop in zip(levels[-2:0:-1], levels[:1:-1], strict=True):
        np.add.at(sizes, parents[start:stop], sizes[start:stop])
    return sizes


def reading_order(
    walk: Walk, errors: np.ndarray, times: np.ndarray, seqs: np.ndarray
) -> np.ndarray:
    """Entries of a walk as a tree is read.

    Among siblings those come first that lead to a match of UNTIL, then by the kind of step, then
    errors, then the nearest in time (`times` as the walk's clock runs: larger is nearer), then seq.

    Args:
        walk: the walk.
        errors: for each event row whether it reports an error.
        times: for each event row its moment.
        seqs: for each event row its number.
    """
    rows = walk.rows
    keys = (seqs[rows], -times[rows], ~errors[rows], walk.groups, ~_leads_to_match(walk))
    return preorder(walk.parents, walk.levels, subtree_sizes(walk.parents, walk.levels), keys)


def leaves(walk: Walk) -> np.ndarray:
    """For each entry whether nothing follows it."""
    inner = np.zeros(len(walk.rows), dtype=bool)
    inner[walk.parents[1:]] = True
    return ~inner


def _leads_to_match(walk: Walk) -> np.ndarray:
    leads = walk.matched.copy()
    if leads.any():
        for start, stop in zip(walk.levels[-2:0:-1], walk.levels[:1:-1], strict=True):
            np.logical_or.at(leads, walk.parents[start:stop], leads[start:stop])
    return leads
