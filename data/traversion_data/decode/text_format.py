"""Formats whose events begin with a line of known shape: one pattern and what its groups mean."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, TypeAlias

import numpy as np
import polars as pl

from traversion_data.decode.base import DecodeOptions, Format, Head
from traversion_data.decode.blank import nothing
from traversion_data.decode.joining import join, parting
from traversion_data.decode.line_decoder import LineDecoder, mapping_of
from traversion_data.decode.lines import Lines
from traversion_data.decode.naming import service_in
from traversion_data.decode.patterns import ascii_only
from traversion_data.decode.rows import Rows
from traversion_data.decode.shape import FLAGS, LINE, REST
from traversion_data.decode.stack import exceptions
from traversion_data.decode.text_block import TextBlock

AT: Final = "at"
TEXT: Final = "text"
HEAD: Final = "head"
BEHIND: Final = "behind"
MESSAGE: Final = "s:message"

_FEWEST: Final = 0.02
"""Of the lines of a log with stack traces at least this share begins an event."""


Cell: TypeAlias = pl.Expr | pl.Series
Cells: TypeAlias = Callable[[pl.DataFrame], list[Cell]]
"""From the groups of a head's pattern and `TEXT`, the line, to cells named `kind:path`.

See `record.flatten` for the names; `MESSAGE` is among them. All groups are NULL on a line that
stands alone without being a head.
"""


@dataclass(frozen=True)
class Layout:
    """How a format's events are taken apart.

    head: what the first line of an event matches, with a group `AT` in every match. A group `HEAD`
    around all before the message gives the column `BEHIND`, which is quicker than a group for the
    message. cells: makes, for one source, what makes its cells.
    """

    head: str
    cells: Callable[[], Cells]


def always(cells: Cells) -> Callable[[], Cells]:
    """Cells that remember nothing of a source."""
    return lambda: cells


class TextReader:
    """Reads the lines of a layout: see `line_decoder.LineReader`."""

    def __init__(self, layout: Layout, continued: str | None = None) -> None:
        """`continued`: what no line that begins an event matches, though it matches the head."""
        self._continued = continued
        self._head = ascii_only(layout.head)
        self._cells = layout.cells()

    def read(self, lines: Lines) -> Rows:
        """Events of a block as a raw frame, the lines of each joined."""
        block = TextBlock.of(lines)
        groups = block.text.str.extract_groups(self._head).struct.unnest()
        begins = groups[AT].is_not_null()
        if self._continued is not None:
            begins &= ~block.text.str.contains(self._continued)
        joined = join(block, lines, begins.to_numpy())
        whole = groups.with_columns(block.text.alias(TEXT))
        if HEAD in whole.columns:
            whole = whole.with_columns(pl.col(TEXT).str.strip_prefix(pl.col(HEAD)).alias(BEHIND))
        events = whole if len(joined.first) == len(lines) else whole[joined.first]
        cells = events.select(self._cells(events))
        message = cells[MESSAGE]
        if message.null_count():
            message = message.fill_null(events[TEXT])
        message, traces = exceptions(message, joined.tails)
        cells = cells.with_columns(message.alias(MESSAGE), *traces)
        raw = pl.DataFrame(
            [
                pl.Series(LINE, joined.first.astype(np.uint32)),
                pl.Series(FLAGS, joined.flags, dtype=pl.UInt32),
                cells[REST]
                if REST in cells.columns
                else nothing(pl.String(), len(joined.first)).alias(REST),
                *(cell for cell in cells.get_columns() if cell.count() and cell.name != REST),
            ]
        )
        return Rows(raw, hollow(block), joined.blank, last=joined.last)


def hollow(block: TextBlock) -> list[tuple[int, str]]:
    """Lines of nothing but NUL bytes, as refused lines."""
    at = np.flatnonzero(block.hollow).tolist()
    return [(line, "a run of NUL bytes") for line in at]


def text_format(word: str, title: str, layout: Layout, sure: float) -> Format:
    """A format of one layout; `sure` is its score where it explains every line of a head."""
    shape = ascii_only(layout.head)

    def begins(lines: Lines) -> np.ndarray:
        return TextBlock.of(lines).text.str.contains(shape).to_numpy()

    def decoder(options: DecodeOptions) -> LineDecoder:
        return LineDecoder(TextReader(layout), mapping_of(options), service_in(options.name))

    def fits(head: Head) -> float:
        return sure * explained(head, shape)

    return Format(word, title, fits, parting(begins), decoder)


def explained(head: Head, shape: str) -> float:
    """The share of lines that begin an event of this shape or follow one, objects apart."""
    text = head_lines(head)
    if not len(text):
        return 0.0
    begins = text.str.contains(shape)
    if begins.mean() < _FEWEST:  # type: ignore[operator]
        return 0.0
    following = begins.cum_max() & ~text.str.starts_with("{")
    return float((begins | following).mean())  # type: ignore[arg-type]


def head_lines(head: Head) -> pl.Series:
    """The whole lines of a head that are not blank."""
    return _head_lines(head.data, head.whole)


@lru_cache(maxsize=2)
def _head_lines(data: bytes, whole: bool) -> pl.Series:  # noqa: FBT001 - two facts of a head
    end = len(data) if whole else data.rfind(b"\n") + 1 or len(data)
    block = TextBlock.of(Lines.of(data[:end]))
    return block.text.filter(pl.Series(~block.blank & ~block.hollow))
