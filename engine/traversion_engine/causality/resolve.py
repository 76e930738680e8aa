"""From an id that an event names to the span that bears it.

An id is looked up inside its trace only. Where several spans bear it, the one is taken that is of
the same service and host, else of the same service, else of the same host, else the one that is no
client; among these the nearest that starts no later, else the nearest that starts later.
"""

from __future__ import annotations

from typing import Final, Literal

import polars as pl

from traversion_engine.causality.nodes import CALLEES, CALLERS

_LADDER: Final[tuple[tuple[str, ...], ...]] = (("service", "host"), ("service",), ("host",), ())
FOUND: Final[dict[str, pl.DataType]] = {
    "row": pl.UInt32(),
    "node": pl.UInt32(),
    "ambiguous": pl.Boolean(),
}


def resolve(references: pl.DataFrame, spans: pl.DataFrame) -> pl.DataFrame:
    """The span that each reference means.

    Args:
        references: `row, trace, span` (the id named), `time, service, host` of the naming event.
        spans: `Nodes.spans`.

    Returns:
        `row, node, ambiguous` for the references found; `node` is the span's row.
    """
    bearers = spans.filter(~pl.col("crowded"))
    found = references.join(
        bearers.select("trace", "span", node="row"), on=["trace", "span"], how="inner"
    ).select("row", "node", ambiguous=pl.lit(value=False))
    if bearers.height == spans.height:
        return found
    crowd = spans.filter("crowded")
    asked = references.join(crowd, on=["trace", "span"], how="semi")
    return pl.concat([found, _nearest(asked, crowd)])


def shared_callers(spans: pl.DataFrame) -> pl.DataFrame:
    """For servers that share their id with a client, that client: `row, node, ambiguous`."""
    callers = spans.filter(pl.col("crowded") & pl.col("kind").is_in(CALLERS))
    callees = spans.filter(pl.col("crowded") & pl.col("kind").is_in(CALLEES))
    return _climb(callees, callers, ())


def _nearest(asked: pl.DataFrame, crowd: pl.DataFrame) -> pl.DataFrame:
    found: list[pl.DataFrame] = []
    for candidates, same in (
        *((crowd, same) for same in _LADDER[:-1]),
        (crowd.filter(~pl.col("kind").is_in(CALLERS).fill_null(value=False)), ()),
        (crowd, ()),
    ):
        if asked.is_empty():
            break
        step = _climb(asked, candidates, same)
        found.append(step)
        asked = asked.join(step, on="row", how="anti")
    return pl.concat([pl.DataFrame(schema=FOUND), *found])


def _climb(asked: pl.DataFrame, candidates: pl.DataFrame, same: tuple[str, ...]) -> pl.DataFrame:
    """Match on the id and the columns `same`, nearest earlier in time before nearest later."""
    by = ["trace", "span", *same]
    known = pl.all_horizontal(pl.col(by).is_not_null())
    left = asked.filter(known).select("row", "time", *by).sort("time", "row")
    right = candidates.filter(known).select(*by, "time", "pair", "seq", node="row")
    earlier = _asof(left, right.sort("time", "seq"), by, "backward")
    late = left.join(earlier, on="row", how="anti", maintain_order="left")
    later = _asof(late, right.sort("time", "seq", descending=[False, True]), by, "forward")
    return pl.concat([earlier, later])


def _asof(
    left: pl.DataFrame, right: pl.DataFrame, by: list[str], strategy: Literal["backward", "forward"]
) -> pl.DataFrame:
    joined = left.join_asof(
        right,
        on="time",
        by=by,
        strategy=strategy,
        check_sortedness=False,  # both are sorted by time, which is not checked beside `by`
    )
    return joined.filter(pl.col("node").is_not_null()).select(
        "row", "node", ambiguous=~pl.col("pair")
    )
