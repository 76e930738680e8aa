"""All effects as the rows of an answer: p corrected, a verdict on each, in order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import polars as pl

from traversion_engine.diagnose.compare.effects import Effects
from traversion_engine.diagnose.compare.significance import LEVEL, false_discovery

SCHEMA: Final[dict[str, pl.DataType]] = {
    "service": pl.String(),
    "field": pl.String(),
    "a": pl.Float64(),
    "b": pl.Float64(),
    "change": pl.Float64(),
    "ratio": pl.Float64(),
    "a_n": pl.Int64(),
    "b_n": pl.Int64(),
    "p_value": pl.Float64(),
    "verdict": pl.String(),
}
_DIFFERS: Final = ("higher", "lower", "new", "gone")


def rows(found: Sequence[tuple[str, pl.Series, Effects]]) -> pl.DataFrame:
    """Each measure's label, names of groups and effects, as `SCHEMA`, `size` and `place`.

    place: the number of the measure. p is corrected over all rows; details that are not
    significant are left out.
    """
    parts = [_rows(place, *one) for place, one in enumerate(found)]
    if not parts:
        return pl.DataFrame(schema={**SCHEMA, "size": pl.Float64(), "place": pl.Int64()})
    table = pl.concat(parts)
    corrected = pl.Series(false_discovery(table["p"].fill_null(float("nan")).to_numpy()))
    differs = pl.col("p_value") <= LEVEL
    return (
        table.with_columns(p_value=corrected.fill_nan(None).round_sig_figs(4))
        .with_columns(
            verdict=pl.when(pl.col("p_value").is_null())
            .then(pl.lit("too_few"))
            .when(differs & pl.col("none_a"))
            .then(pl.lit("new"))
            .when(differs & pl.col("none_b"))
            .then(pl.lit("gone"))
            .when(differs & (pl.col("change") > 0))
            .then(pl.lit("higher"))
            .when(differs & (pl.col("change") < 0))
            .then(pl.lit("lower"))
            .otherwise(pl.lit("same"))
        )
        .filter(~pl.col("detail") | pl.col("verdict").is_in(_DIFFERS))
        .select(*SCHEMA, "size", "place")
    )


def most_changed_first(table: pl.DataFrame) -> pl.DataFrame:
    """What differs, the largest effect first; then what does not, then what cannot be told."""
    verdict = pl.col("verdict")
    rank = pl.when(verdict.is_in(_DIFFERS)).then(0).when(verdict == "same").then(1).otherwise(2)
    return table.sort(
        [rank, "size", "p_value", "service", "field"],
        descending=[False, True, False, False, False],
        nulls_last=True,
    )


def as_asked(table: pl.DataFrame) -> pl.DataFrame:
    """By service, then in the order of the FOR list."""
    return table.sort("service", "place", "field", nulls_last=True)


def _rows(place: int, label: str, groups: pl.Series, found: Effects) -> pl.DataFrame:
    count = len(found.group)
    labels = found.label
    if labels is None:
        labels = pl.Series([label], dtype=pl.String).new_from_index(0, count)
    detail = np.zeros(count, dtype=bool) if found.detail is None else found.detail
    none_a, none_b = found.a_n == 0, found.b_n == 0
    if found.label is not None:  # a value of a field: its share says whether it is there
        none_a, none_b = none_a | (found.a == 0), none_b | (found.b == 0)
    return (
        pl.DataFrame(
            {
                "service": groups.cast(pl.String).gather(found.group),
                "field": labels,
                "a": found.a.astype(np.float64),
                "b": found.b.astype(np.float64),
                "a_n": found.a_n.astype(np.int64),
                "b_n": found.b_n.astype(np.int64),
                "p": found.p,
                "size": found.size,
                "detail": detail,
                "none_a": none_a,
                "none_b": none_b,
                "place": np.full(count, place),
            }
        )
        .with_columns(pl.col("a", "b").fill_nan(None))
        .with_columns(
            change=pl.col("b") - pl.col("a"),
            ratio=pl.when(pl.col("a") != 0).then(pl.col("b") / pl.col("a")),
        )
    )
