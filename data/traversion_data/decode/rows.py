"""The exact path: lines one by one to a raw frame of typed cells, whatever they hold."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import orjson
import polars as pl

from traversion_data.decode.lines import Lines
from traversion_data.decode.record import Admit, NotAnEvent, flatten, parse
from traversion_data.decode.shape import FLAGS, LINE, REST

DTYPES: Final[dict[str, pl.DataType]] = {
    "b": pl.Boolean(),
    "i": pl.Int64(),
    "f": pl.Float64(),
    "s": pl.String(),
    "h": pl.String(),
    "x": pl.String(),
}
"""Column type of each kind of cell (see `record.flatten`)."""

FIXED: Final[dict[str, pl.DataType]] = {
    LINE: pl.UInt32(),
    FLAGS: pl.UInt32(),
    REST: pl.String(),
}


@dataclass(frozen=True)
class Rows:
    """What lines gave: a raw frame, lines that are no events with the reason, and blank lines.

    lists: paths of arrays of plain values (see `record.Cells`). last: by line, the last line of the
    event that begins there, where events span lines.
    """

    raw: pl.DataFrame
    refused: list[tuple[int, str]]
    blank: int
    lists: dict[str, tuple[str, ...]] = field(default_factory=dict)
    last: np.ndarray | None = None


NONE: Final = Rows(pl.DataFrame(schema=FIXED), [], 0)
"""What no lines give."""


def read(
    lines: Lines,
    which: Iterable[int],
    admit: Admit,
    exact: Callable[[str], bool],
) -> Rows:
    """Decode the given lines of a block; `admit` and `exact` as `record.flatten` takes them."""
    which = list(which)
    if not which:
        return NONE
    rows: list[dict[str, Any]] = []
    refused: list[tuple[int, str]] = []
    blank = 0
    names: dict[str, pl.DataType] = dict(FIXED)
    lists: dict[str, tuple[str, ...]] = {}
    for index in which:
        line = lines.line(index)
        if not line.strip():
            blank += 1
            continue
        try:
            record, flags = parse(line)
        except NotAnEvent as no:
            refused.append((index, str(no)))
            continue
        cells = flatten(record, admit, exact)
        lists.update(cells.lists)
        row = cells.values
        for name in row:
            if name not in names:
                names[name] = DTYPES[name[0]]
        row[LINE] = index
        row[FLAGS] = flags | cells.flags
        row[REST] = orjson.dumps(cells.rest).decode() if cells.rest else None
        rows.append(row)
    raw = pl.from_dicts(rows, schema=names) if rows else pl.DataFrame(schema=names)
    return Rows(raw, refused, blank, lists)
