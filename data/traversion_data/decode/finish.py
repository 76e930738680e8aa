"""What follows from other columns of an event: types, ends, durations, services."""

from __future__ import annotations

from typing import Final

import polars as pl

from traversion_data import schema
from traversion_data.decode.learned import Extra

_LAST: Final = 2**63 - 1
_PLAIN_TYPES: Final = ("log", "metric", "error", "event")
_MEASURES: Final = "#measures"
_IS_SPAN: Final = "#span"

_TIME, _END, _DURATION = (pl.col(name) for name in (schema.TIME, schema.END_TIME, schema.DURATION))
_TYPE, _HAS_ID = pl.col(schema.TYPE), pl.col(schema.SPAN_ID).is_not_null()
_ENDED: Final = _END.is_not_null()
_LASTING: Final = _DURATION.is_not_null() | _ENDED | pl.col(schema.SPAN_KIND).is_not_null()
_SILENT: Final = pl.all_horizontal(
    pl.col(name).is_null()
    for name in (
        schema.MESSAGE,
        schema.SEVERITY,
        schema.TRACE_ID,
        schema.SPAN_ID,
        schema.DURATION,
    )
)
_TYPED: Final = _TYPE.fill_null(
    pl.when(_HAS_ID & _LASTING)
    .then(pl.lit("span"))
    .when(_SILENT & pl.col(_MEASURES))
    .then(pl.lit("metric"))
    .otherwise(pl.lit("log"))
)
_SPANNING: Final = (_TYPE == "span") | (_HAS_ID & _LASTING & ~_TYPE.is_in(_PLAIN_TYPES))
_LASTS_UNTIL: Final = _TIME + pl.min_horizontal(_DURATION, _LAST - _TIME.clip(lower_bound=0))
_UNENDED: Final = (
    pl.when(_SPANNING & _DURATION.is_not_null())
    .then(_LASTS_UNTIL)
    .otherwise(_TIME)
    .alias(schema.END_TIME)
)
"""The ends of events of which none tells its own."""
_FINISHED: Final = (
    pl.when(_ENDED)
    .then(_END)
    .when(pl.col(_IS_SPAN) & _DURATION.is_not_null())
    .then(_LASTS_UNTIL)
    .otherwise(_TIME)
    .alias(schema.END_TIME),
    _DURATION.fill_null(pl.when(_ENDED).then(_END - _TIME)),
    pl.when(_IS_SPAN).then(pl.col(schema.STATUS)),
)


def finished(frame: pl.DataFrame, extra: Extra, service: str) -> pl.DataFrame:
    """Event columns with times set, with types, ends, durations and services filled.

    extra: the columns beside the core, of which the types of some events follow. service: that of
    events which name none.
    """
    if frame[schema.TYPE].null_count():
        frame = frame.with_columns(_typed(frame, extra))
    if frame[schema.END_TIME].count() or frame[schema.STATUS].count():
        frame = frame.with_columns_seq(_SPANNING.alias(_IS_SPAN)).with_columns_seq(_FINISHED)
        frame.drop_in_place(_IS_SPAN)
    elif frame[schema.DURATION].count() and _may_last(frame):
        frame = frame.with_columns_seq(_UNENDED)
    else:
        frame = frame.with_columns(frame[schema.TIME].alias(schema.END_TIME))
    if frame[schema.SERVICE].null_count():
        frame = frame.with_columns(_filled(frame[schema.SERVICE], service))
    return frame


def _may_last(frame: pl.DataFrame) -> bool:
    """Whether there are spans."""
    return bool(frame[schema.SPAN_ID].count()) or bool((frame[schema.TYPE] == "span").any())


def _typed(frame: pl.DataFrame, extra: Extra) -> pl.Series:
    """Types, by the shape of an event where it names none."""
    if not frame[schema.SPAN_ID].count() and not frame[schema.MESSAGE].null_count():
        return _filled(frame[schema.TYPE], "log")
    return frame.with_columns(extra.measures().alias(_MEASURES)).select_seq(_TYPED).to_series()


def _filled(cells: pl.Series, word: str) -> pl.Series:
    if cells.count():
        return cells.fill_null(word)
    return pl.Series(cells.name, [word]).new_from_index(0, len(cells))
