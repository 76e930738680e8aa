"""Columns of text to typed cells, each of the kind that its first values are of."""

from __future__ import annotations

from io import BytesIO
from typing import Final

import numpy as np
import polars as pl

from traversion_data.decode.csv_records import Records, split
from traversion_data.decode.mapping import Mapping
from traversion_data.decode.shape import FLAGS, LINE, REST
from traversion_data.decode.text_block import TextBlock
from traversion_data.decode.wide import narrowed

_WHOLE: Final = r"^-?(?:0|[1-9][0-9]{0,17})$"
_NUMBER: Final = r"^-?(?:[0-9]+\.[0-9]*|\.[0-9]+|[0-9]+)(?:[eE][+-]?[0-9]{1,3})?$"
_ZEROS: Final = r"^-?0[0-9]"
_TRUTHS: Final = ("true", "false")


class CsvColumns:
    """The columns of one table."""

    def __init__(self, names: list[str], mapping: Mapping) -> None:
        self.names = names
        self._mapping = mapping
        self._kinds: dict[str, str] = {}

    def raw(self, records: Records, separator: str) -> pl.DataFrame:
        """Records as a raw frame; see `rows.Rows`."""
        texts = self._texts(records, separator)
        cells = [
            cell
            for name in self.names
            if texts[name].null_count() < texts.height
            for cell in self._cells(name, texts[name])
        ]
        height = texts.height
        kept, rest = narrowed(cells, height)
        return pl.DataFrame(
            [
                pl.Series(LINE, records.first.astype(np.uint32)),
                pl.Series(FLAGS, _flags(records), dtype=pl.UInt32),
                rest.alias(REST),
                *kept,
            ]
        )

    def _texts(self, records: Records, separator: str) -> pl.DataFrame:
        """Fields as text, NULL where they are empty or missing."""
        schema = dict.fromkeys(self.names, pl.String())
        block = records.block()
        try:
            texts = pl.read_csv(
                BytesIO(block),
                has_header=False,
                schema=schema,
                separator=separator,
                truncate_ragged_lines=True,
                encoding="utf8-lossy",
            )
        except pl.exceptions.PolarsError:
            texts = pl.DataFrame(schema=schema)
        if texts.height == len(records.first):
            return texts.with_columns(pl.when(pl.all() != "").then(pl.all()))
        return self._slow(records, separator)

    def _slow(self, records: Records, separator: str) -> pl.DataFrame:
        """The same for what the engine's reader refuses, record by record."""
        width = len(self.names)
        rows: list[list[str | None]] = []
        for index in range(len(records.first)):
            fields = split(records.text(index), separator)[:width]
            rows.append([*(field or None for field in fields), *[None] * (width - len(fields))])
        return pl.DataFrame(rows, schema=dict.fromkeys(self.names, pl.String()), orient="row")

    def _cells(self, name: str, texts: pl.Series) -> list[pl.Series]:
        kind = self._kinds.setdefault(name, _kind(texts))
        if kind == "s":
            return [texts.alias(f"s:{name}")]
        it = pl.col(name)
        if kind == "b":
            lower = it.str.to_lowercase()
            known = lower.is_in(_TRUTHS)
            parts = [
                pl.when(known).then(lower == "true").alias(f"b:{name}"),
                pl.when(~known).then(it).alias(f"s:{name}"),
            ]
        else:
            parts = self._numbers(name, kind)
        found = texts.alias(name).to_frame().select(parts).get_columns()
        return [cell for cell in found if cell.null_count() < len(cell)]

    def _numbers(self, name: str, kind: str) -> list[pl.Expr]:
        it = pl.col(name)
        whole = it.str.contains(_WHOLE) & pl.lit(kind == "i")
        broken = it.str.contains(_NUMBER) & ~whole
        parts = [
            pl.when(whole).then(it).cast(pl.Int64, strict=False).alias(f"i:{name}"),
            pl.when(broken).then(it).cast(pl.Float64, strict=False).alias(f"f:{name}"),
            pl.when(~whole & ~broken).then(it).alias(f"s:{name}"),
        ]
        if self._mapping.exact(name):
            parts.append(pl.when(broken).then(it).alias(f"x:{name}"))
        return parts


def _kind(texts: pl.Series) -> str:
    """What all values of a column are: whole numbers, fractions, truths, else texts."""
    some = texts.drop_nulls()
    if some.str.contains(_ZEROS).any() and not some.str.contains(r"^-?0\.").any():
        return "s"
    if some.str.contains(_WHOLE).all():
        return "i"
    if some.str.contains(_NUMBER).all():
        return "f"
    return "b" if some.str.to_lowercase().is_in(_TRUTHS).all() else "s"


def _flags(records: Records) -> np.ndarray:
    try:
        records.lines.data.decode()
    except UnicodeDecodeError:
        flags = TextBlock.of(records.lines).flags
        return np.asarray(flags[records.first])
    return np.zeros(len(records.first), dtype=np.uint32)
