"""Times as recordings write them, to nanoseconds: text of many shapes, epochs of four units."""

from __future__ import annotations

import re
from functools import lru_cache, partial
from typing import Final

import numpy as np
import polars as pl

from traversion_data.decode.dates import (
    DIGITS,
    EARLIEST,
    LATEST,
    NANOS,
    Clock,
    moments,
    nothing,
    worded,
)
from traversion_data.decode.patterns import ascii_only
from traversion_data.model import MICROSECOND, MILLISECOND, SECOND

__all__ = ["DIGITS", "MOMENT", "NANOS", "Clock", "of_integers", "of_text"]

_UNITS: Final = ((10**11, SECOND, 0), (10**14, MILLISECOND, 3), (10**17, MICROSECOND, 6))
"""Below each magnitude: the unit's length in ns and the decimal digits it stands for."""

_ISO: Final = (
    r"^\s*(?P<date>\d{4}-\d{2}-\d{2}|\d{4}/\d{2}/\d{2}|\d{8})"
    r"(?:[Tt ]\s*(?P<clock>\d{2}:\d{2}(?::\d{2})?|\d{6})(?:[.,](?P<fraction>\d+))?)?"
    r"\s*(?P<zone>[Zz]|UTC|GMT|[+-]\d{2}(?::?\d{2})?)?\s*(?:\[[\w/+-]+\])?\s*$"
)
MOMENT: Final = pl.when(pl.col(NANOS).is_not_null()).then(pl.struct(NANOS, DIGITS))
"""The columns of a moment as one struct, NULL where there is none."""

_WHOLE: Final = len("2024-01-15T15:47:23")
_DATE: Final = len("2024-01-15")
_FRACTION: Final = r"^(?:[.,][0-9]{1,9})?"
_OFFSET: Final = re.compile(r"[+-](\d{2}):?(\d{2})\Z", re.ASCII)
_SCALES: Final = pl.Series([10 ** (9 - digits) for digits in range(10)])
_NUMBER: Final = r"^\s*(?P<whole>-?[0-9]{1,19})(?:\.(?P<fraction>[0-9]*))?\s*$"


def of_integers(values: pl.Expr, unit: int | None = None) -> pl.Expr:
    """Epoch integers to a struct of NANOS and DIGITS.

    The unit goes by magnitude (10, 13, 16, 19 digits) unless `unit` gives its length in ns.
    NULL where the moment does not fit 64 bits.
    """
    if unit is not None:
        digits = {SECOND: 0, MILLISECOND: 3, MICROSECOND: 6}.get(unit, 9)
        return pl.struct(_scaled(values, unit).alias(NANOS), pl.lit(digits, pl.UInt8).alias(DIGITS))
    size = values.abs()
    nanos, digits_of = values, pl.lit(9, pl.UInt8)
    for limit, length, digits in reversed(_UNITS):
        nanos = pl.when(size < limit).then(_scaled(values, length)).otherwise(nanos)
        digits_of = pl.when(size < limit).then(pl.lit(digits, pl.UInt8)).otherwise(digits_of)
    return pl.struct(nanos.alias(NANOS), digits_of.alias(DIGITS))


def of_text(text: pl.Series, clock: Clock, unit: int | None = None) -> pl.Series:
    """Texts to structs of NANOS and DIGITS, NULL where a text is no time.

    Reads ISO-8601 with `T` or blank, any number of fraction digits (beyond nine are cut), `Z`, an
    offset or none (then `clock.zone`; of an hour that comes twice the first), epoch numbers as
    text, and the dates of `dates.worded`.
    """
    found = _quick(text, clock)
    if found.null_count() == text.null_count():
        return found
    at = np.flatnonzero((found.is_null() & text.is_not_null()).to_numpy())
    left = text if len(at) == len(text) else text.gather(at)
    known = left.alias("text").to_arrow().dictionary_encode()
    slow = _slow(pl.Series("text", known.dictionary, dtype=pl.String), clock, unit)
    where = np.arange(len(text))
    where[at] = len(text) + known.indices.to_numpy()
    return pl.concat([found, slow]).gather(where)


def _slow(texts: pl.Series, clock: Clock, unit: int | None) -> pl.Series:
    """As `of_text`, of distinct texts in any layout."""
    parts: list[pl.DataFrame] = []
    places: list[np.ndarray] = []
    at = np.arange(len(texts))
    for read in (
        partial(_iso, clock=clock),
        partial(_numbers, unit=unit),
        partial(worded, clock=clock),
    ):
        part = read(texts)
        missing = part[NANOS].null_count()
        if missing < len(texts):
            parts.append(part)
            places.append(at)
        if not missing:
            break
        if missing < len(texts):
            open_ = part[NANOS].is_null()
            texts, at = texts.filter(open_), at[open_.to_numpy()]
    else:
        parts.append(nothing(len(at)))
        places.append(at)
    moments_of = pl.concat(parts).select_seq(MOMENT).to_series()
    return moments_of.gather(_last_of(np.concatenate(places)))


def _last_of(places: np.ndarray) -> np.ndarray:
    """By place, where it stands last."""
    last = np.empty(int(places.max()) + 1, dtype=np.int64)
    last[places] = np.arange(len(places))
    return last


