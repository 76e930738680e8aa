"""Secrets that the ends of lines part: keys in PEM, texts that a limit has cut."""

from __future__ import annotations

from collections import Counter
from typing import Final

import polars as pl

from traversion_data import schema
from traversion_data.decode.place import ASIDE_TEXT
from traversion_data.redact.cells import Column
from traversion_data.redact.redaction import Redaction
from traversion_data.redact.texts import put, writer

_RULE: Final = "pem"
_PARTED: Final = r"""(?:[^\s"',;<>]{1,400}|(?:[0-9]{1,4}[ \-]){1,4}[0-9]{1,4})$"""
"""The last word of a text, or groups of digits; keys longer than that are known by their start."""
_EDGE: Final = "-----(?:BEGIN|END) [A-Z0-9 ]{0,40}KEY"
_BEGIN: Final = r"-----BEGIN [A-Z0-9 ]{0,40}KEY(?: BLOCK)?-----[^-]*$"
_END: Final = r"^[^-]*-----END [A-Z0-9 ]{0,40}KEY"
_BODY: Final = r"^[ \t]*(?:[A-Za-z0-9+/]{4,}={0,2}|[A-Z][A-Za-z\-]{2,30}: .{0,200}|)[ \t\r]*$"


def whole_words(lengths: pl.Series, texts: pl.Series) -> pl.Series:
    """The texts of lines of these lengths in bytes, the cut ones without what the cut parted."""
    cut = lengths > ASIDE_TEXT
    if not cut.any():
        return texts
    return texts.zip_with(~cut, texts.str.replace(_PARTED, "…"))


def of_pem(events: pl.DataFrame, redaction: Redaction) -> list[Column]:
    """The column of messages, where the lines of a key are messages."""
    column = pem_lines(events[schema.MESSAGE], redaction)
    return [] if column is None else [column]


def pem_lines(texts: pl.Series, redaction: Redaction) -> Column | None:
    """The lines between `BEGIN … KEY` and what is no longer a part of a key, each replaced.

    Of a key whose beginning came with other texts, those before its `END … KEY`.
    """
    if not texts.str.contains(_EDGE).any():
        return None
    body = texts.str.contains(_BODY).fill_null(value=False)
    begin = texts.str.contains(_BEGIN).fill_null(value=False)
    end = texts.str.contains(_END).fill_null(value=False)
    near = _next_to(begin, body) | _next_to(end.reverse(), body.reverse()).reverse()
    inside = near & (texts.str.len_bytes() > 1)
    if not inside.any():
        return None
    rows = texts.filter(inside)
    write = writer(_RULE, redaction.key)
    new = pl.Series((write(text.strip()) for text in rows), dtype=pl.String)
    return Column(put(texts, inside, new), inside, Counter({_RULE: len(rows)}))


def _next_to(edge: pl.Series, body: pl.Series) -> pl.Series:
    """Which rows of a body follow an edge, with nothing but others between."""
    stops = (~body & ~edge).cast(pl.UInt32).cum_sum()
    at_edge = pl.select(pl.when(edge).then(stops).forward_fill()).to_series()
    return body & (stops == at_edge).fill_null(value=False)
