"""Readers of single cells: what a value of one kind under a key says for a core column."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, TypeAlias

import polars as pl

from traversion_data.decode import roles, times, values
from traversion_data.decode.blank import nothing
from traversion_data.decode.mapping import Candidate
from traversion_data.decode.words import Each, Words

Reader: TypeAlias = Callable[[pl.Series, Candidate], pl.Series]
"""From the cells of a kind and the key they stand under to values, NULL where not understood."""

Readers: TypeAlias = Mapping[str, Reader]
"""Readers by kind of cell (`record.flatten`), in the order they are tried."""

_PLAIN_TYPES: Final = ("type", "eventtype", "recordtype")
_IT: Final = pl.col("it")
_AN_ID: Final = values.blank_to_null(_IT)
_NO_ZEROS: Final = "00000001"
"""What sorts behind all that is empty or zeros, and behind ASCII's blanks."""
_NO_BLANKS: Final = "\x7f"
"""What sorts before all other blanks."""
_NO_TYPE: Final = pl.when(~_IT.str.to_lowercase().is_in(values.TYPES)).then(_IT)
_STATUS: Final = values.status_of_number(_IT)


def apply(cell: pl.Series, expression: pl.Expr) -> pl.Series:
    """An expression over `it`, which stands for the series, as a series of its length."""
    return cell.to_frame("it").select_seq(expression).to_series()


def where(cell: pl.Series, mask: pl.Series) -> pl.Series:
    """The cells where the mask holds, else NULL."""
    return cell.zip_with(mask, nothing(cell.dtype, len(cell)))


def clocks(clock: times.Clock) -> Readers:
    """Readers of times, as structs of nanoseconds and fraction digits."""

    def text(cell: pl.Series, key: Candidate) -> pl.Series:
        return times.of_text(cell, clock, key.unit)

    def whole(cell: pl.Series, key: Candidate) -> pl.Series:
        found = apply(cell, times.of_integers(_IT, key.unit))
        return found.struct.unnest().select_seq(times.MOMENT).to_series()

    return {"s": text, "i": whole, "x": text}


def not_before(clocks: Readers, start: Callable[[], pl.Series]) -> Readers:
    """The same readers of times, understanding nothing that lies before the event's start."""

    def bounded(reader: Reader) -> Reader:
        def read(cell: pl.Series, key: Candidate) -> pl.Series:
            found = reader(cell, key)
            return where(found, found.struct.field(times.NANOS) >= start())

        return read

    return {kind: bounded(reader) for kind, reader in clocks.items()}


def severities(*, gelf: bool) -> Readers:
    """Readers of severities, by words and by the numberings in use under the key.

    A `level` is pino's and bunyan's 10 to 60, else syslog's 0 to 7 (in GELF nothing else), else
    OpenTelemetry's; a `severity` is OpenTelemetry's, else pino's.
    """

    def number(whole: pl.Expr, key: Candidate) -> pl.Expr:
        name = roles.tails(key.key)[0][0]
        if name.endswith("priority") or (gelf and name.endswith("level")):
            return values.severity_of_syslog(whole)
        tens, otlp = values.severity_of_level(whole), values.severity_of_otlp(whole)
        if name.endswith(("level", "lvl")):
            return pl.coalesce(tens, values.severity_of_syslog(whole), otlp)
        return otlp if name.endswith(roles.NUMBER_OF_SEVERITY) else pl.coalesce(otlp, tens)

    def text(it: pl.Expr, key: Candidate) -> pl.Expr:
        whole = it.str.strip_chars().cast(pl.Int64, strict=False)
        return values.severity_of_text(it).fill_null(number(whole, key))

    def broken(cell: pl.Series, key: Candidate) -> pl.Series:
        whole = pl.when(_IT % 1 == 0).then(_IT).cast(pl.Int64, strict=False)
        return apply(cell, number(whole, key))

    return {"s": Words(text), "i": Words(number), "f": broken}


def types() -> Readers:
    """Readers of types: any text under `type`; under vaguer keys only the words that are types."""

    def read(it: pl.Expr, key: Candidate) -> pl.Expr:
        plain = roles.tails(key.key)[0][0] in _PLAIN_TYPES or key.how == "as mapped"
        lower = it.str.to_lowercase()
        known = pl.when(lower.is_in(values.TYPES)).then(lower)
        return known.otherwise(pl.when(it != "").then(it)) if plain else known

    return {"s": Words(read)}


def kinds() -> Readers:
    """Readers of the kinds of spans."""
    return {
        "s": Words(lambda it, _: values.span_kind(it)),
        "i": Words(lambda it, _: values.span_kind_of_number(it)),
    }


def statuses() -> Readers:
    """Readers of the outcomes of spans.

    OTLP's code counts where it is nested as OTLP nests it: elsewhere such numbers mean other
    things.
    """

    def number(cell: pl.Series, key: Candidate) -> pl.Series:
        nested = key.key.lower().endswith(("status.code", "otel.status_code"))
        return apply(cell, _STATUS) if nested else nothing(pl.Int8(), len(cell))

    return {"s": Words(lambda it, _: values.status_of_text(it)), "i": number, "f": number}


def _id(cell: pl.Series, _: Candidate) -> pl.Series:
    """Any text or number but blanks and zeros."""
    text = cell.cast(pl.String)
    first, last = text.min(), text.max()
    if str(first) >= _NO_ZEROS and str(last) < _NO_BLANKS:
        return text
    return apply(text, _AN_ID)


def _same(cell: pl.Series, _: Candidate) -> pl.Series:
    return cell


def _message(cell: pl.Series, key: Candidate) -> pl.Series:
    """Any text; under `event` only what is no type of event."""
    return apply(cell, _NO_TYPE) if key.key == "event" else cell


def _number(it: pl.Expr, key: Candidate) -> pl.Expr:
    """Numbers in the key's unit; nothing where no unit is known or the number is negative."""
    if key.unit is None:
        return pl.when(it.is_null() & it.is_not_null()).then(pl.lit(0, pl.Int64))
    whole = it.cast(pl.Int64, strict=False)
    broken = (it * key.unit).round().cast(pl.Int64, strict=False)
    scaled = pl.when(whole == it).then(whole * key.unit).otherwise(broken)
    return pl.when(it.is_between(0, 2**62 // key.unit)).then(scaled)


def _with_unit(it: pl.Expr, key: Candidate) -> pl.Expr:
    """Texts with their unit, or numbers as text in the key's unit."""
    plain = _number(it.cast(pl.Float64, strict=False), key)
    return values.duration_of_text(it).fill_null(plain)


def durations() -> Readers:
    """Readers of durations."""
    number = Each(_number)
    return {"i": number, "f": number, "s": Each(_with_unit)}


MESSAGES: Final[Readers] = {"s": _message}
TEXTS: Final[Readers] = {"s": _same, "i": _same, "h": _same}
IDS: Final[Readers] = {"s": _id, "i": _id, "h": _id}
WORDS: Final[Readers] = {"s": _same}
