"""How far the clocks of two hosts lie apart, from the calls between them.

A callee starts no earlier than its caller started and ends no later than its caller ended. Where a
call goes from host a to host b and b's clock runs ahead of a's by o,

    callee.end - caller.end  <=  o  <=  callee.start - caller.start

by the clocks as they are; a call from b to a gives the same with signs turned. Of many calls the
medians of both bounds are taken, so a few wrong ones do not matter. Times are never changed by it.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

import polars as pl

from traversion_engine.causality.evidence import EdgeRole, shown_id
from traversion_engine.causality.lengths import length_text

CALL: Final[dict[str, pl.DataType]] = {
    "caller_host": pl.String(),
    "callee_host": pl.String(),
    "caller_start": pl.Int64(),
    "caller_end": pl.Int64(),
    "callee_start": pl.Int64(),
    "callee_end": pl.Int64(),
}
OFFSET: Final[dict[str, pl.DataType]] = {
    "host_a": pl.String(),
    "host_b": pl.String(),
    "offset_ns": pl.Int64(),
    "low": pl.Int64(),
    "high": pl.Int64(),
    "pairs": pl.Int64(),
}
"""`offset_ns` is what b's clock shows less what a's shows at one moment, midway between `low` and
`high`; `pairs` counts the calls. `host_a` is the name that sorts first."""
ENOUGH: Final = 3
"""Calls from which on an offset is told."""
_NAMED: Final = 3
_ASYNCHRONOUS: Final = ("producer", "consumer")


def calls_between_hosts(rows: pl.DataFrame, edges: pl.DataFrame) -> pl.DataFrame:
    """Rows of `CALL`: calls whose two ends are known, on two hosts that are known.

    Messages are left out, their consumer may outlast the producer, and so is what ids leave in
    doubt (cycles, spans that share an id). `rows` are those of `Nodes`, `edges` the structural.
    """
    if several(rows["host"]) is None:
        return pl.DataFrame(schema=CALL)
    sure = (pl.col("role") == EdgeRole.CALL) & pl.col("cycle").is_null() & ~pl.col("ambiguous")
    calls = edges.filter(sure)
    facts = rows.select("host", "time", "end", "timed", "kind")
    caller, callee = facts[calls["parent_row"]], facts[calls["child_row"]]
    both = pl.concat(
        [
            caller.select(pl.all().name.prefix("caller_")),
            callee.select(pl.all().name.prefix("callee_")),
        ],
        how="horizontal",
    )
    message = pl.any_horizontal(
        pl.col("caller_kind", "callee_kind").is_in(_ASYNCHRONOUS).fill_null(value=False)
    )
    timed = pl.col("caller_timed") & pl.col("callee_timed")
    apart = pl.col("caller_host") != pl.col("callee_host")
    return (
        both.filter(timed & apart & ~message)
        .select(
            pl.col("caller_host", "callee_host").cast(pl.String),
            "caller_end",
            "callee_end",
            caller_start="caller_time",
            callee_start="callee_time",
        )
        .select(*CALL)
    )


def host_offsets(calls: pl.DataFrame) -> pl.DataFrame:
    """Rows of `OFFSET`, one for each two hosts that call each other, from rows of `CALL`.

    Calls that outlast their caller fit at no offset (nobody waited for them) and are left out.
    """
    start = pl.col("callee_start") - pl.col("caller_start")
    end = pl.col("callee_end") - pl.col("caller_end")
    onward = pl.col("caller_host") < pl.col("callee_host")
    bounds = calls.filter(end <= start).select(
        host_a=pl.min_horizontal("caller_host", "callee_host"),
        host_b=pl.max_horizontal("caller_host", "callee_host"),
        low=pl.when(onward).then(end).otherwise(-start),
        high=pl.when(onward).then(start).otherwise(-end),
    )
    hosts = ["host_a", "host_b"]
    found = bounds.group_by(hosts).agg(pl.median("low", "high"), pairs=pl.len()).sort(hosts)
    middle = (pl.col("low") + pl.col("high")) / 2
    return found.with_columns(offset_ns=middle).select(
        pl.col(name).round().cast(dtype) if dtype.is_integer() else pl.col(name)
        for name, dtype in OFFSET.items()
    )


def several(hosts: pl.Series) -> list[str] | None:
    """The different hosts among these, None where there are less than two."""
    names = hosts.drop_nulls().unique()
    return names.cast(pl.String).to_list() if len(names) > 1 else None


def told_offsets(offsets: pl.DataFrame) -> pl.DataFrame:
    """Of rows of `OFFSET` those that rest on enough calls and that no common clock explains."""
    apart = (pl.col("low") > 0) | (pl.col("high") < 0)
    return offsets.filter(apart & (pl.col("pairs") >= ENOUGH))


def callee_ahead(offsets: pl.DataFrame, hosts: pl.DataFrame) -> pl.Series:
    """By how many ns the callee's clock runs ahead of its caller's; 0 where nothing is known.

    Args:
        offsets: rows of `OFFSET` to go by.
        hosts: `caller_host, callee_host` of calls.
    """
    onward = offsets.select(caller_host="host_a", callee_host="host_b", ahead="offset_ns")
    back = offsets.select(caller_host="host_b", callee_host="host_a", ahead=-pl.col("offset_ns"))
    key = ["caller_host", "callee_host"]
    named = hosts.select(pl.col(key).cast(pl.String))
    found = named.join(pl.concat([onward, back]), on=key, how="left", maintain_order="left")
    return found["ahead"].fill_null(0)


def clock_notes(offsets: pl.DataFrame, hosts: Collection[str]) -> tuple[str, ...]:
    """Which of the hosts have clocks that cannot be one, those known from most calls first."""
    known = pl.col("host_a").is_in(list(hosts)) & pl.col("host_b").is_in(list(hosts))
    told = (
        told_offsets(offsets)
        .filter(known)
        .sort("pairs", "host_a", "host_b", descending=[True, False, False])
    )
    side = pl.when(pl.col("offset_ns") < 0).then(pl.lit("behind")).otherwise(pl.lit("ahead of"))
    said = told.head(_NAMED).select(
        pl.format(
            "Host {} is about {} {} host {} ({} pairs); times are shown as recorded.",
            shown_id("host_b"), length_text(pl.col("offset_ns")), side, shown_id("host_a"), "pairs",
        )
    )  # fmt: skip
    more = told.height - _NAMED
    rest = [f"The clocks of {more:,} more pairs of hosts differ."] if more > 0 else []
    return (*said.to_series(), *rest)
