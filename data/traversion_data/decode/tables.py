"""Tables of typed columns: Parquet, and Arrow's files and streams."""

from __future__ import annotations

from typing import Final

import numpy as np
import polars as pl

from traversion_data.decode.base import DecodeOptions, Format, Head
from traversion_data.decode.line_decoder import LineReader, mapping_of
from traversion_data.decode.lines import Lines
from traversion_data.decode.mapping import Mapping
from traversion_data.decode.record import FLATTEN_DEPTH
from traversion_data.decode.rows import Rows
from traversion_data.decode.shape import FLAGS, LINE, REST
from traversion_data.decode.unfolding import Part, Parts, RecordDecoder
from traversion_data.decode.wide import encoded, narrowed
from traversion_data.source.base import Chunk
from traversion_data.source.tables import cut_table

_FRACTIONS: Final = {"ms": "%.3f", "us": "%.6f", "ns": "%.9f"}


class TableReader:
    """Reads chunks of rows; see `line_decoder.LineReader`."""

    def read(self, lines: Lines) -> Rows:
        """A chunk's rows as a raw frame."""
        frame = pl.read_ipc_stream(lines.data)
        cells: list[pl.Series] = []
        lists: list[pl.Series] = []
        todo = [(series.name, series, 1) for series in reversed(frame.get_columns())]
        while todo:
            path, series, depth = todo.pop()
            if series.null_count() == len(series):
                continue
            if isinstance(series.dtype, pl.Struct) and depth < FLATTEN_DEPTH:
                inner = series.struct.fields
                todo += [
                    (f"{path}.{name}", series.struct.field(name), depth + 1)
                    for name in reversed(inner)
                ]
            elif series.dtype.is_nested():
                lists.append(series.alias(path))
            else:
                cells += typed(path, series)
        kept, rest = narrowed(cells, frame.height)
        more = encoded(lists, frame.height)
        raw = pl.DataFrame(
            [
                pl.Series(LINE, np.arange(frame.height, dtype=np.uint32)),
                pl.repeat(0, frame.height, dtype=pl.UInt32, eager=True).alias(FLAGS),
                _both(rest, more).alias(REST),
                *kept,
            ]
        )
        return Rows(raw, [], 0)


class TableDecoder(RecordDecoder):
    """Decodes chunks of rows, which have no bytes of their own.

    A table is read again from its beginning where reading ended within it: the rows that were
    stored then, as many as the first chunk says stood before it, are passed over.
    """

    def __init__(self, reader: LineReader, mapping: Mapping, options: DecodeOptions) -> None:
        super().__init__(reader, mapping, options)
        self._table = reader
        self._stored: int | None = None

    def read(self, chunk: Chunk) -> Parts:
        """See `Decoder.read`."""
        self._note(chunk)
        if self._stored is None:
            self._stored = chunk.first_line
        first = chunk.first_line - self._stored
        nowhere = np.zeros(0, dtype=np.int64)
        if not chunk.table:
            return Parts(chunk, ())
        rows = self._table.read(Lines(chunk.table, nowhere, nowhere))
        at = np.arange(first, first + rows.raw.height, dtype=np.int64)
        passed = max(0, self._stored - first)
        if passed:
            later = pl.col(LINE) >= passed
            raw = rows.raw.filter(later).with_columns((pl.col(LINE) - passed).cast(pl.UInt32))
            at, rows = at[passed:], Rows(raw, rows.refused, rows.blank)
        return Parts(chunk, (Part(first + passed, Lines(b"", at, at), rows),))


def typed(path: str, series: pl.Series) -> list[pl.Series]:
    """One column of plain values as cells named by kind and path; see `record.flatten`."""
    dtype = series.dtype
    if dtype == pl.Boolean:
        return [series.alias(f"b:{path}")]
    if dtype == pl.UInt64:
        near = series <= 2**63 - 1
        whole, far = series.set(~near, None), series.set(near, None)
        found = [whole.cast(pl.Int64).alias(f"i:{path}"), far.cast(pl.String).alias(f"h:{path}")]
        return [cell for cell in found if cell.null_count() < len(cell)]
    if dtype.is_integer():
        return [series.cast(pl.Int64).alias(f"i:{path}")]
    if dtype.is_float() or dtype.is_decimal():
        return _fractions(path, series.cast(pl.Float64))
    return [_text(series).alias(f"s:{path}")]


def _fractions(path: str, series: pl.Series) -> list[pl.Series]:
    """Fractions; NaN is what tables write for nothing, an infinity is kept as text."""
    series = series.fill_nan(None)
    odd = series.is_infinite()
    if not odd.any():
        return [series.alias(f"f:{path}")]
    found = [
        series.set(odd, None).alias(f"f:{path}"),
        series.set(~odd, None).cast(pl.String).alias(f"h:{path}"),
    ]
    return [cell for cell in found if cell.null_count() < len(cell)]


def _text(series: pl.Series) -> pl.Series:
    dtype = series.dtype
    if isinstance(dtype, pl.Datetime):
        zone = "Z" if dtype.time_zone else ""
        utc = series.dt.convert_time_zone("UTC") if dtype.time_zone else series
        fraction = _FRACTIONS[dtype.time_unit]
        return utc.dt.to_string(f"%Y-%m-%dT%H:%M:%S{fraction}{zone}")
    if isinstance(dtype, pl.Duration):
        return pl.select(
            pl.concat_str(series.dt.total_nanoseconds().cast(pl.String), pl.lit("ns"))
        ).to_series()
    if dtype == pl.Binary:
        return series.bin.encode("hex")
    return series.cast(pl.String)


def _both(rest: pl.Series, more: pl.Series) -> pl.Series:
    """Two columns of JSON objects as one."""
    a, b = pl.col("a"), pl.col("b")
    joined = pl.concat_str(a.str.head(-1), pl.lit(","), b.str.slice(1))
    both = pl.when(a.is_not_null() & b.is_not_null()).then(joined).otherwise(pl.coalesce(a, b))
    return pl.DataFrame({"a": rest, "b": more}).select(both).to_series()


def _table(word: str, title: str, begins: tuple[bytes, ...]) -> Format:
    def fits(head: Head) -> float:
        return 1.0 if head.data.startswith(begins) else 0.0

    return Format(word, title, fits, cut_table, _decoder)


def _decoder(options: DecodeOptions) -> TableDecoder:
    return TableDecoder(TableReader(), mapping_of(options), options)


PARQUET: Final = _table("parquet", "Parquet", (b"PAR1",))
ARROW: Final = _table("arrow", "Arrow", (b"ARROW1\0\0", b"\xff\xff\xff\xff"))
"""Stamps are what the name of their column says."""
