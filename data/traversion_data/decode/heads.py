"""What stands at the head of a line of text: a time in any usual writing, and a level."""

from __future__ import annotations

from typing import Final

import polars as pl

from traversion_data.decode.patterns import ascii_only

_HMS: Final = r"\d{2}:\d{2}:\d{2}(?:[.,]\d{1,9})?"
_ZONE: Final = r"(?: ?(?:Z\b|UTC\b|GMT\b|[+-]\d{2}:?\d{2}\b))?"
_MONTH: Final = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]{0,6}"
_DAY_NAME: Final = r"(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]{0,6},? +)?"

ISO: Final = (
    rf"\d{{4}}[-/]\d{{2}}[-/]\d{{2}}[Tt ]\d{{2}}:\d{{2}}(?::\d{{2}}(?:[.,]\d{{1,9}})?)?{_ZONE}"
    rf"|\d{{8}}(?:T\d{{6}}| {_HMS}){_ZONE}"
)
MONTH_DAY: Final = rf"{_MONTH} +\d{{1,2}} {_HMS}"
CLOCK: Final = _HMS
DATED: Final = (
    rf"{ISO}|{_DAY_NAME}\d{{1,2}}[/ -]{_MONTH}[/ -]\d{{4}}[: ]{_HMS}{_ZONE}"
    rf"|{_DAY_NAME}{_MONTH} +\d{{1,2}}(?:,? \d{{4}})?,? {_HMS}{_ZONE}(?: \d{{4}})?"
    rf"|\d{{2}}\.\d{{2}}\.\d{{4}} {_HMS}|\d{{2}}/\d{{2}}/\d{{2}} {_HMS}|\d{{2}}-\d{{2}} {_HMS}"
    r"|\d{6} \d{6}\b"
)
ANY_TIME: Final = rf"{DATED}|{_HMS}|\d{{10}}(?:\.\d{{1,9}})?\b|\d{{13}}\b|\d{{16}}\b|\d{{19}}\b"
"""ISO-8601 and its kin, access logs', syslog's and asctime's dates, a clock alone, epochs."""

LEVEL: Final = (
    r"(?:TRACE|DEBUG|INFO|INFORMATION|NOTICE|WARN|WARNING|ERROR|ERR|CRIT|CRITICAL|FATAL|SEVERE"
    r"|ALERT|EMERG|EMERGENCY|PANIC|FINE|FINER|FINEST|LOG|VRB|DBG|INF|WRN|FTL)\b"
)
"""A level as loggers print it: in capitals. In small letters it may be a word of a sentence."""
_SMALL: Final = (
    r"(?i:trace|debug|info|information|notice|warn|warning|error|err|crit|critical|fatal|severe"
    r"|alert|emerg|emergency|panic|vrb|dbg|inf|wrn|ftl)"
)

_AROUND: Final = r"(?:\d+ +)?(?:\[[^\]]{0,128}\]\s*(?:- *)?|\([^)]{0,128}\)\s*){0,4}?"
_LEVELLED: Final = (
    rf"^(?P<head>[\s|:,;-]*(?P<around>{_AROUND})"
    rf"(?:[\[(<]\s*(?:[\w.]{{1,64}}:)?(?P<framed>{_SMALL})\s*[\])>]|(?:[\w-]{{1,64}}\.)?(?P<loud>{LEVEL})))"
    r"(?:[\s:|,;\[-]|$)"
    rf"|^(?P<soft>[\s|:,;-]*(?P<beside>{_AROUND})(?P<small>{_SMALL}))(?::|\t| {{2,}}|\s*\|)"
)
_FIELD: Final = r"(?:level|lvl|severity|loglevel|log_level)"
_AS_FIELD: Final = (
    rf"(?:^|[\s\[{{,(])(?:[\"']?{_FIELD}[\"']?=[\"']?|[\"']{_FIELD}[\"']:\s*[\"'])([A-Za-z]+)"
)
_TRACE: Final = r"[tT]race[_-]?[iI][dD][\"']?[=:]\s*[\"']?([0-9A-Za-z-]{8,64})"
_SPAN: Final = r"[sS]pan[_-]?[iI][dD][\"']?[=:]\s*[\"']?([0-9A-Za-z-]{8,64})"

_SEPARATORS: Final = " \t|:,;-"


def levelled(text: pl.Series) -> tuple[pl.Series, pl.Series]:
    """The level that a text begins with or bears as a field, NULL where none, and the message.

    Words are levels only in such places: in capitals, in brackets, before a colon or a tab, or
    after `level=`; 'an error occurred' has none. What stands before a level stays in the message.
    """
    parts = text.str.extract_groups(ascii_only(_LEVELLED)).struct.unnest()
    text_of = pl.col("text")
    behind = text_of.str.strip_prefix(pl.coalesce("head", "soft")).str.strip_chars_start(
        _SEPARATORS
    )
    found = parts.with_columns(text.alias("text")).select(
        pl.coalesce("framed", "loud", "small", text_of.str.extract(ascii_only(_AS_FIELD))).alias(
            "level"
        ),
        pl.coalesce(
            pl.coalesce("around", "beside") + behind, text_of.str.strip_chars_start(_SEPARATORS)
        ).alias("message"),
    )
    return found["level"], found["message"]


def ids(text: pl.Expr) -> list[pl.Expr]:
    """Cells of the trace and span that a text says it is of: `trace_id=…`, `spanId: …`."""
    return [
        text.str.extract(_TRACE).alias("s:trace_id"),
        text.str.extract(_SPAN).alias("s:span_id"),
    ]
