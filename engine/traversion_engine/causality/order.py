"""The order in which a walk is read: what explains most comes first."""

from __future__ import annotations

import numpy as np

from traversion_engine.causality.fan import Fan
from traversion_engine.causality.preorder import Preorder, highest_below, preorder
from traversion_engine.causality.scene import Scene
from traversion_engine.causality.walk import Walk
from traversion_engine.causality.ways import CALLS, RETURNS


def reading_order(walk: Walk, fan: Fan, scene: Scene, times: np.ndarray) -> Preorder:
    """Entries of a walk as a tree is read.

    Among siblings those come first that lead to a match of UNTIL, then all but the way up to the
    caller (from a healthy span that way itself), then callees that failed, then what leads to the
    deepest error, then what leads to a warning, then by the kind of step, then the nearest in time,
    then seq. Errors and warnings are those of `Fan.outcomes`.

    Args:
        walk: the walk.
        fan: the edges that were walked.
        scene: the nodes that they join.
        times: for each node its moment as the walk's clock runs: larger is nearer.
    """
    rows, parents, groups = walk.rows, walk.parents, walk.groups
    told = np.append(fan.outcomes, False)[walk.edges]  # the start has no edge: the last
    errors = scene.errors[rows] & told
    reach = highest_below(parents, np.where(errors, walk.depths, 0))
    complaints = highest_below(parents, scene.complaints[rows] & told)
    leads = highest_below(parents, walk.matched)
    aside = np.where(groups == CALLS, 1, np.where(groups < RETURNS, -1, 0))
    failed = errors & (groups == RETURNS)
    keys = (scene.seqs[rows], -times[rows], groups, ~complaints, -reach, ~failed, aside, ~leads)
    return preorder(parents, keys)


def leaves(walk: Walk) -> np.ndarray:
    """For each entry whether nothing follows it."""
    inner = np.zeros(len(walk.rows), dtype=bool)
    inner[walk.parents[1:]] = True
    return ~inner
