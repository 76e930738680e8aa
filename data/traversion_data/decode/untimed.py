"""Where events without a time of their own stand."""

from __future__ import annotations

from time import time_ns
from typing import Final

import numpy as np
import polars as pl

from traversion_data import schema
from traversion_data.model import Flag

NO_TIMES: Final = (
    "lines have no time: events stand in the order of the file, a nanosecond apart, from when it "
    "was last written"
)
LATER_TIMES: Final = (
    "its first lines have no time: those events stand in the order of the file, a nanosecond "
    "apart, from when it was last written; lines behind them that have a time stand at it"
)
BORROWED: Final = "events without a time stand at the one before them"
_NANOS: Final = 9


class Untimed:
    """Gives events of one source their places in time where they have none, and flags them.

    An event without a time stands at the one before it, at the start of a source at the first time
    of its first block. Where no event of that block has a time, the source is in the order of the
    file: each event gets the next nanosecond from when the source was last written, until one has
    a time.
    """

    def __init__(self, written: int | None, *, ordered: bool = True) -> None:
        """`ordered`: whether there may be such an order; else those events keep no time."""
        self._written = written
        self._ordered = ordered
        self._next: int | None = None
        self._last_time: int | None = None
        self._last_digits = 0
        self._borrowed = False

    @property
    def notes(self) -> tuple[str, ...]:
        """Sentences on what was guessed."""
        said = [] if self._next is None else [NO_TIMES if self._last_time is None else LATER_TIMES]
        return (*said, *([BORROWED] if self._borrowed else []))

    def placed(self, frame: pl.DataFrame) -> pl.DataFrame:
        """A block's events, in order, with `TIME`, `TIME_DIGITS` and `FLAGS` filled."""
        times_of = frame[schema.TIME]
        known = times_of.drop_nulls() if times_of.null_count() else times_of
        if not len(known) and self._last_time is None:
            return self._in_order(frame) if self._ordered and frame.height else frame
        if self._next is not None and self._last_time is None and times_of.null_count():
            first = int(times_of.is_not_null().arg_max() or 0)
            frame = pl.concat([self._in_order(frame[:first]), self._filled(frame[first:], known)])
        elif len(known) < len(times_of) or frame[schema.TIME_DIGITS].null_count():
            frame = self._filled(frame, known)
        if len(known):
            self._last_time = int(known[-1])
            self._last_digits = int(frame[schema.TIME_DIGITS][-1])
        return frame

    def _in_order(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Events in the order of the file."""
        if self._next is None:
            self._next = time_ns() if self._written is None else self._written
        first, self._next = self._next, self._next + frame.height
        return frame.with_columns(
            pl.Series(schema.TIME, np.arange(first, self._next, dtype=np.int64)),
            pl.lit(_NANOS, pl.UInt8).alias(schema.TIME_DIGITS),
            pl.col(schema.FLAGS) | pl.lit(int(Flag.GUESSED_TIME), pl.UInt32),
        )

    def _filled(self, frame: pl.DataFrame, known: pl.Series) -> pl.DataFrame:
        """Events at the times before them."""
        time, digits, flags = (
            pl.col(name) for name in (schema.TIME, schema.TIME_DIGITS, schema.FLAGS)
        )
        self._borrowed = self._borrowed or bool(frame[schema.TIME].null_count())
        before = int(known[0]) if self._last_time is None else self._last_time
        guessed = pl.when(time.is_null()).then(int(Flag.GUESSED_TIME)).otherwise(0)
        return frame.with_columns(
            flags | guessed.cast(pl.UInt32),
            time.forward_fill().fill_null(pl.lit(before, pl.Int64)),
            digits.forward_fill().fill_null(self._last_digits),
        )
