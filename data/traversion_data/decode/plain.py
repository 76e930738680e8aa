"""Text without any time: events in the order of the file."""

from __future__ import annotations

from time import time_ns
from typing import Final

import numpy as np
import polars as pl

from traversion_data import schema
from traversion_data.decode.base import DecodeOptions, Format, Head
from traversion_data.decode.continued import CONTINUES
from traversion_data.decode.heads import ids, levelled
from traversion_data.decode.joining import parting
from traversion_data.decode.line_decoder import LineDecoder, mapping_of
from traversion_data.decode.lines import Lines
from traversion_data.decode.mapping import Mapping
from traversion_data.decode.naming import service_in
from traversion_data.decode.patterns import ascii_only
from traversion_data.decode.rows import Rows
from traversion_data.decode.shape import FLAGS
from traversion_data.decode.text import TIMED
from traversion_data.decode.text_block import TextBlock
from traversion_data.decode.text_format import (
    AT,
    MESSAGE,
    Cell,
    Layout,
    TextReader,
    always,
    head_lines,
)
from traversion_data.decode.untimed import NO_TIMES
from traversion_data.model import Flag, Recognised

_HEAD: Final = rf"^(?P<{AT}>\S.*)$"
_NO_TEXT: Final = r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x{FFFD}]"
_JSON: Final = r'^\s*(?:[\[{].*[\]}],?|[\[\]{}]+,?|"[^"]*"\s*:.*)\s*$'
_SURE: Final = 0.1
_MOST_BINARY: Final = 0.1


class PlainReader:
    """Gives each event of a text the next nanosecond, until most lines turn out to have a time.

    So a program whose first words bear none, and that is read as it writes, gets its times all the
    same.
    """

    def __init__(self, written: int | None) -> None:
        self.guessed = False
        self._timed: TextReader | None = None
        self._text = TextReader(Layout(_HEAD, always(_cells)), continued=ascii_only(CONTINUES))
        self._next = written if written is not None else time_ns()

    def read(self, lines: Lines) -> Rows:
        """See `LineReader.read`."""
        if self._timed is None and _have_times(lines):
            self._timed = TextReader(TIMED)
        if self._timed is not None:
            return self._timed.read(lines)
        self.guessed = True
        rows = self._text.read(lines)
        height = rows.raw.height
        raw = rows.raw.with_columns(
            pl.Series("i:epochns", np.arange(self._next, self._next + height, dtype=np.int64)),
            pl.col(FLAGS) | pl.lit(int(Flag.GUESSED_TIME), pl.UInt32),
        )
        self._next += height
        return Rows(raw, rows.refused, rows.blank, last=rows.last)


class PlainDecoder(LineDecoder):
    """A decoder whose times are mostly read from nothing."""

    def __init__(self, reader: PlainReader, mapping: Mapping, name: str) -> None:
        super().__init__(reader, mapping, name)
        self._plain = reader

    @property
    def recognised(self) -> tuple[Recognised, ...]:
        """What was taken for which core column; a time that was guessed is none."""
        found = super().recognised
        if not self._plain.guessed:
            return found
        return tuple(one for one in found if one.column != schema.TIME)

    @property
    def notes(self) -> tuple[str, ...]:
        """Sentences on what was guessed."""
        return (*super().notes, *([NO_TIMES] if self._plain.guessed else []))


def _have_times(lines: Lines) -> bool:
    """Whether at least every second line begins with a time."""
    timed = TextBlock.of(lines).text.str.contains(ascii_only(TIMED.head)).sum()
    return bool(timed and timed * 2 >= len(lines))


def _cells(frame: pl.DataFrame) -> list[Cell]:
    level, message = levelled(frame[AT])
    return [level.alias("s:level"), *ids(pl.col(AT)), message.alias(MESSAGE)]


def _begins(lines: Lines) -> np.ndarray:
    text = TextBlock.of(lines).text
    return (text.str.contains(_HEAD) & ~text.str.contains(ascii_only(CONTINUES))).to_numpy()


def _decoder(options: DecodeOptions) -> LineDecoder:
    reader, name = PlainReader(options.written), service_in(options.name)
    return PlainDecoder(reader, mapping_of(options), name)


def _fits(head: Head) -> float:
    """Anything that is text, where no other format knows it; JSON that is no event is not."""
    text = head_lines(head)
    if not len(text) or float(text.str.contains(_NO_TEXT).mean()) > _MOST_BINARY:  # type: ignore[arg-type]
        return 0.0
    return _SURE * float((~text.str.contains(_JSON)).mean())  # type: ignore[arg-type]


PLAIN: Final[Format] = Format("plain", "text without times", _fits, parting(_begins), _decoder)
"""There are no stamps: order is all that is known."""
