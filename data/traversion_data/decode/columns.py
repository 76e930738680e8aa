"""The fast path: a block of JSON lines to typed cells by the engine's own reader, checked exactly.

The reader is quick but drops keys it was not told of, takes the first of equal keys, and turns
numbers into text where text was asked for. So every block's tokens are counted by kind, straight
from its bytes, and compared with the cells that came out: a line whose counts differ by one is
handed back, to be read exactly (`rows`). What the reader refuses is halved until the lines at
fault are alone.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl

from traversion_data.decode import lists
from traversion_data.decode.blank import zeros
from traversion_data.decode.lines import Lines
from traversion_data.decode.paths import Tree, leaves
from traversion_data.decode.rows import DTYPES
from traversion_data.decode.shape import FLAGS, LINE, REST
from traversion_data.decode.tokens import differing

_FEWEST: Final = 64
"""Lines below which halving on costs more than reading them exactly."""
_PATIENCE: Final = 12
"""Refusals in one block after which the rest of it is read exactly."""

_READ_AS: Final[dict[str, pl.DataType]] = {
    "m": pl.String(),
    "x": pl.Float64(),
    "a": pl.String(),
}
_HALF: Final = re.compile("[\ud800-\udfff]")
_INTEGER: Final = r"^-?(?:0|[1-9][0-9]{0,17})$"


@dataclass(frozen=True)
class Columns:
    """Cells of the lines read, as a raw frame, and the lines handed back (ascending)."""

    raw: pl.DataFrame | None
    back: np.ndarray


def read(lines: Lines, which: np.ndarray, tree: Tree) -> Columns:
    """Read the given lines (ascending indices of lines that look like objects)."""
    tree = _spelled(tree)
    if not tree or not len(which):
        return Columns(None, which)
    mixed = [".".join(keys) for keys, kind in leaves(tree) if kind == "m"]
    dtypes = {key: _dtype(value) for key, value in tree.items()}
    frames: list[pl.DataFrame] = []
    back: list[np.ndarray] = []
    todo, refusals = [which], 0
    while todo:
        part = todo.pop()
        if len(part) < _FEWEST or refusals > _PATIENCE:
            back.append(part)
            continue
        block, starts = _joined(lines, part)
        try:
            read_in = pl.read_ndjson(block, schema=dtypes)
        except pl.exceptions.PolarsError:
            refusals += 1
            middle = len(part) // 2
            todo += [part[:middle], part[middle:]]
            continue
        if read_in.height != len(part):
            back.append(part)
            continue
        cells = _cells(read_in, tree, block)
        wrong = differing(block, starts, cells, mixed)
        frames.append(_framed(cells, part, wrong))
        back.append(part[wrong])
    return Columns(under_each_other(frames) if frames else None, np.sort(np.concatenate(back)))


def under_each_other(frames: list[pl.DataFrame]) -> pl.DataFrame:
    """Raw frames as one, by line; a single one, whose lines ascend, is not copied."""
    return pl.concat(frames, how="diagonal").sort(LINE) if len(frames) > 1 else frames[0]


def _spelled(tree: Tree) -> Tree:
    """Without keys that hold half a character, which no name of a column may; depth as of paths."""
    return {
        key: value if isinstance(value, str) else _spelled(value)
        for key, value in tree.items()
        if not _HALF.search(key)
    }


def _dtype(value: Tree | str) -> pl.DataType:
    if isinstance(value, str):
        return _READ_AS.get(value) or DTYPES[value]
    return pl.Struct({key: _dtype(inner) for key, inner in value.items()})


def _joined(lines: Lines, part: np.ndarray) -> tuple[bytes, np.ndarray]:
    """The given lines as one block, and where each starts in it."""
    data, starts, ends = memoryview(lines.data), lines.starts, lines.ends
    cuts = np.flatnonzero(np.diff(part) > 1) + 1
    pieces, at, where = [], 0, []
    for run in np.split(part, cuts):
        first, last = int(starts[run[0]]), int(ends[run[-1]])
        pieces.append(data[first:last])
        where.append(starts[run] - first + at)
        at += last - first + 1
    return b"\n".join(pieces), np.concatenate(where)


def _cells(frame: pl.DataFrame, tree: Tree, block: bytes) -> pl.DataFrame:
    """Flat cells named by kind and path, and objects (`o:`), those without any value left out."""
    columns = [zeros(pl.UInt8(), frame.height).alias("#")]
    columns += _objects(frame, tree)
    listed: lists.Found = []
    for keys, kind in leaves(tree):
        series = frame[keys[0]]
        for key in keys[1:]:
            series = series.struct.field(key)
        if series.null_count() == len(series):
            continue
        path = ".".join(keys)
        if kind == "a":
            listed.append((keys, series))
        elif kind == "m":
            columns += _unmixed(path, series)
        elif kind == "x":
            columns += _as_written(path, keys[-1], series, block)
        else:
            columns.append(series.alias(f"{kind}:{path}"))
    if listed:
        columns += lists.arrays(listed, _texts(block))
    return pl.DataFrame(columns)


def _unmixed(path: str, cells: pl.Series) -> list[pl.Series]:
    """Text cells that may have been integers, apart; digits in quotes then miss their token."""
    frame = pl.DataFrame({"it": cells}).with_columns(pl.col("it").str.contains(_INTEGER).alias("i"))
    parts = frame.select(
        pl.when("i").then(pl.col("it").cast(pl.Int64, strict=False)).alias(f"i:{path}"),
        pl.when(~pl.col("i")).then("it").alias(f"s:{path}"),
    )
    return [part for part in parts.get_columns() if part.null_count() < len(part)]


def _as_written(path: str, key: str, cells: pl.Series, block: bytes) -> list[pl.Series]:
    """Fractions with their text; a number whose text is not found is left out, so it is missed."""
    shape = rf"{re.escape(json.dumps(key))}\s*:\s*(-?[0-9]+\.[0-9]+)[^0-9eE]"
    frame = pl.DataFrame({"f": cells, "x": _texts(block).str.extract(shape)})
    same = pl.col("x").cast(pl.Float64, strict=False) == pl.col("f")
    parts = frame.select(
        pl.when(same).then("f").alias(f"f:{path}"), pl.when(same).then("x").alias(f"x:{path}")
    )
    return [part for part in parts.get_columns() if part.null_count() < len(part)]


def _texts(block: bytes) -> pl.Series:
    return pl.Series(block.decode().split("\n"), dtype=pl.String)


def _objects(frame: pl.DataFrame, tree: Tree) -> list[pl.Series]:
    """The struct columns of all objects of the tree, however deep."""
    found: list[pl.Series] = []
    todo = [(key, frame[key], value) for key, value in tree.items() if not isinstance(value, str)]
    while todo:
        path, series, inner = todo.pop()
        if series.null_count() < len(series):
            found.append(series.alias(f"o:{path}"))
            todo += [
                (f"{path}.{key}", series.struct.field(key), value)
                for key, value in inner.items()
                if not isinstance(value, str)
            ]
    return found


def _framed(cells: pl.DataFrame, part: np.ndarray, wrong: np.ndarray) -> pl.DataFrame:
    columns = cells.get_columns()
    arrays = [column for column in columns if column.name[0] == "a"]
    frame = pl.DataFrame(
        [
            pl.Series(LINE, part.astype(np.uint32)),
            zeros(pl.UInt32(), len(part)).alias(FLAGS),
            lists.rest(arrays, len(part)).alias(REST),
            *(column for column in columns if column.name[0] not in "oa#"),
        ]
    )
    return frame.filter(~wrong) if wrong.any() else frame
