"""From flat, typed cells of any dialect to the one event schema, column by column."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import polars as pl

from traversion_data import schema
from traversion_data.decode import roles, times, values
from traversion_data.decode.learned import Learned
from traversion_data.decode.mapping import Candidate, Mapping
from traversion_data.model import Flag

LINE: Final = "#line"
FLAGS: Final = "#flags"
REST: Final = "#rest"

_FAR: Final = 2**63 - 1


@dataclass
class Cells:
    """A block's cells: the raw frame, and what of it no core column has taken yet."""

    raw: pl.DataFrame
    left: dict[str, pl.Series]

    @classmethod
    def of(cls, raw: pl.DataFrame) -> Cells:
        """All cells of a raw frame, none taken."""
        return cls(raw, {name: raw[name] for name in raw.columns if not name.startswith("#")})

    def nothing(self, dtype: pl.DataType) -> pl.Series:
        """A column of the block's height that says nothing."""
        return pl.Series([None], dtype=dtype).new_from_index(0, self.raw.height)

    def pick(
        self,
        candidates: list[Candidate],
        readers: dict[str, Callable[[pl.Series, Candidate], pl.Series]],
        dtype: pl.DataType,
        *,
        take: Callable[[Candidate], bool],
    ) -> pl.Series:
        """The first value that a reader understands, over candidates in order and kinds in order.

        Where `take` holds for a candidate, cells used are taken away from what is left.
        """
        result: pl.Series | None = None
        for candidate in candidates:
            for kind, reader in readers.items():
                name = f"{kind}:{candidate.key}"
                if name not in self.raw.columns:
                    continue
                cell = self.raw[name]
                value = reader(cell, candidate).cast(dtype)
                used = value.is_not_null() if result is None else value.is_not_null() & result.is_null()
                result = value if result is None else result.zip_with(~used, value)
                if take(candidate):
                    self._take(name, used)
                    if kind == "x":
                        self._take(f"f:{candidate.key}", used)
        return self.nothing(dtype) if result is None else result

    def _take(self, name: str, used: pl.Series) -> None:
        cell = self.left.get(name)
        if cell is None:
            return
        kept = cell.is_not_null() & ~used
        if kept.any():
            self.left[name] = pl.DataFrame({"c": cell, "k": kept}).select(
                pl.when("k").then("c").alias(name)
            ).to_series()
        else:
            del self.left[name]


