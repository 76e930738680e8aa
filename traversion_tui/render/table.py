"""Any result as a table: columns aligned and written by their roles."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from textual.strip import Strip

from traversion_data.model import Severity, seq_text
from traversion_engine.result import ResultColumn, Role
from traversion_tui.formats import LETTERS, TimeFormat
from traversion_tui.line import Line
from traversion_tui.text import SafeText, safe, width_of
from traversion_tui.theme import Look

WIDEST: Final = 60


@dataclass(frozen=True, slots=True)
class Grid:
    """A page of a result: header, cells as text, and each column's width."""

    columns: tuple[ResultColumn, ...]
    cells: tuple[tuple[SafeText, ...], ...]
    widths: tuple[int, ...]


def grid(columns: Sequence[ResultColumn], rows: Sequence[Sequence[Any]], times: TimeFormat) -> Grid:
    """Texts of a page's rows; a column is as wide as its widest cell, up to `WIDEST`."""
    places = [decimals([row[index] for row in rows]) for index in range(len(columns))]
    written = tuple(
        tuple(
            write(value, column, times, digits)
            for value, column, digits in zip(row, columns, places, strict=True)
        )
        for row in rows
    )
    widths = tuple(
        min(max([len(head(column)), *(width_of(row[index]) for row in written)]), WIDEST)
        for index, column in enumerate(columns)
    )
    return Grid(tuple(columns), written, widths)


def head(column: ResultColumn) -> SafeText:
    """A header cell; numbers carry their unit here."""
    told = column.unit is None or column.name.endswith(f"_{column.unit}")
    return safe(column.name if told else f"{column.name} {column.unit}")


def decimals(values: Sequence[Any]) -> int:
    """Decimals that all numbers of a column get: none for whole ones, fewer for large ones."""
    numbers = [value for value in values if isinstance(value, float) and math.isfinite(value)]
    if all(number.is_integer() for number in numbers):
        return 0
    return 1 if max(map(abs, numbers)) >= 100 else 3


def write(value: Any, column: ResultColumn, times: TimeFormat, digits: int = 3) -> SafeText:
    """A cell's text by its column's role; missing is a minus."""
    if value is None:
        return SafeText("−")
    match column.role:
        case Role.TIME if isinstance(value, int):
            return safe(times.clock(value))
        case Role.EVENT if isinstance(value, int):
            return safe(seq_text(value))
        case Role.SEVERITY if isinstance(value, int) and 0 <= value < len(LETTERS):
            return safe(Severity(value).word)
        case Role.NUMBER if isinstance(value, float):
            return safe(f"{value:,.{digits}f}" if abs(value) < 1e15 else f"{value:g}")
        case Role.NUMBER if isinstance(value, int):
            return safe(f"{value:,}")
        case Role.BOOLEAN:
            return safe("true" if value else "false")
        case _:
            return safe(value)


def paint_header(page: Grid, first: int, width: int, look: Look) -> Strip:
    """The header row from column `first` on."""
    line = Line(width, look.ink("text"), look.glyphs.ellipsis).skip(2)
    for column, room in list(zip(page.columns, page.widths, strict=True))[first:]:
        _cell(line, head(column), room, column, look.ink("muted"))
    return line.strip()


def paint_row(
    page: Grid, index: int, first: int, width: int, look: Look, *, selected: bool
) -> Strip:
    """One row from column `first` on."""
    on = "sel" if selected else "bg"
    line = Line(width, look.ink("text", on=on), look.glyphs.ellipsis)
    line.put(look.glyphs.cursor if selected else " ", look.ink("accent", "b", on=on)).skip(1)
    rows = zip(page.cells[index], page.columns, page.widths, strict=True)
    for text, column, room in list(rows)[first:]:
        role = "text"
        if column.role is Role.SEVERITY:
            role = {"error": "E", "fatal": "E", "warn": "W", "info": "I"}.get(text, "D")
        elif column.role in {Role.EVENT, Role.TIME} or text == "−":
            role = "muted"
        _cell(line, text, room, column, look.ink(role, on=on))
    return line.strip()


def _cell(line: Line, text: SafeText, room: int, column: ResultColumn, style: Any) -> None:
    if column.role in {Role.NUMBER, Role.EVENT}:
        end = line.at + room
        line.right(text, style, end).to(end)
    else:
        line.column(text, style, room)
    line.skip(2)
