"""From flat, typed cells of any dialect to the one event schema, column by column."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import polars as pl

from traversion_data import schema
from traversion_data.decode import readers, roles, times
from traversion_data.decode.learned import Extra, Learned
from traversion_data.decode.mapping import Candidate, Mapping
from traversion_data.decode.readers import Readers
from traversion_data.model import Flag

LINE: Final = "#line"
FLAGS: Final = "#flags"
REST: Final = "#rest"

_LAST: Final = 2**63 - 1
_MOMENT: Final = pl.Struct({times.NANOS: pl.Int64(), times.DIGITS: pl.UInt8()})
_PLAIN_TYPES: Final = ("log", "metric", "error", "event")


@dataclass
class Cells:
    """A block's cells: the raw frame, and what of it no core column has taken yet."""

    raw: pl.DataFrame
    left: dict[str, pl.Series]

    @classmethod
    def of(cls, raw: pl.DataFrame) -> Cells:
        """All cells of a raw frame, none taken."""
        return cls(raw, {name: raw[name] for name in raw.columns if not name.startswith("#")})

    def take(self, candidates: list[Candidate], how: Readers, dtype: pl.DataType) -> pl.Series:
        """As `look`; cells that were used are no longer left over."""
        result = self._nothing(dtype)
        for candidate in candidates:
            for name, value in self._read(candidate, how):
                used = value.is_not_null() & result.is_null()
                result = value.cast(dtype).zip_with(used, result)
                self._use(name, used)
        return result

    def look(self, candidates: list[Candidate], how: Readers, dtype: pl.DataType) -> pl.Series:
        """The first value that a reader understands, over candidates and kinds in their order."""
        result = self._nothing(dtype)
        for candidate in candidates:
            for _, value in self._read(candidate, how):
                result = result.fill_null(value.cast(dtype))
        return result

    def _read(self, candidate: Candidate, how: Readers) -> list[tuple[str, pl.Series]]:
        names = ((f"{kind}:{candidate.key}", reader) for kind, reader in how.items())
        return [
            (name, reader(self.raw[name], candidate))
            for name, reader in names
            if name in self.raw.columns
        ]

    def _nothing(self, dtype: pl.DataType) -> pl.Series:
        return pl.Series([None], dtype=dtype).new_from_index(0, self.raw.height)

    def _use(self, name: str, used: pl.Series) -> None:
        cell = self.left.get(name)
        if cell is None:
            return
        kept = cell.is_not_null() & ~used
        if kept.any():
            self.left[name] = readers.where(cell, kept).alias(name)
        else:
            del self.left[name]
        if name.startswith("x:"):
            self._use(f"f:{name[2:]}", used)


