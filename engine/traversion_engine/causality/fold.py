"""Long trees made short: of many siblings alike one row says for how many it stands.

A tree of up to `WHOLE_UP_TO` rows is left as it is. In a longer one the first `ALIKE` siblings that
are alike stay, the next stands for itself and all the others, and what is below these is counted.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl

from traversion_engine.causality.lengths import length_text

WHOLE_UP_TO: Final = 10_000
ALIKE: Final = 10


@dataclass(frozen=True)
class Folded:
    """The rows kept, in order. All arrays are of one length.

    rows: what to show. stands: how many siblings each stands for, itself included; 1 for the
    others. below: rows below these that are not shown. spent: their time together, ns.
    """

    rows: np.ndarray
    stands: np.ndarray
    below: np.ndarray
    spent: np.ndarray

    @property
    def marked(self) -> int:
        """Rows that stand for others beside themselves."""
        return int((self.stands > 1).sum())

    @property
    def total(self) -> int:
        """Rows shown and those that they stand for."""
        return int(self.stands.sum() + self.below.sum())

    def head(self, count: int) -> Folded:
        """The first rows only."""
        some = slice(count)
        return Folded(self.rows[some], self.stands[some], self.below[some], self.spent[some])

    def times(self) -> pl.Series:
        """`×99,990` of rows that stand for many, else NULL."""
        many = self.stands.tolist()
        return pl.Series([f"×{count:,}" if count > 1 else None for count in many], dtype=pl.String)

    def sums(self) -> pl.Series:
        """`4.1 s and 12 rows below them` of rows that stand for many, else NULL."""
        lengths = pl.DataFrame({"spent": self.spent}).select(text=length_text(pl.col("spent")))
        many = zip(self.stands.tolist(), self.below.tolist(), lengths["text"], strict=True)
        return pl.Series([_sum(*row) for row in many], dtype=pl.String)


def fold(
    parents: np.ndarray, ends: np.ndarray, alike: pl.DataFrame, durations: pl.Series
) -> Folded:
    """Fold a tree given in reading order.

    Args:
        parents: for each node the number of its parent, any numbers from -1 on.
        ends: for each node the row behind the last one below it.
        alike: one row a node; siblings are alike where these are equal.
        durations: of each node, ns; NULL where it has none.
    """
    rows = np.arange(len(ends))
    stands, below, spent = np.ones_like(rows), np.zeros_like(rows), np.zeros_like(rows)
    if len(ends) <= WHOLE_UP_TO:
        return Folded(rows, stands, below, spent)
    crowd = np.flatnonzero(np.bincount(parents + 1)[parents + 1] > ALIKE + 1)
    names = ["parent", *alike.columns]
    extra = (
        alike[crowd]
        .with_columns(
            parent=parents[crowd], row=crowd, end=ends[crowd], spent=durations.gather(crowd)
        )
        .with_columns(rank=pl.int_range(pl.len()).over(names), of=pl.len().over(names))
        .filter((pl.col("of") > ALIKE + 1) & (pl.col("rank") >= ALIKE))
    )
    heads = extra.group_by(names, maintain_order=True).agg(
        pl.first("row"),
        stands=pl.len(),
        below=(pl.col("end") - pl.col("row") - 1).sum(),
        spent=pl.col("spent").sum(),
    )
    hidden = _covered(extra["row"].to_numpy() + 1, extra["end"].to_numpy(), len(rows))
    hidden[extra.filter(pl.col("rank") > ALIKE)["row"].to_numpy()] = True
    for name, column in (("stands", stands), ("below", below), ("spent", spent)):
        column[heads["row"].to_numpy()] = heads[name].to_numpy()
    kept = np.flatnonzero(~hidden)
    return Folded(kept, stands[kept], below[kept], spent[kept])


def fold_notes(tables: Iterable[Folded]) -> tuple[str, ...]:
    """What the reader is told where rows stand for others, nothing where none does."""
    tables = tuple(tables)
    rows = sum(table.marked for table in tables)
    if not rows:
        return ()
    others = sum(table.total - len(table.rows) for table in tables)
    said = (
        f"Under one parent the first {ALIKE} rows alike are listed; {counted(rows, 'row')}"
        f" marked × {'stands' if rows == 1 else 'stand'} for {others:,} more."
    )
    return (said,)


def counted(count: int, noun: str) -> str:
    """`1 row`, `99,990 rows`."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def _sum(stands: int, below: int, spent: str) -> str | None:
    if stands == 1:
        return None
    under = f" and {counted(below, 'row')} below them" if below else ""
    return f"{spent} in all{under}"


def _covered(starts: np.ndarray, ends: np.ndarray, count: int) -> np.ndarray:
    """Which rows lie in any of the half-open intervals."""
    steps = np.bincount(starts, minlength=count + 1) - np.bincount(ends, minlength=count + 1)
    covered: np.ndarray = np.cumsum(steps)[:count] > 0
    return covered
