"""Syslog as RFC 5424 has it: `<PRI>1 time host app procid msgid [structured data] message`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import polars as pl

from traversion_data.decode.base import Format
from traversion_data.decode.heads import ids
from traversion_data.decode.pairs import Pairs
from traversion_data.decode.syslog import priority
from traversion_data.decode.text_format import AT, MESSAGE, Cell, Layout, text_format

_QUOTED: Final = r'"(?:[^"\\]|\\.)*"'
_ELEMENT: Final = rf'\[[^\s=\]"]+(?: +[^\s=\]"]+={_QUOTED})*\]'
_HEAD: Final = (
    r"^(?:\d+ )?<(?P<pri>\d{1,3})>(?P<version>[1-9]\d?) "
    rf"(?P<{AT}>-|\d{{4}}-\d{{2}}-\d{{2}}T\S+) (?P<host>\S+) (?P<app>\S+) (?P<pid>\S+) "
    rf"(?P<kind>\S+) (?P<data>-|(?:{_ELEMENT})+)(?: (?P<message>.*))?$"
)
_PARAMETER: Final = rf'[^\s=\]"]+={_QUOTED}'
_MARK: Final = "\ufeff"


def cells_of() -> Callable[[pl.DataFrame], list[Cell]]:
    """What makes cells of the lines of one source."""
    keys = Pairs()

    def cells(frame: pl.DataFrame) -> list[Cell]:
        message = pl.col("message").str.strip_prefix(_MARK).str.strip_chars_start()
        return [
            _said(AT).alias("s:time"),
            *priority(pl.col("pri")),
            _said("host").alias("s:host"),
            _said("app").alias("s:appname"),
            _said("pid").alias("s:syslog.procid"),
            _said("kind").alias("s:syslog.msgid"),
            *keys.cells(_parameters(frame["data"]), frame.height),
            *(ids(message)),
            pl.coalesce(message, pl.when(pl.col(AT).is_not_null()).then(pl.lit(""))).alias(MESSAGE),
        ]

    return cells


def _said(group: str) -> pl.Expr:
    """A group, NULL where it is a dash, RFC 5424's nil value."""
    return pl.when(pl.col(group) != "-").then(group)


def _parameters(data: pl.Series) -> pl.DataFrame:
    """The parameters of structured data: `row`, `key` (`ID.name`) and `value` as written."""
    row = pl.int_range(len(data), dtype=pl.UInt32, eager=True)
    elements = (
        pl.DataFrame({"row": row, "element": data})
        .filter(pl.col("element") != "-")
        .with_columns(pl.col("element").str.extract_all(_ELEMENT))
        .explode("element", empty_as_null=True)
    )
    pairs = (
        elements.select(
            "row",
            pl.col("element").str.extract(r"^\[([^\s\]]+)").alias("id"),
            pl.col("element").str.extract_all(_PARAMETER).alias("pair"),
        )
        .explode("pair", empty_as_null=True)
        .drop_nulls("pair")
    )
    part = pl.col("pair").str.splitn("=", 2).struct.field
    return pairs.select(
        "row",
        pl.concat_str("id", part("field_0"), separator=".").alias("key"),
        part("field_1").alias("value"),
    )


SYSLOG_5424: Final[Format] = text_format(
    "syslog5424", "syslog (RFC 5424)", Layout(_HEAD, cells_of), sure=0.98
)
"""Stamps are when the message was made."""
