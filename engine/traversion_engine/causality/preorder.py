"""Reading order of a forest of any depth, by doubling steps in arrays."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Preorder:
    """order: nodes as read, each before all below it. sizes: for each node it and all below it."""

    order: np.ndarray
    sizes: np.ndarray

    @property
    def ends(self) -> np.ndarray:
        """For each row as read the row behind the last one below it."""
        ends: np.ndarray = np.arange(len(self.order)) + self.sizes[self.order]
        return ends

    def above(self, marked: np.ndarray) -> np.ndarray:
        """For each node how many of the nodes above it are marked (bool by node)."""
        rows, count = np.flatnonzero(marked[self.order]), len(self.order)
        opened = np.bincount(rows + 1, minlength=count + 1)
        closed = np.bincount(self.ends[rows], minlength=count + 1)
        around = np.empty(count, dtype=np.int64)
        around[self.order] = np.cumsum(opened - closed)[:count]
        return around


def preorder(parents: np.ndarray, keys: tuple[np.ndarray, ...]) -> Preorder:
    """Read a forest: a node, then below it its children.

    Args:
        parents: for each node its parent, -1 for roots; free of cycles, in any order.
        keys: what siblings are sorted by, the last first (as `numpy.lexsort` takes them).
    """
    return read_families(parents, np.lexsort((*keys, parents)))


def read_families(parents: np.ndarray, families: np.ndarray) -> Preorder:
    """The same from the nodes sorted by their parent, siblings in the order to read them."""
    count = len(parents)
    if not count:
        return Preorder(parents, parents)
    first_child, next_sibling = _families(parents, families)
    beyond = np.append(next_sibling, count)[_with_next(parents, next_sibling)]
    step = np.append(np.where(first_child[:-1] < count, first_child[:-1], beyond), count)
    order = first_child[-1:]
    while len(order) < count:
        order = np.concatenate([order, step[order]])
        step = step[step]
    order = order[:count]
    place = np.empty(count + 1, dtype=np.int64)
    place[order] = np.arange(count)
    place[count] = count
    return Preorder(order, place[beyond] - place[:-1])


def highest_below(parents: np.ndarray, values: np.ndarray) -> np.ndarray:
    """For each node of a forest the highest value of it and all below it."""
    up = np.where(parents >= 0, parents, np.arange(len(parents)))
    best = values
    while True:
        further = best.copy()
        np.maximum.at(further, up, best)
        if np.array_equal(further, best):
            return best
        best, up = further, up[up]


def _families(parents: np.ndarray, sorted_nodes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """First child (of the whole at the end) and next sibling of each node; its count for none."""
    count = len(parents)
    owners = parents[sorted_nodes]
    follows = owners[1:] == owners[:-1]
    next_sibling = np.full(count, count)
    next_sibling[sorted_nodes[:-1][follows]] = sorted_nodes[1:][follows]
    eldest = np.append(True, ~follows)
    first_child = np.full(count + 1, count)  # roots' owner is -1: the last place
    first_child[owners[eldest]] = sorted_nodes[eldest]
    return first_child, next_sibling


def _with_next(parents: np.ndarray, next_sibling: np.ndarray) -> np.ndarray:
    """The nearest node, from each upwards, that has a next sibling; their count for none."""
    count = len(parents)
    above = np.where(parents >= 0, parents, count)
    up = np.append(np.where(next_sibling < count, np.arange(count), above), count)
    while True:
        further = up[up]
        if np.array_equal(further, up):
            nearest: np.ndarray = up[:-1]
            return nearest
        up = further
