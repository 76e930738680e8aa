"""Numbers of payment cards in columns of integers.

An integer column cannot hold a pseudonym: the cell becomes NULL and the pseudonym goes to `attrs`,
as any value does whose kind is not its column's.
"""

from __future__ import annotations

from collections import Counter
from typing import Final

import orjson
import polars as pl

from traversion_data import schema
from traversion_data.model import Flag
from traversion_data.redact.cards import is_card
from traversion_data.redact.cells import Column
from traversion_data.redact.names import names_id, tells_amount
from traversion_data.redact.redaction import Redaction
from traversion_data.redact.texts import writer

_RULE: Final = "card"
_SMALLEST, _LARGEST = 34 * 10**13, 10**16 - 1


def of_cards(events: pl.DataFrame, redaction: Redaction) -> list[Column]:
    """Columns of integers without the numbers of cards in them, and `attrs` with what stands in.

    Of numbers as long as a card's, one in ten has the right check digit by chance: a column counts
    only where most have, and not at all where its name is that of an id or an amount.
    """
    attrs = events[schema.ATTRS]
    done: list[Column] = []
    for name in schema.learned(events):
        cells = events[name]
        if cells.dtype != pl.Int64 or names_id(name) or tells_amount(name):
            continue
        found = _cards(cells)
        if not found:
            continue
        changed = cells.is_in(found).fill_null(value=False)
        write = writer(_RULE, redaction.key)
        pairs = [f'{orjson.dumps(name).decode()}:"{write(str(card))}"' for card in found]
        said = cells.replace_strict(found, pairs, default=None, return_dtype=pl.String)
        attrs = _with_pairs(attrs, said)
        nulled = cells.set(changed, None)
        flags = int(Flag.REDACTED | Flag.DRIFTED)
        done.append(Column(nulled, changed, Counter({_RULE: int(changed.sum())}), flags))
    if not done:
        return []
    nothing = pl.repeat(value=False, n=len(attrs), eager=True)
    return [*done, Column(attrs, nothing, Counter())]


def _cards(cells: pl.Series) -> list[int]:
    top = cells.max()
    if top is None or top < _SMALLEST:  # type: ignore[operator]
        return []
    long = cells.filter(cells.is_between(_SMALLEST, _LARGEST)).unique().to_list()
    found = [number for number in long if is_card(str(number))]
    return found if len(found) * 2 > len(long) else []


def _with_pairs(attrs: pl.Series, pairs: pl.Series) -> pl.Series:
    """JSON objects (NULL where empty) with a pair added where there is one."""
    held, pair = pl.col("held"), pl.col("pair")
    frame = pl.DataFrame({"held": attrs, "pair": pairs})
    joined = pl.concat_str(held.str.head(-1), pl.lit(","), pair, pl.lit("}"))
    alone = pl.concat_str(pl.lit("{"), pair, pl.lit("}"))
    return frame.select(
        pl.when(pair.is_null())
        .then(held)
        .when(held.is_null() | (held == "{}"))
        .then(alone)
        .otherwise(joined)
        .alias(attrs.name)
    ).to_series()
