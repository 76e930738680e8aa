"""What is odd about events, and the few sentences in which a reader is told."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

import polars as pl

from traversion_engine.causality.evidence import event_number


class Oddity(StrEnum):
    """Kinds of remarks, those that change a tree most first."""

    CYCLE = "cycle"
    SELF_PARENT = "self-parent"
    SHARED_ID = "shared id"
    UNSEEN = "parent not seen"
    REPEAT = "repeat"
    EARLY = "early start"
    LENGTH = "length"
    POINT = "point"
    """A duration of 0 that a coarse clock explains."""


ODDITY: Final = pl.Enum([kind.value for kind in Oddity])
WARNING: Final[dict[str, pl.DataType]] = {
    "seq": pl.Int64(),
    "oddity": ODDITY,
    "warning": pl.String(),
}

NAMED: Final = 3
"""Events, and cycles, that are named; the others are counted."""

_NOT_TOLD: Final = (Oddity.CYCLE, Oddity.POINT)


def warned(frame: pl.DataFrame, oddity: Oddity, warning: pl.Expr) -> pl.DataFrame:
    """Rows of `WARNING` for a frame with `seq`; none where the text is NULL."""
    rows = frame.select(
        pl.col("seq").cast(pl.Int64),
        pl.lit(oddity, dtype=ODDITY).alias("oddity"),
        warning.cast(pl.String).alias("warning"),
    )
    return rows.filter(pl.col("warning").is_not_null())


def remarks(warnings: pl.DataFrame) -> tuple[str, ...]:
    """One sentence a kind, and one a cycle; durations of 0 that are just short are not told."""
    cycles = warnings.filter(pl.col("oddity") == Oddity.CYCLE)["warning"]
    cycles = cycles.unique(maintain_order=True)
    more = cycles.len() - NAMED
    told = [f"{text}." for text in cycles.head(NAMED)]
    told += [f"{more:,} more cycles were cut."] if more > 0 else []
    kinds = (
        warnings.filter(~pl.col("oddity").is_in(_NOT_TOLD))
        .group_by("oddity")
        .agg(
            event_number(pl.col("seq")).head(NAMED).alias("named"),
            pl.len().alias("count"),
            pl.col("warning").first(),
            pl.col("warning").n_unique().alias("texts"),
        )
        .sort("oddity")
    )
    for _, named, count, warning, texts in kinds.iter_rows():
        others = f" and {count - NAMED:,} more" if count > NAMED else ""
        if texts == 1:
            told.append(f"{', '.join(named)}{others}: {warning}.")
        else:
            told.append(f"{named[0]}: {warning}; {count - 1:,} more are like it.")
    return tuple(told)
