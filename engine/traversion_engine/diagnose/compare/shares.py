"""Shares of rows: of those that pass a test, and of the values of a text."""

from __future__ import annotations

import numpy as np
import polars as pl

from traversion_engine.diagnose.compare.counts import presence
from traversion_engine.diagnose.compare.dependence import dependence, share_dependence
from traversion_engine.diagnose.compare.effects import Effects
from traversion_engine.diagnose.compare.levels import compared
from traversion_engine.diagnose.compare.sample import PARTS, Sample
from traversion_engine.diagnose.compare.significance import share_test, too_few, too_few_events

_CELL = ["group", "value"]


def share(sample: Sample, passes: np.ndarray) -> Effects:
    """The share of rows of which `passes` (one bool a row) holds, by group."""
    score = passes.astype(np.float64)
    n, k = sample.counts.sum(axis=2), sample.sums(score).sum(axis=2)
    p, root = share_test(k[:, 0], n[:, 0], k[:, 1], n[:, 1])
    p = dependence(sample, score).widened(p, root)
    a, b = (k / np.maximum(n, 1)).T
    found = Effects(np.arange(len(a)), a, b, n[:, 0], n[:, 1], p, _size(a, b))
    return compared(sample, found)


def values(sample: Sample, texts: pl.Series, label: str, *, new_and_gone: bool) -> Effects:
    """The share of each group's most changed value; texts: one a row, never NULL.

    p is corrected for the choice among the values that could differ at all (Tarone 1990), which
    their sums over both windows decide. new_and_gone: also values that only one window has.
    """
    rows = pl.DataFrame({"group": sample.group, "value": texts, "b": sample.window == 1})
    each = (
        rows.group_by(_CELL)
        .agg((~pl.col("b")).sum().alias("k_a"), pl.col("b").sum().alias("k_b"))
        .with_columns(pl.col("k_a", "k_b").cast(pl.Int64))
    )
    n = sample.counts.sum(axis=2)
    in_b = n[:, 1].sum() / max(n.sum(), 1)
    group = each["group"].to_numpy()
    k = each.select("k_a", "k_b").to_numpy()
    a, b = (k / np.maximum(n[group], 1)).T
    testable = ~too_few_events(k.sum(axis=1), in_b)
    each = each.with_columns(
        a=a, b=b, n_a=n[group, 0], n_b=n[group, 1], change=np.abs(b - a), testable=testable
    )
    family = np.bincount(group, testable, minlength=len(n))
    lone = (pl.col("k_a") == 0) | (pl.col("k_b") == 0)
    ranked = each.sort(
        ["group", "testable", "change", "value"], descending=[False, True, True, False]
    ).with_columns(first=pl.col("group").is_first_distinct())
    wanted = pl.col("first")
    if new_and_gone:
        wanted |= lone & pl.col("testable") & (pl.col("n_a") > 0) & (pl.col("n_b") > 0)
    found = ranked.filter(wanted)
    p, root = share_test(*(found[name].to_numpy() for name in ("k_a", "n_a", "k_b", "n_b")))
    p = _widened(sample, texts, found, p, root)
    group = found["group"].to_numpy()
    p = np.minimum(p * np.maximum(family[group], 1), 1.0)
    n_a, n_b = found["n_a"].to_numpy(), found["n_b"].to_numpy()
    p[too_few(n_a, n_b) | ~found["testable"].to_numpy()] = np.nan
    lone = (n_a == 0) | (n_b == 0)
    if lone.any():
        p[lone] = presence(sample)[group[lone]]
    a, b = found["a"].to_numpy(), found["b"].to_numpy()
    quoted = found["value"].cast(pl.String).str.replace_all("'", "''", literal=True)
    return Effects(
        group,
        np.where(n_a > 0, a, np.nan),
        np.where(n_b > 0, b, np.nan),
        n_a,
        n_b,
        p,
        _size(a, b),
        (pl.Series([f"{label} = '"]).new_from_index(0, found.height) + quoted + "'"),
        ~found["first"].to_numpy(),
    )


def _widened(
    sample: Sample, texts: pl.Series, found: pl.DataFrame, p: np.ndarray, root: np.ndarray
) -> np.ndarray:
    """The p of each value, less where it comes in bursts, as the parts of the windows tell."""
    counts = (
        pl.DataFrame({"group": sample.group, "value": texts, "cell": sample.cell % (2 * PARTS)})
        .join(found.select(*_CELL, row=pl.int_range(pl.len())), on=_CELL, how="inner")
        .group_by("row", "cell")
        .len()
    )
    cells = np.zeros((found.height, 2 * PARTS))
    cells[counts["row"].to_numpy(), counts["cell"].to_numpy()] = counts["len"].to_numpy()
    whole = sample.counts[found["group"].to_numpy()]
    return share_dependence(cells.reshape(-1, 2, PARTS), whole).widened(p, root)


def _size(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Cohen's h (1988) as a share of the largest there is."""
    angles = [np.arcsin(np.sqrt(np.clip(np.nan_to_num(side), 0, 1))) for side in (a, b)]
    return np.asarray(2 * np.abs(angles[1] - angles[0]) / np.pi)
