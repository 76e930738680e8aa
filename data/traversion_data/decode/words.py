"""Readers of cells by one expression, evaluated together; of few values, each is read once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import polars as pl

from traversion_data.decode.mapping import Candidate

_MOST: Final = 256
"""Values of one key beyond which remembering them costs more than reading each cell."""

Meaning = Callable[[pl.Expr, Candidate], pl.Expr]
"""Makes, for a key, the expression from its cells to what they mean, cell by cell."""


class Each:
    """A reader (see `readers.Reader`) that reads cell by cell, by one expression for each key."""

    def __init__(self, meaning: Meaning) -> None:
        self._meaning = meaning
        self._made: dict[tuple[str, Candidate], pl.Expr] = {}

    def expression(self, cell: pl.Series, key: Candidate) -> pl.Expr | None:
        """From a column of the cell's name to what its cells mean; None to ask for the cells."""
        made = self._made.get((cell.name, key))
        if made is None:
            made = self._made[cell.name, key] = self._meaning(pl.col(cell.name), key)
        return made

    def __call__(self, cell: pl.Series, key: Candidate) -> pl.Series:
        """What the cells mean, NULL where they mean nothing."""
        made = self.expression(cell, key)
        assert made is not None, "cells are read by their expression"
        return cell.to_frame().select_seq(made).to_series()


@dataclass(frozen=True)
class _Known:
    """Values met under a key, as text, and what they mean, in the same order."""

    values: pl.Enum
    meanings: pl.Series
    look_up: pl.Expr


class Words(Each):
    """A reader that finds out once what a value of a key means, and remembers it.

    One source's: what it remembers grows with the blocks it is given, up to `_MOST` values a key.
    """

    def __init__(self, meaning: Meaning) -> None:
        super().__init__(meaning)
        self._known: dict[Candidate, _Known] = {}
        self._many: set[Candidate] = set()

    def expression(self, cell: pl.Series, key: Candidate) -> pl.Expr | None:
        """See `Each.expression`; None where the cells hold values that are not known yet."""
        if key in self._many:
            return super().expression(cell, key)
        known = self._known.get(key)
        if known is None:
            return None
        found = cell.cast(pl.String).cast(known.values, strict=False)
        return known.look_up if found.null_count() == cell.null_count() else None

    def __call__(self, cell: pl.Series, key: Candidate) -> pl.Series:
        """What the cells mean, NULL where they mean nothing."""
        if self.expression(cell, key) is None:
            self._learn(cell.drop_nulls().unique(maintain_order=True), key)
        return super().__call__(cell, key)

    def _learn(self, words: pl.Series, key: Candidate) -> None:
        known = self._known.get(key)
        texts = words.cast(pl.String).alias("")
        if known is not None:
            fresh = texts.cast(known.values, strict=False).is_null()
            words, texts = words.filter(fresh), texts.filter(fresh)
            texts = pl.concat([known.values.categories.alias(""), texts])
        if len(texts) > _MOST:
            self._many.add(key)
            return
        made = self._meaning(pl.col(words.name), key)
        meanings = words.to_frame().select_seq(made).to_series()
        if known is not None:
            meanings = pl.concat([known.meanings, meanings])
        values = pl.Enum(texts)
        at = pl.col(words.name).cast(pl.String).cast(values, strict=False).to_physical()
        self._known[key] = _Known(values, meanings, pl.lit(meanings).gather(at))
