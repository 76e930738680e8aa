"""`key=value` pairs of any keys: from texts to a column for each key."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

import numpy as np
import orjson
import polars as pl

from traversion_data import schema
from traversion_data.decode import roles
from traversion_data.decode.blank import nothing
from traversion_data.decode.mapping import Mapping
from traversion_data.decode.shape import REST

_WHOLE: Final = r"^-?(?:0|[1-9][0-9]{0,17})$"
_BROKEN: Final = r"^-?(?:0|[1-9][0-9]{0,300})\.[0-9]+(?:[eE][+-]?[0-9]{1,2})?$"
_BACKSLASH: Final = "\ufdd0"
"""What no text holds: a pair of backslashes while other escapes are read."""
_ESCAPES: Final = (
    ("\\\\", _BACKSLASH),
    ("\\n", "\n"),
    ("\\t", "\t"),
    ("\\r", "\r"),
    ('\\"', '"'),
    ("\\]", "]"),
    (_BACKSLASH, "\\"),
)

_TEXT, _WHOLE_KIND, _BROKEN_KIND, _TRUTH = range(4)
_KINDS: Final[dict[int, tuple[str, pl.DataType]]] = {
    _WHOLE_KIND: ("i", pl.Int64()),
    _BROKEN_KIND: ("f", pl.Float64()),
    _TRUTH: ("b", pl.Boolean()),
    _TEXT: ("s", pl.String()),
}
"""Kinds of cells that values may be of, in the order of a key's columns."""

_IT: Final = pl.col("value")
_QUOTED: Final = _IT.str.starts_with('"')
_INNER: Final = _IT.str.slice(1).str.strip_suffix('"')


def _unescaped(inner: pl.Expr) -> pl.Expr:
    for escape, meant in _ESCAPES:
        inner = inner.str.replace_all(escape, meant, literal=True)
    return inner


_BARE: Final = pl.when(_IT != "").then(_IT)
_READ: Final = (
    pl.col("row", "key", "value"),
    pl.when(_QUOTED).then(_INNER).otherwise(_BARE).alias("text"),
    _IT.str.head(1).is_in(list("-0123456789")).alias("numeric"),
    pl.when(_IT.is_in(["true", "false"]))
    .then(pl.lit(_TRUTH, pl.UInt8))
    .otherwise(pl.lit(_TEXT, pl.UInt8))
    .alias("kind"),
)
_NUMERIC: Final = (
    pl.when(_IT.str.contains(_WHOLE))
    .then(pl.lit(_WHOLE_KIND, pl.UInt8))
    .when(_IT.str.contains(_BROKEN))
    .then(pl.lit(_BROKEN_KIND, pl.UInt8))
    .otherwise(pl.lit(_TEXT, pl.UInt8))
)
_UNESCAPED: Final = pl.when(_QUOTED).then(_unescaped(_INNER)).otherwise(_BARE).alias("text")


@dataclass
class Pairs:
    """The keys of one source: at most `schema.MAX_LEARNED` beside those with a role by name."""

    _keys: set[str] = field(default_factory=set)

    def cells(self, pairs: pl.DataFrame, height: int) -> list[pl.Series]:
        """Cells from pairs: `row` (UInt32), `key` and `value`, in the order of the text.

        Values in quotes are text, others what they look like. A row's first value of a key is its
        cell; what else there is goes to `REST`.
        """
        cells: list[pl.Series] = []
        left: list[pl.DataFrame] = []
        twice = not pairs.select_seq(pl.struct("row", "key").is_first_distinct().all()).item()
        for part in _read(pairs).partition_by("key", maintain_order=True) if pairs.height else ():
            key = part["key"][0]
            if not self._admit(key):
                left.append(part)
                continue
            taken = part.unique("row", keep="first", maintain_order=True) if twice else part
            if taken.height < part.height:
                left.append(part.filter(~pl.col("row").is_first_distinct()))
            cells += _typed(key, taken, height)
        return [*cells, _rest(left, height)] if left else cells

    def _admit(self, key: str) -> bool:
        if key not in self._keys:
            if len(self._keys) >= schema.MAX_LEARNED and not Mapping.named(key):
                return False
            self._keys.add(key)
        return True


def _read(pairs: pl.DataFrame) -> pl.DataFrame:
    """The pairs with `text`, what each says as text (NULL where nothing), and its `kind`."""
    read = pairs.select_seq(_READ)
    values, numeric = read["value"], read["numeric"]
    kind = read["kind"]
    if numeric.any():
        shaped = values.filter(numeric).to_frame().select_seq(_NUMERIC).to_series()
        kind = kind.scatter(np.flatnonzero(numeric.to_numpy()), shaped)
    text = read["text"]
    if values.str.contains("\\", literal=True).any():
        text = read.select_seq(_UNESCAPED).to_series()
    return pl.DataFrame([read["row"], read["key"], values, text, kind])


@lru_cache(maxsize=1024)
def _is_text(key: str) -> bool:
    """Whether a key's values stay text, whatever they look like."""
    return Mapping.names_text(key) and roles.rank(roles.HTTP_STATUS, key) is None


def _typed(key: str, part: pl.DataFrame, height: int) -> list[pl.Series]:
    """The values of a key by kind; those under names of core columns stay text."""
    row, kind = part["row"], part["kind"]
    found: list[tuple[pl.Series, pl.Series]] = []
    if _is_text(key):
        found.append((row, part["text"].alias(f"s:{key}")))
    else:
        uniform = kind.min() == kind.max()
        for code in (kind[0],) if uniform else _KINDS:
            letter, dtype = _KINDS[code]
            here = part if uniform else part.filter(kind == code)
            if here.height:
                cells = here["text" if letter == "s" else "value"]
                typed = cells == "true" if letter == "b" else cells.cast(dtype)
                found.append((here["row"], typed.alias(f"{letter}:{key}")))
    return [
        nothing(cells.dtype, height).alias(cells.name).scatter(rows, cells)
        for rows, cells in found
        if cells.count()
    ]


def _rest(left: list[pl.DataFrame], height: int) -> pl.Series:
    """JSON text of pairs that are no cells; few rows have any."""
    rows: dict[int, dict[str, str]] = {}
    for row, key, value in pl.concat(left).select("row", "key", "value").iter_rows():
        rows.setdefault(row, {})[key] = value.strip('"')
    texts = [orjson.dumps(pairs).decode() for pairs in rows.values()]
    return nothing(pl.String(), height).alias(REST).scatter(list(rows), texts)
