"""Google's glog and Kubernetes' klog: `Lmmdd hh:mm:ss.uuuuuu threadid file:line] msg`.

github.com/google/glog, "Severity and format"; newer versions write the year before the month.
"""

from __future__ import annotations

from typing import Final

import polars as pl

from traversion_data.decode.base import Format
from traversion_data.decode.heads import CLOCK, ids
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
    rf"^(?P<head>(?P<level>[IWEF])(?P<{AT}>(?:\d{{4}})?\d{{4}} {CLOCK})"
    r"\s+(?P<thread>\d+)\s+(?P<file>[^:\]]{1,256}):(?P<line>\d+)\])(?:\s|$)"
)


def _cells(_: pl.DataFrame) -> list[Cell]:
    message = pl.col(BEHIND).str.strip_chars_start()
    return [
        pl.col(AT).alias("s:time"),
        pl.col("level").alias("s:level"),
        pl.col("thread").cast(pl.Int64, strict=False).alias("i:thread.id"),
        pl.col("file").alias("s:code.file.path"),
        pl.col("line").cast(pl.Int64, strict=False).alias("i:code.line.number"),
        *ids(message),
        message.alias(MESSAGE),
    ]


GLOG: Final[Format] = text_format("glog", "glog or klog", Layout(_HEAD, always(_cells)), sure=0.95)
"""Stamps are when the event was logged, of the local zone and mostly without a year."""
