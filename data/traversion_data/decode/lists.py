"""Arrays of plain values, read column by column to the JSON text that the exact path would write.

The engine's reader spells an array as text: `["a", 1, null]`. That is JSON where no string in it
holds a backslash; numbers have lost how they were written, so those are looked up on their line.
Whatever is not certain gives NULL, and its line, missing a value, is read exactly.
"""

from __future__ import annotations

from typing import Final

import orjson
import polars as pl

from traversion_data.decode.blank import nothing

_ITEM: Final = r'(?:"[^"\\,\x00-\x1f]*"|-?\d{1,15}(?:\.\d{1,4})?|true|false|null)'
_PLAIN: Final = rf"^\[(?:{_ITEM}(?:, {_ITEM})*)?\]$"
_NUMBER: Final = r"[\[ ]-?\d"

Found = list[tuple[tuple[str, ...], pl.Series]]
"""Key tuples of paths that hold arrays, with the text that the reader made of them."""


def arrays(found: Found, lines: pl.Series) -> list[pl.Series]:
    """Compact JSON of the arrays under each path (`a:path`), NULL where that is not certain.

    `lines` are the lines of the block, for columns of all that height.
    """
    columns = [_certain(keys[-1], column, lines).alias(_name(keys)) for keys, column in found]
    if len(columns) < 2:
        return columns
    frame = pl.DataFrame([lines.alias("#line"), *columns])
    ordered = _in_order([(_name(keys), _quoted(keys[-1])) for keys, _ in found])
    return frame.select(
        pl.when(ordered).then(column.name).alias(column.name) for column in columns
    ).get_columns()


def rest(columns: list[pl.Series], height: int) -> pl.Series:
    """The JSON objects (text, NULL where empty) that keep the arrays under their paths."""
    if not columns:
        return nothing(pl.String(), height)
    pairs = [
        pl.concat_str(pl.lit(f"{_quoted(column.name[2:])}:"), column.name) for column in columns
    ]
    joined = pl.concat_str(pairs, separator=",", ignore_nulls=True)
    some = pl.any_horizontal(pl.col(column.name).is_not_null() for column in columns)
    return (
        pl.DataFrame(columns)
        .select(pl.when(some).then(pl.concat_str(pl.lit("{"), joined, pl.lit("}"))))
        .to_series()
    )


def _name(keys: tuple[str, ...]) -> str:
    return "a:" + ".".join(keys)


def _quoted(key: str) -> str:
    return orjson.dumps(key).decode()


def _certain(key: str, column: pl.Series, lines: pl.Series) -> pl.Series:
    it, line = pl.col("it"), pl.col("line")
    compact = it.str.replace_all(", ", ",", literal=True)
    frame = pl.DataFrame({"it": column, "line": lines}).select(
        pl.when(it.str.contains(_PLAIN)).then(it).alias("it"), "line"
    )
    if frame.select(it.str.contains(_NUMBER).any()).item():
        quoted = _quoted(key)
        written = line.str.contains(
            pl.concat_str(pl.lit(f"{quoted}:"), compact), literal=True
        ) | line.str.contains(pl.concat_str(pl.lit(f"{quoted}: "), it), literal=True)
        frame = frame.with_columns(
            pl.when(~it.str.contains(_NUMBER) | written).then(it).alias("it")
        )
    return frame.select(compact).to_series()


def _in_order(keys: list[tuple[str, str]]) -> pl.Expr:
    """Whether the arrays of a line stand on it in the order of the columns, for certain."""
    last = pl.lit(-1, pl.Int64)
    fine = pl.lit(value=True)
    for column, quoted in keys:
        sign = f"{quoted}:"
        at = pl.col("#line").str.find(sign, literal=True).cast(pl.Int64)
        once = pl.col("#line").str.count_matches(sign, literal=True) == 1
        there = pl.col(column).is_not_null()
        fine &= ~there | (once & (at > last))
        last = pl.when(there).then(at).otherwise(last)
    return fine
