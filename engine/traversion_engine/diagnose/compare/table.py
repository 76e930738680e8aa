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
    if not found:
        return pl.DataFrame(schema={**SCHEMA, "size": pl.Float64(), "place": pl.Int64()})
    effects = [one for _, _, one in found]
    counts = [len(one.group) for one in effects]
    a, b, p, size = (_joined(effects, name, np.float64) for name in ("a", "b", "p", "size"))
    a_n, b_n = (_joined(effects, name, np.int64) for name in ("a_n", "b_n"))
    corrected = false_discovery(p)
    corrected = np.where(corrected > 0, _rounded(corrected), corrected)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(a != 0, b / a, np.nan)
    valued = np.repeat([one.label is not None for one in effects], counts)
    # the share of a value says whether it is there at all
    none_a, none_b = ((n == 0) | (valued & (x == 0)) for n, x in ((a_n, a), (b_n, b)))
    verdict = np.select(
        [np.isnan(corrected), corrected > LEVEL, none_a, none_b, b > a, b < a],
        ["too_few", "same", "new", "gone", "higher", "lower"],
        "same",
    )
    table = pl.DataFrame(
        {
            "service": pl.concat([names.gather(one.group) for _, names, one in found]),
            "field": pl.concat([_labels(label, one) for label, _, one in found]),
            "a": a,
            "b": b,
            "change": b - a,
            "ratio": ratio,
            "a_n": a_n,
            "b_n": b_n,
            "p_value": corrected,
            "verdict": verdict,
            "size": size,
            "place": np.repeat(np.arange(len(found)), counts),
        },
        nan_to_null=True,
    )
    detail = [
        np.zeros(count, dtype=bool) if one.detail is None else one.detail
        for one, count in zip(effects, counts, strict=True)
    ]
    listed = ~np.concatenate(detail) | np.isin(verdict, _DIFFERS)
    return table if listed.all() else table.filter(pl.Series(listed))


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


def _joined(effects: Sequence[Effects], name: str, dtype: type[np.generic]) -> np.ndarray:
    return np.concatenate([getattr(one, name).astype(dtype) for one in effects])


def _labels(label: str, found: Effects) -> pl.Series:
    if found.label is not None:
        return found.label
    return pl.Series([label], dtype=pl.String).new_from_index(0, len(found.group))


def _rounded(p: np.ndarray) -> np.ndarray:
    """To four significant digits; p > 0 or NaN."""
    return np.array([float(f"{one:.4g}") for one in p.tolist()])
