"""Readers of single cells: what a value of one kind under a key says for a core column."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, TypeAlias

import polars as pl

from traversion_data.decode import roles, times, values
from traversion_data.decode.mapping import Candidate

Reader: TypeAlias = Callable[[pl.Series, Candidate], pl.Series]
"""From the cells of a kind and the key they stand under to values, NULL where not understood."""

Readers: TypeAlias = Mapping[str, Reader]
"""Readers by kind of cell (`record.flatten`), in the order they are tried."""

_PLAIN_TYPES: Final = ("type", "eventtype", "recordtype")


def apply(cell: pl.Series, expression: Callable[[pl.Expr], pl.Expr]) -> pl.Series:
    """The expression over a series, as a series of its length."""
    return pl.DataFrame({"it": cell}).with_columns(expression(pl.col("it")).alias("it")).to_series()


def distinct(cell: pl.Series, expression: Callable[[pl.Expr], pl.Expr]) -> pl.Series:
    """As `apply`, for columns of few values: each is read once."""
    words = cell.drop_nulls().unique()
    read = apply(words, expression)
    return cell.replace_strict(words, read, default=None, return_dtype=read.dtype)


def where(cell: pl.Series, mask: pl.Series) -> pl.Series:
    """The cells where the mask holds, else NULL."""
    return pl.DataFrame({"c": cell, "m": mask}).select(pl.when("m").then("c")).to_series()


def clocks(clock: times.Clock) -> Readers:
    """Readers of times, as structs of nanoseconds and fraction digits."""

    def text(cell: pl.Series, key: Candidate) -> pl.Series:
        return _moments(times.of_text(cell, clock, key.unit).to_struct("it"))

    def whole(cell: pl.Series, key: Candidate) -> pl.Series:
        return _moments(apply(cell, lambda it: times.of_integers(it, key.unit)))

    return {"s": text, "i": whole, "x": text}


def not_before(clocks: Readers, start: pl.Series) -> Readers:
    """The same readers of times, understanding nothing that lies before the event's start."""

    def bounded(reader: Reader) -> Reader:
        def read(cell: pl.Series, key: Candidate) -> pl.Series:
            found = reader(cell, key)
            return where(found, found.struct.field(times.NANOS) >= start)

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

    def text(cell: pl.Series, key: Candidate) -> pl.Series:
        def read(it: pl.Expr) -> pl.Expr:
            whole = it.str.strip_chars().cast(pl.Int64, strict=False)
            return values.severity_of_text(it).fill_null(number(whole, key))

        return distinct(cell, read)

    def plain(cell: pl.Series, key: Candidate) -> pl.Series:
        return distinct(cell, lambda it: number(it, key))

    def broken(cell: pl.Series, key: Candidate) -> pl.Series:
        def read(it: pl.Expr) -> pl.Expr:
            return number(pl.when(it % 1 == 0).then(it).cast(pl.Int64, strict=False), key)

        return distinct(cell, read)

    return {"s": text, "i": plain, "f": broken}


def _moments(found: pl.Series) -> pl.Series:
    """Moments as structs, NULL as a whole where there is none."""
    return where(found, found.struct.field(times.NANOS).is_not_null())


def _same(cell: pl.Series, _: Candidate) -> pl.Series:
    return cell


def _type(cell: pl.Series, key: Candidate) -> pl.Series:
    """Any text under `type`; under vaguer keys only the words that are types."""
    plain = roles.tails(key.key)[0][0] in _PLAIN_TYPES or key.how == "as mapped"

    def read(it: pl.Expr) -> pl.Expr:
        lower = it.str.to_lowercase()
        known = pl.when(lower.is_in(values.TYPES)).then(lower)
        return known.otherwise(pl.when(it != "").then(it)) if plain else known

    return distinct(cell, read)


def _message(cell: pl.Series, key: Candidate) -> pl.Series:
    """Any text; under `event` only what is no type of event."""
    if key.key != "event":
        return cell
    return apply(cell, lambda it: pl.when(~it.str.to_lowercase().is_in(values.TYPES)).then(it))


def _id(cell: pl.Series, _: Candidate) -> pl.Series:
    return apply(cell.cast(pl.String), values.blank_to_null)


def _duration(cell: pl.Series, key: Candidate) -> pl.Series:
    """Numbers in the key's unit; nothing where no unit is known or the number is negative."""
    unit = key.unit
    if unit is None:
        return pl.Series([None], dtype=pl.Int64).new_from_index(0, len(cell))
    bound = 2**62 // unit

    def read(it: pl.Expr) -> pl.Expr:
        whole = it.cast(pl.Int64, strict=False)
        broken = (it * unit).round().cast(pl.Int64, strict=False)
        scaled = pl.when(whole == it).then(whole * unit).otherwise(broken)
        return pl.when(it.is_between(0, bound)).then(scaled)

    return apply(cell, read)


def _duration_text(cell: pl.Series, key: Candidate) -> pl.Series:
    """Texts with their unit, or numbers as text in the key's unit."""
    read = apply(cell, values.duration_of_text)
    return read.fill_null(_duration(cell.cast(pl.Float64, strict=False), key))


def _status_number(cell: pl.Series, key: Candidate) -> pl.Series:
    """OTLP's code where it is nested as OTLP nests it; elsewhere such numbers mean other things."""
    nested = key.key.lower().endswith(("status.code", "otel.status_code"))
    return apply(cell, lambda it: values.status_of_number(it if nested else pl.lit(None, pl.Int64)))


TYPES: Final[Readers] = {"s": _type}
MESSAGES: Final[Readers] = {"s": _message}
TEXTS: Final[Readers] = {"s": _same, "i": _same, "h": _same}
WORDS: Final[Readers] = {"s": _same}
IDS: Final[Readers] = {"s": _id, "i": _id, "h": _id}
KINDS: Final[Readers] = {
    "s": lambda cell, _: distinct(cell, values.span_kind),
    "i": lambda cell, _: apply(cell, values.span_kind_of_number),
}
STATUSES: Final[Readers] = {
    "s": lambda cell, _: distinct(cell, values.status_of_text),
    "i": _status_number,
    "f": _status_number,
}
DURATIONS: Final[Readers] = {"i": _duration, "f": _duration, "s": _duration_text}


def only(readers: Readers, mask: pl.Series) -> Readers:
    """The same readers, understanding nothing outside the mask."""

    def masked(reader: Reader) -> Reader:
        return lambda cell, key: where(reader(cell, key), mask)

    return {kind: masked(reader) for kind, reader in readers.items()}
