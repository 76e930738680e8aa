"""Keys in PEM whose lines came one by one, as texts in consecutive rows."""

from __future__ import annotations

from collections import Counter
from typing import Final

import polars as pl

from traversion_data import schema
from traversion_data.redact.cells import Column
from traversion_data.redact.redaction import Redaction
from traversion_data.redact.texts import put, writer

_RULE: Final = "pem"
_BEGIN: Final = r"-----BEGIN [A-Z0-9 ]{0,40}KEY(?: BLOCK)?-----[ \t\r]*$"
_BODY: Final = r"^[ \t]*(?:[A-Za-z0-9+/]{4,}={0,2}|[A-Z][A-Za-z\-]{2,30}: .{0,200}|)[ \t\r]*$"


def of_pem(events: pl.DataFrame, redaction: Redaction) -> list[Column]:
    """The column of messages, where the lines of a key are messages."""
    column = pem_lines(events[schema.MESSAGE], redaction)
    return [] if column is None else [column]


def pem_lines(texts: pl.Series, redaction: Redaction) -> Column | None:
    """The lines between `BEGIN … KEY` and what is no longer a part of a key, each replaced."""
    if not texts.str.contains("-----BEGIN ", literal=True).any():
        return None
    begin = texts.str.contains(_BEGIN).fill_null(value=False)
    body = texts.str.contains(_BODY).fill_null(value=False)
    stops = (~body & ~begin).cast(pl.UInt32).cum_sum()
    at_begin = pl.select(pl.when(begin).then(stops).forward_fill()).to_series()
    inside = (body & (stops == at_begin).fill_null(value=False)) & (texts.str.len_bytes() > 1)
    if not inside.any():
        return None
    rows = texts.filter(inside)
    write = writer(_RULE, redaction.key)
    new = pl.Series((write(text.strip()) for text in rows), dtype=pl.String)
    return Column(put(texts, inside, new), inside, Counter({_RULE: len(rows)}))