@dataclass
class Shape:
    """Turns raw frames of one source into events, remembering what one block tells the next."""

    mapping: Mapping
    service: str
    learned: Learned
    last_time: int | None = None
    last_digits: int = 0

    def events(self, raw: pl.DataFrame) -> tuple[pl.DataFrame, pl.Series]:
        """Events of a raw frame in line order, and the numbers of lines that have no time to stand at.

        The frame has the columns the decoder can fill and `LINE`; place in the source is the caller's.
        """
        self.mapping.learn(raw)
        cells = Cells.of(raw)
        core = self._core(cells)
        extra = self.learned.columns(cells.left, raw[REST], raw[FLAGS])
        frame = pl.DataFrame({LINE: raw[LINE], **core, schema.FLAGS: extra.flags}).with_columns(
            *extra.frame, extra.attrs.alias(schema.ATTRS)
        )
        frame = self._settle(frame, extra.numeric, extra.texts)
        timed = frame.filter(pl.col(schema.TIME).is_not_null())
        return timed, frame.filter(pl.col(schema.TIME).is_null())[LINE]

    def _core(self, cells: Cells) -> dict[str, pl.Series]:
        """Every core column that keys can give, NULL where they do not."""
        of = self.mapping.candidates
        out: dict[str, pl.Series] = {}
        moment = pl.Struct({times.NANOS: pl.Int64(), times.DIGITS: pl.UInt8()})
        for column in (schema.TIME, schema.OBSERVED_TIME, schema.END_TIME):
            found = cells.pick(of(column), self._clocks(), moment, take=_always).struct
            out[column] = found.field(times.NANOS)
            if column == schema.TIME:
                out[schema.TIME_DIGITS] = found.field(times.DIGITS)
        out[schema.TYPE] = cells.pick(of(schema.TYPE), {"s": _type}, pl.String(), take=_always)
        out[schema.SEVERITY] = cells.pick(of(schema.SEVERITY), _severities(cells), pl.Int8(), take=_always)
        for column in (schema.TRACE_ID, schema.SPAN_ID, schema.PARENT_SPAN_ID):
            out[column] = cells.pick(of(column), _IDS, pl.String(), take=_always)
        out[schema.EVENT_ID] = cells.pick(of(schema.EVENT_ID), _TEXTS, pl.String(), take=_always)
        out[schema.INSTANCE] = cells.pick(of(schema.INSTANCE), _TEXTS, pl.String(), take=_is_instance)
        for column in (schema.SERVICE, schema.HOST, schema.REGION):
            out[column] = cells.pick(of(column), _TEXTS, pl.String(), take=_always)
        out[schema.SPAN_KIND] = cells.pick(of(schema.SPAN_KIND), _KINDS, pl.String(), take=_always)
        spans = out[schema.SPAN_ID].is_not_null()
        out[schema.OPERATION] = cells.pick(
            of(schema.OPERATION),
            {"s": lambda cell, by: cell if by.key != "name" else _where(cell, spans)},
            pl.String(),
            take=_always,
        )
        out[schema.MESSAGE] = cells.pick(of(schema.MESSAGE), {"s": _message}, pl.String(), take=_always)
        points = (out[schema.TYPE] == "metric").fill_null(False)  # noqa: FBT003 - a fill value
        readers = {
            kind: lambda cell, by, read=read: _where(read(cell, by), ~points)
            for kind, read in _DURATIONS.items()
        }
        out[schema.DURATION] = cells.pick(of(schema.DURATION), readers, pl.Int64(), take=_always)
        out[schema.STATUS] = cells.pick(of(schema.STATUS), _STATUSES, pl.Int8(), take=_never)
        return out

    def _clocks(self) -> dict[str, Callable[[pl.Series, Candidate], pl.Series]]:
        def text(cell: pl.Series, by: Candidate) -> pl.Series:
            return _moments(times.of_text(cell, self.mapping.clock, by.unit).to_struct("it"))

        def whole(cell: pl.Series, by: Candidate) -> pl.Series:
            return _moments(_by(cell, lambda it: times.of_integers(it, by.unit)))

        return {"s": text, "i": whole, "x": text}

    def _settle(self, frame: pl.DataFrame, numeric: pl.Series, texts: pl.Series) -> pl.DataFrame:
        """Fill what follows from other columns: guessed times, ends, types, services."""
        time, end, duration = pl.col(schema.TIME), pl.col(schema.END_TIME), pl.col(schema.DURATION)
        known = frame[schema.TIME].drop_nulls()
        first = self.last_time if self.last_time is not None else (known[0] if len(known) else None)
        guessed = pl.lit(int(Flag.GUESSED_TIME), pl.UInt32)
        frame = frame.with_columns(
            pl.when(time.is_null()).then(pl.col(schema.FLAGS) | guessed).otherwise(pl.col(schema.FLAGS)).alias(schema.FLAGS),
            time.forward_fill().fill_null(pl.lit(first, pl.Int64)),
            pl.col(schema.TIME_DIGITS).forward_fill().fill_null(self.last_digits),
        )
        if len(known):
            self.last_time = int(known[-1])
            self.last_digits = int(frame[schema.TIME_DIGITS][-1])
        kind, span_id = pl.col(schema.TYPE), pl.col(schema.SPAN_ID)
        end_given = end >= time
        timed = duration.is_not_null() | end_given.fill_null(False) | pl.col(schema.SPAN_KIND).is_not_null()  # noqa: FBT003
        silent = pl.all_horizontal(
            pl.col(c).is_null()
            for c in (schema.MESSAGE, schema.SEVERITY, schema.TRACE_ID, schema.SPAN_ID, schema.DURATION)
        )
        by_shape = (
            pl.when(span_id.is_not_null() & timed).then(pl.lit("span"))
            .when(silent & pl.lit(numeric) & ~pl.lit(texts)).then(pl.lit("metric"))
            .otherwise(pl.lit("log"))
        )
        open_span = span_id.is_not_null() & duration.is_not_null() & ~kind.is_in(["log", "metric", "error", "event"])
        frame = frame.with_columns(kind.fill_null(by_shape))
        is_span = (kind == "span") | open_span
        return frame.with_columns(
            pl.when(end_given).then(end)
            .when(is_span & duration.is_not_null()).then(time + pl.min_horizontal(duration, _FAR - time.clip(lower_bound=0)))
            .otherwise(time).alias(schema.END_TIME),
            pl.coalesce(duration, pl.when(end_given).then(end - time)).alias(schema.DURATION),
            pl.when(is_span).then(pl.col(schema.STATUS)).alias(schema.STATUS),
            pl.col(schema.SERVICE).fill_null(self.service),
        )


def _moments(found: pl.Series) -> pl.Series:
    """Moments as structs, NULL as a whole where there is none."""
    return _where(found, found.struct.field(times.NANOS).is_not_null())


def _by(cell: pl.Series, expression: Callable[[pl.Expr], pl.Expr]) -> pl.Series:
    return pl.DataFrame({"it": cell}).with_columns(expression(pl.col("it")).alias("it")).to_series()


