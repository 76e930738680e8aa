"""Access logs of web servers: NCSA's common and combined format, as Apache and nginx write them.

httpd.apache.org/docs/2.4/logs.html, nginx.org/en/docs/http/ngx_http_log_module.html. The stamp is
of the moment when the request was done with; where the line also says how long that took, the event
begins so much earlier.
"""

from __future__ import annotations

from typing import Final

import polars as pl

from traversion_data.decode.base import Format
from traversion_data.decode.patterns import ascii_only
from traversion_data.decode.text_format import AT, MESSAGE, Cell, Layout, always, text_format

_QUOTED: Final = r'(?:[^"\\]|\\.)*'
_HEAD: Final = (
    r"^(?:(?P<vhost>[\w.-]+:\d{1,5}) )?(?P<client>\S+) (?P<ident>\S+) (?P<user>\S+) "
    rf"\[(?P<{AT}>\d{{2}}/[A-Z][a-z]{{2}}/\d{{4}}:\d{{2}}:\d{{2}}:\d{{2}}(?:\.\d+)? [+-]\d{{4}})\] "
    rf'"(?P<request>{_QUOTED})" (?P<status>\d{{3}}) (?P<size>\d+|-)'
    rf'(?: "(?P<referrer>{_QUOTED})" "(?P<agent>{_QUOTED})")?(?P<more>(?: .*)?)$'
)
_REQUEST: Final = (
    r"^(?P<method>[A-Z]{2,16}) (?P<path>[^ ?]*)(?:\?(?P<query>[^ ]*))?"
    r"(?: HTTP/(?P<version>[\d.]+))?$"
)
_FORWARDED: Final = r'^ "([\d.:a-fA-F, ]+)"'
_SECONDS: Final = r'(?:^|[\s"])(?:rt=|request_time=)?"?(\d+\.\d+)"?(?:[\s"]|$)'
_MICROSECONDS: Final = r"^ (\d+)$"


def _cells(frame: pl.DataFrame) -> list[Cell]:
    request = frame["request"].str.extract_groups(ascii_only(_REQUEST)).struct.unnest()
    status = pl.col("status").cast(pl.Int64, strict=False)
    seconds = pl.lit(frame["more"].str.extract(ascii_only(_SECONDS)))
    micros = pl.lit(frame["more"].str.extract(ascii_only(_MICROSECONDS)))
    timed = seconds.is_not_null() | micros.is_not_null()
    return [
        pl.when(~timed).then(AT).alias("s:time"),
        pl.when(timed).then(AT).alias("s:end_time"),
        pl.coalesce(seconds + "s", micros + "us").alias("s:duration"),
        pl.when(status >= 500)
        .then(pl.lit("error"))
        .when(status >= 400)
        .then(pl.lit("warn"))
        .when(status.is_not_null())
        .then(pl.lit("info"))
        .alias("s:level"),
        _said("client").alias("s:client.address"),
        _said("user").alias("s:user.name"),
        _said("vhost").alias("s:server.address"),
        request["method"].alias("s:http.request.method"),
        request["path"].alias("s:url.path"),
        request["query"].alias("s:url.query"),
        request["version"].alias("s:network.protocol.version"),
        status.alias("i:http.response.status_code"),
        pl.col("size").cast(pl.Int64, strict=False).alias("i:http.response.body.size"),
        _said("referrer").alias("s:http.request.header.referer"),
        _said("agent").alias("s:user_agent.original"),
        pl.col("more").str.extract(_FORWARDED).alias("s:http.request.header.x-forwarded-for"),
        pl.concat_str("request", "status", separator=" ").alias(MESSAGE),
    ]


def _said(group: str) -> pl.Expr:
    """A group, NULL where the server wrote a dash because it knew nothing."""
    return pl.when(pl.col(group) != "-").then(group)


ACCESS: Final[Format] = text_format(
    "access", "access log", Layout(_HEAD, always(_cells)), sure=0.97
)
"""Severity is by the status: 5xx error, 4xx warn."""
