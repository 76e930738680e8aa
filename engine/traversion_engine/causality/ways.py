"""What a walk may step over: causal edges between nodes, ready to be walked either way.

A node is mostly the row of an event; `scene` says where it is not. Times of nodes decide what came
before what, so they stand beside the edges.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Final, TypeAlias

import numpy as np
import polars as pl

from traversion_engine.causality.direct import DirectEdges
from traversion_engine.causality.evidence import CONFIDENCE, ROLE, RULE, EdgeRole, Rule
from traversion_engine.causality.fan import ALWAYS, OPEN, Fan

RETURNS, LOGS, INFERRED, CALLS = 0, 1, 2, 3
"""Groups of steps, in the order in which they explain an error."""

At: TypeAlias = pl.Series | int
Mended: TypeAlias = Callable[[pl.DataFrame], pl.DataFrame]

_MOMENTS: Final = ("time", "end", "timed")


@dataclass(frozen=True)
class Ways:
    """Edges of every kind: EDGE columns and `effect, cause`, the nodes that they join.

    moments: `time, end, timed` of each node. structural: to the one parent of each event. returns:
    back from callees. logged: from logs to what their writer did next. beside: links and inferred.
    """

    moments: pl.DataFrame
    structural: pl.DataFrame
    returns: pl.DataFrame
    logged: pl.DataFrame
    beside: pl.DataFrame

    @cached_property
    def backward(self) -> Fan:
        """Steps from effects to causes."""
        time = self.moments["time"]
        seen_until = self.moments.select(
            pl.when("timed").then("end").otherwise("time")
        ).to_series()  # fmt: skip
        complaints = self.logged.filter(pl.col("rule") == Rule.LOGGED)
        up, back, beside = self.structural, self.returns, self.beside

        def step(edges: pl.DataFrame, group: int, moment: At, enter: At) -> pl.DataFrame:
            return _steps(edges, ("effect", "cause"), group, moment, enter)

        return Fan.build(
            pl.concat(
                [
                    step(back, RETURNS, seen_until.gather(back["cause"]), OPEN),
                    step(complaints, LOGS, time.gather(complaints["cause"]), OPEN),
                    step(beside, INFERRED, ALWAYS, time.gather(beside["effect"])),
                    step(up, CALLS, ALWAYS, time.gather(up["effect"])),
                ]
            )
        )

    @cached_property
    def forward(self) -> Fan:
        """Steps from causes to effects; moments are negative times."""
        time, end = self.moments["time"], self.moments["end"]
        down, back = self.structural, self.returns

        def step(edges: pl.DataFrame, group: int, moment: At, enter: At) -> pl.DataFrame:
            return _steps(edges, ("cause", "effect"), group, moment, enter)

        return Fan.build(
            pl.concat(
                [
                    step(back, RETURNS, ALWAYS, -end.gather(back["cause"])),
                    step(self.logged, LOGS, ALWAYS, -time.gather(self.logged["cause"])),
                    step(self.beside, INFERRED, ALWAYS, OPEN),
                    step(down, CALLS, -time.gather(down["effect"]), OPEN),
                ]
            )
        )

    def mended(self, moments: pl.DataFrame, mend: Mended) -> Ways:
        """The same with other moments and every table of edges changed alike."""
        tables = (self.structural, self.returns, self.logged, self.beside)
        return Ways(moments, *map(mend, tables))


def recorded_ways(
    direct: DirectEdges, inferred: pl.DataFrame, complaints: np.ndarray, future: np.ndarray
) -> Ways:
    """The ways between events as they are recorded, without rings.

    Args:
        direct: what ids say.
        inferred: EDGE rows of other kinds.
        complaints: for each row whether it warns or reports an error (bool).
        future: for each row whether it lies in the future (bool); such a cause of something that
            does not is left out.
    """

    def joined(edges: pl.DataFrame) -> pl.DataFrame:
        known = edges.with_columns(effect="child_row", cause="parent_row")
        if not future.any():
            return known
        early = future[known["cause"].to_numpy()] & ~future[known["effect"].to_numpy()]
        return known.filter(~early)

    return Ways(
        direct.nodes.rows.select(_MOMENTS),
        joined(direct.edges),
        joined(direct.returns),
        joined(_logged(direct, complaints)),
        joined(pl.concat([direct.links, inferred])),
    )


def _logged(direct: DirectEdges, complaints: np.ndarray) -> pl.DataFrame:
    emits = direct.edges.filter(pl.col("role") == EdgeRole.EMIT)
    rows = direct.nodes.rows
    complains = pl.Series(complaints).gather(emits["child_row"])
    rule = (
        pl.when(complains)
        .then(pl.lit(Rule.LOGGED, dtype=RULE))
        .otherwise(pl.lit(Rule.REMARK, dtype=RULE))
    )
    confidence = pl.when(complains).then(CONFIDENCE[Rule.LOGGED]).otherwise(
        CONFIDENCE[Rule.REMARK]
    )  # fmt: skip
    span_end, log_time = (
        rows["end"].gather(emits["parent_row"]),
        rows["time"].gather(emits["child_row"]),
    )
    return emits.select(
        child="parent",
        parent="child",
        child_row="parent_row",
        parent_row="child_row",
        kind="kind",
        role=pl.lit(EdgeRole.EMIT, dtype=ROLE),
        rule=rule,
        confidence=confidence,
        lag_ns=span_end - log_time,
        cycle="cycle",
        ambiguous="ambiguous",
        words="words",
    )


def _steps(
    edges: pl.DataFrame, way: tuple[str, str], group: int, moment: At, enter: At
) -> pl.DataFrame:
    owner, other = way
    return edges.with_columns(
        pl.col(owner).alias("owner"),
        pl.col(other).alias("other"),
        pl.lit(moment, dtype=pl.Int64).alias("moment"),
        pl.lit(enter, dtype=pl.Int64).alias("enter"),
        pl.lit(group, dtype=pl.Int8).alias("group"),
    )
