"""Message templates: what messages of one kind have in common, so that they can be counted.

What varies is masked: ids, numbers, addresses, quoted text, paths and URLs, and words that hold a
digit. All become one and the same `<*>` (as in Drain, He et al. 2017), because whether an id looks
like a number is chance: `user 4711` and `user 4a7b` follow one template.
"""

from __future__ import annotations

from typing import Final
from zlib import crc32

import numpy as np
import polars as pl

from traversion_data import schema

MASK: Final = "<*>"

_WORD: Final = r"[A-Za-z_]*[0-9][0-9A-Za-z_]*"
_VARIABLE: Final = (
    r"(?s:\n.*)"  # further lines
    r"|[a-zA-Z][a-zA-Z0-9+.-]{0,15}://[^\s\"'<>]+"
    r"|[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}"
    r"|(?-u:\b)[0-9a-fA-F]{8,}(?-u:\b)"
    r"|\"[^\"]*\"|(?-u:\B)'[^']*'"
    r"|(?-u:\B)/[0-9A-Za-z_.@%+~:/?&=,;-]+"
    rf"|{_WORD}(?:[.,:]{_WORD})*"
)


def masked(text: pl.Expr) -> pl.Expr:
    """A text's template: the text with all that varies as `MASK`."""
    return text.str.replace_all(_VARIABLE, MASK)


_NOTHING: Final = pl.Series(schema.TEMPLATE, [None], dtype=pl.UInt32)
_MASKED: Final = masked(pl.col(schema.MESSAGE))
_IS_LOG: Final = (
    pl.col(schema.MESSAGE).is_not_null()
    & (pl.col(schema.TYPE) != "metric")
    & (pl.col(schema.SPAN_ID).is_null() | pl.col(schema.DURATION).is_null())
)


def mark_templates(events: pl.DataFrame) -> pl.DataFrame:
    """Set `template` of log events (event frame to event frame, rows and order kept).

    It is the CRC-32 of the message's template: the same in every run and source. NULL without a
    message, and for spans and metric samples, which are counted by their own names.
    """
    is_log = events.select_seq(_IS_LOG).to_series()
    messages = events[schema.MESSAGE].filter(is_log)
    marks = _NOTHING.new_from_index(0, events.height)
    if len(messages):
        texts = messages.to_frame().select_seq(_MASKED).to_series()
        marks = marks.clone().scatter(np.flatnonzero(is_log.to_numpy()), _codes(texts))
    marked = events.clone()
    marked.replace_column(events.get_column_index(schema.TEMPLATE), marks)
    return marked


def _codes(texts: pl.Series) -> pl.Series:
    """The CRC-32 of texts, each distinct one taken once."""
    known = texts.to_arrow().dictionary_encode()
    codes = np.array([crc32(text.encode()) for text in known.dictionary.to_pylist()], np.uint32)
    return pl.Series(codes[known.indices.to_numpy()])
