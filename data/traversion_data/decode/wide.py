"""Tables of more columns than are learned: the others go on as JSON text."""

from __future__ import annotations

import polars as pl

from traversion_data import schema
from traversion_data.decode.mapping import Mapping


def narrowed(cells: list[pl.Series], height: int) -> tuple[list[pl.Series], pl.Series]:
    """Cells named by kind and path, at most `schema.MAX_LEARNED` beside those with a role.

    The others are given as JSON objects, NULL where all of their values are.
    """
    kept: list[pl.Series] = []
    rest: list[pl.Series] = []
    for cell in cells:
        room = len(kept) < schema.MAX_LEARNED
        (kept if room or Mapping.named(cell.name[2:]) else rest).append(cell)
    return kept, encoded([cell.alias(cell.name[2:]) for cell in rest], height)


def encoded(columns: list[pl.Series], height: int) -> pl.Series:
    """Columns as JSON objects by their names, NULL where all values are."""
    by_name = {column.name: column for column in columns}
    if not by_name:
        return pl.repeat(None, height, dtype=pl.String, eager=True)
    some = pl.any_horizontal(pl.col(name).is_not_null() for name in by_name)
    text = pl.struct(pl.col(name) for name in by_name).struct.json_encode()
    return pl.DataFrame(list(by_name.values())).select(pl.when(some).then(text)).to_series()
