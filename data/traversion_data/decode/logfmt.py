"""logfmt: `ts=… level=info msg="…" key=value`, as Heroku, Go kit, logrus and Grafana write it.

pkg.go.dev/github.com/kr/logfmt: keys are words, values bare or in double quotes.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import polars as pl

from traversion_data.decode.base import Format, Head
from traversion_data.decode.pairs import Pairs
from traversion_data.decode.patterns import ascii_only
from traversion_data.decode.text_format import (
    AT,
    MESSAGE,
    TEXT,
    Cell,
    Layout,
    head_lines,
    text_format,
)

_KEY: Final = r"[A-Za-z_@][\w.@/-]*"
_VALUE: Final = r'(?:"(?:[^"\\]|\\.)*"|[^\s"]*)'
_PAIR: Final = rf"{_KEY}={_VALUE}"
_HEAD: Final = rf"^\s*(?P<{AT}>{_KEY})={_VALUE}(?:\s.*)?$"
PURE: Final = ascii_only(rf"^\s*{_PAIR}(?:\s+{_PAIR})+\s*$")
"""A line of two or more pairs and nothing else."""

_MESSAGES: Final = ("s:msg", MESSAGE)


def cells_of() -> Callable[[pl.DataFrame], list[Cell]]:
    """What makes cells of the lines of one source."""
    keys = Pairs()

    def cells(frame: pl.DataFrame) -> list[Cell]:
        # a line that stands alone is no list of pairs, whatever is in it
        text = frame[TEXT] if frame[AT].null_count() == 0 else _where(frame)
        found = keys.cells(pairs_in(text), len(text))
        said = [cell for cell in found if cell.name in _MESSAGES]
        message = pl.coalesce(*said, frame[TEXT]).alias(MESSAGE)
        return [*(cell for cell in found if cell.name not in _MESSAGES), message]

    return cells


def pairs_in(text: pl.Series) -> pl.DataFrame:
    """The pairs in texts: `row`, `key` and `value` as written."""
    row = pl.int_range(len(text), dtype=pl.UInt32, eager=True)
    found = (
        pl.DataFrame({"row": row, "pair": text})
        .select("row", pl.col("pair").str.extract_all(ascii_only(_PAIR)))
        .explode("pair", empty_as_null=True)
        .drop_nulls("pair")
    )
    part = pl.col("pair").str.splitn("=", 2).struct.field
    return found.select(
        "row", part("field_0").alias("key"), part("field_1").fill_null("").alias("value")
    )


def _where(frame: pl.DataFrame) -> pl.Series:
    return frame.select(pl.when(pl.col(AT).is_not_null()).then(TEXT)).to_series()


_ANY: Final = text_format("logfmt", "logfmt", Layout(_HEAD, cells_of), sure=0.9)


def _fits(head: Head) -> float:
    """As of any layout, but at least a third of the lines are pairs and nothing else."""
    text = head_lines(head)
    pure = text.str.contains(PURE).mean() if len(text) else 0.0
    return _ANY.fits(head) if float(pure or 0) >= 1 / 3 else 0.0  # type: ignore[arg-type]


LOGFMT: Final[Format] = Format(_ANY.word, _ANY.title, _fits, _ANY.cut, _ANY.decoder)
"""Stamps are when the event was logged, under any name that JSON Lines may use."""
