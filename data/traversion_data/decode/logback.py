"""Layouts of Java's loggers: logback, log4j, Spring Boot and their kin.

`%d{…} [%thread] %-5level %logger{36} - %msg%n` (logback.qos.ch/manual/layouts.html), log4j 2's
default of the same parts, Spring Boot's `… INFO 12345 --- [main] o.s.b.App : message`.
"""

from __future__ import annotations

from typing import Final

import polars as pl

from traversion_data.decode.base import Format
from traversion_data.decode.heads import ANY_TIME, LEVEL, ids
from traversion_data.decode.text_format import (
    AT,
    BEHIND,
    MESSAGE,
    Cell,
    Layout,
    always,
    text_format,
)

_THREAD: Final = r"\[\s*(?P<{}>[^\]]*)\]\s*"
_HEAD: Final = (
    rf"^(?P<head>\[?(?P<{AT}>{ANY_TIME})\]?\s+(?:{_THREAD.format('thread')})?"
    rf"\[?(?P<level>{LEVEL})\s*\]?\s+(?:(?P<pid>\d+) --- )?(?:{_THREAD.format('later')}){{0,2}}"
    r"(?P<logger>[A-Za-z_$][\w$.-]*(?:\[[^\]]*\])?(?::\d+)?)(?:\s+[-:]|:))(?:\s|$)"
)


def _cells(_: pl.DataFrame) -> list[Cell]:
    message = pl.col(BEHIND).str.strip_chars_start()
    return [
        pl.col(AT).alias("s:time"),
        pl.col("level").alias("s:level"),
        pl.col("logger").alias("s:logger"),
        pl.coalesce("thread", "later").str.strip_chars().alias("s:thread"),
        pl.col("pid").cast(pl.Int64, strict=False).alias("i:process.pid"),
        *ids(message),
        message.alias(MESSAGE),
    ]


LOGBACK: Final[Format] = text_format(
    "logback", "Java log", Layout(_HEAD, always(_cells)), sure=0.92
)
"""Stamps are when the event was logged."""
