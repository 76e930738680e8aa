"""The one result type of every statement (the fifth seam)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

import polars as pl
import pyarrow as pa

from traversion_data.model import Nanos, TimeRange


class Role(StrEnum):
    """What a column means to whoever shows or writes it."""

    TIME = "time"  # int64 ns UTC, written as ISO-8601
    EVENT = "event"  # int64 seq, written as the event's own id where it has one
    SEVERITY = "severity"  # int8, written as the word
    NUMBER = "number"
    TEXT = "text"
    BOOLEAN = "boolean"


@dataclass(frozen=True, slots=True)
class ResultColumn:
    """A result column: its name in the table, its type for a reader, its unit if any."""

    name: str
    role: Role
    unit: str | None = None


@dataclass(frozen=True)
class ResultTable:
    """A statement's answer: a table, what its columns mean, and how it came about.

    `frame` holds exactly `columns`, in order. `total` counts the answer's rows before LIMIT or the
    row budget cut it to `frame.height`.
    """

    frame: pl.DataFrame
    columns: tuple[ResultColumn, ...]
    statement: str
    total: int
    scope: TimeRange | None = None
    scanned: int = 0
    elapsed: Nanos = 0
    time_digits: int = 9
    notes: tuple[str, ...] = ()
    meta: Mapping[str, str | int | float | bool] = field(
        default_factory=lambda: MappingProxyType({})
    )

    def __post_init__(self) -> None:
        if self.frame.columns != [column.name for column in self.columns]:
            raise ValueError("a result's columns and its frame differ")

    @property
    def shown(self) -> int:
        """Rows in the table."""
        return self.frame.height

    @property
    def truncated(self) -> bool:
        """Whether the table lacks rows of the answer."""
        return self.shown < self.total

    def column(self, name: str) -> ResultColumn:
        """A column by its name; KeyError where there is none."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)

    def to_arrow(self) -> pa.Table:
        """The rows as an Arrow table; times as int64 ns."""
        return self.frame.to_arrow()
