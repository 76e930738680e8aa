"""Messages that begin to be logged, and messages that are logged no more."""

from __future__ import annotations

from typing import Final

import numpy as np
import polars as pl

from traversion_data import schema
from traversion_data.model import SECOND, Nanos
from traversion_data.store.view import StoreView
from traversion_data.templates import masked
from traversion_engine.diagnose.anomalies.findings import Kind
from traversion_engine.diagnose.anomalies.grid import all_steps

_CHANCE: Final = 1e-3
"""That a message of a service is called new or gone where none is, over all its messages."""
_BEFORE: Final = 20
"""A service must have logged in so many steps before that something can be new."""
_PAUSE: Final = 5
"""A gone message is missing for so many times its longest pause."""
_FEWEST: Final = 10
"""A message that was logged in fewer steps is not missed."""
_KEY: Final = [schema.SERVICE, schema.TEMPLATE]

NOTHING: Final = {
    "time": pl.Int64(),
    "service": pl.String(),
    "field": pl.String(),
    "value": pl.Float64(),
    "expected_low": pl.Float64(),
    "expected_high": pl.Float64(),
    "score": pl.Float64(),
    "kind": pl.String(),
    "seq": pl.Int64(),
}
"""The rows of ANOMALIES."""


def messages(view: StoreView, end: Nanos) -> pl.DataFrame:
    """New and gone templates by service, from what was logged before `end`.

    Of the steps in which a service logged anything, a template that occurred in `n` of them only
    after a moment has had the chance `(share of steps after it) ** n` to do so. `value` and the
    band are occurrences a second from the first, respectively after the last.
    """
    logs = (
        view.events.slice(0, view.position(end))
        .lazy()
        .select(schema.SERVICE, schema.TEMPLATE, schema.TIME, schema.SEQ)
        .filter(pl.col(schema.TEMPLATE).is_not_null())
        .collect()
    )
    if not logs.height:
        return pl.DataFrame(schema=NOTHING)
    start = view.bounds.start
    step = all_steps(start, end, SECOND).step
    stepped = logs.with_columns(step=pl.col(schema.TIME) // step)
    active = (
        stepped.select(schema.SERVICE, "step")
        .unique()
        .sort(schema.SERVICE, "step")
        .with_columns(nth=pl.int_range(pl.len()).over(schema.SERVICE))
    )
    each = (
        stepped.group_by(*_KEY, "step")
        .agg(
            pl.len(),
            pl.col(schema.TIME).first().alias("first"),
            pl.col(schema.TIME).last().alias("last"),
            pl.col(schema.SEQ).first().alias("first_seq"),
            pl.col(schema.SEQ).last().alias("last_seq"),
        )
        .join(active, on=[schema.SERVICE, "step"])
        .sort(*_KEY, "step")
    )
    pause = pl.col("nth").diff().over(_KEY)
    whole = active.group_by(schema.SERVICE).agg(steps=pl.len())
    templates = (
        each.with_columns(pause=pause)
        .group_by(_KEY, maintain_order=True)
        .agg(
            pl.col("first", "first_seq").first(),
            pl.col("last", "last_seq").last(),
            pl.col("nth").first().alias("begins"),
            pl.col("nth").last().alias("ends"),
            pl.col("pause").max().fill_null(0),
            pl.col("len").sum().alias("times"),
            count=pl.len(),
        )
        .join(whole, on=schema.SERVICE)
        .with_columns(templates=pl.len().over(schema.SERVICE))
    )
    found = pl.concat([_new(templates, end), _gone(templates, start, end)])
    return _named(view, found)


def _new(templates: pl.DataFrame, end: Nanos) -> pl.DataFrame:
    after = (pl.col("steps") - pl.col("begins")) / pl.col("steps")
    chance = _log_chance(after)
    seconds = (end - pl.col("first")) / SECOND
    return templates.filter(
        (pl.col("begins") >= _BEFORE) & (chance < np.log(_CHANCE))
    ).select(
        *_KEY,
        time="first",
        value=pl.col("times") / seconds,
        expected_high=pl.lit(0.0),
        score=_deviations(chance),
        kind=pl.lit(str(Kind.NEW_MESSAGE)),
        seq="first_seq",
    )  # fmt: skip


def _gone(templates: pl.DataFrame, start: Nanos, end: Nanos) -> pl.DataFrame:
    missing = pl.col("steps") - 1 - pl.col("ends")
    chance = _log_chance((pl.col("ends") + 1) / pl.col("steps"))
    seconds = (pl.col("last") - start) / SECOND
    return templates.filter(
        (missing > _PAUSE * pl.col("pause"))
        & (pl.col("count") >= _FEWEST)
        & (chance < np.log(_CHANCE))
        & (pl.col("last") < end)
    ).select(
        *_KEY,
        time="last",
        value=pl.lit(0.0),
        expected_high=pl.col("times") / seconds,
        score=_deviations(chance),
        kind=pl.lit(str(Kind.GONE_MESSAGE)),
        seq="last_seq",
    )  # fmt: skip


def _log_chance(share: pl.Expr) -> pl.Expr:
    """The logarithm of the chance, over all templates of the service."""
    return pl.col("count") * share.log() + pl.col("templates").log()


def _deviations(chance: pl.Expr) -> pl.Expr:
    """About how many normal deviations are as rare."""
    return (-2 * chance).sqrt()


def _named(view: StoreView, found: pl.DataFrame) -> pl.DataFrame:
    """With the text of each template, as it stands in the event."""
    at = view.seqs.positions_of(found[schema.SEQ].to_numpy())
    texts = view.events.select(schema.MESSAGE)[at]
    text = texts.select(masked(pl.col(schema.MESSAGE))).to_series()
    quoted = text.str.replace_all("'", "''", literal=True)
    return found.with_columns(
        pl.col(schema.SERVICE).cast(pl.String),
        field="template(message) = '" + quoted + "'",
        expected_low=pl.lit(0.0),
    ).select(pl.col(name).cast(dtype) for name, dtype in NOTHING.items())
