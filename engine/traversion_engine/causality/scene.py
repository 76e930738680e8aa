"""A recording as a tree shows it: every node of a walk, and what is said on it.

| recorded | node |
|---|---|
| an event | its row |
| events on a ring of parents | one: the row of the earliest, named `cycle (3): #1, #2, #3` |
| identical repeats of a span | one: the row of the first, marked `×2` |
| a parent that events name and that is not recorded | a row behind all others, `not seen: id` |

Where none of these occurs the nodes are the rows and nothing is copied.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
import polars as pl

from traversion_data import schema
from traversion_engine.causality.absent import find_absent, with_absent
from traversion_engine.causality.direct import DirectEdges
from traversion_engine.causality.evidence import event_number
from traversion_engine.causality.ways import Ways

FACTS: Final = [
    schema.SEQ, schema.TIME, schema.TYPE, schema.SERVICE, schema.HOST, schema.OPERATION,
    schema.SEVERITY, schema.MESSAGE, schema.TRACE_ID, schema.SPAN_ID, schema.PARENT_SPAN_ID,
    schema.DURATION, schema.ERROR_OCCURRED,
]  # fmt: skip
MARK: Final[dict[str, pl.DataType]] = {
    "node": pl.UInt32(),
    "title": pl.String(),
    "times": pl.String(),
    "told": pl.String(),
}
"""What is said on a node beside its event: a title instead of its message, `×2` before it, and a
sentence for its evidence. Each may be NULL."""
_TIMES: Final = ("time", "end", "timed")
_NAMED: Final = 3
"""Repeats that are named."""


@dataclass(frozen=True)
class Scene:
    """The nodes of a frame of events.

    events: `FACTS` of each node; those of parents not seen are NULL but for their ids and time.
    node_of: the node of each event row. ways: the edges between nodes. marks: rows of `MARK`.
    errors, complaints: for each node whether an event of it reports an error, or at least warns.
    """

    events: pl.DataFrame
    node_of: np.ndarray
    ways: Ways
    marks: pl.DataFrame
    errors: np.ndarray
    complaints: np.ndarray

    @property
    def height(self) -> int:
        """Number of nodes; some that stand for nothing (members of rings) are counted."""
        return self.events.height

    def any_of(self, rows: np.ndarray) -> np.ndarray:
        """For each node whether any of its events is marked; bool, as is `rows`."""
        return _any_of(rows, self.node_of, self.height)

    @cached_property
    def seqs(self) -> np.ndarray:
        """The number of each node's event, -1 where it has none."""
        return self.events[schema.SEQ].fill_null(-1).to_numpy()


def scene_of(
    events: pl.DataFrame,
    direct: DirectEdges,
    ways: Ways,
    errors: np.ndarray,
    complaints: np.ndarray,
) -> Scene:
    """The scene of the events from which edges and ways were made; errors and complaints by row."""
    rings, absent = direct.rings, find_absent(direct)
    node_of = np.arange(events.height)
    node_of[rings["row"].to_numpy()] = rings["head"].to_numpy()
    facts = events.select(FACTS)
    if rings.height:
        ways = _ringless(ways, node_of, rings)
    if absent.nodes.height:
        facts = pl.concat([facts, absent.nodes.select(FACTS)]).rechunk()
        ways = with_absent(ways, absent)
    marked = (_any_of(rows, node_of, facts.height) for rows in (errors, complaints))
    return Scene(facts, node_of, ways, node_marks(direct), *marked)


def node_marks(direct: DirectEdges) -> pl.DataFrame:
    """Rows of `MARK` for rings and repeats; one a node, a ring's own before all."""
    rings, repeats = _ring_marks(direct.rings), _repeat_marks(direct)
    on_ring = direct.rings.select(node="row")
    return pl.concat([rings, repeats.join(on_ring, on="node", how="anti")], how="diagonal").select(
        pl.col(name).cast(dtype) for name, dtype in MARK.items()
    )


def _ring_marks(rings: pl.DataFrame) -> pl.DataFrame:
    heads = rings.filter(pl.col("row") == pl.col("head"))
    said = "; by their ids each is called by another of them, so they are shown as one"
    return heads.select(
        node="row", title="name", times=pl.lit(None, dtype=pl.String), told=pl.col("name") + said
    )


def _repeat_marks(direct: DirectEdges) -> pl.DataFrame:
    """Marks of spans that are recorded several times alike."""
    seqs = direct.nodes.rows["seq"]
    again = event_number(pl.lit(seqs.gather(direct.nodes.twins["row"])))
    repeated = (
        direct.nodes.twins.with_columns(again=again)
        .group_by("node")
        .agg(times=pl.len() + 1, seqs=pl.col("again").sort_by("row").head(_NAMED).str.join(", "))
    )
    return repeated.select(
        "node",
        title=pl.lit(None, dtype=pl.String),
        times=pl.format("×{}", "times"),
        told=pl.format("×{}: repeated alike by {}", "times", "seqs")
        + pl.when(pl.col("times") > _NAMED + 1).then(pl.lit(" and more")).otherwise(pl.lit("")),
    )


def _any_of(rows: np.ndarray, node_of: np.ndarray, height: int) -> np.ndarray:
    nodes = np.zeros(height, dtype=bool)
    nodes[node_of[rows]] = True
    return nodes


def _ringless(ways: Ways, node_of: np.ndarray, rings: pl.DataFrame) -> Ways:
    """The ways with every ring as one node, whose time is that of all on it."""
    moments = ways.moments
    spans = (
        rings.select("row", "head", *(moments[name].gather(rings["row"]) for name in _TIMES))
        .group_by("head")
        .agg(pl.min("time"), pl.max("end"), pl.col("timed").any())
    )
    heads = spans["head"]
    moments = moments.with_columns(moments[name].scatter(heads, spans[name]) for name in _TIMES)
    nodes = pl.Series(node_of.astype(np.uint32))

    def mend(edges: pl.DataFrame) -> pl.DataFrame:
        moved = edges.with_columns(
            nodes.gather(edges[name]).alias(name) for name in ("effect", "cause")
        )
        return moved.filter(pl.col("effect") != pl.col("cause"))

    return ways.mended(moments, mend)
