"""What single values mean: severities, span kinds, outcomes, durations."""

from __future__ import annotations

from typing import Final

import polars as pl

from traversion_data.model import Severity, SpanStatus

_SEVERITY_WORDS: Final = {
    Severity.TRACE: "trace t verbose vrb finest finer",
    Severity.DEBUG: "debug dbg d fine d1 d2 d3 d4 d5",
    Severity.INFO: "info inf i information informational notice n default log",
    Severity.WARN: "warn wrn w warning",
    Severity.ERROR: "error e err severe",
    Severity.FATAL: "fatal ftl f critical crit emerg emergency alert panic dpanic c",
}
SEVERITY_OF: Final = {
    **{word: int(level) for level, words in _SEVERITY_WORDS.items() for word in words.split()},
    **{
        f"{level.word}{step}": int(level) for level in Severity for step in range(2, 5)
    },  # OTLP's finer steps: error2, warn3
}
_STEP: Final = r"[+-][0-9]{1,2}$"
"""How slog writes levels between its own: `WARN+1`."""
_AMOUNT: Final = r"[0-9]+(?:\.[0-9]+)?"
_SYSLOG: Final = (5, 5, 5, 4, 3, 2, 2, 1)
"""Severity of syslog's 0 (emergency) to 7 (debug)."""

SPAN_KINDS: Final = ("internal", "server", "client", "producer", "consumer")
TYPES: Final = ("span", "log", "metric", "error", "trace", "event")

_STATUS_OF: Final = {
    "unset": SpanStatus.UNSET,
    "ok": SpanStatus.OK,
    "success": SpanStatus.OK,
    "error": SpanStatus.ERROR,
    "err": SpanStatus.ERROR,
    "failed": SpanStatus.ERROR,
    "failure": SpanStatus.ERROR,
}
_LENGTH_OF: Final = (
    ("ns", 1),
    ("us", 10**3),
    ("µs", 10**3),
    ("μs", 10**3),
    ("ms", 10**6),
    ("s", 10**9),
)


def severity_of_text(text: pl.Expr) -> pl.Expr:
    """Severity words in any case to `Severity`; NULL where it is no such word."""
    word = text.str.strip_chars(" []<>\t").str.to_lowercase().str.strip_prefix("severity_number_")
    word = word.str.replace(_STEP, "")
    return word.replace_strict(SEVERITY_OF, default=None, return_dtype=pl.Int8)


def severity_of_otlp(number: pl.Expr) -> pl.Expr:
    """OpenTelemetry's 1 to 24 to `Severity`."""
    return pl.when(number.is_between(1, 24)).then((number - 1) // 4).cast(pl.Int8)


def severity_of_level(number: pl.Expr) -> pl.Expr:
    """The 10 to 60 of pino and bunyan to `Severity`."""
    return (
        pl.when(number.is_between(10, 60) & (number % 10 == 0)).then(number // 10 - 1).cast(pl.Int8)
    )


def severity_of_syslog(number: pl.Expr) -> pl.Expr:
    """Syslog's 0 (worst) to 7 to `Severity`."""
    return number.replace_strict(dict(enumerate(_SYSLOG)), default=None, return_dtype=pl.Int8)


def span_kind(text: pl.Expr) -> pl.Expr:
    """`SERVER`, `SPAN_KIND_SERVER`, `server` to `server`; NULL where it is no kind of span."""
    word = text.str.to_lowercase().str.strip_prefix("span_kind_")
    return pl.when(word.is_in(SPAN_KINDS)).then(word)


def span_kind_of_number(number: pl.Expr) -> pl.Expr:
    """OTLP's 1 to 5 to the kind's word."""
    return number.replace_strict(
        dict(enumerate(SPAN_KINDS, 1)), default=None, return_dtype=pl.String
    )


def status_of_text(text: pl.Expr) -> pl.Expr:
    """`STATUS_CODE_ERROR`, `Error`, `ok` to `SpanStatus`; NULL where it is no outcome."""
    word = text.str.to_lowercase().str.strip_prefix("status_code_")
    return word.replace_strict(_STATUS_OF, default=None, return_dtype=pl.Int8)


def status_of_number(number: pl.Expr) -> pl.Expr:
    """OTLP's 0, 1, 2 to `SpanStatus`."""
    return pl.when(number.is_between(0, 2)).then(number).cast(pl.Int8)


def duration_of_text(text: pl.Expr) -> pl.Expr:
    """`12ms`, `1.5 s`, `1m2.3s`, `250µs` to ns; NULL where that is not what it is."""
    bare = text.str.replace_all(" ", "", literal=True)
    amounts = [
        bare.str.extract(rf"({_AMOUNT}){unit}(?:[0-9]|$)").cast(pl.Float64) * length
        for unit, length in (("h", 3600 * 10**9), ("m", 60 * 10**9), *_LENGTH_OF)
    ]
    total = pl.sum_horizontal(amounts).round().cast(pl.Int64, strict=False)
    fits = bare.str.contains(rf"^(?:[0-9]+h)?(?:[0-9]+m)?(?:{_AMOUNT}(?:ns|us|µs|μs|ms|s))?$")
    return pl.when(fits & (bare != "")).then(total)


def blank_to_null(text: pl.Expr) -> pl.Expr:
    """An id that is empty, or as long as ids are and all zeros, names nothing."""
    zeros = (text.str.strip_chars("0") == "") & (text.str.len_bytes() >= 8)
    return pl.when(~(zeros | (text.str.strip_chars() == ""))).then(text)