@dataclass
class Shape:
    """Turns raw frames of one source into events, remembering what one block tells the next."""

    mapping: Mapping
    service: str
    learned: Learned
    last_time: int | None = None
    last_digits: int = 0

    def events(self, raw: pl.DataFrame) -> tuple[pl.DataFrame, pl.Series]:
        """Events of a raw frame in line order, and the lines that have no time to stand at.

        The frame has `LINE` and all columns that keys can fill; place in the source is the
        caller's. A line without a time stands at the one before it, at the start of a source at
        the first time of its first block, and is flagged.
        """
        self.mapping.learn(raw)
        cells = Cells.of(raw)
        core = self._core(cells)
        extra = self.learned.columns(cells.left, raw[REST], raw[FLAGS])
        frame = pl.DataFrame({LINE: raw[LINE], **core, schema.FLAGS: extra.flags}).with_columns(
            *extra.frame, extra.attrs.alias(schema.ATTRS)
        )
        frame = self._timed(frame)
        untimed = frame.filter(pl.col(schema.TIME).is_null())[LINE]
        if len(untimed):
            known = frame[schema.TIME].is_not_null()
            frame, extra = frame.filter(known), extra.filter(known)
        return self._completed(frame, extra), untimed

    def _core(self, cells: Cells) -> dict[str, pl.Series]:
        """Every core column that keys can give, NULL where they do not."""
        text, of = pl.String(), self.mapping.candidates
        gelf = "s:short_message" in cells.raw.columns
        out: dict[str, pl.Series] = {}

        def take(column: str, how: Readers, dtype: pl.DataType) -> None:
            out[column] = cells.take(of(column), how, dtype)

        clocks = readers.clocks(self.mapping.clock)
        moment = cells.take(of(schema.TIME), clocks, _MOMENT).struct
        out[schema.TIME] = time = moment.field(times.NANOS)
        out[schema.TIME_DIGITS] = moment.field(times.DIGITS)
        for column, how in (
            (schema.OBSERVED_TIME, clocks),
            (schema.END_TIME, readers.not_before(clocks, time)),
        ):
            out[column] = cells.take(of(column), how, _MOMENT).struct.field(times.NANOS)
        take(schema.TYPE, readers.TYPES, text)
        take(schema.SEVERITY, readers.severities(gelf=gelf), pl.Int8())
        for column in (schema.TRACE_ID, schema.SPAN_ID, schema.PARENT_SPAN_ID):
            take(column, readers.IDS, text)
        take(schema.EVENT_ID, readers.TEXTS, text)
        out[schema.INSTANCE] = cells.look(of(schema.INSTANCE), readers.TEXTS, text)
        instances = [key for key in of(schema.INSTANCE) if _names_instance(key)]
        cells.take(instances, readers.TEXTS, text)
        for column in (schema.SERVICE, schema.HOST, schema.REGION):
            take(column, readers.TEXTS, text)
        take(schema.SPAN_KIND, readers.KINDS, text)
        spans = out[schema.SPAN_ID].is_not_null()
        clear, vague = _clear_and_vague(of(schema.OPERATION))
        named = cells.take(vague, readers.only(readers.WORDS, spans), text)
        out[schema.OPERATION] = cells.take(clear, readers.WORDS, text).fill_null(named)
        take(schema.MESSAGE, readers.MESSAGES, text)
        points = out[schema.TYPE].eq_missing(pl.Series(["metric"]))
        take(schema.DURATION, readers.only(readers.DURATIONS, ~points), pl.Int64())
        out[schema.STATUS] = cells.look(of(schema.STATUS), readers.STATUSES, pl.Int8())
        return out

    def _timed(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Fill and flag the times of lines that have none."""
        time, digits, flags = (
            pl.col(name) for name in (schema.TIME, schema.TIME_DIGITS, schema.FLAGS)
        )
        known = frame[schema.TIME].drop_nulls()
        first = self.last_time
        if first is None and len(known):
            first = int(known[0])
        guessed = pl.when(time.is_null()).then(int(Flag.GUESSED_TIME)).otherwise(0)
        frame = frame.with_columns(
            flags | guessed.cast(pl.UInt32),
            time.forward_fill().fill_null(pl.lit(first, pl.Int64)),
            digits.forward_fill().fill_null(self.last_digits),
        )
        if len(known):
            self.last_time = int(known[-1])
            self.last_digits = int(frame[schema.TIME_DIGITS][-1])
        return frame

    def _completed(self, frame: pl.DataFrame, extra: Extra) -> pl.DataFrame:
        """Fill what follows from other columns: types, ends, durations, services."""
        time, end, duration = (
            pl.col(name) for name in (schema.TIME, schema.END_TIME, schema.DURATION)
        )
        kind, has_id = pl.col(schema.TYPE), pl.col(schema.SPAN_ID).is_not_null()
        ended = end.is_not_null()
        lasting = duration.is_not_null() | ended | pl.col(schema.SPAN_KIND).is_not_null()
        silent = pl.all_horizontal(
            pl.col(name).is_null()
            for name in (
                schema.MESSAGE,
                schema.SEVERITY,
                schema.TRACE_ID,
                schema.SPAN_ID,
                schema.DURATION,
            )
        )
        by_shape = (
            pl.when(has_id & lasting)
            .then(pl.lit("span"))
            .when(silent & pl.lit(extra.numeric) & ~pl.lit(extra.texts))
            .then(pl.lit("metric"))
            .otherwise(pl.lit("log"))
        )
        frame = frame.with_columns(kind.fill_null(by_shape))
        is_span = (kind == "span") | (has_id & lasting & ~kind.is_in(_PLAIN_TYPES))
        lasts_until = time + pl.min_horizontal(duration, _LAST - time.clip(lower_bound=0))
        return frame.with_columns(
            pl.when(ended)
            .then(end)
            .when(is_span & duration.is_not_null())
            .then(lasts_until)
            .otherwise(time)
            .alias(schema.END_TIME),
            duration.fill_null(pl.when(ended).then(end - time)),
            pl.when(is_span).then(pl.col(schema.STATUS)),
            pl.col(schema.SERVICE).fill_null(self.service),
        )


def _names_instance(key: Candidate) -> bool:
    """Whether a key names just the instance; a pod or host keeps its own column too."""
    whole, last = roles.tails(key.key)[0][0], roles.tails(key.key)[-1][0]
    return last in ("instance", "instanceid") or whole.endswith("serviceinstanceid")


def _clear_and_vague(keys: list[Candidate]) -> tuple[list[Candidate], list[Candidate]]:
    """Keys of operations; `name` is one only where the event is part of a span."""
    return [key for key in keys if key.key != "name"], [key for key in keys if key.key == "name"]