def _quick(text: pl.Series, clock: Clock) -> pl.Series:
    """The commonest layouts, `YYYY-MM-DDTHH:MM:SS[.f]Z` and the like, by the engine's own parser.

    The parser is quickest where there is no fraction, and reads equal texts once. Of offsets only
    that of the first text is looked for.
    """
    first = str(text.first(ignore_nulls=True))
    parts, moment = _quick_exprs(_joint(first), _offset(first), naive=clock.zone == "UTC")
    return text.to_frame("text").select_seq(parts).select_seq(moment).to_series()


@lru_cache(maxsize=16)
def _quick_exprs(joint: str, zone: str, *, naive: bool) -> tuple[list[pl.Expr], pl.Expr]:
    """What is cut from a text, and the moment made of that; `naive`: `Z` may be missing."""
    it, rest, digits, nanos = pl.col("text"), pl.col("rest"), pl.col(DIGITS), pl.col(NANOS)
    behind = it.str.slice(_WHOLE)
    length = behind.str.strip_suffix(zone).str.len_bytes().cast(pl.Int64) - 1
    ending = "Z?$" if naive and zone == "Z" else f"{re.escape(zone)}$"
    layout = f"%Y-%m-%d{joint}%H:%M:%S"
    whole = it.str.head(_WHOLE).str.to_datetime(layout, time_unit="ns", strict=False)
    fit = behind.str.contains(_FRACTION + ending) & (it >= EARLIEST) & (it < LATEST)
    parts = [
        pl.when(fit).then(whole.cast(pl.Int64) - _east(zone)).alias(NANOS),
        behind.alias("rest"),
        length.clip(0, 9).alias(DIGITS),
    ]
    part_of = rest.str.slice(1, digits).cast(pl.Int64, strict=False).fill_null(0)
    at = nanos + part_of * pl.lit(_SCALES).gather(digits)
    moment = pl.struct(at, digits.cast(pl.UInt8))
    return parts, pl.when(nanos.is_not_null()).then(moment)


def _joint(text: str) -> str:
    """What stands between date and clock."""
    return " " if text[_DATE : _DATE + 1] == " " else "T"


def _offset(text: str) -> str:
    """How a text says how far from UTC its clock is; `Z` where it does not say so in numbers."""
    found = _OFFSET.search(text, _WHOLE)
    return found[0] if found else "Z"


def _east(zone: str) -> int:
    """Nanoseconds by which clocks are ahead of UTC."""
    found = _OFFSET.match(zone)
    if found is None:
        return 0
    minutes = int(found[1]) * 60 + int(found[2])
    return (-minutes if zone[0] == "-" else minutes) * 60 * SECOND


def _iso(text: pl.Series, clock: Clock) -> pl.DataFrame:
    parts = text.str.extract_groups(ascii_only(_ISO)).struct.unnest()
    date = parts["date"]
    if date.null_count() == len(date):
        return nothing(len(date))
    return moments(parts.with_columns(date.str.replace_all(r"[-/]", "")), clock)


def _numbers(text: pl.Series, unit: int | None) -> pl.DataFrame:
    if not text.str.contains(_NUMBER).any():
        return nothing(len(text))
    part = pl.col("part").struct.field
    whole = part("whole").cast(pl.Int64, strict=False)
    epoch = of_integers(whole, unit)
    length = (
        pl.when(pl.lit(unit is not None))
        .then(pl.lit(unit or 1))
        .otherwise(
            pl.when(whole.abs() < _UNITS[0][0])
            .then(SECOND)
            .when(whole.abs() < _UNITS[1][0])
            .then(MILLISECOND)
            .when(whole.abs() < _UNITS[2][0])
            .then(MICROSECOND)
            .otherwise(1)
        )
    )
    written = part("fraction").str.head(9)
    part_of_unit = (
        written.str.pad_end(9, "0").cast(pl.Int64, strict=False).fill_null(0) * length // SECOND
    )
    sign = pl.when(part("whole").str.starts_with("-")).then(-1).otherwise(1)
    digits = epoch.struct.field(DIGITS).cast(pl.Int64) + written.str.len_bytes().fill_null(0)
    return _both(
        text, _NUMBER, epoch.struct.field(NANOS) + sign * part_of_unit, digits.clip(upper_bound=9)
    )


def _both(text: pl.Series, shape: str, nanos: pl.Expr, digits: pl.Expr) -> pl.DataFrame:
    frame = pl.DataFrame({"text": text}).with_columns(
        pl.col("text").str.extract_groups(shape).alias("part")
    )
    found = frame.select(nanos.alias(NANOS), digits.cast(pl.UInt8).alias(DIGITS))
    return found.with_columns(
        pl.when(pl.col(NANOS).is_not_null()).then(pl.col(DIGITS)).alias(DIGITS)
    )


def _scaled(values: pl.Expr, length: int) -> pl.Expr:
    """`values * length`, NULL where that overflows."""
    bound = (2**63 - 1) // length
    return pl.when(values.is_between(-bound, bound)).then(values * length)
