"""The columns each statement answers with, as the registry documents them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final, TypeAlias

import polars as pl

from traversion_engine.result import ResultColumn, Role
from traversion_engine.timeql.bound import Column, Kind, Origin
from traversion_engine.timeql.registry import SHOW_COLUMNS, STATEMENTS, ColumnInfo

Columns: TypeAlias = tuple[ResultColumn, ...]

_KINDS: Final = {
    Role.TIME: Kind.TIME,
    Role.EVENT: Kind.EVENT,
    Role.SEVERITY: Kind.SEVERITY,
    Role.NUMBER: Kind.NUMBER,
    Role.TEXT: Kind.TEXT,
    Role.BOOLEAN: Kind.BOOLEAN,
}
_TYPES: Final[dict[Role, pl.DataType]] = {
    Role.TIME: pl.Int64(),
    Role.EVENT: pl.Int64(),
    Role.SEVERITY: pl.Int8(),
    Role.NUMBER: pl.Float64(),
    Role.TEXT: pl.String(),
    Role.BOOLEAN: pl.Boolean(),
}


def _result_columns(documented: Iterable[ColumnInfo]) -> Columns:
    return tuple(ResultColumn(info.name, Role(info.type), info.unit) for info in documented)


OF: Final[Mapping[str, Columns]] = MappingProxyType(
    {keyword: _result_columns(info.columns) for keyword, info in STATEMENTS.items()}
)
"""By the statement's keyword; () where the statement's own text decides."""

SHOW: Final[Mapping[str, Columns]] = MappingProxyType(
    {kind: _result_columns(documented) for kind, documented in SHOW_COLUMNS.items()}
)
"""By what is shown."""

TIMELINE: Final = OF["TIMELINE"]
STATE: Final = OF["STATE"]
STACK: Final = OF["STACK"]
TRAVERSE: Final = OF["TRAVERSE"]
TRACE: Final = OF["TRACE"]
CALLS: Final = OF["CALLS"]
HISTORY: Final = OF["HISTORY"]
EDGES: Final = OF["EDGES"]
GOTO: Final = OF["GOTO"]
MARK: Final = OF["MARK"]
EXPLAIN: Final = OF["EXPLAIN"]
HELP: Final = OF["HELP"]


def own_columns(columns: Columns) -> dict[str, Column]:
    """The statement's own columns, as a WHERE over its rows names them."""
    return {
        column.name: Column(
            column.name, _KINDS[column.role], column.name, column.unit, origin=Origin.RESULT
        )
        for column in columns
    }


def empty_frame(columns: Columns) -> pl.DataFrame:
    """No rows under these columns."""
    return pl.DataFrame(schema={column.name: _TYPES[column.role] for column in columns})
