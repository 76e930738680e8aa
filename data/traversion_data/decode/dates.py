"""Dates and clocks as people's logs write them: with month names, without year, day or zone."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from time import time_ns
from typing import Final
from zoneinfo import ZoneInfo

import polars as pl

from traversion_data.decode import blank
from traversion_data.decode.patterns import ascii_only
from traversion_data.model import SECOND

DIGITS: Final = "digits"
NANOS: Final = "nanos"

EARLIEST: Final = "1678"
LATEST: Final = "2262"
"""Years outside these do not fit 64-bit nanoseconds, and the parser wraps around without a word."""

NO_DAY: Final = "a time of day"
NO_YEAR: Final = "no year"
NO_ZONE: Final = "no zone"

_DAY_LONG: Final = 86_400 * SECOND
_BEFORE_ANY_LOG: Final = 631_152_000 * SECOND
"""1990: a file is said to be older only where nobody kept its time."""

_CLOCK: Final = r"(?P<clock>\d{2}:\d{2}:\d{2})(?:[.,](?P<fraction>\d+))?"
_ZONE: Final = r"(?P<zone>[Zz]|UTC|GMT|UT|[+-]\d{2}:?\d{2})"
_MONTH: Final = r"(?P<month>Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*"
_DAY: Final = r"(?P<day>\d{1,2})"
_YEAR: Final = r"(?P<year>\d{4})"
_LATER: Final = r"(?P<later>\d{4})"
_WEEKDAY: Final = r"(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*,? +)?"

_LAYOUTS: Final = (
    # 15/Jan/2024:15:47:23 +0000, 15-Jan-2024 15:47:23.123, Mon, 15 Jan 2024 15:47:23 GMT
    rf"^\[?{_WEEKDAY}{_DAY}[/ -]{_MONTH}[/ -]{_YEAR}[: ]{_CLOCK}(?: ?{_ZONE})?\]?$",
    # Jan 15 15:47:23, Jan 15 2024 15:47:23, Mon Jan 15 15:47:23 2024
    rf"^{_WEEKDAY}{_MONTH} +{_DAY}(?:,? {_YEAR})?,? {_CLOCK}(?: {_ZONE})?(?: {_LATER})?$",
    # 15.01.2024 15:47:23
    rf"^(?P<day>\d{{2}})\.(?P<number>\d{{2}})\.(?P<year>\d{{4}}) {_CLOCK}(?: ?{_ZONE})?$",
    # 24/01/15 15:47:23
    rf"^(?P<short>\d{{2}})/(?P<number>\d{{2}})/(?P<day>\d{{2}}) {_CLOCK}$",
    # 240115 154723
    r"^(?P<short>\d{2})(?P<number>\d{2})(?P<day>\d{2}) (?P<clock>\d{6})$",
    # 0115 15:47:23.123456 and 01-15 15:47:23.123
    rf"^(?P<number>\d{{2}})-?(?P<day>\d{{2}}) {_CLOCK}$",
    # 15:47:23.123
    rf"^{_CLOCK}$",
)
_PARTS: Final = (
    *("year", "later", "short", "month", "number", "day"),
    *("clock", "fraction", "zone"),
)
_MONTHS: Final = {
    name: f"{number:02}"
    for number, name in enumerate(
        "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(),  # noqa: SIM905 - reads better
        start=1,
    )
}


@dataclass(slots=True)
class Skipped:
    """Whether a local time was met that clocks of the zone skipped."""

    met: bool = False


@dataclass(frozen=True, slots=True)
class Clock:
    """How to read a time that names no zone, year or day.

    written: when the source was last written (ns UTC), now where that is not known. named: whether
    somebody named the zone. skipped: notes what a reader of times met.
    """

    zone: str = "UTC"
    written: int | None = None
    named: bool = False
    skipped: Skipped = field(default_factory=Skipped, compare=False)

    def latest(self) -> datetime:
        """The local time, in `zone`, that no stamp of the source is much later than."""
        known = self.written is not None and self.written >= _BEFORE_ANY_LOG
        nanos = self.written if known else time_ns()
        at = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=(nanos or 0) // 1000)
        return at.astimezone(ZoneInfo(self.zone))


def moments(frame: pl.DataFrame, clock: Clock) -> pl.DataFrame:
    """Dates (`date`, YYYYMMDD) with `clock`, `fraction` and `zone` to NANOS and DIGITS.

    Without a zone a time is of `clock.zone`, of an hour that comes twice the first; one that its
    clocks skipped is so much later as they were put forward, which `clock.skipped` notes.
    """
    joined = frame.select_seq(_CUT).select_seq(_JOINED)
    found = joined.select_seq(_zoned(clock.zone))
    if found[NANOS].null_count() > joined["plain"].null_count():
        clock.skipped.met = True
        found = joined.select_seq(_over_gaps(clock.zone))
    return found


def nothing(height: int) -> pl.DataFrame:
    """NANOS and DIGITS of texts of which none is a time."""
    return pl.DataFrame([blank.nothing(dtype, height).alias(name) for name, dtype in _NONE])


_NONE: Final = ((NANOS, pl.Int64()), (DIGITS, pl.UInt8()))
_DATE: Final = pl.col("date")
_CUT: Final = (
    pl.when((_DATE >= EARLIEST) & (_DATE < LATEST))
    .then(_DATE.str.to_datetime("%Y%m%d", time_unit="ns", strict=False).cast(pl.Int64))
    .alias("day"),
    pl.col("clock")
    .str.replace_all(":", "", literal=True)
    .fill_null("")
    .str.pad_end(6, "0")
    .alias("hms"),
    pl.col("zone")
    .str.replace("(?i)^(z|utc|gmt|ut)$", "+00")
    .str.replace(":", "", literal=True)
    .alias("zone"),
    pl.col("fraction").str.head(9).alias("fraction"),
)
"""The parts of a moment, each by itself; no day where it does not fit 64 bits."""

_HOUR, _MINUTE, _SECOND = (
    pl.col("hms").str.slice(at, 2).cast(pl.Int64, strict=False) for at in (0, 2, 4)
)
_ZONED: Final = pl.col("zone")
_MINUTES: Final = _ZONED.str.slice(1, 2).cast(pl.Int64) * 60 + _ZONED.str.slice(3, 2).replace(
    "", "0"
).cast(pl.Int64)
_JOINED: Final = (
    (
        pl.col("day")
        + pl.when((_HOUR < 24) & (_MINUTE < 60) & (_SECOND < 60)).then(
            (_HOUR * 3600 + _MINUTE * 60 + _SECOND) * SECOND
        )
    ).alias("plain"),
    pl.when(_ZONED.str.starts_with("-")).then(-_MINUTES).otherwise(_MINUTES).alias("east"),
    pl.col("fraction").str.pad_end(9, "0").cast(pl.Int64, strict=False).fill_null(0).alias("part"),
    pl.col("fraction").str.len_bytes().fill_null(0).cast(pl.UInt8).alias(DIGITS),
)
"""Nanoseconds without and with what the zone says, and of the fraction."""


@lru_cache(maxsize=64)
def _zoned(zone: str) -> tuple[pl.Expr, pl.Expr]:
    """NANOS and DIGITS of what `_JOINED` gives, in a zone where none is written."""
    return _stamped(pl.col("plain") if zone == "UTC" else _local(zone))


@lru_cache(maxsize=64)
def _over_gaps(zone: str) -> tuple[pl.Expr, pl.Expr]:
    """As `_zoned`; a local time that does not exist is read by the offset before the gap.

    No zone changes its offset twice in a day, nor has an offset of a day or more.
    """
    plain = pl.col("plain")
    before = (plain - _DAY_LONG).cast(pl.Datetime("ns", "UTC"))
    offset = before.dt.convert_time_zone(zone).dt.replace_time_zone(None).cast(pl.Int64) - (
        plain - _DAY_LONG
    )
    return _stamped(_local(zone).fill_null(plain - offset))


def _local(zone: str) -> pl.Expr:
    there = (
        pl.col("plain")
        .cast(pl.Datetime("ns"))
        .dt.replace_time_zone(zone, ambiguous="earliest", non_existent="null")
    )
    return there.dt.convert_time_zone("UTC").cast(pl.Int64)


def _stamped(local: pl.Expr) -> tuple[pl.Expr, pl.Expr]:
    plain, east = pl.col("plain"), pl.col("east")
    at = pl.when(east.is_null()).then(local).otherwise(plain - east * (60 * SECOND))
    nanos = at + pl.col("part")
    return nanos.alias(NANOS), pl.when(nanos.is_not_null()).then(DIGITS)


_OF_YEAR: Final = (
    pl.coalesce("year", "later", "20" + pl.col("short")).alias("year"),
    (
        pl.coalesce(pl.col("number"), pl.col("month").replace_strict(_MONTHS, default=None))
        + pl.col("day").str.pad_start(2, "0")
    ).alias("of_year"),
)
"""The year where one is written, and month and day."""


def worded(text: pl.Series, clock: Clock) -> pl.DataFrame:
    """Texts in one of `_LAYOUTS` to NANOS and DIGITS, NULL where a text is none.

    A stamp without a year is of the latest year in which it is not more than a day after the source
    was last written; one without a day is of that day, or of the day before where it is later.
    """
    parts = _parts(text)
    if not parts["clock"].count():
        return nothing(len(text))
    parts = parts.with_columns(_OF_YEAR)
    latest = clock.latest()
    date = pl.col("year") + pl.col("of_year")
    if parts["year"].null_count():
        date = (
            pl.when(pl.col("clock").is_null())
            .then(None)
            .when(pl.col("of_year").is_null())
            .then(_day(latest))
            .otherwise(pl.coalesce("year", _years(parts, latest)) + pl.col("of_year"))
        )
    return moments(parts.with_columns(date.alias("date")), clock)


def spelled(text: str, digits: int) -> str | None:
    """What kind of date a text is, in words; None where it is none of `_LAYOUTS`."""
    parts = _parts(pl.Series([text.strip()])).row(0, named=True)
    if parts["clock"] is None:
        return None
    said = [NO_DAY if parts["day"] is None else "a date in words"]
    if parts["day"] and not (parts["year"] or parts["later"] or parts["short"]):
        said.append(NO_YEAR)
    if digits:
        said.append(f"{digits} digits")
    if parts["zone"] is None:
        said.append(NO_ZONE)
    return ", ".join(said)


def _parts(text: pl.Series) -> pl.DataFrame:
    """The parts of texts by their names, all NULL for a text that no layout fits."""
    left = pl.DataFrame({"text": text}).with_row_index("row")
    parts: list[pl.DataFrame] = []
    for layout in _LAYOUTS:
        found = left["text"].str.extract_groups(ascii_only(layout)).struct.unnest()
        if not found["clock"].null_count() and not parts:
            return _whole(found)
        fits = found["clock"].is_not_null()
        if fits.any():
            parts.append(found.with_columns(left["row"]).filter(fits))
            left = left.filter(~fits)
        if not left.height:
            break
    parts.append(left.select("row").with_columns(pl.lit(None, pl.String).alias(n) for n in _PARTS))
    return pl.concat(parts, how="diagonal").sort("row").select(_PARTS)


def _whole(found: pl.DataFrame) -> pl.DataFrame:
    """The parts that one layout gave, with those it has none of."""
    none = blank.nothing(pl.String(), found.height)
    return pl.DataFrame(
        [found[name] if name in found.columns else none.alias(name) for name in _PARTS]
    )


def _years(parts: pl.DataFrame, latest: datetime) -> pl.Expr:
    """The year for each day of the year that stands without one."""
    bound = (latest + timedelta(days=1)).strftime("%Y%m%d")
    days = parts.filter(pl.col("year").is_null())["of_year"].drop_nulls().unique().to_list()
    back = range(latest.year + 1, latest.year - 8, -1)
    chosen = {
        day: next((str(year) for year in back if _exists(f"{year}{day}") <= bound), None)
        for day in days
    }
    return pl.col("of_year").replace_strict(
        chosen or {"": ""}, default=None, return_dtype=pl.String
    )


def _exists(date: str) -> str:
    """The date itself, or one that is later than any where there is no such day."""
    try:
        datetime.strptime(date, "%Y%m%d")  # noqa: DTZ007 - a day of the calendar only
    except ValueError:
        return "9999"
    return date


def _day(latest: datetime) -> pl.Expr:
    """The day of a stamp that names none."""
    before = (latest - timedelta(days=1)).strftime("%Y%m%d")
    later = pl.col("clock") > latest.strftime("%H:%M:%S")
    return pl.when(later).then(pl.lit(before)).otherwise(pl.lit(latest.strftime("%Y%m%d")))
