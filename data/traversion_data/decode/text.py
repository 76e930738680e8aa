"""Any text whose events begin with a time.

What Docker Compose (`web-1  | …`) and `kubectl logs --prefix` put before it names the service.
"""

from __future__ import annotations

from typing import Final

import polars as pl

from traversion_data.decode.base import Format
from traversion_data.decode.heads import ANY_TIME, LEVEL, ids, levelled
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
    r"^(?P<head>(?:(?P<composed>[\w.-]{1,64}) +\| +"
    r"|\[pod/(?P<pod>[^\s/\]]+)/(?P<container>[^\s\]]+)\] |\d+:[A-Z] |[DIWEFA], )?"
    rf"(?:[\[(]?(?P<before>{LEVEL})[\])]?[\s:,|-]+)?[\[(<]?(?P<{AT}>{ANY_TIME})"
    r"(?:[\])>]+| #\d+\]|\b))(?:[\s|:;,\[-]|$)"
)

_LOGCAT: Final = r"^ +[0-9]+ +[0-9]+ ([DIWEF]) "
"""Android's process, thread and level."""


def _cells(frame: pl.DataFrame) -> list[Cell]:
    level, message = levelled(frame[BEHIND])
    rest = pl.col(BEHIND)
    bare = rest.str.strip_chars_start(" \t|:,;-")
    return [
        pl.col(AT).alias("s:time"),
        pl.coalesce("before", level, rest.str.extract(_LOGCAT)).alias("s:level"),
        pl.coalesce("container", pl.col("composed").str.replace(r"-\d+$", "")).alias(
            "s:service.name"
        ),
        pl.coalesce("pod", "composed").alias("s:service.instance.id"),
        *ids(rest),
        pl.when(pl.col("before").is_null()).then(message).otherwise(bare).alias(MESSAGE),
    ]


TIMED: Final = Layout(_HEAD, always(_cells))

TEXT: Final[Format] = text_format("text", "text with times", TIMED, sure=0.6)
"""Stamps are when the line was written; other formats know more of their lines and are surer."""
