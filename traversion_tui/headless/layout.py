"""Texts in columns of terminal cells: how wide, cut and padded where. Whole columns at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import polars as pl
from rich.cells import cell_len, set_cell_size

from traversion_tui.headless.plain import odd

GAP: Final = "  "
NARROWEST: Final = 8
"""Cells that a cut column keeps, or its header if that is longer."""

_ANY_LENGTH: Final = 2**31


@dataclass(frozen=True)
class TextColumn:
    """A column ready to be laid out; its texts are printable and never NULL.

    `elastic` columns may be cut, the others never are. `number` columns stand at the right.
    """

    head: str
    texts: pl.Series
    number: bool
    elastic: bool

    @property
    def natural(self) -> int:
        """Cells that the longest text or the header takes."""
        return max(cell_len(self.head), widest(self.texts))

    @property
    def least(self) -> int:
        """Cells that the column keeps however narrow the terminal is."""
        return min(self.natural, max(NARROWEST, cell_len(self.head)))


def widest(texts: pl.Series) -> int:
    """Cells of the widest text; 0 without any."""
    strange = odd(texts, _ANY_LENGTH)
    plain = texts.filter(~strange).str.len_bytes().max()
    return max([int(plain or 0), *map(cell_len, texts.filter(strange))])  # type: ignore[arg-type]


def widths(columns: Sequence[TextColumn], available: int | None) -> list[int]:
    """A width for each column; the widest elastic ones give way until the row fits, if it can."""
    fitted = [column.natural for column in columns]
    if available is None:
        return fitted
    excess = sum(fitted) + len(GAP) * (len(fitted) - 1) - available
    while excess > 0:
        giving = [
            at for at, column in enumerate(columns) if column.elastic and fitted[at] > column.least
        ]
        if not giving:
            break
        at = max(giving, key=fitted.__getitem__)
        next_widest = max((fitted[other] for other in giving if other != at), default=0)
        step = max(1, min(excess, fitted[at] - max(next_widest, columns[at].least)))
        fitted[at] -= step
        excess -= step
    return fitted


def aligned(text: str, width: int, mark: str, *, right: bool) -> str:
    """One text cut to `width` cells, ending in `mark` if it was cut, and padded."""
    if cell_len(text) > width:
        text = set_cell_size(text, max(0, width - 1)) + mark
    padding = " " * (width - cell_len(text))
    return padding + text if right else text + padding


def padded(column: TextColumn, width: int, mark: str) -> pl.Series:
    """The column's texts, each exactly `width` cells (more only where it may not be cut)."""
    texts = pl.first()
    cut = (
        pl.when(texts.str.len_chars() > width)
        .then(pl.concat_str(texts.str.head(width - 1), pl.lit(mark)))
        .otherwise(texts)
    )
    pad = cut.str.pad_start(width) if column.number else cut.str.pad_end(width)
    laid = column.texts.to_frame().select(pad).to_series()
    strange = odd(column.texts, _ANY_LENGTH).arg_true()
    if not len(strange):
        return laid
    return laid.scatter(
        strange,
        [aligned(text, width, mark, right=column.number) for text in column.texts.gather(strange)],
    )
