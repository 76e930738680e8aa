"""Syslog as files and relays hold it: RFC 3164's `<PRI>Mmm dd hh:mm:ss host tag[pid]: message`.

Without the PRI in files; with an ISO-8601 stamp as rsyslog and journald write it. RFC 5424 has a
module of its own.
"""

from __future__ import annotations

from typing import Final

import polars as pl

from traversion_data.decode.base import Format
from traversion_data.decode.heads import ISO, MONTH_DAY, ids, levelled
from traversion_data.decode.text_format import AT, MESSAGE, Cell, Layout, always, text_format

FACILITIES: Final = (
    *("kern", "user", "mail", "daemon", "auth", "syslog", "lpr", "news", "uucp", "cron"),
    *("authpriv", "ftp", "ntp", "audit", "alert", "clock"),
    *(f"local{number}" for number in range(8)),
)
"""RFC 5424, section 6.2.1, by number."""

_HEAD: Final = (
    rf"^(?:<(?P<pri>\d{{1,3}})>)?(?P<{AT}>{MONTH_DAY}|{ISO}) (?P<host>[\w.:%-]+) "
    r"(?:(?P<tag>[^\s:\[\]]{1,128})(?:\[(?P<pid>[^\]]{0,64})\])?:(?P<message>(?:\s.*)?)"
    r"|(?P<bare>(?:last message repeated|message repeated|---) .*))$"
)


def priority(pri: pl.Expr) -> list[pl.Expr]:
    """Cells of a PRI: its severity as syslog numbers it, and the facility's name."""
    number = pri.cast(pl.Int64, strict=False)
    names = dict(enumerate(FACILITIES))
    return [
        (number % 8).alias("i:priority"),
        (number // 8)
        .replace_strict(names, default=None, return_dtype=pl.String)
        .alias("s:syslog.facility"),
    ]


def _cells(frame: pl.DataFrame) -> list[Cell]:
    message = frame.select(pl.coalesce("message", "bare").str.strip_chars_start()).to_series()
    level, _ = levelled(message)
    return [
        pl.col(AT).alias("s:time"),
        *priority(pl.col("pri")),
        pl.when(pl.col("pri").is_null()).then(level).alias("s:level"),
        pl.col("host").alias("s:host"),
        pl.col("tag").alias("s:appname"),
        pl.col("pid").cast(pl.Int64, strict=False).alias("i:process.pid"),
        *ids(pl.lit(message)),
        message.alias(MESSAGE),
    ]


SYSLOG: Final[Format] = text_format(
    "syslog", "syslog (RFC 3164)", Layout(_HEAD, always(_cells)), sure=0.91
)
"""Stamps are when the message was made, of the local zone and without a year."""
