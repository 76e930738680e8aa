"""The one event schema; a column's name is spelled nowhere else.

Every event, whatever its format, becomes a row of these columns. Keys a format brings beside them
become *learned* columns (up to `MAX_LEARNED`), named by their dotted path; what does not fit there
is kept as JSON text in `attrs`. A path that is the name of a core column, or that Polars would read
as a pattern, gets the column `field.` and the path (`decode.learned.column_name`). A metric sample
that names its metric in a value fills the column of that name too (`decode.samples.spread`).
"""

from __future__ import annotations

from typing import Final

import polars as pl

SEQ: Final = "seq"
SOURCE: Final = "source"
OFFSET: Final = "offset"
LENGTH: Final = "length"
TIME: Final = "time"
END_TIME: Final = "end_time"
OBSERVED_TIME: Final = "observed_time"
TIME_DIGITS: Final = "time_digits"
TYPE: Final = "type"
SERVICE: Final = "service"
INSTANCE: Final = "instance"
HOST: Final = "host"
REGION: Final = "region"
OPERATION: Final = "operation"
SEVERITY: Final = "severity"
MESSAGE: Final = "message"
TEMPLATE: Final = "template"
EVENT_ID: Final = "event_id"
TRACE_ID: Final = "trace_id"
SPAN_ID: Final = "span_id"
PARENT_SPAN_ID: Final = "parent_span_id"
SPAN_KIND: Final = "span_kind"
DURATION: Final = "duration_ns"
STATUS: Final = "span_status"
LINKS: Final = "links"
FLAGS: Final = "flags"
ERROR_OCCURRED: Final = "error_occurred"
ATTRS: Final = "attrs"

MAX_LEARNED: Final = 256

_CATEGORIES: Final = {
    name: pl.Categories(f"traversion.{name}")
    for name in (TYPE, SERVICE, INSTANCE, HOST, REGION, OPERATION, SPAN_KIND)
}
"""One dictionary a column for the life of the process, so codes of all batches agree."""

LINK: Final = pl.Struct({TRACE_ID: pl.String(), SPAN_ID: pl.String()})

EVENT: Final[dict[str, pl.DataType]] = {
    SEQ: pl.Int64(),
    SOURCE: pl.UInt16(),
    OFFSET: pl.UInt64(),
    LENGTH: pl.UInt32(),
    TIME: pl.Int64(),
    END_TIME: pl.Int64(),
    OBSERVED_TIME: pl.Int64(),
    TIME_DIGITS: pl.UInt8(),
    TYPE: pl.Categorical(_CATEGORIES[TYPE]),
    SERVICE: pl.Categorical(_CATEGORIES[SERVICE]),
    INSTANCE: pl.Categorical(_CATEGORIES[INSTANCE]),
    HOST: pl.Categorical(_CATEGORIES[HOST]),
    REGION: pl.Categorical(_CATEGORIES[REGION]),
    OPERATION: pl.Categorical(_CATEGORIES[OPERATION]),
    SEVERITY: pl.Int8(),
    MESSAGE: pl.String(),
    TEMPLATE: pl.UInt32(),
    EVENT_ID: pl.String(),
    TRACE_ID: pl.String(),
    SPAN_ID: pl.String(),
    PARENT_SPAN_ID: pl.String(),
    SPAN_KIND: pl.Categorical(_CATEGORIES[SPAN_KIND]),
    DURATION: pl.Int64(),
    STATUS: pl.Int8(),
    LINKS: pl.List(LINK),
    FLAGS: pl.UInt32(),
    ERROR_OCCURRED: pl.Boolean(),
    ATTRS: pl.String(),
}
"""Core columns. TIME, END_TIME, OBSERVED_TIME: ns UTC; END_TIME equals TIME for points.

DURATION: ns, NULL for events without one. SEVERITY: `model.Severity`. STATUS: `model.SpanStatus`.
ERROR_OCCURRED is never NULL. `service` and `type` are never NULL: an event that names neither has
the source's name and `log` (or `span`, `metric` by its shape).
"""

_NOTHING: Final = {name: pl.Series(name, [None], dtype=dtype) for name, dtype in EVENT.items()}

ASIDE: Final[dict[str, pl.DataType]] = {
    SEQ: pl.Int64(),
    SOURCE: pl.UInt16(),
    OFFSET: pl.UInt64(),
    LENGTH: pl.UInt32(),
    "reason": pl.String(),
    "text": pl.String(),
}
"""Lines set aside: where they stand in their source, why, and their first characters."""


def learned(frame: pl.DataFrame) -> list[str]:
    """The columns of an event frame beside the core ones, in their order."""
    return [name for name in frame.columns if name not in EVENT]


def conform(frame: pl.DataFrame) -> pl.DataFrame:
    """Bring a frame under the schema: core columns first, absent ones NULL, types cast.

    Learned columns stay as they are. Raises `polars.exceptions.InvalidOperationError` where a core
    column holds what its type cannot.
    """
    held = {column.name: column for column in frame.get_columns()}
    core = [
        _cast(held[name], dtype) if name in held else _NOTHING[name].new_from_index(0, frame.height)
        for name, dtype in EVENT.items()
    ]
    return pl.DataFrame(core).hstack([held[name] for name in learned(frame)])


def _cast(column: pl.Series, dtype: pl.DataType) -> pl.Series:
    """The column under a type; the fields of structs are matched by name, as expressions do."""
    if not dtype.is_nested():
        return column.cast(dtype)
    if column.dtype == dtype:
        return column
    return column.to_frame().select(pl.col(column.name).cast(dtype)).to_series()


def empty() -> pl.DataFrame:
    """An event frame of no rows."""
    return pl.DataFrame(schema=EVENT)


def empty_aside() -> pl.DataFrame:
    """A frame of set-aside lines with no rows."""
    return pl.DataFrame(schema=ASIDE)
