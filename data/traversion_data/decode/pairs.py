"""`key=value` pairs of any keys: from texts to a column for each key."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import orjson
import polars as pl

from traversion_data import schema
from traversion_data.decode import roles
from traversion_data.decode.mapping import Mapping
from traversion_data.decode.shape import REST

_WHOLE: Final = r"^-?(?:0|[1-9]\d{0,17})$"
_BROKEN: Final = r"^-?(?:0|[1-9]\d{0,300})\.\d+(?:[eE][+-]?\d{1,2})?$"
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
        nothing = pl.repeat(None, height, dtype=pl.String, eager=True)
        for (key,), part in pairs.partition_by("key", as_dict=True, maintain_order=True).items():
            if not self._admit(str(key)):
                left.append(part)
                continue
            taken = part.unique("row", keep="first", maintain_order=True)
            if taken.height < part.height:
                left.append(part.filter(~pl.col("row").is_first_distinct()))
            column = nothing.clone().scatter(taken["row"], taken["value"])
            cells += _typed(str(key), column)
        return [*cells, _rest(left, nothing)] if left else cells

    def _admit(self, key: str) -> bool:
        if key not in self._keys:
            if len(self._keys) >= schema.MAX_LEARNED and not Mapping.named(key):
                return False
            self._keys.add(key)
        return True


def _typed(key: str, column: pl.Series) -> list[pl.Series]:
    """The values of a key by kind; those under names of core columns stay text."""
    frame = pl.DataFrame({"it": column})
    it = pl.col("it")
    quoted = it.str.starts_with('"')
    inner = it.str.slice(1).str.strip_suffix('"')
    if frame.select((quoted & it.str.contains("\\", literal=True)).any()).item():
        for escape, meant in _ESCAPES:
            inner = inner.str.replace_all(escape, meant, literal=True)
    text = pl.when(quoted).then(inner).otherwise(pl.when(it != "").then(it))
    if Mapping.names_text(key) and roles.rank(roles.HTTP_STATUS, key) is None:
        found = frame.select(text.alias(f"s:{key}"))
    else:
        whole, broken = it.str.contains(_WHOLE), it.str.contains(_BROKEN)
        truth = it.is_in(["true", "false"])
        found = frame.select(
            pl.when(whole).then(it).cast(pl.Int64, strict=False).alias(f"i:{key}"),
            pl.when(broken).then(it).cast(pl.Float64, strict=False).alias(f"f:{key}"),
            pl.when(truth).then(it == "true").alias(f"b:{key}"),
            pl.when(~whole & ~broken & ~truth).then(text).alias(f"s:{key}"),
        )
    return [cell for cell in found.get_columns() if cell.count()]


def _rest(left: list[pl.DataFrame], nothing: pl.Series) -> pl.Series:
    """JSON text of pairs that are no cells; few rows have any."""
    rows: dict[int, dict[str, str]] = {}
    for row, key, value in pl.concat(left).select("row", "key", "value").iter_rows():
        rows.setdefault(row, {})[key] = value.strip('"')
    texts = [orjson.dumps(pairs).decode() for pairs in rows.values()]
    return nothing.clone().scatter(list(rows), texts).alias(REST)
