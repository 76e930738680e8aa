"""How far the clocks of sources run apart, for the column `skew_ms` of SHOW SOURCES.

A source has a clock where all its events that name a host name the same. Clocks are compared by the
calls between hosts (`causality.clocks`), with that of the host which has most of them; times are
never changed by it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import polars as pl

from traversion_data import schema
from traversion_data.model import MILLISECOND
from traversion_data.safe import printable
from traversion_data.store.view import StoreView
from traversion_engine.causality.clocks import ENOUGH, clock_notes, several, told_offsets
from traversion_engine.causality.direct import direct_edges
from traversion_engine.causality.evidence import LONGEST_ID
from traversion_engine.causality.index import WHOLE_UP_TO, whole_index


@dataclass(frozen=True, slots=True)
class Clocks:
    """`skews`: by source ordinal, ms that its clock is ahead of the one compared with."""

    skews: dict[int, float]
    notes: tuple[str, ...] = ()


_UNKNOWN: Final = Clocks({})


def source_clocks(view: StoreView) -> Clocks:
    """What is known of the clocks of a snapshot's sources, of a large one by its first events.

    0 is said of a clock that may be the same as the one compared with, as far as calls can tell.
    """
    hosts = several(view.events[schema.HOST])
    if hosts is None:
        return _UNKNOWN
    whole = view.height <= WHOLE_UP_TO
    direct = whole_index(view).direct if whole else direct_edges(view.page(0, WHOLE_UP_TO))
    offsets = direct.clocks.filter(pl.col("pairs") >= ENOUGH)
    if offsets.is_empty():
        return _UNKNOWN
    told = clock_notes(offsets, hosts)
    reference, ahead = _against_one(offsets)
    owned = _hosts_of_sources(view.events)
    skews = {source: ahead[host] for source, host in owned.items() if host in ahead}
    if not skews:
        return Clocks({}, told)
    against = printable(reference, LONGEST_ID)
    return Clocks(skews, (f"skew_ms is against the clock of host {against}.", *told))


def _against_one(offsets: pl.DataFrame) -> tuple[str, dict[str, float]]:
    """The host of most calls, and by how many ms the others that it calls are ahead of it."""
    sides = [
        offsets.select(host=one, other=other, ahead=sign * pl.col("offset_ns"), pairs="pairs")
        for one, other, sign in (("host_a", "host_b", 1), ("host_b", "host_a", -1))
    ]
    apart = told_offsets(offsets).select("host_a", "host_b", sure=True)
    both = pl.concat(sides)
    named = pl.concat([apart, apart.select(host_a="host_b", host_b="host_a", sure="sure")]).rename(
        {"host_a": "host", "host_b": "other"}
    )
    known = both.join(named, on=["host", "other"], how="left")
    reference = str(
        known.group_by("host")
        .agg(pl.col("pairs").sum())
        .sort("pairs", "host", descending=[True, False])["host"][0]
    )
    ahead = pl.when(pl.col("sure")).then(pl.col("ahead") / MILLISECOND).otherwise(0.0)
    beside = known.filter(host=reference).select("other", ahead)
    return reference, {reference: 0.0, **dict(beside.rows())}


def _hosts_of_sources(events: pl.DataFrame) -> dict[int, str]:
    """Of the sources with one host, by ordinal, which that is."""
    hosts = (
        events.lazy()
        .select(schema.SOURCE, pl.col(schema.HOST).cast(pl.String))
        .drop_nulls()
        .group_by(schema.SOURCE)
        .agg(pl.col(schema.HOST).unique())
        .filter(pl.col(schema.HOST).list.len() == 1)
        .select(schema.SOURCE, pl.col(schema.HOST).list.first())
        .collect()
    )
    return dict(hosts.rows())