def _distinct(cell: pl.Series, expression: Callable[[pl.Expr], pl.Expr]) -> pl.Series:
    """As `_by`, for columns of few values: each is read once."""
    words = cell.drop_nulls().unique()
    read = _by(words, expression)
    return cell.replace_strict(words, read, default=None, return_dtype=read.dtype)


def _where(cell: pl.Series, mask: pl.Series) -> pl.Series:
    return pl.DataFrame({"c": cell, "m": mask}).select(pl.when("m").then("c")).to_series()


def _always(_: Candidate) -> bool:
    return True


def _never(_: Candidate) -> bool:
    return False


def _is_instance(candidate: Candidate) -> bool:
    return roles.tails(candidate.key)[-1][0] in ("instance", "instanceid") or (
        roles.tails(candidate.key)[0][0].endswith("serviceinstanceid")
    )


def _same(cell: pl.Series, _: Candidate) -> pl.Series:
    return cell


def _type(cell: pl.Series, by: Candidate) -> pl.Series:
    """Any text under `type`; under vaguer keys only the words that are types."""
    lower = pl.col("it").str.to_lowercase()
    known = lower.is_in(values.TYPES)
    plain = roles.tails(by.key)[0][0] in ("type", "eventtype", "recordtype") or by.how == "as mapped"
    otherwise = pl.when(pl.col("it") != "").then("it") if plain else pl.lit(None, pl.String)
    return _distinct(cell, lambda _: pl.when(known).then(lower).otherwise(otherwise))


def _message(cell: pl.Series, by: Candidate) -> pl.Series:
    """Any text; under `event` only what is no type of event."""
    if by.key != "event":
        return cell
    return _by(cell, lambda it: pl.when(~it.str.to_lowercase().is_in(values.TYPES)).then(it))


def _severities(cells: Cells) -> dict[str, Callable[[pl.Series, Candidate], pl.Series]]:
    gelf = "s:short_message" in cells.raw.columns

    def number(it: pl.Expr, name: str) -> pl.Expr:
        whole = it.cast(pl.Int64, strict=False)
        if name.endswith("priority") or (gelf and name.endswith("level")):
            return values.severity_of_syslog(whole)
        if name.endswith(("level", "lvl")):
            return values.severity_of_level(whole)
        return values.severity_of_otlp(whole)

    def text(cell: pl.Series, by: Candidate) -> pl.Series:
        name = roles.tails(by.key)[0][0]
        return _distinct(cell, lambda it: pl.coalesce(values.severity_of_text(it), number(it, name)))

    def whole(cell: pl.Series, by: Candidate) -> pl.Series:
        return _distinct(cell, lambda it: number(it, roles.tails(by.key)[0][0]))

    return {"s": text, "i": whole}


def _id(cell: pl.Series, _: Candidate) -> pl.Series:
    return _by(cell.cast(pl.String), values.blank_to_null)


def _seconds(cell: pl.Series, by: Candidate) -> pl.Series:
    """Numbers in the key's unit; nothing where no unit is known or the number is negative."""
    if by.unit is None:
        return pl.Series([None], dtype=pl.Int64).new_from_index(0, len(cell))
    unit = by.unit
    bound = (2**62) // unit
    it = pl.col("it")
    scaled = it * unit if cell.dtype == pl.Int64 else (it * unit).round().cast(pl.Int64, strict=False)
    return _by(cell, lambda _: pl.when(it.is_between(0, bound)).then(scaled))


def _worded(cell: pl.Series, by: Candidate) -> pl.Series:
    """Texts with their unit, or numbers as text in the key's unit."""
    read = _by(cell, values.duration_of_text)
    if by.unit is None:
        return read
    return read.fill_null(_seconds(cell.cast(pl.Float64, strict=False), by))


def _status_number(cell: pl.Series, by: Candidate) -> pl.Series:
    nested = by.key.lower().endswith(("status.code", "otel.status_code"))
    return _by(cell, lambda it: values.status_of_number(it if nested else pl.lit(None, pl.Int64)))


def _kind_number(cell: pl.Series, _: Candidate) -> pl.Series:
    return _by(cell, values.span_kind_of_number)


_TEXTS: Final = {"s": _same, "i": _same, "h": _same}
_IDS: Final = {"s": _id, "i": _id, "h": _id}
_KINDS: Final = {"s": lambda cell, _: _distinct(cell, values.span_kind), "i": _kind_number}
_STATUSES: Final = {"s": lambda cell, _: _distinct(cell, values.status_of_text), "i": _status_number}
_DURATIONS: Final = {"i": _seconds, "f": _seconds, "s": _worded}
