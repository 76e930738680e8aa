"""Tables of text whose first line names the columns: CSV and TSV, RFC 4180."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

import numpy as np
import polars as pl

from traversion_data.decode import times
from traversion_data.decode.base import DecodeOptions, Format, Head
from traversion_data.decode.csv_columns import CsvColumns
from traversion_data.decode.csv_records import Records, header_of, separator_of, split
from traversion_data.decode.line_decoder import Cells, LineDecoder, mapping_of
from traversion_data.decode.lines import Lines
from traversion_data.decode.mapping import Mapping
from traversion_data.decode.naming import service_in
from traversion_data.decode.rows import NONE, Rows
from traversion_data.decode.text_format import head_lines
from traversion_data.source.base import Chunk
from traversion_data.source.quoted import cut_quoted

_NO_HEADER: Final = "the line that names the columns of this table was read in an earlier run"
_LOOK: Final = 50
_LONGEST_HEADER: Final = 64 * 1024
_SHORTEST: Final = len("1705333643")
_SURE, _WITHOUT_TIME, _TIMELESS = 0.94, 0.5, 0.3
_FEWEST: Final = 2
_WORD: Final = re.compile(r"[A-Za-z_@#][\w.@#/-]*(?: [\w.@#/()%-]+){0,3}\Z")
_NUMBER: Final = re.compile(r"\s*-?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?\s*\Z")
_TABLES: Final = re.compile(r"\.(?:csv|tsv)(?:\.(?:gz|zst|bz2|xz))?\Z", re.IGNORECASE)
_ODD: Final = 0.4
"""The share of lines that may have more or fewer fields than there are columns."""


class CsvReader:
    """Reads records of a table: see `line_decoder.LineReader`."""

    def __init__(self, mapping: Mapping) -> None:
        self._mapping = mapping
        self._separator = ","
        self._columns: CsvColumns | None = None

    @property
    def knows_columns(self) -> bool:
        """Whether the header has been read."""
        return self._columns is not None

    def name_columns(self, header: str) -> None:
        """Take the names and the sign between fields from a header."""
        self._separator = separator_of(header)
        self._columns = CsvColumns(header_of(header, self._separator), self._mapping)

    def read(self, lines: Lines) -> Rows:
        """Records as a raw frame; the first one of all names the columns and counts as blank."""
        records = Records.of(lines)
        skipped = 0
        if self._columns is None and len(records.first):
            self.name_columns(records.text(0))
            records, skipped = records.behind_first(), 1
        if self._columns is None or not len(records.first):
            return Rows(NONE.raw, records.refused, records.blank + skipped, last=records.last)
        counts = records.fields(self._separator)
        many = counts > len(self._columns.names)
        refused = [
            (int(line), f"{count} fields, where {len(self._columns.names)} columns are named")
            for line, count in zip(records.first[many], counts[many], strict=True)
        ]
        raw = self._columns.raw(records.kept(~many), self._separator)
        refused += records.refused
        return Rows(raw, refused, records.blank + skipped, last=records.last)


class CsvDecoder(LineDecoder):
    """A decoder that in the middle of a source takes the columns' names from the file again."""

    def __init__(self, reader: CsvReader, mapping: Mapping, options: DecodeOptions) -> None:
        super().__init__(reader, mapping, service_in(options.name))
        self._table = reader
        self._path = Path(options.name)

    def read(self, chunk: Chunk) -> Cells:
        """See `Decoder.read`."""
        if chunk.first_line and not self._table.knows_columns and chunk.long_line is None:
            header = _first_line(self._path)
            if header is None:
                lines = Lines.of(chunk.data)
                refused = [(line, _NO_HEADER) for line in range(len(lines))]
                return Cells(chunk, lines, Rows(NONE.raw, refused, 0))
            self._table.name_columns(header)
        return super().read(chunk)


def _first_line(path: Path) -> str | None:
    try:
        with path.open("rb") as file:
            line = file.readline(_LONGEST_HEADER)
    except (OSError, ValueError):
        return None
    return line.decode(errors="replace").removeprefix("\ufeff").rstrip("\r\n") or None


def _fits(head: Head) -> float:
    """Whether the first line names columns, one of them a time, and the next have as many."""
    text = head_lines(head).head(_LOOK)
    if not len(text):
        return 0.0
    separator = separator_of(text[0])
    names = split(text[0], separator)
    if not _name_columns(names):
        return 0.0
    counts = np.array([len(split(line, separator)) for line in text])
    quoted = text.str.contains('"', literal=True).to_numpy()
    timed = any(Mapping().exact(name) for name in names)
    if ((counts != len(names)) & ~quoted).mean() > (_ODD if timed else 0):
        return 0.0
    if timed:
        return _SURE
    if len(text) > 1 and _holds_time(text[1], separator):
        return _WITHOUT_TIME
    return _TIMELESS if _is_table(head.name, names, text, separator) else 0.0


def _holds_time(record: str, separator: str) -> bool:
    fields = pl.Series(split(record, separator), dtype=pl.String)
    long = fields.filter(fields.str.len_chars() >= _SHORTEST)
    return bool(times.of_text(long, times.Clock()).is_not_null().any())


def _is_table(name: str, names: list[str], text: pl.Series, separator: str) -> bool:
    """Whether lines of as many fields are a table, though none of those is a time.

    So says the file's name, or a column of nothing but numbers under a header that is a word.
    """
    if len(text) < _FEWEST or not all(_WORD.match(it) for it in names):
        return False
    if _TABLES.search(name):
        return True
    records = [split(line, separator) for line in text[1:]]
    return any(all(_NUMBER.match(it) for it in column) for column in zip(*records, strict=False))


def _name_columns(names: list[str]) -> bool:
    plain = all(
        0 < len(name.strip()) <= 80 and (name.strip()[0].isalpha() or name.strip()[0] in "_@#")
        for name in names
    )
    simple = all(not set(name) & set('{}"=<>;|\t') for name in names)
    return len(names) > 1 and plain and simple and len(set(names)) == len(names)


def _decoder(options: DecodeOptions) -> CsvDecoder:
    mapping = mapping_of(options)
    return CsvDecoder(CsvReader(mapping), mapping, options)


CSV: Final = Format("csv", "CSV", _fits, cut_quoted, _decoder)
"""Stamps are what the name of their column says."""
