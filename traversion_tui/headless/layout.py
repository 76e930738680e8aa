"""Texts in columns of terminal cells: how wide, cut and padded where. Whole columns at a time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import polars as pl
from rich.cells import cell_len, set_cell_size

from traversion_tui.headless.plain import odd

GAP: Final = "  "
NARROWEST: Final = 8
"""Cells that a cut column keeps, or its header if that is longer."""

MAIN_SHARE: Final = 3
"""The widest text keeps a third of the terminal; rather are columns at the right left out."""

_ANY_LENGTH: Final = 2**31


@dataclass(frozen=True)
class TextColumn:
    """A column ready to be laid out; its texts are printable and never NULL.

    `elastic` columns may be cut, the others never are; `number` columns stand at the right;
    `void` ones have no value in any row.
    """

    head: str
    texts: pl.Series
    number: bool
    elastic: bool
    void: bool = False

    @cached_property
    def natural(self) -> int:
        """Cells that the longest text or the header takes."""
        return max(cell_len(self.head), widest(self.texts))


@dataclass(frozen=True, slots=True)
class Layout:
    """Which columns are shown, by their place, and how wide each is."""

    shown: tuple[int, ...]
    widths: tuple[int, ...]


def widest(texts: pl.Series) -> int:
    """Cells of the widest text; 0 without any."""
    strange = odd(texts, _ANY_LENGTH)
    plain = texts.filter(~strange).str.len_bytes().max()
    return max([int(plain or 0), *map(cell_len, texts.filter(strange))])  # type: ignore[arg-type]


def lay_out(columns: Sequence[TextColumn], available: int | None) -> Layout:
    """Fit columns into `available` cells, None meaning any number.

    Texts are cut first, then columns without a value are left out, then those at the right. At
    least one stays, however wide.
    """
    places = list(range(len(columns)))
    if available is None:
        return Layout(tuple(places), tuple(column.natural for column in columns))
    least = _least(columns, available)
    voids = [at for at in reversed(places) if columns[at].void]
    while len(places) > 1 and _total(least[at] for at in places) > available:
        places.remove(voids.pop(0) if voids else places[-1])
    return Layout(tuple(places), _shared(columns, places, least, available))


def _least(columns: Sequence[TextColumn], available: int) -> list[int]:
    elastic = [column for column in columns if column.elastic]
    main = max(elastic, key=lambda column: column.natural, default=None)
    least = []
    for column in columns:
        floor = max(NARROWEST, cell_len(column.head))
        if column is main:
            floor = max(floor, available // MAIN_SHARE)
        least.append(min(column.natural, floor) if column.elastic else column.natural)
    return least


def _shared(
    columns: Sequence[TextColumn], places: Sequence[int], least: Sequence[int], available: int
) -> tuple[int, ...]:
    """Natural widths, the widest elastic ones cut until the row fits."""
    fitted = {at: columns[at].natural for at in places}
    excess = _total(fitted.values()) - available
    while excess > 0:
        giving = [at for at in places if fitted[at] > least[at]]
        if not giving:
            break
        at = max(giving, key=fitted.__getitem__)
        next_widest = max((fitted[other] for other in giving if other != at), default=0)
        step = max(1, min(excess, fitted[at] - max(next_widest, least[at])))
        fitted[at] -= step
        excess -= step
    return tuple(fitted.values())


def _total(widths: Iterable[int]) -> int:
    listed = list(widths)
    return sum(listed) + len(GAP) * (len(listed) - 1)


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
