"""Layouts of Python's logging: the usual `asctime - name - levelname - message`, and its users'.

docs.python.org/3/howto/logging.html; gunicorn's `[time] [pid] [LEVEL] message`; celery's
`[time: LEVEL/process] message`.
"""

from __future__ import annotations

from typing import Final

import polars as pl

from traversion_data.decode.base import Format
from traversion_data.decode.heads import DATED, LEVEL, ids
from traversion_data.decode.text_format import (
    AT,
    BEHIND,
    MESSAGE,
    Cell,
    Layout,
    always,
    text_format,
)

_HEAD: Final = (
    rf"^(?P<head>\[?(?P<{AT}>{DATED})"
    rf"(?:\s+-\s+(?P<logger>[\w.-]+)\s+-\s+(?P<level>{LEVEL})\s+-"
    rf"|\]\s+\[(?P<pid>\d+)\]\s+\[(?P<gunicorn>{LEVEL})\]"
    rf"|:\s+(?P<celery>{LEVEL})/(?P<process>[\w.:-]+)\]))(?:\s|$)"
)


def _cells(_: pl.DataFrame) -> list[Cell]:
    message = pl.col(BEHIND).str.strip_chars_start()
    return [
        pl.col(AT).alias("s:time"),
        pl.coalesce("level", "gunicorn", "celery").alias("s:level"),
        pl.col("logger").alias("s:logger"),
        pl.col("process").alias("s:process.name"),
        pl.col("pid").cast(pl.Int64, strict=False).alias("i:process.pid"),
        *ids(message),
        message.alias(MESSAGE),
    ]


PYTHON: Final[Format] = text_format(
    "python", "Python log", Layout(_HEAD, always(_cells)), sure=0.93
)
"""Stamps are when the event was logged."""
