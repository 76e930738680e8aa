"""Whether an event says that something went wrong, from all the ways it may say so."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import polars as pl

from traversion_data import schema
from traversion_data.decode.roles import ERROR_FIELD, EXCEPTION, HTTP_STATUS, Role, rank
from traversion_data.model import Flag, Severity, SpanStatus

_NO_ERROR: Final = ("", "false", "0", "none")


def mark_errors(events: pl.DataFrame) -> pl.DataFrame:
    """Set `error_occurred` (event frame to event frame, rows and order kept).

    True where severity is at least error, the span's status is ERROR, an HTTP status is 500 or
    more, a field `error` is true or a text other than '', 'false', '0' and 'none', or
    `exception.type` is set; never NULL.
    """
    said = [
        pl.col(schema.SEVERITY) >= int(Severity.ERROR),
        pl.col(schema.STATUS) == int(SpanStatus.ERROR),
        *(_failed(column) for column in _columns(events, HTTP_STATUS)),
        *(_says_error(column) for column in _columns(events, ERROR_FIELD)),
        *(_present(column) for column in _columns(events, EXCEPTION)),
    ]
    return events.with_columns(
        pl.any_horizontal(part.fill_null(value=False) for part in said).alias(schema.ERROR_OCCURRED)
    )


def _columns(events: pl.DataFrame, role: Role) -> Iterator[pl.Expr]:
    """Learned columns of a role, and what drifted from them into `attrs`."""
    drifted = pl.col(schema.FLAGS) & int(Flag.DRIFTED) != 0
    for name in schema.learned(events):
        if rank(role, name) is not None:
            yield pl.col(name)
            quoted = name.replace("\\", "\\\\").replace("'", "\\'")
            yield pl.when(drifted).then(pl.col(schema.ATTRS).str.json_path_match(f"$['{quoted}']"))


def _failed(status: pl.Expr) -> pl.Expr:
    return status.cast(pl.String).str.extract(r"^([5-9]\d\d)(?:\.0)?$").is_not_null()


def _says_error(field: pl.Expr) -> pl.Expr:
    return field.cast(pl.String).str.strip_chars().str.to_lowercase().is_in(_NO_ERROR).not_()


def _present(field: pl.Expr) -> pl.Expr:
    return field.is_not_null() & (field.cast(pl.String) != "")
