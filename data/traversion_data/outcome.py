"""Whether an event says that something went wrong, from all the ways it may say so."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Final, TypeAlias

import polars as pl

from traversion_data import schema
from traversion_data.attributes import value_at
from traversion_data.decode.roles import ERROR_FIELD, EXCEPTION, HTTP_STATUS, rank
from traversion_data.model import Flag, Severity, SpanStatus

Says: TypeAlias = Callable[[pl.Expr], pl.Expr]
"""From a column to whether it says that something went wrong."""

_NO_ERROR: Final = ("", "false", "0", "none")
_SAID: Final = tuple(
    part.fill_null(value=False)
    for part in (
        pl.col(schema.SEVERITY) >= int(Severity.ERROR),
        pl.col(schema.STATUS) == int(SpanStatus.ERROR),
    )
)


def mark_errors(events: pl.DataFrame) -> pl.DataFrame:
    """Set `error_occurred` (event frame to event frame, rows and order kept).

    True where severity is at least error, the span's status is ERROR, an HTTP status is 500 or
    more, a field `error` is true or a text other than '', 'false', '0' and 'none', or
    `exception.type` is set; never NULL.
    """
    names = tuple(schema.learned(events))
    roles = _roles(names)
    whole = tuple(name for name, _ in roles if events[name].dtype.is_integer())
    said = [*_SAID, *_of_roles(names, whole)]
    if events[schema.ATTRS].count():
        said += _of_drifted(names)
    return events.with_columns_seq(pl.any_horizontal(said).alias(schema.ERROR_OCCURRED))


@lru_cache(maxsize=64)
def _of_roles(names: tuple[str, ...], whole: tuple[str, ...]) -> tuple[pl.Expr, ...]:
    """What learned columns say; `whole`: those of integers."""
    return tuple(
        (
            pl.col(name).is_between(500, 999)
            if says is _failed and name in whole
            else says(pl.col(name))
        ).fill_null(value=False)
        for name, says in _roles(names)
    )


@lru_cache(maxsize=64)
def _of_drifted(names: tuple[str, ...]) -> tuple[pl.Expr, ...]:
    """What has drifted from learned columns into `attrs` says."""
    drifted = pl.col(schema.FLAGS) & int(Flag.DRIFTED) != 0
    attrs = pl.col(schema.ATTRS)
    return tuple(
        says(pl.when(drifted).then(value_at(attrs, (name,)))).fill_null(value=False)
        for name, says in _roles(names)
    )


@lru_cache(maxsize=64)
def _roles(names: tuple[str, ...]) -> tuple[tuple[str, Says], ...]:
    """Names of columns that may tell of errors, each with what reads it."""
    readers = ((HTTP_STATUS, _failed), (ERROR_FIELD, _says_error), (EXCEPTION, _present))
    return tuple(
        (name, says) for role, says in readers for name in names if rank(role, name) is not None
    )


def _failed(status: pl.Expr) -> pl.Expr:
    return status.cast(pl.String).str.extract(r"^([5-9]\d\d)(?:\.0)?$").is_not_null()


def _says_error(field: pl.Expr) -> pl.Expr:
    return field.cast(pl.String).str.strip_chars().str.to_lowercase().is_in(_NO_ERROR).not_()


def _present(field: pl.Expr) -> pl.Expr:
    return field.is_not_null() & (field.cast(pl.String) != "")
