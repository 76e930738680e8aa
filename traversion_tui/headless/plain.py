"""Columns of text for a terminal, made harmless without walking the harmless ones."""

from __future__ import annotations

from typing import Final

import polars as pl

from traversion_data.safe import printable

_PLAIN: Final = r"^[\x20-\x7e]*$"


def odd(texts: pl.Series, limit: int) -> pl.Series:
    """Which texts are not plain printable ASCII of at most `limit` characters (NULL is not odd)."""
    return (~texts.str.contains(_PLAIN) | (texts.str.len_bytes() > limit)).fill_null(value=False)


def cleaned(texts: pl.Series, limit: int = 4096) -> pl.Series:
    """Each text through `printable`; the plain ones are not touched."""
    positions = odd(texts, limit).arg_true()
    if not len(positions):
        return texts
    return texts.scatter(positions, [printable(text, limit) for text in texts.gather(positions)])
