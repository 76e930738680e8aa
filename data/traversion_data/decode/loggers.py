"""Loggers whose JSON lines mean more than their keys say: bunyan, and log4j2's JsonLayout.

github.com/trentm/node-bunyan: core fields. logging.apache.org: JSON Layout, `includeTimeMillis`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import polars as pl

from traversion_data import schema
from traversion_data.decode.base import DecodeOptions, Format, Head
from traversion_data.decode.json import JsonReader
from traversion_data.decode.known import keys, known_mapping, measured
from traversion_data.decode.line_decoder import LineDecoder, LineReader, service_of
from traversion_data.decode.lines import Lines
from traversion_data.decode.rows import Rows
from traversion_data.decode.text_format import head_lines
from traversion_data.model import SECOND
from traversion_data.source.blocks import cut

_BUNYAN: Final = (
    r'^\{.*"v":\s*0\b',
    r'"name":\s*"',
    r'"hostname":\s*"',
    r'"pid":\s*\d',
    r'"level":\s*\d',
)
_SECONDS, _NANOS = "i:instant.epochSecond", "i:instant.nanoOfSecond"


@dataclass(frozen=True)
class InstantReader:
    """A reader that puts the two numbers of log4j2's instants together, as nanoseconds."""

    reader: LineReader

    def read(self, lines: Lines) -> Rows:
        """See `LineReader.read`."""
        rows = self.reader.read(lines)
        if not {_SECONDS, _NANOS} <= set(rows.raw.columns):
            return rows
        seconds, nanos = pl.col(_SECONDS), pl.col(_NANOS)
        fits = seconds.is_between(-(2**33), 2**33) & nanos.is_between(0, SECOND - 1)
        raw = rows.raw.with_columns(
            pl.when(fits).then(seconds * SECOND + nanos).alias("i:instant"),
            pl.when(~fits).then(seconds).alias(_SECONDS),
            pl.when(~fits).then(nanos).alias(_NANOS),
        )
        return Rows(raw, rows.refused, rows.blank, rows.lists, rows.last)


def _share(head: Head, *parts: str) -> float:
    text = head_lines(head)
    if not len(text):
        return 0.0
    found = pl.all_horizontal(pl.col("text").str.contains(part) for part in parts)
    return float(text.alias("text").to_frame().select(found.mean()).item())


def _bunyan(options: DecodeOptions) -> LineDecoder:
    known = {schema.SERVICE: keys("bunyan", "name"), schema.OPERATION: ()}
    mapping = known_mapping(options, known)
    return LineDecoder(JsonReader(mapping), mapping, service_of(options))


def _log4j2(options: DecodeOptions) -> LineDecoder:
    mapping = known_mapping(options, {schema.TIME: measured("log4j2", "instant", 1)})
    return LineDecoder(InstantReader(JsonReader(mapping)), mapping, service_of(options))


BUNYAN: Final = Format(
    "bunyan",
    "bunyan",
    lambda head: 0.95 * _share(head, *_BUNYAN),
    cut,
    _bunyan,
)
LOG4J2: Final = Format(
    "log4j2",
    "log4j2 JSON",
    lambda head: 0.95 * _share(head, r'^\{.*"instant":\s*\{\s*"epochSecond"', r'"nanoOfSecond"'),
    cut,
    _log4j2,
)
"""Stamps are when an event was logged."""
