"""Warnings about events, as few sentences for a reader."""

from __future__ import annotations

from typing import Final

import polars as pl

from traversion_engine.causality.evidence import event_number

TOLD: Final = 3
"""Different remarks, and events of each, that are written out; the rest is counted."""


def remarks(warnings: pl.DataFrame) -> tuple[str, ...]:
    """One sentence a kind of remark, naming its first events; `warnings` is `seq, warning`."""
    kinds = (
        warnings.group_by("warning", maintain_order=True)
        .agg(
            event_number(pl.col("seq")).head(TOLD).str.join(", ").alias("named"),
            (pl.len().cast(pl.Int64) - TOLD).alias("more"),
        )
        .with_columns(
            more=pl.when(pl.col("more") > 0)
            .then(pl.format(" and {} more", "more"))
            .otherwise(pl.lit(""))
        )
    )
    told = kinds.head(TOLD).select(pl.format("{}{}: {}.", "named", "more", "warning")).to_series()
    left = kinds.height - len(told)
    return (*told, *((f"{left:,} more kinds of remarks.",) if left else ()))
