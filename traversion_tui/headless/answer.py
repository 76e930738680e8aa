"""A result table as other programs should find it: the same for every format, before any text.

`prepare` resolves what only this recording knows (severity codes, event numbers, nanoseconds);
`written` turns the rest into what JSON, CSV and tables can hold.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import polars as pl

from traversion_data import schema
from traversion_data.model import MILLISECOND, Nanos, Severity
from traversion_data.store.view import StoreView
from traversion_engine.causality.evidence import event_number
from traversion_engine.result import ResultColumn, ResultTable, Role

INTEGER: Final = "integer"

_SEVERITY_WORDS: Final = {int(severity): severity.word for severity in Severity}
_MOMENT: Final = pl.Datetime("ns", "UTC")
_DATE_AND_SECONDS: Final = len("2024-01-15T15:47:23")


@dataclass(frozen=True, slots=True)
class AnswerColumn:
    """A column for a reader: its name, its type (a `Role` word or `integer`) and its unit."""

    name: str
    type: str
    unit: str | None

    @property
    def is_number(self) -> bool:
        """Whether its values are numbers."""
        return self.type in {INTEGER, Role.NUMBER}


@dataclass(frozen=True)
class Answer:
    """An answer ready to be written.

    `frame` has times as `Datetime(ns, UTC)`, severities as words, references to events as text.
    `meta` holds JSON values only.
    """

    frame: pl.DataFrame
    columns: tuple[AnswerColumn, ...]
    meta: Mapping[str, Any]
    notes: tuple[str, ...]
    time_digits: int


def prepare(result: ResultTable, view: StoreView) -> Answer:
    """Resolve a result's roles against the snapshot that it was asked of."""
    series = [_resolved(result.frame[column.name], column, view) for column in result.columns]
    columns = tuple(
        AnswerColumn(column.name, _type(column, values.dtype), column.unit)
        for column, values in zip(result.columns, series, strict=True)
    )
    return Answer(pl.DataFrame(series), columns, _meta(result), result.notes, result.time_digits)


def written(answer: Answer) -> pl.DataFrame:
    """The rows with times as ISO-8601 UTC text and numbers that JSON can hold.

    Times have as many digits as the source wrote; NaN and infinities become NULL; nested values
    become JSON text.
    """
    return answer.frame.select(
        [_written(answer.frame[column.name], answer.time_digits) for column in answer.columns]
    )


def iso(times: pl.Series, digits: int) -> pl.Series:
    """Text of `Datetime(ns, UTC)` values, `digits` (0 to 9) digits behind the second."""
    text = times.dt.strftime("%Y-%m-%dT%H:%M:%S%.9f")
    return text.str.head(_DATE_AND_SECONDS + 1 + digits if digits else _DATE_AND_SECONDS) + "Z"


def iso_text(time: Nanos, digits: int) -> str:
    """The same for one moment in nanoseconds."""
    return str(iso(pl.Series([time]).cast(_MOMENT), digits)[0])


def event_names(seqs: pl.Series, view: StoreView) -> pl.Series:
    """What to call events: their own id, `#1234` for those without one; NULL stays NULL."""
    numbers = seqs.drop_nulls().unique()
    positions = view.seqs.positions_of(numbers.to_numpy())
    stored = positions >= 0
    found = numbers.filter(pl.Series(stored))
    ids = view.events[schema.EVENT_ID].gather(positions[stored])
    own = pl.DataFrame({"seq": found, "id": ids})
    return (
        seqs.alias("seq")
        .to_frame()
        .join(own, on="seq", how="left", maintain_order="left")
        .select(pl.coalesce("id", event_number(pl.col("seq"))).alias(seqs.name))
        .to_series()
    )


def _resolved(values: pl.Series, column: ResultColumn, view: StoreView) -> pl.Series:
    match column.role:
        case Role.TIME:
            return values.cast(pl.Int64).cast(_MOMENT)
        case Role.SEVERITY:
            return values.cast(pl.Int8).replace_strict(
                _SEVERITY_WORDS, default=None, return_dtype=pl.String
            )
        case Role.EVENT if not is_event_number(column.name):
            return event_names(values.cast(pl.Int64), view)
        case Role.TEXT if isinstance(values.dtype, pl.Categorical | pl.Enum | pl.Null):
            return values.cast(pl.String)
        case _:
            return values


def is_event_number(name: str) -> bool:
    """Whether a column of events says by its name that it holds their numbers (`parent_seq`)."""
    return name == schema.SEQ or name.endswith(f"_{schema.SEQ}")


def _type(column: ResultColumn, dtype: pl.DataType) -> str:
    numeric = column.role in {Role.NUMBER, Role.EVENT}
    return INTEGER if numeric and dtype.is_integer() else str(column.role)


def _written(values: pl.Series, digits: int) -> pl.Series:
    dtype = values.dtype
    if isinstance(dtype, pl.Datetime):
        return iso(values, digits)
    if dtype.is_float():
        number = pl.first()
        return values.to_frame().select(pl.when(number.is_finite()).then(number)).to_series()
    if dtype.is_nested():
        texts = [None if value is None else _json(value) for value in values.to_list()]
        return pl.Series(values.name, texts, dtype=pl.String)
    return values


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)


def _meta(result: ResultTable) -> dict[str, Any]:
    scope = result.scope
    return {
        "statement": result.statement,
        "scope": scope
        and {
            "from": iso_text(scope.start, result.time_digits),
            "to": iso_text(scope.end, 9),
        },
        "rows": result.shown,
        "total": result.total,
        "truncated": result.truncated,
        "scanned": result.scanned,
        "elapsed_ms": round(result.elapsed / MILLISECOND, 3),
        **result.meta,
        "notes": list(result.notes),
    }
